package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryAnswerHasTheHeadersThatKeepBrowsersFromMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, token := range map[string]string{
		"/v1/cases": w.operator, "/v1/me/cases": "", "/nowhere": "", "/healthz": "", "/docs": "", "/app/": "", "/verify/0123456789abcdef": "",
	} {
		header := w.get(path, token).header
		for name, want := range map[string]string{
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			require.Equal(t, want, header.Get(name), "%s of %s", name, path)
		}
		policy := header.Get("Content-Security-Policy")
		require.Contains(t, policy, "frame-ancestors 'none'", path)
		require.Contains(t, policy, "default-src 'none'", path)
		require.NotContains(t, policy, "unsafe-eval", path)
		require.Contains(t, header.Get("Permissions-Policy"), "geolocation=()", path)
		require.NotEmpty(t, header.Get("Content-Type"), path)
	}
	require.Equal(t, "no-store", w.get("/v1/cases", w.operator).header.Get("Cache-Control"))
	plain := newWorldWith(t, func(c *Config) { c.PlainCookies = true })
	require.Empty(t, plain.get("/healthz", "").header.Get("Strict-Transport-Security"), "there is no TLS in a demonstration")
}

func TestAnUnknownQueryParameterIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, query := range []string{"nobody=1", "status=stuck&Status=stuck"} {
		r := w.get("/v1/cases?"+query, w.operator)
		require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s: %s", query, r.body)
		require.NotContains(t, string(r.body), "nobody=1")
	}
}
