// Package issuingtest is what tests issue certificates with: settings that they are printed with, the font, and a key that
// signs them. The printer and the signature are the real ones.
package issuingtest

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

// Printing is settings as an installation might have them.
func Printing() issuing.Printing {
	at := []string{"https://www.example.gov.cn"}
	return issuing.Printing{Origin: "https://dengpan.example.gov.cn", LookUp: map[string][]string{
		certificate.KindCEBase: at, contract.TrainingCertificate: at, contract.GradeCertificate: at,
	}}
}

// The font is read once, since it is large.
var printer = &document.Printer{Fonts: &font.Fonts{}}

// Printer prints.
func Printer() *document.Printer { return printer }

var keys = sync.OnceValues(func() (*signing.Keys, error) {
	folder, err := os.MkdirTemp("", "dengpan-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	request := signing.Request{Folder: folder, Name: signing.Default, Kind: signing.KindECDSA, Subject: "测试"}
	if err := signing.CreateDemonstration(request, time.Now()); err != nil {
		return nil, err
	}
	return signing.Open(folder, nil)
})

// Signatures is the signer of a record.
func Signatures(t testing.TB, record *store.Store, ring *identity.Keyring) *activities.Signatures {
	t.Helper()
	all, err := keys()
	require.NoError(t, err)
	s := &activities.Signatures{Store: record, Keys: ring, Sign: all, Lint: printer}
	require.NoError(t, s.Announce(t.Context()))
	return s
}

// Sign signs the document of a certificate.
func Sign(t testing.TB, record *store.Store, ring *identity.Keyring, certificateID string) {
	t.Helper()
	_, err := Signatures(t, record, ring).SignCertificate(t.Context(), contract.SignCertificateRequest{CertificateID: certificateID})
	require.NoError(t, err)
}

// Complete prints, signs and publishes a certificate that was prepared.
func Complete(t testing.TB, record *store.Store, ring *identity.Keyring, certificateID string) {
	t.Helper()
	require.NoError(t, record.Tx(t.Context(), func(tx *store.Tx) error {
		return issuing.Press{Keys: ring, Printer: printer}.Print(tx, certificateID, time.Now().UTC())
	}))
	Sign(t, record, ring, certificateID)
	require.NoError(t, record.Tx(t.Context(), func(tx *store.Tx) error {
		_, _, err := issuing.Publish(tx, certificateID, time.Now().UTC())
		return err
	}))
}
