package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/require"
)

// application is one small application, as the build leaves it.
func application(t *testing.T) *Application {
	t.Helper()
	var zipped, brotlied bytes.Buffer
	for _, compress := range []io.WriteCloser{gzip.NewWriter(&zipped), brotli.NewWriter(&brotlied)} {
		_, err := compress.Write([]byte("let a = 1"))
		require.NoError(t, err)
		require.NoError(t, compress.Close())
	}
	a, err := in(fstest.MapFS{
		"dist/app/index.html":          {Data: []byte(`<script nonce="__CSP_NONCE__"></script><style nonce="__CSP_NONCE__"></style>`)},
		"dist/app/assets/a-1234.js.gz": {Data: zipped.Bytes()},
		"dist/app/assets/a-1234.js.br": {Data: brotlied.Bytes()},
	}, "dist/app")
	require.NoError(t, err)
	return a
}

func get(a http.Handler, path, encodings string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	r.Header.Set("Accept-Encoding", encodings)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, res *http.Response) string {
	t.Helper()
	var b bytes.Buffer
	_, err := b.ReadFrom(res.Body)
	require.NoError(t, err)
	return b.String()
}

func TestEveryPageIsServedWithANonceOfItsOwn(t *testing.T) {
	t.Parallel()
	a := application(t)
	seen := map[string]bool{}
	for _, path := range []string{"/app/", "/app/tasks", "/app/cases/1?tab=hours", "/app/"} {
		res := get(a, path, "br")
		page := text(t, res)
		nonces := regexp.MustCompile(`nonce="([^"]+)"`).FindAllStringSubmatch(page, -1)
		require.Len(t, nonces, 2, page)
		require.Equal(t, nonces[0][1], nonces[1][1])
		require.NotContains(t, page, placeholder)
		require.False(t, seen[nonces[0][1]], "a nonce is used once")
		seen[nonces[0][1]] = true

		csp := res.Header.Get("Content-Security-Policy")
		require.Contains(t, csp, "script-src 'self' 'nonce-"+nonces[0][1]+"';")
		require.Contains(t, csp, "default-src 'none'")
		require.Contains(t, csp, "connect-src 'self'")
		require.NotContains(t, csp, "unsafe")
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	}
}

func TestAssetsAreServedAsTheReaderCanTakeThemAndKeptForGood(t *testing.T) {
	t.Parallel()
	a := application(t)
	for accepted, want := range map[string]string{"gzip, deflate, br": "br", "gzip": "gzip", "": ""} {
		res := get(a, "/app/assets/a-1234.js", accepted)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, want, res.Header.Get("Content-Encoding"), accepted)
		require.Contains(t, res.Header.Get("Content-Type"), "javascript")
		require.Contains(t, res.Header.Get("Cache-Control"), "immutable")
		require.Equal(t, "Accept-Encoding", res.Header.Get("Vary"))
		if want == "" {
			require.Equal(t, "let a = 1", text(t, res))
		}
	}
}

func TestAnAssetThatIsNotThereIsNotFoundAndNotKept(t *testing.T) {
	t.Parallel()
	res := get(application(t), "/app/assets/gone.js", "br")
	require.Equal(t, http.StatusNotFound, res.StatusCode)
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
}

func TestWithoutABuildTheApplicationIsSaidNotToBeBuilt(t *testing.T) {
	t.Parallel()
	_, err := in(fstest.MapFS{"dist/.gitignore": {}}, "dist/app")
	require.ErrorIs(t, err, ErrNotBuilt)
}
