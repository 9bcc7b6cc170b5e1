//go:build pkcs11

package token_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/ThalesGroup/crypto11"
	"github.com/signintech/gopdf"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/signing/token"
)

// modules are where SoftHSM is installed.
var modules = []string{
	"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
	"/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm.so",
}

const label, pin = "dengpan", "654321"

// softToken makes a token in software, with keys in it.
func softToken(t *testing.T) token.Config {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "tokens"), 0o700))
	settings := filepath.Join(folder, "softhsm2.conf")
	require.NoError(t, os.WriteFile(settings, []byte("directories.tokendir = "+filepath.Join(folder, "tokens")+"\n"), 0o600))
	t.Setenv("SOFTHSM2_CONF", settings)
	out, err := exec.CommandContext(t.Context(), "softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "123456").CombinedOutput()
	require.NoError(t, err, string(out))
	for _, module := range modules {
		if _, err := os.Stat(module); err == nil {
			return token.Config{Module: module, Label: label, PIN: pin}
		}
	}
	require.Fail(t, "SoftHSM is not installed")
	return token.Config{}
}

// One test, for a process opens a maker's library once.
//
//nolint:paralleltest // SoftHSM finds its settings by the environment
func TestADocumentIsSignedWithAKeyThatNeverLeavesItsToken(t *testing.T) {
	config := softToken(t)
	wrong := config
	wrong.PIN = "000000"
	_, err := token.Open(wrong)
	require.Error(t, err)
	require.NotContains(t, err.Error(), wrong.PIN)

	session, err := crypto11.Configure(&crypto11.Config{Path: config.Module, TokenLabel: config.Label, Pin: config.PIN})
	require.NoError(t, err)
	curved, err := session.GenerateECDSAKeyPairWithLabel([]byte("1"), []byte(signing.Default), elliptic.P256())
	require.NoError(t, err)
	plain, err := session.GenerateRSAKeyPairWithLabel([]byte("2"), []byte("ouc"), 2048)
	require.NoError(t, err)
	folder := t.TempDir()
	certify(t, folder, signing.Default, curved.Public())
	certify(t, folder, "ouc", plain.Public())

	device, err := token.Open(config)
	require.NoError(t, err)
	_, err = device.Key("nobody")
	require.ErrorIs(t, err, token.ErrNoKey)
	keys, err := signing.Open(folder, device)
	require.NoError(t, err)
	for _, name := range keys.Names() {
		key := keys.For(name)
		signed, err := key.SignPDF(t.Context(), page(t), signing.Statement{Reason: "签发", Location: "北京", At: time.Now()})
		require.NoError(t, err)
		_, err = signing.Verify(signed, func(id string) (signing.KnownKey, bool, error) {
			return signing.KnownKey{}, id == key.KeyID(), nil
		})
		require.NoError(t, err)
		path := filepath.Join(folder, name+".pdf")
		require.NoError(t, os.WriteFile(path, signed, 0o600))
		said, err := exec.CommandContext(t.Context(), "pdfsig", "-nocert", path).CombinedOutput()
		require.NoError(t, err, string(said))
		require.Contains(t, string(said), "Signature is Valid.", name)
	}
}

// certify writes the certificates of a key, by an authority of the test's own.
func certify(t *testing.T, folder, name string, public crypto.PublicKey) {
	t.Helper()
	authority, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := func(serial int64) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		}
	}
	root := template(1)
	root.IsCA, root.KeyUsage, root.Subject.CommonName = true, x509.KeyUsageCertSign, "root"
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, authority.Public(), authority)
	require.NoError(t, err)
	issuer, err := x509.ParseCertificate(rootDER)
	require.NoError(t, err)
	leaf := template(2)
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, issuer, public, authority)
	require.NoError(t, err)
	var chain []byte
	for _, content := range [][]byte{leafDER, rootDER} {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: content})...)
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, name+".chain.pem"), chain, 0o600))
}

func page(t *testing.T) []byte {
	t.Helper()
	var pdf gopdf.GoPdf
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	pdf.AddPage()
	pdf.Line(50, 50, 500, 700)
	content, err := pdf.GetBytesPdfReturnErr()
	require.NoError(t, err)
	return content
}
