package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/store"
)

// office is a world that people log in to, on a server with TLS, and whose clock can be moved.
type office struct {
	*world

	server *httptest.Server
	ahead  atomic.Int64
}

const (
	aPassword = "小舟从此逝，江海寄余生。"
	firefox   = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
)

func newOffice(t testing.TB, configure func(*Config)) *office {
	t.Helper()
	o := &office{}
	o.world = newWorldWith(t, func(c *Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(o.ahead.Load())) }
		configure(c)
	})
	o.server = httptest.NewTLSServer(o.handler)
	t.Cleanup(o.server.Close)
	return o
}

func ordinary(*Config) {}

// later moves the clock on.
func (o *office) later(span time.Duration) { o.ahead.Add(int64(span)) }

// hire makes an account with a log-in.
func (o *office) hire(login string, a store.Account) store.Account {
	o.t.Helper()
	hasher, err := password.NewHasher()
	require.NoError(o.t, err)
	hash, err := hasher.Hash(o.t.Context(), aPassword)
	require.NoError(o.t, err)
	require.NoError(o.t, o.store.Tx(o.t.Context(), func(tx *store.Tx) error {
		if a, err = tx.CreateAccount(a); err != nil {
			return err
		}
		return tx.InsertCredential(store.Credential{AccountID: a.ID, Login: login, PasswordHash: hash, ChangedAt: time.Now().UTC()})
	}))
	return a
}

// browser is a client that keeps cookies and says where its requests come from.
type browser struct {
	t      testing.TB
	client http.Client
	base   string
	header map[string]string
}

func (o *office) browser() *browser {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(o.t, err)
	return &browser{
		t: o.t, client: http.Client{Transport: o.server.Client().Transport, Jar: jar}, base: o.server.URL,
		header: map[string]string{"User-Agent": firefox, "Sec-Fetch-Site": "same-origin", "Origin": o.server.URL},
	}
}

func (b *browser) do(method, path string, body any) reply {
	b.t.Helper()
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(b.t, err)
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, content)
	require.NoError(b.t, err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range b.header {
		req.Header.Set(name, value)
	}
	res, err := b.client.Do(req)
	require.NoError(b.t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	return reply{status: res.StatusCode, header: res.Header, body: answer}
}

func (b *browser) get(path string) reply {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil)
}

func (b *browser) logIn(login, secret string) reply {
	b.t.Helper()
	return b.do(http.MethodPost, "/v1/session", object{"login": login, "password": secret})
}

// enter logs in, and is let in.
func (b *browser) enter(login string) {
	b.t.Helper()
	r := b.logIn(login, aPassword)
	require.Equal(b.t, http.StatusCreated, r.status, "%s", r.body)
}

// cookies are what the browser would send.
func (b *browser) cookies() []*http.Cookie {
	b.t.Helper()
	at, err := url.Parse(b.base)
	require.NoError(b.t, err)
	return b.client.Jar.Cookies(at)
}

// loggedOut checks that the browser is not logged in, or no longer.
func (b *browser) loggedOut() {
	b.t.Helper()
	b.get("/v1/session").refused(b.t, http.StatusUnauthorized, unauthenticated)
}
