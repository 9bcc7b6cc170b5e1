package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// secretFile writes a secret to a file.
func secretFile(t *testing.T, secret string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(path, []byte(secret), mode))
	require.NoError(t, os.Chmod(path, mode))
	return path
}

func TestAnIdentityProviderIsConfiguredWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	none, err := (&providerConfig{PublicURL: "https://dengpan.example/"}).provider(false)
	require.NoError(t, err)
	require.Nil(t, none)
	whole := providerConfig{
		PublicURL: "https://dengpan.example/", Issuer: "https://id.example/realm", ClientID: "dengpan", Name: "统一身份认证",
		SecretFile: secretFile(t, "secret\n", 0o600), Trainees: true,
	}
	p, err := whole.provider(false)
	require.NoError(t, err)
	require.Equal(t, "secret", p.Secret)
	require.Equal(t, "https://dengpan.example/login/oidc/callback", p.Redirect)
	require.True(t, p.Trainees)
	for wrong, change := range map[string]func(*providerConfig){
		"DENGPAN_PUBLIC_URL":              func(c *providerConfig) { c.PublicURL = "" },
		"want https":                      func(c *providerConfig) { c.PublicURL = "http://dengpan.example" },
		"root of its host":                func(c *providerConfig) { c.PublicURL = "https://dengpan.example/x" },
		"DENGPAN_OIDC_ISSUER":             func(c *providerConfig) { c.Issuer = "http://id.example" },
		"without a user":                  func(c *providerConfig) { c.Issuer = "https://me:planted@id.example" },
		"DENGPAN_OIDC_CLIENT_ID":          func(c *providerConfig) { c.ClientID = "" },
		"DENGPAN_OIDC_CLIENT_SECRET_FILE": func(c *providerConfig) { c.SecretFile = secretFile(t, "planted", 0o644) },
		"empty":                           func(c *providerConfig) { c.SecretFile = secretFile(t, " ", 0o600) },
		"no such file":                    func(c *providerConfig) { c.SecretFile = "/nowhere" },
	} {
		c := whole
		change(&c)
		_, err := c.provider(false)
		require.ErrorContains(t, err, wrong)
		require.NotContains(t, err.Error(), "planted")
	}
	plain := whole
	plain.Issuer, plain.PublicURL = "http://127.0.0.1:8086", "http://127.0.0.1:8080"
	_, err = plain.provider(true)
	require.NoError(t, err, "in a demonstration")
}
