// Package credential makes of a certificate what software reads: an Open Badges 3.0 credential, signed as a JWT, whose
// issuer is the platform as a did:web, and the Bitstring Status Lists that say which certificates still hold.
//
// A credential names nobody. Its subject is known by a salted hash of the name, so that whoever was told a name can see
// whether it is that person's, and whoever finds the file is told none; an identity document's number is in it in no form,
// for a hash of one is guessed in minutes. What a credential proves of a person is what the check of the certificate proves,
// which it leads to.
package credential

import (
	"errors"
	"net/url"
	"strings"
)

// ErrOrigin says that an address cannot be the name of an issuer.
var ErrOrigin = errors.New("the public address is not one that an issuer can be named by: want https://host")

// DID is the name of the platform as an issuer, by the origin it is reached at (did:web: its host).
func DID(origin string) (string, error) {
	address, err := url.Parse(origin)
	if err != nil || address.Host == "" || strings.Trim(address.Path, "/") != "" {
		return "", ErrOrigin
	}
	return "did:web:" + strings.ReplaceAll(address.Host, ":", "%3A"), nil
}

// object is JSON with the names that the standards give.
type object = map[string]any

// PublicKey is a key that credentials are signed with, or were.
type PublicKey struct {
	ID  string // its thumbprint (RFC 7638)
	JWK []byte
}

// Document is the DID document: the keys by which the issuer's credentials are verified, former ones among them, so that
// what they signed stays verifiable.
func Document(did string, keys []PublicKey) any {
	methods, ids := []any{}, []string{}
	for _, key := range keys {
		id := method(did, key.ID)
		ids = append(ids, id)
		methods = append(methods, object{"id": id, "type": "JsonWebKey", "controller": did, "publicKeyJwk": rawJSON(key.JWK)})
	}
	return object{
		"@context":           []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"},
		"id":                 did,
		"verificationMethod": methods,
		"assertionMethod":    ids,
	}
}

// method is how a key is named in the DID document.
func method(did, keyID string) string { return did + "#" + keyID }
