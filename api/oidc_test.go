package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/openid"
	"github.com/dengpan/dengpan/openid/openidtest"
	"github.com/dengpan/dengpan/store"
)

// embassy is an office with an identity provider.
type embassy struct {
	*office

	provider *openidtest.Provider
}

func newEmbassy(t *testing.T, trainees bool) *embassy {
	t.Helper()
	e := &embassy{provider: openidtest.New(t, "subject-1")}
	ours := &openid.Provider{Issuer: e.provider.URL, ClientID: openidtest.ClientID, Secret: openidtest.Secret}
	e.office = newOffice(t, func(c *Config) {
		c.Provider = &Provider{Provider: ours, Name: "统一身份认证", Trainees: trainees}
	})
	ours.Redirect = e.server.URL + CallbackPath
	return e
}

func (e *embassy) visitor() *browser {
	e.t.Helper()
	b := e.browser()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

// there is where the browser comes back to from an address at the provider.
func (e *embassy) there(address string) string {
	e.t.Helper()
	require.True(e.t, strings.HasPrefix(address, e.provider.URL+"/authorize?"), address)
	req, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(e.t, err)
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(e.t, err)
	defer res.Body.Close()
	back, found := strings.CutPrefix(res.Header.Get("Location"), e.server.URL)
	require.True(e.t, found)
	return back
}

// goes is where an answer sends the browser.
func goes(t testing.TB, r reply) string {
	t.Helper()
	require.Equal(t, http.StatusSeeOther, r.status, "%s", r.body)
	return r.header.Get("Location")
}

// logInThere logs in by the provider and is where the browser ends.
func (e *embassy) logInThere(b *browser) string {
	e.t.Helper()
	return goes(e.t, b.get(e.there(goes(e.t, b.get("/login/oidc")))))
}

const failed = "/app/login?problem="

func TestWhoeverTheProviderKnowsIsATraineeWhereThatIsConfigured(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, true)
	b := e.visitor()
	require.JSONEq(t, `{"local":true,"oidc":{"name":"统一身份认证"},"sign_up":false}`, string(b.get("/v1/session/ways").body))
	require.Equal(t, "/app/", e.logInThere(b))
	var first, again loggedIn
	b.get("/v1/session").into(t, &first)
	require.Equal(t, store.RoleTrainee, first.Account.Role)
	require.Equal(t, "oidc", first.Method)
	other := e.visitor()
	require.Equal(t, "/app/", e.logInThere(other))
	other.get("/v1/session").into(t, &again)
	require.Equal(t, first.Account.ID, again.Account.ID, "it is the same person")
	e.provider.LogIn("subject-2")
	third := e.visitor()
	require.Equal(t, "/app/", e.logInThere(third))
	third.get("/v1/session").into(t, &again)
	require.NotEqual(t, first.Account.ID, again.Account.ID)
	require.Equal(t, 2, e.audited("identity.link"))
	require.NotContains(t, e.log.String(), "planted", "what the provider says of a person is not asked for, and logged nowhere")
}

func TestSomebodyUnknownIsNobodyUnlessThatIsConfigured(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, false)
	b := e.visitor()
	before := e.counts()
	require.Equal(t, failed+identityUnknown, e.logInThere(b))
	b.loggedOut()
	require.Equal(t, before, e.counts())
}

func TestStaffAreKnownToTheProviderByTheirInvitation(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, false)
	admin := e.token(store.Account{Role: store.RoleAdministrator})
	made := e.invite(admin, object{"role": "operator", "district": "haidian", "label": "海淀窗口一"})
	b := e.visitor()
	r := b.do(http.MethodPost, "/v1/invitations/oidc", object{"token": made.Token})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.NotContains(t, string(r.body), made.Token)
	var answer struct{ Location string }
	r.into(t, &answer)
	back := e.there(answer.Location)
	require.Equal(t, "/app/", goes(t, b.get(back)))
	var who loggedIn
	b.get("/v1/session").into(t, &who)
	require.Equal(t, store.RoleOperator, who.Account.Role)
	require.Equal(t, "haidian", who.Account.District)
	require.Equal(t, "/app/", e.logInThere(e.visitor()), "from now on they log in without it")

	e.visitor().do(http.MethodPost, "/v1/invitations/oidc", object{"token": made.Token}).refused(t, http.StatusGone, invitationInvalid)
	another := e.invite(admin, object{"role": "administrator", "label": "管理员"})
	b = e.visitor()
	b.do(http.MethodPost, "/v1/invitations/oidc", object{"token": another.Token}).into(t, &answer)
	require.Equal(t, failed+identityTaken, goes(t, b.get(e.there(answer.Location))), "one identity, one account")
	e.provider.LogIn("subject-2")
	b.do(http.MethodPost, "/v1/invitations/oidc", object{"token": another.Token}).into(t, &answer)
	back = e.there(answer.Location)
	require.Equal(t, http.StatusOK, e.post("/v1/invitations/"+another.ID+"/revocation", admin, object{"reason": "x"}).status)
	require.Equal(t, failed+invitationInvalid, goes(t, b.get(back)), "it was taken back meanwhile")
}

