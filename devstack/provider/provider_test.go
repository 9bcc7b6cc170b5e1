package provider_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/ports"
	"github.com/dengpan/dengpan/devstack/postgres"
	"github.com/dengpan/dengpan/devstack/provider"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/devstack/testbed"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/openid"
)

// callback is where the product has browsers sent back to.
const callback = "/login/oidc/callback"

// place is the product with an identity provider that knows two people.
type place struct {
	t        *testing.T
	binary   stack.Product
	product  string // where browsers reach it
	provider *provider.Provider
	issuer   *httptest.Server
}

var people = []provider.Person{
	{Subject: "7f3c", Login: "xiaoming", Password: "a password of somebody"}, {Subject: "91ab", Login: "xiaohong", Password: "another password"},
}

const secret = "a secret of theirs and ours"

func newPlace(t *testing.T) *place {
	t.Helper()
	dir := testbed.Folder(t)
	cluster, err := postgres.Start(t.Context(), postgres.Options{Dir: filepath.Join(dir, "pg"), Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Stop()) })
	require.NoError(t, cluster.CreateDatabase(t.Context(), "dengpan"))
	free, err := ports.Free(2)
	require.NoError(t, err)
	address := fmt.Sprintf("127.0.0.1:%d", free[0])

	p := &place{t: t, product: "http://" + address, issuer: httptest.NewUnstartedServer(nil)}
	issuer := "http://" + p.issuer.Listener.Addr().String()
	p.provider, err = provider.New(provider.Options{Issuer: issuer, Redirect: p.product + callback, Secret: secret, People: people})
	require.NoError(t, err)
	p.issuer.Config.Handler = p.provider
	p.issuer.Start()
	t.Cleanup(p.issuer.Close)

	secretFile, keyset := filepath.Join(dir, "secret"), filepath.Join(dir, "keyset.json")
	require.NoError(t, os.WriteFile(secretFile, []byte(secret), 0o600))
	_, err = identity.CreateKeyring(keyset)
	require.NoError(t, err)
	p.binary = stack.Product{
		Program: testbed.Program(t), LogDir: dir, DatabaseFile: filepath.Join(dir, "application-url"), OwnerFile: filepath.Join(dir, "owner-url"), TemporalAddress: fmt.Sprintf("127.0.0.1:%d", free[1]),
		APIAddress: address, KeysetFile: keyset, Demo: true,
		Extra: []string{
			"DENGPAN_PUBLIC_URL=" + p.product, "DENGPAN_OIDC_ISSUER=" + issuer, "DENGPAN_OIDC_CLIENT_ID=" + provider.ClientID,
			"DENGPAN_OIDC_CLIENT_SECRET_FILE=" + secretFile, "DENGPAN_OIDC_TRAINEES=true",
		},
	}
	require.NoError(t, files.WriteSecret(p.binary.DatabaseFile, cluster.ApplicationURL("dengpan")))
	require.NoError(t, files.WriteSecret(p.binary.OwnerFile, cluster.URL("dengpan")))
	require.NoError(t, p.binary.Migrate(t.Context(), "--database-only"))
	running, err := p.binary.Service(stack.APIRole).Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, running.Stop()) })
	return p
}

// browser keeps cookies and follows where it is sent, and knows where it was sent last.
type browser struct {
	t      *testing.T
	client http.Client
	at     *url.URL
	page   string
	back   string // the last address at which it came back to the product
}

func (p *place) browser() *browser {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(p.t, err)
	b := &browser{t: p.t}
	b.client = http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == callback {
			b.back = r.URL.String()
		}
		return nil
	}}
	return b
}

func (b *browser) do(method, address, media, body string) int {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(body))
	require.NoError(b.t, err)
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	answer, err := b.client.Do(r)
	require.NoError(b.t, err)
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	require.NoError(b.t, err)
	b.at, b.page = answer.Request.URL, string(page)
	return answer.StatusCode
}

var requestField = regexp.MustCompile(`name="request" value="([^"]+)"`)

// submit fills in the page to log in at, where the browser is.
func (b *browser) submit(login, password string) {
	b.t.Helper()
	found := requestField.FindStringSubmatch(b.page)
	require.NotNil(b.t, found, "%s: %s", b.at, b.page)
	form := url.Values{"request": {found[1]}, "login": {login}, "password": {password}}
	b.do(http.MethodPost, b.at.Scheme+"://"+b.at.Host+"/log-in", "application/x-www-form-urlencoded", form.Encode())
}

