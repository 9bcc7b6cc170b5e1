package document_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/signing"
)

// What is printed is what is signed: third parties find every kind in order.
func TestACertificateOfEachKindIsSignedAndFoundInOrderByOthers(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, signing.CreateDemonstration(
		signing.Request{Folder: folder, Name: signing.Default, Kind: signing.KindECDSA, Subject: "测评机构"}, time.Now()))
	keys, err := signing.Open(folder, nil)
	require.NoError(t, err)
	key := keys.For("")
	for _, kind := range []string{"ce_base", "training", "grade"} {
		facts, holder, art := sample(t, kind)
		signed, err := key.SignPDF(t.Context(), rendered(t, facts, holder, art), signing.Statement{Reason: "签发", Location: "北京", At: time.Now()})
		require.NoError(t, err)
		report, err := signing.Verify(signed, func(id string) (signing.KnownKey, bool, error) {
			return signing.KnownKey{}, id == key.KeyID(), nil
		})
		require.NoError(t, err, kind)
		require.Equal(t, key.KeyID(), report.KeyID)
		file := kept(t, signed)
		said := run(t, "pdfsig", "-nocert", file)
		require.Contains(t, said, "Signature is Valid.", kind)
		require.Contains(t, said, "Total document signed", kind)
		require.Contains(t, run(t, "qpdf", "--check", file), "No syntax or stream encoding errors found", kind)
		require.NoError(t, (&document.Printer{}).Lint(signed, facts, holder), "it says what it said before")
	}
}
