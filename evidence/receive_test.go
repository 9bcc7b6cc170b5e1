package evidence_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/evidence"
)

const (
	pdf  = "application/pdf"
	csv  = "text/csv"
	png  = "image/png"
	jpeg = "image/jpeg"
	xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// sheet is a PDF file of a size, with somebody's name in it.
func sheet(size int) []byte {
	content := []byte("%PDF-1.7\n王小明 85\n")
	return append(content, bytes.Repeat([]byte("x"), size-len(content))...)
}

func promiseOf(content []byte, media string) evidence.Promise {
	digest := sha256.Sum256(content)
	return evidence.Promise{MediaType: media, Size: int64(len(content)), SHA256: digest[:]}
}

func TestAFileThatIsWhatWasPromisedIsSealedAsItComesAndOpensForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	for _, size := range []int{30, 3072, 64 << 10, 64<<10 + 1, 1 << 20} {
		content := sheet(size)
		r, err := evidence.Receive(iotest.HalfReader(bytes.NewReader(content)), promiseOf(content, pdf), "a")
		require.NoError(t, err)
		sealed, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Len(t, sealed, int(r.Size))
		require.NotContains(t, string(sealed), "王小明")
		require.NotContains(t, string(sealed), "%PDF")

		opened, err := evidence.Open(bytes.NewReader(sealed), r.Key, "a")
		require.NoError(t, err)
		plain, err := io.ReadAll(opened)
		require.NoError(t, err)
		require.Equal(t, content, plain)

		other, err := evidence.Open(bytes.NewReader(sealed), r.Key, "b")
		require.NoError(t, err)
		_, err = io.ReadAll(other)
		require.Error(t, err, "sealed for another")
		sealed[len(sealed)-1] ^= 1
		changed, err := evidence.Open(bytes.NewReader(sealed), r.Key, "a")
		require.NoError(t, err)
		_, err = io.ReadAll(changed)
		require.Error(t, err, "changed")
	}
}

func TestAFileThatIsNotWhatWasPromisedIsGivenUp(t *testing.T) {
	t.Parallel()
	content := sheet(100_000)
	promised := promiseOf(content, pdf)
	other := sheet(100_000)
	other[99_999] = 'y'
	for name, sent := range map[string]struct {
		content []byte
		want    error
	}{
		"shorter": {content[:99_999], evidence.ErrSize}, "of a few bytes": {content[:20], evidence.ErrSize}, "empty": {nil, evidence.ErrSize},
		"longer": {append(bytes.Clone(content), 'x'), evidence.ErrSize}, "another": {other, evidence.ErrDigest},
		"of another type": {append([]byte("\x89PNG\r\n\x1a\n"), content[8:]...), evidence.ErrMedia},
	} {
		_, err := evidence.Receive(bytes.NewReader(sent.content), promised, "a")
		require.ErrorIs(t, err, sent.want, name)
	}
	_, err := evidence.Receive(io.MultiReader(bytes.NewReader(content[:50_000]), iotest.ErrReader(io.ErrClosedPipe)), promised, "a")
	require.ErrorIs(t, err, io.ErrClosedPipe, "the sender left")
	endless := &counting{Reader: io.MultiReader(bytes.NewReader(content), forever{})}
	_, err = evidence.Receive(endless, promised, "a")
	require.ErrorIs(t, err, evidence.ErrSize)
	require.LessOrEqual(t, endless.n, int64(len(content)+1), "no more is read than shows that it is too much")
}

type counting struct {
	io.Reader

	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

type forever struct{}

func (forever) Read(p []byte) (int, error) { return len(p), nil }

func TestAFileIsOfTheTypeThatItsFirstBytesSay(t *testing.T) {
	t.Parallel()
	of := map[string][]byte{
		pdf: sheet(200), png: []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), jpeg: []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
		csv: []byte("准考证号,成绩\n1001,85\n"), xlsx: archive(t, "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml"),
	}
	for media, content := range of {
		for other := range of {
			_, err := evidence.Receive(bytes.NewReader(content), promiseOf(content, other), "a")
			if other == media {
				require.NoError(t, err, media)
			} else {
				require.ErrorIs(t, err, evidence.ErrMedia, "%s as %s", media, other)
			}
		}
	}
	for name, content := range map[string]string{
		"a page": "<!DOCTYPE html><html><script>alert(1)</script></html>", "a program": "\x7fELF\x02\x01\x01", "JSON": `{"a":1}`,
	} {
		_, err := evidence.Receive(strings.NewReader(content), promiseOf([]byte(content), csv), "a")
		require.ErrorIs(t, err, evidence.ErrMedia, name)
	}
	letter := archive(t, "[Content_Types].xml", "_rels/.rels", "word/document.xml")
	_, err := evidence.Receive(bytes.NewReader(letter), promiseOf(letter, xlsx), "a")
	require.ErrorIs(t, err, evidence.ErrMedia)
	gbk := []byte("\xd7\xbc\xbf\xbc\xd6\xa4\xba\xc5,\xb3\xc9\xbc\xa8\n1001,85\n") // 准考证号,成绩, as Excel writes it here
	_, err = evidence.Receive(bytes.NewReader(gbk), promiseOf(gbk, csv), "a")
	require.NoError(t, err)
}

// archive is a file of the kind that Office writes, with parts of these names.
func archive(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range parts {
		part, err := w.Create(name)
		require.NoError(t, err)
		_, err = part.Write(bytes.Repeat([]byte("<x/>"), 500))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestTheRulesSayOfEachKindWhatItMayBeAndHowLarge(t *testing.T) {
	t.Parallel()
	rules := evidence.TheRules()
	require.NotEmpty(t, rules.Kinds)
	for _, kind := range rules.Kinds {
		require.NotEmpty(t, kind.About, kind.Kind)
		require.NotEmpty(t, kind.Media, kind.Kind)
		require.Positive(t, kind.MostBytes, kind.Kind)
		require.LessOrEqual(t, kind.MostBytes, rules.MostBytes())
		require.Subset(t, rules.Media(), kind.Media)
	}
	require.Positive(t, rules.MostFiles)
	require.Positive(t, rules.UploadLasts)
	_, known := rules.Kind("payslip")
	require.False(t, known)
}
