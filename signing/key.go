package signing

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/smx509"
)

// Key is a private key with the certificates that say whose it is. It is a [Signer].
type Key struct {
	private   crypto.Signer
	chain     []*smx509.Certificate // its own, after each the one that issued it, and last a root
	algorithm *algorithm
	id        string
}

var _ Signer = (*Key)(nil)

// Errors of keys.
var (
	ErrKeyChain = errors.New("the certificates are not a chain: the key's own first, after each the one that issued it, and last a root")
	ErrKeyPair  = errors.New("the certificate is of another key")
	ErrKeyUsage = errors.New("the certificate is not for signatures")
)

// NewKey binds a private key, wherever it is kept, to its certificates.
func NewKey(private crypto.Signer, chain []*smx509.Certificate) (*Key, error) {
	if len(chain) == 0 || !linked(chain) {
		return nil, ErrKeyChain
	}
	leaf := chain[0]
	if key, ok := private.Public().(interface{ Equal(x crypto.PublicKey) bool }); !ok || !key.Equal(leaf.PublicKey) {
		return nil, ErrKeyPair
	}
	if leaf.IsCA || leaf.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return nil, ErrKeyUsage
	}
	a, err := algorithmOf(leaf.PublicKey)
	if err != nil {
		return nil, err
	}
	return &Key{private: private, chain: chain, algorithm: a, id: keyID(leaf)}, nil
}

// KeyID is the id of the key.
func (k *Key) KeyID() string { return k.id }

// Public is what may be known of a key.
type Public struct {
	ID        string
	Algorithm string
	Subject   string
	NotBefore time.Time
	NotAfter  time.Time
	Chain     []byte // the certificates in PEM
}

// Public is what may be known of the key.
func (k *Key) Public() Public {
	leaf := k.chain[0]
	var chain bytes.Buffer
	for _, c := range k.chain {
		_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a buffer takes everything
	}
	return Public{
		ID: k.id, Algorithm: k.algorithm.name, Subject: leaf.Subject.CommonName, NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter,
		Chain: chain.Bytes(),
	}
}

// parseChain reads certificates in PEM.
func parseChain(content []byte) ([]*smx509.Certificate, error) {
	var chain []*smx509.Certificate
	for {
		var block *pem.Block
		if block, content = pem.Decode(content); block == nil {
			return chain, nil
		}
		c, err := smx509.ParseCertificate(block.Bytes)
		if block.Type != "CERTIFICATE" || err != nil {
			return nil, ErrKeyChain
		}
		chain = append(chain, c)
	}
}

// parsePrivate reads a private key in PEM (PKCS #8).
func parsePrivate(content []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(content)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("%w, in PEM as PKCS #8", errKeyKind)
	}
	key, err := smx509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errKeyKind // the parser's error could repeat a part of the key
	}
	private, ok := key.(crypto.Signer)
	if !ok {
		return nil, errKeyKind
	}
	return private, nil
}
