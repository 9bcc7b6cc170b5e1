package credential

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"time"
)

// Size is how many certificates a list has room for: as many as the standard asks for at least, so that who looks one up
// tells nobody which.
const Size = 131_072

// Purposes of lists.
const (
	// Revocation lists say which certificates do not hold: revoked, superseded or, for the time being, suspended.
	Revocation = "revocation"
	// Suspension lists say which of them are suspended.
	Suspension = "suspension"
)

// Entry is a certificate's place in the lists: one index in a page, which is a list for each purpose.
type Entry struct{ Page, Index int }

// ListOf is the number of a page's list for a purpose.
func ListOf(page int, purpose string) int {
	if purpose == Revocation {
		return 2*page - 1
	}
	return 2 * page
}

// PageOf is the page and the purpose of a list.
func PageOf(list int) (page int, purpose string) {
	if list%2 == 1 {
		return (list + 1) / 2, Revocation
	}
	return list / 2, Suspension
}

// Validity is how long a list is good for. It is written anew long before, and at once when a certificate changes.
const Validity = time.Hour

func (i Issuer) listURL(list int) string {
	return fmt.Sprintf("%s/credentials/status/%d", i.Origin, list)
}

// SignList makes a status list, in which the indices given are set.
func (i Issuer) SignList(list int, set []int, now time.Time) (string, error) {
	encoded, err := bitstring(set)
	if err != nil {
		return "", err
	}
	_, purpose := PageOf(list)
	id, until := i.listURL(list), now.Add(Validity)
	return i.Key.signed(i.DID, object{
		"@context":  []string{contextBase},
		"id":        id,
		"type":      []string{"VerifiableCredential", "BitstringStatusListCredential"},
		"issuer":    i.DID,
		"validFrom": now.UTC().Format(time.RFC3339), "validUntil": until.UTC().Format(time.RFC3339),
		"credentialSubject": object{
			"id": id + "#list", "type": "BitstringStatusList", "statusPurpose": purpose, "encodedList": encoded,
			"ttl": time.Minute.Milliseconds(), // how long it may be kept
		},
		"iss": i.DID, "jti": id, "nbf": now.Unix(), "exp": until.Unix(),
	})
}

// bitstring is a list's bits, the first index the leftmost: compressed (gzip), in base64url, after multibase's mark for it.
func bitstring(set []int) (string, error) {
	bits := make([]byte, Size/8)
	for _, index := range set {
		bits[index/8] |= 0x80 >> (index % 8)
	}
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	if _, err := writer.Write(bits); err != nil {
		return "", fmt.Errorf("write a status list: %w", err)
	}
	if err := writer.Close(); err != nil {
		return "", fmt.Errorf("write a status list: %w", err)
	}
	return "u" + base64.RawURLEncoding.EncodeToString(compressed.Bytes()), nil
}
