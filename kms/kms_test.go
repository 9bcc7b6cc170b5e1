package kms_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/kms"
)

// vault stands in for a Vault, which is not ours to run: the transit engine's two operations on one key, as its API
// describes them.
type vault struct {
	server *httptest.Server
	token  atomic.Pointer[string]
	seal   cipher.AEAD
}

func newVault(t *testing.T) *vault {
	t.Helper()
	block, err := aes.NewCipher(make([]byte, 32))
	require.NoError(t, err)
	v := &vault{}
	v.seal, err = cipher.NewGCM(block)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /v1/transit/encrypt/dengpan", v.answer(func(in map[string]string) (string, string, bool) {
		plain, _ := base64.StdEncoding.DecodeString(in["plaintext"])
		sealed := v.seal.Seal(nil, make([]byte, v.seal.NonceSize()), plain, []byte(in["associated_data"]))
		return "ciphertext", "vault:v1:" + base64.StdEncoding.EncodeToString(sealed), true
	}))
	mux.HandleFunc("PUT /v1/transit/decrypt/dengpan", v.answer(func(in map[string]string) (string, string, bool) {
		sealed, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(in["ciphertext"], "vault:v1:"))
		plain, err := v.seal.Open(nil, make([]byte, v.seal.NonceSize()), sealed, []byte(in["associated_data"]))
		return "plaintext", base64.StdEncoding.EncodeToString(plain), err == nil
	}))
	v.server = httptest.NewTLSServer(mux)
	t.Cleanup(v.server.Close)
	return v
}

func (v *vault) answer(do func(map[string]string) (name, value string, ok bool)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in map[string]string
		if r.Header.Get("X-Vault-Token") != *v.token.Load() || json.NewDecoder(r.Body).Decode(&in) != nil {
			http.Error(w, `{"errors":["permission denied"]}`, http.StatusForbidden)
			return
		}
		name, value, ok := do(in)
		if !ok {
			http.Error(w, `{"errors":["cipher: message authentication failed"]}`, http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]string{name: value}})
	}
}

// It sets variables of the process, as Vault's tools are told, so it runs by itself.
func TestKeysUnderAKeyOfVaultAreReadWithItsHelpOnly(t *testing.T) {
	v := newVault(t)
	folder := t.TempDir()
	certificate := filepath.Join(folder, "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: v.server.Certificate().Raw})
	require.NoError(t, os.WriteFile(certificate, block, 0o600))
	t.Setenv("VAULT_CACERT", certificate)
	t.Setenv("VAULT_MAX_RETRIES", "0")
	tokenFile := filepath.Join(folder, "token")
	show := func(secret, accepted string) {
		require.NoError(t, os.WriteFile(tokenFile, []byte(secret+"\n"), 0o600))
		v.token.Store(&accepted)
	}
	show("first", "first")

	uri := "hcvault://" + strings.TrimPrefix(v.server.URL, "https://") + "/transit/keys/dengpan"
	require.NoError(t, kms.Vault(uri, tokenFile))
	file := identity.KeyFile{Path: filepath.Join(folder, "keyring.json"), KEK: uri}
	keyring, err := file.Create()
	require.NoError(t, err)
	sealed, err := keyring.Seal([]byte("王小明"), "name")
	require.NoError(t, err)
	content, err := os.ReadFile(file.Path)
	require.NoError(t, err)
	require.Contains(t, string(content), "encryptedKeyset")

	show("renewed", "renewed")
	require.NoError(t, file.Add(), "a token that was renewed is shown from then on")
	loaded, err := file.Load()
	require.NoError(t, err)
	plain, err := loaded.Open(sealed, "name")
	require.NoError(t, err)
	require.Equal(t, "王小明", string(plain))

	show("stale", "renewed")
	_, err = file.Load()
	require.Error(t, err, "who has no token has no keys")
	plain, err = loaded.Open(sealed, "name")
	require.NoError(t, err, "a process that runs goes on while Vault refuses it")
	require.Equal(t, "王小明", string(plain))
}

func TestAVaultIsNamedWithItsKeyAndAToken(t *testing.T) {
	t.Parallel()
	const uri = "hcvault://vault.example:8200/transit/keys/dengpan"
	require.ErrorIs(t, kms.Vault(uri, ""), kms.ErrToken)
	require.ErrorIs(t, kms.Vault(uri, filepath.Join(t.TempDir(), "none")), kms.ErrToken)
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(token, []byte(" \n"), 0o600))
	require.ErrorIs(t, kms.Vault(uri, token), kms.ErrToken)
	require.NoError(t, os.WriteFile(token, []byte("x"), 0o600))
	for _, bad := range []string{"hcvault:///transit/keys/dengpan", "hcvault://vault.example:8200", "hcvault://me:secret@vault.example/transit/keys/k"} {
		require.ErrorIs(t, kms.Vault(bad, token), kms.ErrURI, bad)
	}
	for _, other := range []string{"", "file:///keys/kek.json"} {
		require.NoError(t, kms.Vault(other, ""), "no business of a Vault")
	}
}