func TestAClosedAccountIsNotEnteredByTheProvider(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, true)
	b := e.visitor()
	e.logInThere(b)
	e.exec("UPDATE accounts SET state = 'closed', closed_at = now() WHERE id IN (SELECT account_id FROM login_identities)")
	require.Equal(t, failed+accountClosed, e.logInThere(b))
	b.loggedOut()
}

func TestACallbackIsGoodOnceAndForTheBrowserThatBegan(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, true)
	victim, attacker := e.visitor(), e.visitor()
	back := e.there(goes(t, attacker.get("/login/oidc")))
	require.Equal(t, failed+providerFailed, goes(t, victim.get(back)), "another browser began")
	goes(t, victim.get("/login/oidc"))
	require.Equal(t, failed+providerFailed, goes(t, victim.get(back)), "it began as well, but not this")
	victim.loggedOut()
	kept := attacker.cookies()
	require.Equal(t, "/app/", goes(t, attacker.get(back)))
	require.Equal(t, failed+providerFailed, goes(t, attacker.get(back)), "the browser has forgotten it")
	at, err := url.Parse(e.server.URL)
	require.NoError(t, err)
	attacker.client.Jar.SetCookies(at, []*http.Cookie{{Name: kept[0].Name, Value: kept[0].Value, Secure: true, Path: "/"}})
	require.Equal(t, failed+providerFailed, goes(t, attacker.get(back)), "the provider has forgotten it")
}

func TestWhatTheBrowserKeepsIsSealedAndGoodForAWhile(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, true)
	b := e.visitor()
	r := b.get("/login/oidc?next=/app/cases")
	require.Regexp(t, `^__Host-dengpan-oidc=[A-Za-z0-9_-]+; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$`, r.header.Get("Set-Cookie"))
	back := e.there(goes(t, r))
	e.later(flowTime)
	require.Equal(t, failed+providerFailed, goes(t, b.get(back)), "it took too long")
	at, err := url.Parse(e.server.URL)
	require.NoError(t, err)
	for _, forged := range []string{"x", "!", "AAAA"} {
		back = e.there(goes(t, b.get("/login/oidc")))
		b.client.Jar.SetCookies(at, []*http.Cookie{{Name: "__Host-dengpan-oidc", Value: forged, Secure: true, Path: "/"}})
		require.Equal(t, failed+providerFailed, goes(t, b.get(back)))
	}
}

func TestNobodyIsSentAnywhereButToAPageOfOurs(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, true)
	for next, want := range map[string]string{
		"":                                 "/app/",
		"/app/":                            "/app",
		"/app/cases/1?tab=hours":           "/app/cases/1?tab=hours",
		"https://evil.example":             "/app/",
		"//evil.example/app/":              "/app/",
		"/\\evil.example":                  "/app/",
		"/app/\\evil.example":              "/app/",
		"/app/../../evil":                  "/app/",
		"/app/..//evil.example":            "/app/",
		"/apple":                           "/app/",
		"javascript:alert(1)":              "/app/",
		"/v1/session":                      "/app/",
		"/app/%0d%0aSet-Cookie:x":          "/app/%0D%0ASet-Cookie:x",
		"https://evil.example/app/x":       "/app/",
		"/app/" + strings.Repeat("x", 600): "/app/",
		"%":                                "/app/",
	} {
		b := e.visitor()
		back := e.there(goes(t, b.get("/login/oidc?next="+url.QueryEscape(next))))
		require.Equal(t, want, goes(t, b.get(back)), next)
	}
}

func TestWhatGoesWrongAtTheProviderIsToldAsACode(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, true)
	b := e.visitor()
	e.provider.Away(true)
	require.Equal(t, failed+providerAway, goes(t, b.get("/login/oidc")))
	e.provider.Away(false)
	back := e.there(goes(t, b.get("/login/oidc")))
	e.provider.Away(true)
	require.Equal(t, failed+providerAway, goes(t, b.get(back)))
	e.provider.Away(false)
	goes(t, b.get("/login/oidc"))
	require.Equal(t, failed+providerFailed, goes(t, b.get(CallbackPath+"?error=access_denied&error_description=planted&state=x")))
	e.provider.Alter(func(claims map[string]any) { claims["nonce"] = "planted" })
	require.Equal(t, failed+providerFailed, e.logInThere(b))
	require.NotContains(t, e.log.String(), "planted")
	b.loggedOut()
}

