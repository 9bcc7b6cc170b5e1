package signing

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// Kinds of keys that can be made.
const (
	KindECDSA = "ecdsa"
	KindRSA   = "rsa"
	KindSM2   = "sm2"
)

// Kinds are all kinds of keys that can be made.
func Kinds() []string { return []string{KindECDSA, KindRSA, KindSM2} }

// Demonstration is how the certificates are labelled that a key is given here, and that nobody outside will trust.
const Demonstration = "演示"

// Request is for a new key.
type Request struct {
	Folder string
	Name   string // Default, or an institution's id
	Kind   string
	// Subject is whose key it is, as certificates name them.
	Subject string
}

// generate makes a private key.
func generate(kind string) (crypto.Signer, error) {
	const rsaBits = 3072
	switch kind {
	case KindECDSA:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) //nolint:wrapcheck // wrapped by the callers
	case KindRSA:
		return rsa.GenerateKey(rand.Reader, rsaBits) //nolint:wrapcheck // wrapped by the callers
	case KindSM2:
		return sm2.GenerateKey(rand.Reader) //nolint:wrapcheck // wrapped by the callers
	}
	return nil, errKeyKind
}

// CreateDemonstration makes a key with a certificate by an authority that is made for it and forgotten at once, both
// labelled as of a demonstration. Files that are there already are never overwritten (errors.Is os.ErrExist).
func CreateDemonstration(r Request, now time.Time) error {
	private, chain, err := demonstration(r, now)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	var certificates bytes.Buffer
	for _, c := range chain {
		_ = pem.Encode(&certificates, &pem.Block{Type: "CERTIFICATE", Bytes: c}) // a buffer takes everything
	}
	if err := writeKey(r, private); err != nil {
		return err
	}
	return writeNew(filepath.Join(r.Folder, r.Name+chainSuffix), certificates.Bytes())
}

// CreateCredentials makes the key that credentials are signed with, in a folder. One that is there already is never
// overwritten (errors.Is os.ErrExist).
func CreateCredentials(folder string) error {
	private, err := generate(KindECDSA)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	return writeKey(Request{Folder: folder, Name: Credentials}, private)
}

// CreateRequest makes a key, and returns the request (PKCS #10, in PEM) by which an authority makes its certificate. The
// chain that comes back is put beside the key as NAME.chain.pem.
func CreateRequest(r Request) ([]byte, error) {
	private, err := generate(r.Kind)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	request, err := smx509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: r.Subject}}, private)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	if err := writeKey(r, private); err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request}), nil
}

// demonstration makes an authority, a key and its certificate.
func demonstration(r Request, now time.Time) (private crypto.Signer, chain [][]byte, err error) {
	const years = 10
	authority, err := generate(r.Kind)
	if err != nil {
		return nil, nil, err
	}
	if private, err = generate(r.Kind); err != nil {
		return nil, nil, err
	}
	begin := now.Add(-time.Hour).UTC().Truncate(time.Second) // clocks differ
	root := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "登攀" + Demonstration + "根证书", Organization: []string{Demonstration}},
		NotBefore: begin, NotAfter: begin.AddDate(years, 0, 0),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	rootDER, err := smx509.CreateCertificate(rand.Reader, root, root, authority.Public(), authority)
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // wrapped by the caller
	}
	issuer, err := smx509.ParseCertificate(rootDER)
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // wrapped by the caller
	}
	leaf := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: r.Subject + "（" + Demonstration + "）", Organization: []string{Demonstration}},
		NotBefore: begin, NotAfter: root.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, BasicConstraintsValid: true,
	}
	leafDER, err := smx509.CreateCertificate(rand.Reader, leaf, issuer, private.Public(), authority)
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // wrapped by the caller
	}
	return private, [][]byte{leafDER, rootDER}, nil
}

func serial() *big.Int {
	const bytes = 16
	number := make([]byte, bytes)
	_, _ = rand.Read(number) // it never fails
	number[0] = number[0]&0x7f | 0x40
	return new(big.Int).SetBytes(number)
}

// ErrName says that a key cannot be named so.
var ErrName = errors.New("want default, or the id of an institution")

func writeKey(r Request, private crypto.Signer) error {
	if r.Name == "" || filepath.Base(r.Name) != r.Name || slices.Contains([]string{".", ".."}, r.Name) {
		return ErrName
	}
	encoded, err := smx509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	const ownerOnly = 0o700
	if err := os.MkdirAll(r.Folder, ownerOnly); err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	return writeNew(filepath.Join(r.Folder, r.Name+keySuffix), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))
}

// writeNew writes a file that must not be there yet, and that only its owner can read.
func writeNew(path string, content []byte) error {
	const ownerOnly = 0o600
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, ownerOnly)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	return nil
}
