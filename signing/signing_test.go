package signing_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signintech/gopdf"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/signing"
)

// at is when the tests' documents are signed: within the certificates that are made for them.
var at = time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC)

func statement() signing.Statement {
	return signing.Statement{Reason: "签发专业技术等级证书", Location: "北京", At: at}
}

// page is a PDF in the form that documents are printed in, with a link, as they have.
func page(t testing.TB) []byte {
	t.Helper()
	var pdf gopdf.GoPdf
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	pdf.SetInfo(gopdf.PdfInfo{Title: "专业技术等级证书", CreationDate: at})
	pdf.AddPage()
	pdf.Line(50, 50, 500, 700)
	pdf.AddExternalLink("https://example.gov.cn/verify", 50, 50, 100, 100)
	content, err := pdf.GetBytesPdfReturnErr()
	require.NoError(t, err)
	return content
}

// keys makes the keys of a demonstration in a folder, each under a name.
func keys(t testing.TB, kinds map[string]string) *signing.Keys {
	t.Helper()
	folder := t.TempDir()
	for name, kind := range kinds {
		require.NoError(t, signing.CreateDemonstration(signing.Request{Folder: folder, Name: name, Kind: kind, Subject: "测评机构"}, at))
	}
	all, err := signing.Open(folder, nil)
	require.NoError(t, err)
	return all
}

// key is a key of a kind, one for all tests: some take long to make.
func key(t testing.TB, kind string) *signing.Key {
	t.Helper()
	made.Lock()
	defer made.Unlock()
	if made.keys[kind] == nil {
		made.keys[kind] = stranger(t, kind)
	}
	return made.keys[kind]
}

var made = struct {
	sync.Mutex
	keys map[string]*signing.Key
}{keys: map[string]*signing.Key{}}

// stranger is another key of a kind.
func stranger(t testing.TB, kind string) *signing.Key {
	t.Helper()
	return keys(t, map[string]string{signing.Default: kind}).For("anybody")
}

// knows knows these keys, and no others.
func knows(all ...*signing.Key) signing.Known {
	return func(keyID string) (signing.KnownKey, bool, error) {
		for _, k := range all {
			if k.KeyID() == keyID {
				return signing.KnownKey{}, true, nil
			}
		}
		return signing.KnownKey{}, false, nil
	}
}

func sign(t testing.TB, k *signing.Key, pdf []byte) []byte {
	t.Helper()
	signed, err := k.SignPDF(t.Context(), pdf, statement())
	require.NoError(t, err)
	return signed
}

// tool runs a program on a file and returns what it printed.
func tool(t testing.TB, content []byte, name string, args ...string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "document.pdf")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	out, err := exec.CommandContext(t.Context(), name, append(args, path)...).CombinedOutput()
	return string(out), err
}

func TestASignedDocumentIsGenuine(t *testing.T) {
	t.Parallel()
	for _, kind := range signing.Kinds() {
		k := key(t, kind)
		pdf := page(t)
		signed := sign(t, k, pdf)
		require.True(t, bytes.HasPrefix(signed, pdf), "an update: what was there stays as it was")
		report, err := signing.Verify(signed, knows(k))
		require.NoError(t, err, kind)
		require.Equal(t, k.KeyID(), report.KeyID)
		require.Equal(t, k.Public().Algorithm, report.Algorithm)
		said := signing.Statement{Reason: report.Reason, Location: report.Location, At: report.At.UTC()}
		require.Equal(t, statement(), said)
		require.Contains(t, report.Signer, signing.Demonstration)
	}
}

func TestPopplerAndQPDFFindASignedDocumentInOrder(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{signing.KindECDSA, signing.KindRSA} {
		signed := sign(t, key(t, kind), page(t))
		said, err := tool(t, signed, "pdfsig", "-nocert")
		require.NoError(t, err, said)
		require.Contains(t, said, "Signature is Valid.", kind)
		require.Contains(t, said, "Total document signed")
		require.Contains(t, said, "ETSI.CAdES.detached")
		require.Equal(t, 1, strings.Count(said, "Signature #"))
		said, err = tool(t, signed, "qpdf", "--check")
		require.NoError(t, err, said)
		require.Contains(t, said, "No syntax or stream encoding errors found")
	}
	// Poppler knows nothing of SM2; that the file is in order does not depend on it.
	said, err := tool(t, sign(t, key(t, signing.KindSM2), page(t)), "qpdf", "--check")
	require.NoError(t, err, said)
}

