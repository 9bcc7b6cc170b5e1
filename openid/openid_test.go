package openid_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/openid"
	"github.com/dengpan/dengpan/openid/openidtest"
)

const ours = "https://dengpan.example/login/oidc/callback"

func newProvider(t *testing.T) (*openid.Provider, *openidtest.Provider) {
	t.Helper()
	there := openidtest.New(t, "someone")
	return &openid.Provider{Issuer: there.URL, ClientID: openidtest.ClientID, Secret: openidtest.Secret, Redirect: ours}, there
}

// visit begins a log-in and goes to the provider, as a browser does; it returns what the browser comes back with.
func visit(t *testing.T, p *openid.Provider) (openid.Flow, url.Values) {
	t.Helper()
	address, flow, err := p.Begin(t.Context())
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	back, err := res.Location()
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(back.String(), ours+"?"), back)
	return flow, back.Query()
}

func TestWhoLogsInAtTheProviderIsKnownByIssuerAndSubject(t *testing.T) {
	t.Parallel()
	p, there := newProvider(t)
	flow, query := visit(t, p)
	who, err := p.Finish(t.Context(), flow, query)
	require.NoError(t, err)
	require.Equal(t, openid.Identity{Issuer: there.URL, Subject: "someone"}, who)
}

func TestNothingIsAskedOfTheProviderButWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	address, flow, err := p.Begin(t.Context())
	require.NoError(t, err)
	asked, err := url.Parse(address)
	require.NoError(t, err)
	require.Equal(t, "openid", asked.Query().Get("scope"))
	require.Equal(t, "S256", asked.Query().Get("code_challenge_method"))
	require.NotContains(t, address, flow.Verifier)
	require.NotContains(t, address, openidtest.Secret)
	_, other, err := p.Begin(t.Context())
	require.NoError(t, err)
	for _, pair := range [][2]string{{flow.State, other.State}, {flow.Nonce, other.Nonce}, {flow.Verifier, other.Verifier}} {
		require.NotEqual(t, pair[0], pair[1])
		require.GreaterOrEqual(t, len(pair[0]), 26, "128 bits and more")
	}
}

func TestWhatAnotherBrowserOrAttemptBringsIsNotTaken(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	for name, change := range map[string]func(*openid.Flow, url.Values){
		"another state":       func(_ *openid.Flow, q url.Values) { q.Set("state", "x") },
		"no state":            func(_ *openid.Flow, q url.Values) { q.Del("state") },
		"no state at all":     func(f *openid.Flow, q url.Values) { f.State = ""; q.Del("state") },
		"another nonce":       func(f *openid.Flow, _ url.Values) { f.Nonce = "x" },
		"no nonce":            func(f *openid.Flow, _ url.Values) { f.Nonce = "" },
		"another verifier":    func(f *openid.Flow, _ url.Values) { f.Verifier = strings.Repeat("x", 43) },
		"no verifier":         func(f *openid.Flow, _ url.Values) { f.Verifier = "" },
		"another code":        func(_ *openid.Flow, q url.Values) { q.Set("code", "x") },
		"no code":             func(_ *openid.Flow, q url.Values) { q.Del("code") },
		"an error":            func(_ *openid.Flow, q url.Values) { q.Del("code"); q.Set("error", "access_denied") },
		"another issuer":      func(_ *openid.Flow, q url.Values) { q.Set("iss", "https://evil.example") },
		"no issuer, promised": func(_ *openid.Flow, q url.Values) { q.Del("iss") },
	} {
		flow, query := visit(t, p)
		change(&flow, query)
		_, err := p.Finish(t.Context(), flow, query)
		require.ErrorIs(t, err, openid.ErrRefused, name)
		require.NotContains(t, err.Error(), "planted", name)
	}
}

func TestACodeIsTakenOnce(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	flow, query := visit(t, p)
	_, err := p.Finish(t.Context(), flow, query)
	require.NoError(t, err)
	_, err = p.Finish(t.Context(), flow, query)
	require.ErrorIs(t, err, openid.ErrRefused)
}

func TestATokenThatIsWrongInAnythingLogsNobodyIn(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(map[string]any){
		"of another issuer":    func(c map[string]any) { c["iss"] = "https://evil.example" },
		"for another client":   func(c map[string]any) { c["aud"] = "another" },
		"given to another":     func(c map[string]any) { c["aud"] = []string{openidtest.ClientID, "another"}; c["azp"] = "another" },
		"expired":              func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() },
		"without an end":       func(c map[string]any) { delete(c, "exp") },
		"of another attempt":   func(c map[string]any) { c["nonce"] = "x" },
		"without a nonce":      func(c map[string]any) { delete(c, "nonce") },
		"of nobody":            func(c map[string]any) { delete(c, "sub") },
		"not of this time yet": func(c map[string]any) { c["nbf"] = time.Now().Add(time.Hour).Unix() },
	} {
		p, there := newProvider(t)
		there.Alter(alter)
		flow, query := visit(t, p)
		_, err := p.Finish(t.Context(), flow, query)
		require.ErrorIs(t, err, openid.ErrRefused, name)
		require.NotContains(t, err.Error(), "planted", name)
	}
	p, there := newProvider(t)
	there.Forge()
	flow, query := visit(t, p)
	_, err := p.Finish(t.Context(), flow, query)
	require.ErrorIs(t, err, openid.ErrRefused, "signed by another")
}

func TestTheProvidersNewKeysAreFetchedWhenItSignsWithThem(t *testing.T) {
	t.Parallel()
	p, there := newProvider(t)
	for round := range 3 {
		for range 2 {
			flow, query := visit(t, p)
			_, err := p.Finish(t.Context(), flow, query)
			require.NoError(t, err)
		}
		require.Equal(t, round+1, there.KeysFetched(), "once a key")
		there.Rotate()
	}
}

func TestAProviderThatIsAwayIsAskedAgainNextTime(t *testing.T) {
	t.Parallel()
	p, there := newProvider(t)
	there.Away(true)
	_, _, err := p.Begin(t.Context())
	require.ErrorIs(t, err, openid.ErrAway)
	there.Away(false)
	flow, query := visit(t, p)
	there.Away(true)
	_, err = p.Finish(t.Context(), flow, query)
	require.ErrorIs(t, err, openid.ErrAway)
	there.Away(false)
	_, err = p.Finish(t.Context(), flow, query)
	require.NoError(t, err)
}

func TestAProviderThatCallsItselfOtherwiseIsNotTaken(t *testing.T) {
	t.Parallel()
	_, there := newProvider(t)
	p := &openid.Provider{Issuer: strings.Replace(there.URL, "127.0.0.1", "localhost", 1), ClientID: openidtest.ClientID, Redirect: ours}
	_, _, err := p.Begin(t.Context())
	require.ErrorIs(t, err, openid.ErrAway)
}

func TestManyWhoComeAtOnceAreServed(t *testing.T) {
	t.Parallel()
	p, _ := newProvider(t)
	const many = 10
	begun := make(chan error, many)
	for range many {
		go func() {
			_, _, err := p.Begin(t.Context())
			begun <- err
		}()
	}
	for range many {
		require.NoError(t, <-begun)
	}
}
