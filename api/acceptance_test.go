package api

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func (b *browser) accept(token, login, secret string) reply {
	b.t.Helper()
	return b.do(http.MethodPost, "/v1/invitations/acceptance", object{"token": token, "login": login, "password": secret})
}

func TestWhoAcceptsAnInvitationIsLoggedInAsWhatTheyWereInvitedAs(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	admin := o.token(store.Account{Role: store.RoleAdministrator})
	district, at := "haidian", trainingBodyID
	for login, c := range map[string]struct {
		body object
		want store.Account
	}{
		"desk.haidian": {object{"role": "operator", "district": district, "label": "海淀窗口一"}, store.Account{Role: store.RoleOperator, District: &district}},
		"desk.city":    {object{"role": "operator", "label": "市级窗口"}, store.Account{Role: store.RoleOperator}},
		"desk.ouc":     {object{"role": "institution", "institution_id": at, "label": "教务"}, store.Account{Role: store.RoleInstitution, InstitutionID: &at}},
		"admin.two":    {object{"role": "administrator", "label": "管理员二"}, store.Account{Role: store.RoleAdministrator}},
	} {
		made := o.invite(admin, c.body)
		b := o.browser()
		var told readInvitationView
		b.do(http.MethodPost, "/v1/invitations/reading", object{"token": made.Token}).into(t, &told)
		require.Equal(t, c.want.Role, told.Role)
		require.Equal(t, c.want.District, told.District)
		r := b.accept(made.Token, login, aPassword)
		require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
		var who loggedIn
		b.get("/v1/session").into(t, &who)
		require.Equal(t, login, who.Account.Login)
		require.Equal(t, c.want.Role, who.Account.Role)
		require.Equal(t, deref(c.want.District), who.Account.District)
		require.Equal(t, c.body["label"], who.Account.Label)
		a, err := o.store.Read(t.Context()).Account(who.Account.ID)
		require.NoError(t, err)
		require.Equal(t, c.want.InstitutionID, a.InstitutionID)
		require.Equal(t, http.StatusNoContent, b.do(http.MethodDelete, "/v1/session", nil).status)
		require.Equal(t, http.StatusCreated, b.logIn(login, aPassword).status)
	}
	require.Equal(t, 4, o.audited("invitation.accept"))
	require.NotContains(t, o.log.String(), aPassword)
}

func TestAnInvitationMakesOneAccountHoweverManyAcceptItAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	made := o.invite(o.token(store.Account{Role: store.RoleAdministrator}), object{"role": "operator", "label": "窗口"})
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for _, login := range []string{"one", "two", "three", "four"} {
		b := o.browser()
		all.Go(func() {
			status := b.accept(made.Token, login, aPassword).status
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	all.Wait()
	require.Equal(t, map[int]int{http.StatusCreated: 1, http.StatusGone: 3}, statuses)
}

func TestAnInvitationThatIsOverMakesNobodyAnAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	admin := o.token(store.Account{Role: store.RoleAdministrator})
	body := object{"role": "operator", "label": "窗口"}
	revoked, orphan, old, used := o.invite(admin, body), o.invite(admin, body), o.invite(admin, body), o.invite(admin, body)
	require.Equal(t, http.StatusOK, o.post("/v1/invitations/"+revoked.ID+"/revocation", admin, object{"reason": "x"}).status)
	require.Equal(t, http.StatusCreated, o.browser().accept(used.Token, "first", aPassword).status)
	o.exec("UPDATE invitations SET invited_at = now() - interval '4 days', expires_at = now() - interval '1 day' WHERE id = $1", old.ID)
	second := o.token(store.Account{Role: store.RoleAdministrator})
	require.Equal(t, http.StatusOK, o.post("/v1/accounts/"+o.accountOf(admin)+"/closing", second, object{"reason": "离职"}).status)
	before := o.counts()
	for name, token := range map[string]string{
		"revoked": revoked.Token, "of whoever's account was closed": orphan.Token, "expired": old.Token, "used": used.Token, "nobody's": "x",
	} {
		b := o.browser()
		b.accept(token, "second", aPassword).refused(t, http.StatusGone, invitationInvalid)
		b.do(http.MethodPost, "/v1/invitations/reading", object{"token": token}).refused(t, http.StatusGone, invitationInvalid)
		b.loggedOut()
		require.Equal(t, before, o.counts(), name)
	}
}

func TestALogInThatIsTakenOrUnfitUsesNoInvitationUp(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("taken", store.Account{Role: store.RoleTrainee})
	made := o.invite(o.token(store.Account{Role: store.RoleAdministrator}), object{"role": "operator", "label": "窗口"})
	before := o.counts()
	for _, c := range []struct {
		login, secret string
		fields        map[string]string
	}{
		{"Taken", aPassword, map[string]string{"login": "login_taken"}},
		{"13800138000", aPassword, map[string]string{"login": "format"}},
		{"a@example.org", aPassword, map[string]string{"login": "format"}},
		{"fresh", "short", map[string]string{"password": "too_short"}},
		{"fresh", "password1234", map[string]string{"password": "password_guessable"}},
	} {
		require.Equal(t, c.fields, o.browser().accept(made.Token, c.login, c.secret).refused(t, http.StatusUnprocessableEntity, validationFailed))
	}
	require.Equal(t, before, o.counts())
	require.Equal(t, http.StatusCreated, o.browser().accept(made.Token, "fresh", aPassword).status)
}

func TestAnInvitationIsNotAcceptedFromAnotherSite(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	made := o.invite(o.token(store.Account{Role: store.RoleAdministrator}), object{"role": "operator", "label": "窗口"})
	b := o.browser()
	b.header["Sec-Fetch-Site"], b.header["Origin"] = "cross-site", "https://evil.example"
	b.accept(made.Token, "fresh", aPassword).refused(t, http.StatusForbidden, crossOrigin)
}