func TestAFlippedBitAnywhereIsFound(t *testing.T) {
	t.Parallel()
	for _, kind := range signing.Kinds() {
		k := key(t, kind)
		signed := sign(t, k, page(t))
		rapid.Check(t, func(t *rapid.T) {
			altered := bytes.Clone(signed)
			altered[rapid.IntRange(0, len(signed)-1).Draw(t, "where")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			_, err := signing.Verify(altered, knows(k))
			require.Error(t, err)
		})
	}
}

func TestEveryFlippedByteOfASignatureIsFound(t *testing.T) {
	t.Parallel()
	k := key(t, signing.KindECDSA)
	signed := sign(t, k, page(t))
	begin := bytes.Index(signed, []byte("/Contents <")) + len("/Contents ")
	for i := begin; i <= begin+bytes.IndexByte(signed[begin:], '>'); i++ {
		altered := bytes.Clone(signed)
		if altered[i] = '0'; signed[i] == '0' {
			altered[i] = '1'
		}
		_, err := signing.Verify(altered, knows(k))
		require.Error(t, err, "byte %d", i)
	}
}

func TestPopplerFindsAFlippedByte(t *testing.T) {
	t.Parallel()
	signed := sign(t, key(t, signing.KindECDSA), page(t))
	for _, where := range []string{"/Title <FEFF", "startxref"} { // before the signature, and after it
		altered := bytes.Clone(signed)
		altered[bytes.LastIndex(altered, []byte(where))+len(where)+1] ^= 1
		said, _ := tool(t, altered, "pdfsig", "-nocert")
		require.NotContains(t, said, "Signature is Valid.", where)
		_, err := signing.Verify(altered, knows())
		require.ErrorIs(t, err, signing.ErrAltered)
	}
}

func TestAnAlteredDocumentNamesTheKeyWhoseSignatureNoLongerFits(t *testing.T) {
	t.Parallel()
	k := key(t, signing.KindECDSA)
	altered := sign(t, k, page(t))
	altered[bytes.Index(altered, []byte("/Title"))+1] ^= 1
	report, err := signing.Verify(altered, knows(k))
	require.ErrorIs(t, err, signing.ErrAltered)
	require.Equal(t, signing.Report{KeyID: k.KeyID()}, report)
	report, err = signing.Verify(altered, knows())
	require.ErrorIs(t, err, signing.ErrAltered)
	require.Empty(t, report, "a stranger's is not named")
}

func TestWhatIsAppendedIsToldFromAnUntouchedFile(t *testing.T) {
	t.Parallel()
	k, other := key(t, signing.KindECDSA), stranger(t, signing.KindECDSA)
	signed := sign(t, k, page(t))
	appended := append(bytes.Clone(signed), "\n% more\n"...)
	report, err := signing.Verify(appended, knows(k))
	require.ErrorIs(t, err, signing.ErrAppended)
	require.Equal(t, k.KeyID(), report.KeyID, "what was signed is still in there")

	// Another's signature after ours does not make the file theirs, nor ours.
	foreign := sign(t, other, page(t))
	_, err = signing.Verify(append(bytes.Clone(signed), foreign...), knows(k))
	require.ErrorIs(t, err, signing.ErrAppended)
	_, err = signing.Verify(append(bytes.Clone(foreign), signed...), knows(k))
	require.ErrorIs(t, err, signing.ErrUnknownKey)
}

func TestADocumentThatIsNotOursIsToldFromOneThatIs(t *testing.T) {
	t.Parallel()
	k := key(t, signing.KindECDSA)
	_, err := signing.Verify(page(t), knows(k))
	require.ErrorIs(t, err, signing.ErrUnsigned)
	_, err = signing.Verify([]byte("no PDF at all"), knows(k))
	require.ErrorIs(t, err, signing.ErrUnsigned)

	report, err := signing.Verify(sign(t, k, page(t)), knows())
	require.ErrorIs(t, err, signing.ErrUnknownKey)
	require.Equal(t, k.KeyID(), report.KeyID)

	withdrawn := func(string) (signing.KnownKey, bool, error) { return signing.KnownKey{Withdrawn: true}, true, nil }
	report, err = signing.Verify(sign(t, k, page(t)), withdrawn)
	require.ErrorIs(t, err, signing.ErrWithdrawnKey)
	require.Equal(t, k.KeyID(), report.KeyID)

	lost := os.ErrDeadlineExceeded
	_, err = signing.Verify(sign(t, k, page(t)), func(string) (signing.KnownKey, bool, error) { return signing.KnownKey{}, false, lost })
	require.ErrorIs(t, err, lost, "not knowing is not an answer")
}

func TestAnyBytesAreAnsweredWithoutPanic(t *testing.T) {
	t.Parallel()
	k := key(t, signing.KindECDSA)
	signed := sign(t, k, page(t))
	rapid.Check(t, func(t *rapid.T) {
		// Pieces of a signed document, cut and put together at random.
		var file []byte
		for range rapid.IntRange(1, 4).Draw(t, "pieces") {
			from := rapid.IntRange(0, len(signed)-1).Draw(t, "from")
			file = append(file, signed[from:rapid.IntRange(from, len(signed)).Draw(t, "to")]...)
		}
		if bytes.Equal(file, signed) {
			return
		}
		_, err := signing.Verify(file, knows(k))
		require.Error(t, err)
		_, err = k.SignPDF(t.Context(), file, statement())
		if err != nil {
			require.ErrorIs(t, err, signing.ErrDocument)
		}
	})
}

func TestWhatCannotBeSignedIsRefused(t *testing.T) {
	t.Parallel()
	k := key(t, signing.KindECDSA)
	for name, pdf := range map[string][]byte{
		"no PDF":         []byte("certificate"),
		"signed already": sign(t, k, page(t)),
		"cut off":        page(t)[:200],
		"encrypted":      bytes.Replace(page(t), []byte("/Root 1 0 R"), []byte("/Encrypt 1 0 R /Root 1 0 R"), 1),
	} {
		_, err := k.SignPDF(t.Context(), pdf, statement())
		require.ErrorIs(t, err, signing.ErrDocument, name)
	}
	late := statement()
	late.At = at.AddDate(11, 0, 0)
	_, err := k.SignPDF(t.Context(), page(t), late)
	require.ErrorIs(t, err, signing.ErrKeyTime)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = k.SignPDF(ended, page(t), statement())
	require.ErrorIs(t, err, context.Canceled)
}

func TestSigningAgainDoesNoHarm(t *testing.T) {
	t.Parallel()
	k := key(t, signing.KindRSA)
	once, again := sign(t, k, page(t)), sign(t, k, page(t))
	for _, signed := range [][]byte{once, again} {
		_, err := signing.Verify(signed, knows(k))
		require.NoError(t, err)
	}
	require.Equal(t, once, again, "RSA signs the same the same way")
}

func TestTheSignedAttributesAreThoseOfThePAdESBaseline(t *testing.T) {
	t.Parallel()
	signed := sign(t, key(t, signing.KindECDSA), page(t))
	begin := bytes.Index(signed, []byte("/Contents <")) + len("/Contents <")
	structure, err := hex.DecodeString(string(signed[begin : begin+bytes.IndexByte(signed[begin:], '>')]))
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), "openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-noout")
	command.Stdin = bytes.NewReader(structure)
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
	_, attributes, _ := strings.Cut(string(out), "signedAttrs")
	attributes, _, _ = strings.Cut(attributes, "signatureAlgorithm")
	require.Equal(t, 3, strings.Count(attributes, "object: "))
	for _, name := range []string{"contentType", "messageDigest", "id-smime-aa-signingCertificateV2"} {
		require.Contains(t, attributes, name)
	}
	require.NotContains(t, attributes, "signingTime", "the time stands in the dictionary, and nowhere else")
}
