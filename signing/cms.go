package signing

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"slices"

	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidData               = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCertificate = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

var contextual0 = der.Tag(0).ContextSpecific().Constructed()

// cms is the key's signature over a content of which the digest is given. The libraries of this trade put a time among the
// signed attributes, which PAdES forbids; so it is written here, in the one form that it has.
func (k *Key) cms(digest []byte) ([]byte, error) {
	attributes, err := signedAttributes(digest, k.chain[0])
	if err != nil {
		return nil, err
	}
	signature, err := k.algorithm.sign(k.private, attributes)
	if err != nil {
		return nil, err
	}
	return signedData(k.algorithm, k.chain, attributes, signature)
}

// room is how many bytes a signature of this key may take.
func (k *Key) room() int {
	const rest = 1024 // names, algorithms, attributes, and a signature of up to 4096 bits
	size := rest
	for _, c := range k.chain {
		size += len(c.Raw)
	}
	return size
}

// signedAttributes are what is signed: a SET OF attributes (RFC 5652, 5.4), sorted as DER wants it.
func signedAttributes(digest []byte, leaf *smx509.Certificate) ([]byte, error) {
	certificateDigest := sha256.Sum256(leaf.Raw)
	all := []cryptobyte.BuilderContinuation{
		attribute(oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) }),
		attribute(oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) }),
		attribute(oidSigningCertificate, func(b *cryptobyte.Builder) { // RFC 5035; of the digest, SHA-256 is the default
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1OctetString(certificateDigest[:])
						b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
							b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
								b.AddASN1(der.Tag(4).ContextSpecific().Constructed(), raw(leaf.RawIssuer))
							})
							b.AddASN1BigInt(leaf.SerialNumber)
						})
					})
				})
			})
		}),
	}
	encoded := make([][]byte, 0, len(all))
	for _, build := range all {
		b := cryptobyte.NewBuilder(nil)
		build(b)
		one, err := b.Bytes()
		if err != nil {
			return nil, err //nolint:wrapcheck // unreachable with a certificate that was parsed
		}
		encoded = append(encoded, one)
	}
	slices.SortFunc(encoded, bytes.Compare)
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(der.SET, raw(bytes.Join(encoded, nil)))
	return b.Bytes() //nolint:wrapcheck // the same
}

func attribute(oid asn1.ObjectIdentifier, value cryptobyte.BuilderContinuation) cryptobyte.BuilderContinuation {
	return func(b *cryptobyte.Builder) {
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(der.SET, value)
		})
	}
}

func raw(content []byte) cryptobyte.BuilderContinuation {
	return func(b *cryptobyte.Builder) { b.AddBytes(content) }
}

// signedData is the whole structure around a signature (RFC 5652, 5.1).
func signedData(a *algorithm, chain []*smx509.Certificate, attributes, signature []byte) ([]byte, error) {
	leaf := chain[0]
	certificates := make([][]byte, 0, len(chain))
	for _, c := range chain {
		certificates = append(certificates, c.Raw)
	}
	slices.SortFunc(certificates, bytes.Compare)
	digestAlgorithm := func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(a.digestOID) }
	set, content := cryptobyte.String(attributes), cryptobyte.String{}
	set.ReadASN1(&content, der.SET)

	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(contextual0, func(b *cryptobyte.Builder) {
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(der.SET, func(b *cryptobyte.Builder) { b.AddASN1(der.SEQUENCE, digestAlgorithm) })
				b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) })
				b.AddASN1(contextual0, raw(bytes.Join(certificates, nil)))
				b.AddASN1(der.SET, func(b *cryptobyte.Builder) {
					b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1Int64(1)
						b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
							b.AddBytes(leaf.RawIssuer)
							b.AddASN1BigInt(leaf.SerialNumber)
						})
						b.AddASN1(der.SEQUENCE, digestAlgorithm)
						b.AddASN1(contextual0, raw(content))
						b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
							b.AddASN1ObjectIdentifier(a.signatureOID)
							if a.null {
								b.AddASN1NULL()
							}
						})
						b.AddASN1OctetString(signature)
					})
				})
			})
		})
	})
	return b.Bytes() //nolint:wrapcheck // the same
}

// enclosed takes the certificates and the signature out of a structure, and believes nothing else of it: whoever verifies
// forms the structure anew from them.
func enclosed(structure []byte) (chain []*smx509.Certificate, signature []byte, ok bool) {
	var content, signed, certificates, infos, info, issuerAndSerial, passed cryptobyte.String
	s := cryptobyte.String(structure)
	ok = s.ReadASN1(&content, der.SEQUENCE) && s.Empty() &&
		content.SkipASN1(der.OBJECT_IDENTIFIER) && content.ReadASN1(&content, contextual0) &&
		content.ReadASN1(&signed, der.SEQUENCE) &&
		signed.SkipASN1(der.INTEGER) && signed.SkipASN1(der.SET) && signed.SkipASN1(der.SEQUENCE) &&
		signed.ReadASN1(&certificates, contextual0) && signed.ReadASN1(&infos, der.SET) && infos.ReadASN1(&info, der.SEQUENCE) &&
		info.SkipASN1(der.INTEGER) && info.ReadASN1(&issuerAndSerial, der.SEQUENCE) && info.SkipASN1(der.SEQUENCE) &&
		info.ReadASN1(&passed, contextual0) && info.SkipASN1(der.SEQUENCE) &&
		info.ReadASN1((*cryptobyte.String)(&signature), der.OCTET_STRING)
	if !ok {
		return nil, nil, false
	}
	for !certificates.Empty() {
		var one cryptobyte.String
		if !certificates.ReadASN1Element(&one, der.SEQUENCE) {
			return nil, nil, false
		}
		c, err := smx509.ParseCertificate(one)
		if err != nil {
			return nil, nil, false
		}
		chain = append(chain, c)
	}
	chain = ordered(chain, issuerAndSerial)
	return chain, signature, len(chain) > 0
}

// ordered puts the certificate that is named first, and after each the one that issued it.
func ordered(all []*smx509.Certificate, issuerAndSerial []byte) []*smx509.Certificate {
	var chain []*smx509.Certificate
	for _, c := range all {
		b := cryptobyte.NewBuilder(bytes.Clone(c.RawIssuer))
		b.AddASN1BigInt(c.SerialNumber)
		if name, err := b.Bytes(); err == nil && bytes.Equal(name, issuerAndSerial) {
			chain = append(chain, c)
			break
		}
	}
	for len(chain) > 0 && len(chain) < len(all) {
		last := chain[len(chain)-1]
		next := slices.IndexFunc(all, func(c *smx509.Certificate) bool {
			return bytes.Equal(c.RawSubject, last.RawIssuer) && !slices.Contains(chain, c)
		})
		if next < 0 {
			return nil
		}
		chain = append(chain, all[next])
	}
	return chain
}
