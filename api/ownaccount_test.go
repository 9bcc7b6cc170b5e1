package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/store"
)

const newPassword = "一蓑烟雨任平生，也无风雨"

func (b *browser) sessions() (all []webSessionView) {
	b.t.Helper()
	var list struct{ Sessions []webSessionView }
	b.get("/v1/me/sessions").into(b.t, &list)
	return list.Sessions
}

func TestPeopleSeeWhereTheyAreLoggedInAndEndWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	o.hire("trainee.2", store.Account{Role: store.RoleTrainee})
	stranger, old, lost, here := o.browser(), o.browser(), o.browser(), o.browser()
	stranger.enter("trainee.2")
	old.enter("trainee.1")
	lost.header["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
		"Version/17.0 Mobile/15E148 Safari/604.1"
	lost.enter("trainee.1")
	here.enter("trainee.1")
	all := here.sessions()
	require.Len(t, all, 3)
	var browsers []string
	for _, s := range all {
		browsers = append(browsers, s.Browser)
		require.Equal(t, s.Browser == "Safari · iOS", strings.Contains(s.Browser, "iOS"))
	}
	require.ElementsMatch(t, []string{"Firefox · Linux", "Firefox · Linux", "Safari · iOS"}, browsers)
	current := 0
	for _, s := range all {
		if s.Current {
			current++
		}
		if s.Browser == "Safari · iOS" {
			stranger.do(http.MethodDelete, "/v1/me/sessions/"+s.ID, nil).refused(t, http.StatusNotFound, notFound)
			require.Equal(t, http.StatusNoContent, here.do(http.MethodDelete, "/v1/me/sessions/"+s.ID, nil).status)
			here.do(http.MethodDelete, "/v1/me/sessions/"+s.ID, nil).refused(t, http.StatusNotFound, notFound)
		}
	}
	require.Equal(t, 1, current)
	lost.loggedOut()
	require.Len(t, here.sessions(), 2)
	require.JSONEq(t, `{"ended":1}`, string(here.do(http.MethodDelete, "/v1/me/sessions", nil).body))
	old.loggedOut()
	require.Len(t, here.sessions(), 1)
	require.Len(t, stranger.sessions(), 1, "another account's session stays")
	require.Equal(t, 1, o.audited("session.revoke"))
	require.Equal(t, 1, o.audited("session.revoke_others"))
}

func TestAChangedPasswordEndsEveryOtherSession(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	other, b := o.browser(), o.browser()
	other.enter("trainee.1")
	b.enter("trainee.1")
	before := b.cookies()[0].Value
	r := b.do(http.MethodPost, "/v1/me/password", object{"current": aPassword, "new": newPassword})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.JSONEq(t, `{"ended":1}`, string(r.body))
	require.NotEqual(t, before, b.cookies()[0].Value)
	require.Equal(t, http.StatusOK, b.get("/v1/session").status)
	other.loggedOut()
	other.logIn("trainee.1", aPassword).refused(t, http.StatusUnauthorized, loginFailed)
	require.Equal(t, http.StatusCreated, other.logIn("trainee.1", newPassword).status)
	require.Equal(t, 1, o.audited("password.change"))
	require.NotContains(t, o.log.String(), newPassword)
}

func TestAPasswordIsChangedByWhoKnowsItToOneThatIsNotWeak(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	for next, code := range map[string]string{
		"short": string(password.TooShort), strings.Repeat("长", 129): string(password.TooLong),
		"password1234": string(password.Guessable), "trainee.1trainee.1": string(password.Guessable), aPassword: fieldSamePassword,
	} {
		require.Equal(t, map[string]string{"new": code}, b.do(http.MethodPost, "/v1/me/password",
			object{"current": aPassword, "new": next}).refused(t, http.StatusUnprocessableEntity, validationFailed), next)
	}
	change := func() reply {
		return b.do(http.MethodPost, "/v1/me/password", object{"current": "not the password", "new": newPassword})
	}
	for range mostFailures {
		require.Equal(t, map[string]string{"current": fieldPasswordWrong}, change().refused(t, http.StatusUnprocessableEntity, validationFailed))
	}
	change().refused(t, http.StatusTooManyRequests, loginLocked)
}

func TestATokenChangesNoPasswordAndNoSecondFactor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, body := range map[string]any{
		"/v1/me/password":                   object{"current": aPassword, "new": newPassword},
		"/v1/me/second-factor":              nil,
		"/v1/me/second-factor/confirmation": object{"code": "123456"},
	} {
		w.post(path, w.operator, body).refused(t, http.StatusConflict, sessionNeeded)
	}
}
