package verification

import (
	"bytes"
	"compress/zlib"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// packed is a stream as PDF files have it.
func packed(t testing.TB, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("stream\r\n")
	w := zlib.NewWriter(&out)
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	out.WriteString("\nendstream\n")
	return out.Bytes()
}

func TestLinksAreFoundInWhatIsPackedToo(t *testing.T) {
	t.Parallel()
	plain := []byte("/URI (https://a.example/verify/0123456789abcdef)\n")
	file := slices.Concat(plain, packed(t, []byte("q\n/verify/fedcba9876543210 /verify/0123456789abcdef /verify/short")))
	require.Equal(t, []string{"0123456789abcdef", "fedcba9876543210"}, links(file))
	require.Empty(t, links(file[len(plain):len(plain)+12]), "a stream that breaks off is no harm")
}

func TestASmallFileThatUnfoldsIntoAVastOneIsLeftOff(t *testing.T) {
	t.Parallel()
	vast := packed(t, make([]byte, mostUnfolded+1))
	require.Less(t, len(vast), mostUnfolded/100)
	require.Len(t, unfold(vast[len("stream\r\n"):], 1000), 1000)
	file := slices.Concat(vast, packed(t, []byte("/verify/0123456789abcdef")))
	require.Empty(t, links(file), "all that is looked at was used up before")
}

func FuzzAnyFileIsLookedThrough(f *testing.F) {
	f.Add([]byte("%PDF-1.7 /verify/0123456789abcdef"))
	f.Add(packed(f, []byte("/verify/0123456789abcdef")))
	f.Add([]byte("stream\nx\x9c"))
	f.Fuzz(func(t *testing.T, file []byte) {
		found := links(file)
		require.LessOrEqual(t, len(found), mostLinks)
		for _, token := range found {
			require.True(t, link.MatchString("/verify/"+token))
		}
	})
}
