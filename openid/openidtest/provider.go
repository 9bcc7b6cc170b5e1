// Package openidtest is an identity provider that can be told to misbehave: it stands in tests for one of those we do not
// own. It logs its one person in without asking.
package openidtest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
)

// What our side is configured with.
const (
	ClientID = "dengpan"
	Secret   = "openidtest-secret" //nolint:gosec // of a provider that ends with its test
)

// Provider is an identity provider on a server of its own.
type Provider struct {
	URL string

	t      testing.TB
	server *httptest.Server

	mu      sync.Mutex
	subject string
	alter   func(claims map[string]any)
	away    bool
	keys    []jose.JSONWebKey // the last one signs
	foreign bool              // it signs with a key that it does not publish
	codes   map[string]url.Values
	fetched int
}

// New starts a provider that knows its person by a subject.
func New(t testing.TB, subject string) *Provider {
	t.Helper()
	p := &Provider{t: t, subject: subject, codes: map[string]url.Values{}}
	p.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.exchange)
	mux.HandleFunc("GET /keys", p.publish)
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.away {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.server.Close)
	p.URL = p.server.URL
	return p
}

// set changes how the provider behaves.
func (p *Provider) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// LogIn has it know its person by another subject.
func (p *Provider) LogIn(subject string) { p.set(func() { p.subject = subject }) }

// Alter has it change the claims of its tokens.
func (p *Provider) Alter(alter func(claims map[string]any)) { p.set(func() { p.alter = alter }) }

// Away has it answer with an error, or no longer.
func (p *Provider) Away(away bool) { p.set(func() { p.away = away }) }

// Forge has it sign with a key that it does not publish.
func (p *Provider) Forge() { p.set(func() { p.foreign = true }) }

// Rotate has it sign with a new key, and forget the one before.
func (p *Provider) Rotate() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(p.t, err)
	p.set(func() {
		id := strconv.Itoa(len(p.keys) + 1)
		p.keys = append(p.keys, jose.JSONWebKey{Key: key, KeyID: id, Algorithm: string(jose.RS256), Use: "sig"})
	})
}

// KeysFetched is how often its keys were asked for.
func (p *Provider) KeysFetched() (times int) {
	p.set(func() { times = p.fetched })
	return times
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (p *Provider) describe(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"}, "authorization_response_iss_parameter_supported": true,
	})
}

// authorize sends the browser back with a code at once.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	code := rand.Text()
	p.codes[code] = asked
	back := url.Values{"code": {code}, "state": {asked.Get("state")}, "iss": {p.URL}}
	http.Redirect(w, r, asked.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound) //nolint:gosec // whoever asks is a test
}

// exchange takes a code once, from who began with it.
func (p *Provider) exchange(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	asked, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch {
	case id != ClientID || secret != Secret:
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	case !known, asked.Get("redirect_uri") != r.FormValue("redirect_uri"), asked.Get("code_challenge_method") != "S256",
		asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]):
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "planted by openidtest"})
		return
	}
	now := time.Now()
	claims := map[string]any{
		"iss": p.URL, "sub": p.subject, "aud": ClientID, "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"name": "planted by openidtest", "email": "planted@openidtest.example",
	}
	if p.alter != nil {
		p.alter(claims)
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60, "id_token": p.sign(maps.Clone(claims)),
	})
}

func (p *Provider) sign(claims map[string]any) string {
	key := p.keys[len(p.keys)-1]
	if p.foreign {
		other, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(p.t, err)
		key.Key = other
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil)
	require.NoError(p.t, err)
	content, err := json.Marshal(claims)
	require.NoError(p.t, err)
	signed, err := signer.Sign(content)
	require.NoError(p.t, err)
	token, err := signed.CompactSerialize()
	require.NoError(p.t, err)
	return token
}

func (p *Provider) publish(w http.ResponseWriter, _ *http.Request) {
	p.fetched++
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{p.keys[len(p.keys)-1].Public()}})
}