func TestWithoutAProviderThereIsNoSuchLogIn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	b := o.browser()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	require.JSONEq(t, `{"local":true,"oidc":null,"sign_up":false}`, string(b.get("/v1/session/ways").body))
	require.Equal(t, failed+providerAway, goes(t, b.get("/login/oidc")))
	require.Equal(t, failed+providerAway, goes(t, b.get(CallbackPath)))
	made := o.invite(o.token(store.Account{Role: store.RoleAdministrator}), object{"role": "operator", "label": "窗口"})
	b.do(http.MethodPost, "/v1/invitations/oidc", object{"token": made.Token}).refused(t, http.StatusServiceUnavailable, providerAway)
}

// link begins the linking of whoever is logged in on a browser, and is where the browser comes back at.
func (e *embassy) link(b *browser) string {
	e.t.Helper()
	r := b.do(http.MethodPost, "/v1/me/identity", object{"password": aPassword})
	require.Equal(e.t, http.StatusOK, r.status, "%s", r.body)
	var answer struct{ Location string }
	r.into(e.t, &answer)
	return e.there(answer.Location)
}

func (e *embassy) linked(b *browser) bool {
	e.t.Helper()
	var answer struct{ OIDC *identityView }
	b.get("/v1/me/identity").into(e.t, &answer)
	require.Equal(e.t, "统一身份认证", answer.OIDC.Name)
	return answer.OIDC.Linked
}

func TestWhoIsLoggedInLinksTheirAccountAndMayUndoIt(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, false)
	account := e.hire("operator.1", store.Account{Role: store.RoleOperator})
	b := e.visitor()
	b.enter("operator.1")
	require.False(t, e.linked(b))
	require.Equal(t, "/app/security", goes(t, b.get(e.link(b))))
	require.True(t, e.linked(b))
	other := e.visitor()
	require.Equal(t, "/app/", e.logInThere(other))
	var who loggedIn
	other.get("/v1/session").into(t, &who)
	require.Equal(t, account.ID, who.Account.ID)

	e.provider.LogIn("subject-2")
	require.Equal(t, failed+identityTaken, goes(t, b.get(e.link(b))), "one account, one identity")
	require.Equal(t, http.StatusNoContent, b.do(http.MethodDelete, "/v1/me/identity", object{"password": aPassword}).status)
	require.False(t, e.linked(b))
	b.do(http.MethodDelete, "/v1/me/identity", object{"password": aPassword}).refused(t, http.StatusNotFound, notFound)
	e.provider.LogIn("subject-1")
	require.Equal(t, failed+identityUnknown, e.logInThere(e.visitor()))
	require.Equal(t, []int{1, 1}, []int{e.audited("identity.link"), e.audited("identity.unlink")})
}

func TestAnAccountIsLinkedOnlyByWhoProvesItsPasswordAndStaysLoggedIn(t *testing.T) {
	t.Parallel()
	e := newEmbassy(t, true)
	e.hire("operator.1", store.Account{Role: store.RoleOperator})
	b := e.visitor()
	b.enter("operator.1")
	require.Equal(t, map[string]string{"password": fieldPasswordWrong},
		b.do(http.MethodPost, "/v1/me/identity", object{"password": "guessed"}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	e.do(call{method: http.MethodPost, path: "/v1/me/identity", token: e.operator, body: object{"password": aPassword}}).
		refused(t, http.StatusConflict, sessionNeeded)
	back := e.link(b)
	require.Equal(t, http.StatusNoContent, b.do(http.MethodDelete, "/v1/session", nil).status)
	require.Equal(t, failed+unauthenticated, goes(t, b.get(back)), "it logged out meanwhile")
	b.enter("operator.1")
	back = e.link(b)
	e.hire("operator.2", store.Account{Role: store.RoleOperator})
	b.enter("operator.2")
	require.Equal(t, failed+providerFailed, goes(t, b.get(back)), "somebody else logged in meanwhile")
	require.Zero(t, e.audited("identity.link"))

	trainee := e.visitor()
	e.logInThere(trainee)
	trainee.do(http.MethodDelete, "/v1/me/identity", object{"password": "x"}).refused(t, http.StatusConflict, noPassword)
	require.True(t, e.linked(trainee), "nobody takes the only way in")
	b.enter("operator.1")
	require.Equal(t, failed+identityTaken, goes(t, b.get(e.link(b))), "it is a trainee's already")
}
