package signing

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"

	"github.com/emmansun/gmsm/smx509"
)

// mostSignatures is how many signatures of a file are looked at.
const mostSignatures = 16

var byteRange = regexp.MustCompile(`/ByteRange \[0 (\d{1,10}) (\d{1,10}) (\d{1,10})\]`)

// Verify tells whether a file is a document as a key of ours signed it, from the first byte to the last. The report of a
// document whose signature is in order is there with ErrUnknownKey, ErrWithdrawnKey and ErrAppended, too. With ErrAltered it
// names the key, if the signature that does not fit is by one of ours.
func Verify(pdf []byte, known Known) (Report, error) {
	ranges := byteRange.FindAllSubmatch(pdf, -1)
	found, reason := Report{}, ErrUnsigned
	for i := len(ranges) - 1; i >= max(0, len(ranges)-mostSignatures); i-- {
		report, whole, wrong := intact(pdf, ranges[i])
		key, isKnown, err := known(report.KeyID)
		switch {
		case err != nil:
			return Report{}, err
		case wrong != nil && isKnown:
			found, reason = Report{KeyID: report.KeyID, Owner: key.Owner}, wrong
			continue
		case wrong != nil:
			if errors.Is(reason, ErrUnsigned) {
				reason = wrong
			}
			continue
		case !isKnown:
			found, reason = report, ErrUnknownKey // perhaps ours comes before it
			continue
		}
		report.Owner = key.Owner
		switch {
		case !whole:
			return report, ErrAppended
		case key.Withdrawn:
			return report, ErrWithdrawnKey
		}
		return report, nil
	}
	return found, reason
}

// intact verifies one signature of a file. whole says that it covers every byte there is.
func intact(pdf []byte, ranges [][]byte) (report Report, whole bool, err error) {
	var at [3]int
	for i := range at {
		at[i], _ = strconv.Atoi(string(ranges[i+1])) // digits, and no more than ten
	}
	gap, after, end := at[0], at[1], at[1]+at[2]
	if gap >= after-2 || end > len(pdf) || pdf[gap] != '<' || pdf[after-1] != '>' {
		return report, false, ErrAltered
	}
	structure, ok := contents(pdf[gap+1 : after-1])
	if !ok {
		return report, false, ErrAltered
	}
	chain, signature, ok := enclosed(structure)
	if !ok {
		return report, false, ErrAltered
	}
	leaf := chain[0]
	report.KeyID = keyID(leaf)
	a, err := algorithmOf(leaf.PublicKey)
	if err != nil {
		return report, false, ErrAltered
	}
	attributes, err := signedAttributes(a.sum(pdf[:gap], pdf[after:end]), leaf)
	if err != nil || !a.verify(leaf.PublicKey, attributes, signature) {
		return report, false, ErrAltered
	}
	// What the signature does not cover has one form only: our own.
	formed, err := signedData(a, chain, attributes, signature)
	if err != nil || !bytes.Equal(formed, structure) || !linked(chain) {
		return report, false, ErrAltered
	}
	id := report.KeyID
	report, err = statement(pdf[:gap])
	if err == nil && (report.At.Before(leaf.NotBefore) || report.At.After(leaf.NotAfter)) {
		err = ErrKeyTime
	}
	report.KeyID, report.Signer, report.Algorithm = id, leaf.Subject.CommonName, a.name
	return report, end == len(pdf), err
}

// contents reads the hexadecimal digits that a signature stands in, which nothing but zeros fill up.
func contents(digits []byte) (structure []byte, ok bool) {
	size, ok := sizeOf(digits)
	if !ok || 2*size > len(digits) {
		return nil, false
	}
	structure = make([]byte, size)
	if _, err := hex.Decode(structure, digits[:2*size]); err != nil || hex.EncodeToString(structure) != string(digits[:2*size]) {
		return nil, false
	}
	return structure, len(bytes.Trim(digits[2*size:], "0")) == 0
}

// sizeOf reads how long a structure is that begins with these digits: a SEQUENCE of 256 to 65535 bytes.
func sizeOf(digits []byte) (int, bool) {
	const head = "3082"
	if len(digits) < 8 || string(digits[:4]) != head {
		return 0, false
	}
	length, err := strconv.ParseUint(string(digits[4:8]), 16, 16)
	return int(length) + 4, err == nil
}

// linked says that each certificate was issued by the next, and the last, a root, by itself: each byte of each is signed.
func linked(chain []*smx509.Certificate) bool {
	for i, c := range chain {
		if c.CheckSignatureFrom(chain[min(i+1, len(chain)-1)]) != nil {
			return false
		}
	}
	return true
}

// statement reads what the signature's dictionary says, up to the signature.
func statement(before []byte) (Report, error) {
	const begin = "\n<<\n/Type /Sig "
	s := scanner{b: append(bytes.Clone(before[max(0, bytes.LastIndex(before, []byte(begin))):]), "<>>>"...)}
	dictionary, ok := s.dictionary()
	if !ok {
		return Report{}, ErrAltered
	}
	at, err := instant(of(dictionary, "M"))
	return Report{At: at, Reason: text(of(dictionary, "Reason")), Location: text(of(dictionary, "Location"))}, err
}

// keyID is the id of a key: of its certificate, the SHA-256 in hex.
func keyID(leaf *smx509.Certificate) string {
	sum := sha256.Sum256(leaf.Raw)
	return hex.EncodeToString(sum[:])
}
