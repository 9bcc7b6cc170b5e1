package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// ErrKey says that a key cannot sign credentials.
var ErrKey = errors.New("credentials are signed with an ECDSA key on P-256")

// Key signs credentials (ES256), wherever it is kept.
type Key struct {
	private crypto.Signer
	jwk     jose.JSONWebKey
	id      string
}

// NewKey takes a private key to sign credentials with.
func NewKey(private crypto.Signer) (*Key, error) {
	public, isECDSA := private.Public().(*ecdsa.PublicKey)
	if !isECDSA || public.Curve != elliptic.P256() {
		return nil, ErrKey
	}
	jwk := jose.JSONWebKey{Key: public, Algorithm: string(jose.ES256), Use: "sig"}
	thumbprint, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("name a key: %w", err)
	}
	jwk.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	return &Key{private: private, jwk: jwk, id: jwk.KeyID}, nil
}

// Public is what everybody may know of the key.
func (k *Key) Public() (PublicKey, error) {
	encoded, err := k.jwk.MarshalJSON()
	if err != nil {
		return PublicKey{}, fmt.Errorf("write a key: %w", err)
	}
	return PublicKey{ID: k.id, JWK: encoded}, nil
}

// signed signs a credential of the issuer as a JWT (VC-JOSE-COSE, and the JWT proof format of Open Badges).
func (k *Key) signed(did string, credential object) (string, error) {
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.ES256, Key: opaque{k}},
		(&jose.SignerOptions{}).WithType("vc+jwt").WithContentType("vc").WithHeader(jose.HeaderKey("kid"), method(did, k.id)))
	if err != nil {
		return "", fmt.Errorf("sign a credential: %w", err)
	}
	payload, err := json.Marshal(credential)
	if err != nil {
		return "", fmt.Errorf("sign a credential: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign a credential: %w", err)
	}
	return jws.CompactSerialize() //nolint:wrapcheck // it fails for nothing that was signed here
}

// opaque is a key as the library takes those that it does not hold.
type opaque struct{ key *Key }

// Public is the public key, without an id: the header names it in full.
func (o opaque) Public() *jose.JSONWebKey { return &jose.JSONWebKey{Key: o.key.private.Public()} }

// Algs lists the key's one algorithm.
func (opaque) Algs() []jose.SignatureAlgorithm { return []jose.SignatureAlgorithm{jose.ES256} }

// SignPayload signs, and writes the signature's two numbers side by side, as JOSE has them.
func (o opaque) SignPayload(payload []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	const size = 32
	digest := sha256.Sum256(payload)
	encoded, err := o.key.private.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	outer, numbers := cryptobyte.String(encoded), cryptobyte.String{}
	var r, s []byte
	if !outer.ReadASN1(&numbers, asn1.SEQUENCE) || !numbers.ReadASN1Integer(&r) || !numbers.ReadASN1Integer(&s) || len(r) > size || len(s) > size {
		return nil, ErrKey
	}
	both := make([]byte, 2*size)
	copy(both[size-len(r):], r)
	copy(both[2*size-len(s):], s)
	return both, nil
}

// rawJSON is JSON that is written already.
func rawJSON(content []byte) json.RawMessage { return content }
