package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
)

// algorithm is one way of signing: which digest, which signature, and how both are named.
type algorithm struct {
	name         string
	newHash      func() hash.Hash
	digestOID    asn1.ObjectIdentifier
	signatureOID asn1.ObjectIdentifier
	null         bool // parameters are written as NULL, as RSA's are
	// sign and verify take the whole message.
	sign   func(key crypto.Signer, message []byte) ([]byte, error)
	verify func(key crypto.PublicKey, message, signature []byte) bool
}

// sum is the digest of a content in pieces.
func (a *algorithm) sum(pieces ...[]byte) []byte {
	h := a.newHash()
	for _, piece := range pieces {
		h.Write(piece)
	}
	return h.Sum(nil)
}

var oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}

// signSHA256 is how keys sign that take a digest.
func signSHA256(key crypto.Signer, message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyAway, err)
	}
	return signature, nil
}

var rsaSHA256 = &algorithm{
	name: "RSA-SHA256", newHash: sha256.New, digestOID: oidSHA256,
	signatureOID: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, null: true,
	sign: signSHA256,
	verify: func(key crypto.PublicKey, message, signature []byte) bool {
		digest := sha256.Sum256(message)
		public, isRSA := key.(*rsa.PublicKey)
		return isRSA && rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) == nil
	},
}

var ecdsaSHA256 = &algorithm{
	name: "ECDSA-SHA256", newHash: sha256.New, digestOID: oidSHA256,
	signatureOID: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2},
	sign:         signSHA256,
	verify: func(key crypto.PublicKey, message, signature []byte) bool {
		digest := sha256.Sum256(message)
		public, isECDSA := key.(*ecdsa.PublicKey)
		return isECDSA && ecdsa.VerifyASN1(public, digest[:], signature)
	},
}

// SM2 with SM3 (GB/T 32918.2, GB/T 32905; named as in GM/T 0006): the signer takes the message, for what is signed begins with
// a digest of the signer's own key.
var sm2SM3 = &algorithm{
	name: "SM2-SM3", newHash: sm3.New,
	digestOID:    asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401},
	signatureOID: asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501},
	sign: func(key crypto.Signer, message []byte) ([]byte, error) {
		signature, err := key.Sign(rand.Reader, message, sm2.DefaultSM2SignerOpts)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKeyAway, err)
		}
		return signature, nil
	},
	verify: func(key crypto.PublicKey, message, signature []byte) bool {
		public, isEC := key.(*ecdsa.PublicKey)
		return isEC && sm2.VerifyASN1WithSM2(public, nil, message, signature)
	},
}

// errKeyKind says that keys of this kind do not sign here.
var errKeyKind = errors.New("want an ECDSA key on P-256, an RSA key of 2048 to 4096 bits, or an SM2 key")

// algorithmOf is how a key signs.
func algorithmOf(public crypto.PublicKey) (*algorithm, error) {
	switch key := public.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits >= 2048 && bits <= 4096 {
			return rsaSHA256, nil
		}
	case *ecdsa.PublicKey:
		switch {
		case sm2.IsSM2PublicKey(key):
			return sm2SM3, nil
		case key.Curve == elliptic.P256():
			return ecdsaSHA256, nil
		}
	}
	return nil, errKeyKind
}