// logIn logs somebody in, from the product's door to the page of the product that they wanted.
func (p *place) logIn(b *browser, person provider.Person) {
	p.t.Helper()
	b.do(http.MethodGet, p.product+"/login/oidc?next=%2Fapp%2Fcases", "", "")
	require.Equal(p.t, p.issuer.Listener.Addr().String(), b.at.Host)
	b.submit(person.Login, person.Password)
	require.Equal(p.t, p.product+"/app/cases", b.at.String())
}

type session struct {
	Account struct{ ID, Role, District string }
	Method  string
}

func (p *place) session(b *browser) session {
	p.t.Helper()
	require.Equal(p.t, http.StatusOK, b.do(http.MethodGet, p.product+"/v1/session", "", ""), "%s", b.page)
	var s session
	require.NoError(p.t, json.Unmarshal([]byte(b.page), &s))
	return s
}

func TestPeopleOfARealProviderLogInAndKeepTheirAccounts(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	first, second := p.browser(), p.browser()
	p.logIn(first, people[0])
	p.logIn(second, people[1])
	who := p.session(first)
	require.Equal(t, "trainee", who.Account.Role)
	require.Equal(t, "oidc", who.Method)
	require.NotEqual(t, who.Account.ID, p.session(second).Account.ID)
	require.NoError(t, p.provider.Rotate())
	again := p.browser()
	p.logIn(again, people[0])
	require.Equal(t, who.Account.ID, p.session(again).Account.ID, "with another key, it is the same person")
}

func TestWhoDoesNotProveThemselvesToTheProviderComesNowhere(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.browser()
	b.do(http.MethodGet, p.product+"/login/oidc", "", "")
	b.submit(people[0].Login, people[1].Password)
	require.Equal(t, p.issuer.Listener.Addr().String(), b.at.Host)
	require.Contains(t, b.page, "登录名或密码不正确")
	require.Equal(t, http.StatusUnauthorized, b.do(http.MethodGet, p.product+"/v1/session", "", ""))
}

func TestTheAddressSomebodyCameBackAtIsGoodForNobodyElse(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b, thief := p.browser(), p.browser()
	p.logIn(b, people[0])
	require.NotEmpty(t, b.back)
	for _, who := range []*browser{b, thief} {
		who.do(http.MethodGet, b.back, "", "")
		require.Equal(t, p.product+"/app/login?problem=oidc_failed", who.at.String())
	}
	require.Equal(t, http.StatusUnauthorized, thief.do(http.MethodGet, p.product+"/v1/session", "", ""))
}

func TestStaffAcceptTheirInvitationAtARealProvider(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	token, err := p.binary.Token(t.Context(), "administrator", "", "test")
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.product+"/v1/invitations",
		strings.NewReader(`{"role":"operator","district":"haidian","label":"海淀窗口一"}`))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusCreated, answer.StatusCode)
	var invitation struct{ Token string }
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&invitation))

	b := p.browser()
	require.Equal(t, http.StatusOK,
		b.do(http.MethodPost, p.product+"/v1/invitations/oidc", "application/json", `{"token":"`+invitation.Token+`"}`), "%s", b.page)
	var next struct{ Location string }
	require.NoError(t, json.Unmarshal([]byte(b.page), &next))
	b.do(http.MethodGet, next.Location, "", "")
	b.submit(people[0].Login, people[0].Password)
	require.Equal(t, p.product+"/app/", b.at.String())
	who := p.session(b)
	require.Equal(t, "operator", who.Account.Role)
	require.Equal(t, "haidian", who.Account.District)
	again := p.browser()
	p.logIn(again, people[0])
	require.Equal(t, who.Account.ID, p.session(again).Account.ID)
}

func TestTheProviderGivesNothingToWhoIsNotTheProduct(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.browser()
	for _, query := range []string{
		"client_id=another&redirect_uri=" + url.QueryEscape(p.product+callback),
		"client_id=" + provider.ClientID + "&redirect_uri=" + url.QueryEscape("https://evil.example/"),
	} {
		status := b.do(http.MethodGet, p.issuer.URL+"/authorize?response_type=code&scope=openid&state=x&"+query, "", "")
		require.Equal(t, http.StatusBadRequest, status, b.page)
	}
	wrong := &openid.Provider{Issuer: p.issuer.URL, ClientID: provider.ClientID, Secret: "another", Redirect: p.product + callback}
	address, flow, err := wrong.Begin(t.Context())
	require.NoError(t, err)
	b.do(http.MethodGet, address, "", "")
	b.submit(people[0].Login, people[0].Password)
	back, err := url.Parse(b.back)
	require.NoError(t, err)
	flow.State = back.Query().Get("state")
	_, err = wrong.Finish(t.Context(), flow, back.Query())
	require.ErrorIs(t, err, openid.ErrRefused)
}
