package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestWhoLogsInIsKnownUntilTheyLogOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	body, district := trainingBodyID, "haidian"
	for login, account := range map[string]store.Account{
		"trainee.1":  {Role: store.RoleTrainee, Label: "trainee 1"},
		"staff.1":    {Role: store.RoleInstitution, Label: "desk", InstitutionID: &body},
		"district.1": {Role: store.RoleOperator, Label: "district desk", District: &district},
		"city.1":     {Role: store.RoleOperator, Label: "city desk"},
		"admin.1":    {Role: store.RoleAdministrator, Label: "accounts"},
	} {
		b := o.browser()
		b.loggedOut()
		account = o.hire(login, account)
		r := b.logIn(strings.ToUpper(login), aPassword)
		require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
		var entered, who loggedIn
		r.into(t, &entered)
		b.get("/v1/session").into(t, &who)
		require.Equal(t, entered.Account, who.Account)
		require.Equal(t, account.ID, who.Account.ID)
		require.Equal(t, account.Role, who.Account.Role)
		require.Equal(t, login, who.Account.Login)
		require.Equal(t, account.Label, who.Account.Label)
		require.Equal(t, deref(account.District), who.Account.District)
		require.Equal(t, "local", who.Method)
		require.WithinDuration(t, time.Now().Add(30*time.Minute), *who.ExpiresAt, time.Minute)
		if account.InstitutionID != nil {
			require.Equal(t, body, who.Account.Institution.ID)
			require.NotEmpty(t, who.Account.Institution.Name)
		}
		require.Equal(t, http.StatusNoContent, b.do(http.MethodDelete, "/v1/session", nil).status)
		require.Empty(t, b.cookies(), "the browser forgets it")
		b.loggedOut()
	}
	require.Equal(t, 5, o.audited("session.begin"))
	require.Equal(t, 5, o.audited("session.end"))
}

func TestASessionDoesWhatItsAccountMay(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	o.hire("operator.1", store.Account{Role: store.RoleOperator})
	trainee, operator := o.browser(), o.browser()
	trainee.enter("trainee.1")
	operator.enter("operator.1")
	require.Equal(t, http.StatusOK, trainee.get("/v1/me/cases").status)
	trainee.get("/v1/cases").refused(t, http.StatusForbidden, forbidden)
	require.Equal(t, http.StatusOK, operator.get("/v1/cases").status)
	operator.get("/v1/me/cases").refused(t, http.StatusForbidden, forbidden)
}

func TestTheCookieOfASessionIsKeptFromScriptsOtherSitesAndPlainConnections(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	cookie := b.logIn("trainee.1", aPassword).header.Get("Set-Cookie")
	require.Regexp(t, `^__Host-dengpan=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; Secure; SameSite=Lax$`, cookie)
	plain := newOffice(t, func(c *Config) { c.PlainCookies = true })
	plain.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	http1 := httptest.NewServer(plain.handler)
	t.Cleanup(http1.Close)
	b = plain.browser()
	b.base, b.header["Origin"] = http1.URL, http1.URL
	cookie = b.logIn("trainee.1", aPassword).header.Get("Set-Cookie")
	require.Regexp(t, `^dengpan=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax$`, cookie)
	require.Equal(t, http.StatusOK, b.get("/v1/session").status)
}

func TestTheRecordHoldsNoTokenThatLogsIn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	token := b.cookies()[0].Value
	var row string
	require.NoError(t, o.sql.QueryRowContext(t.Context(), "SELECT encode(data, 'escape') || s::text FROM web_sessions s").Scan(&row))
	require.NotContains(t, row, token)
	require.Contains(t, row, "Firefox · Linux")
	require.NotContains(t, o.log.String(), token)
	require.NotContains(t, o.log.String(), "trainee.1")
}

func TestALogInHasATokenOfItsOwnWhateverTheBrowserCameWith(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	planted := strings.Repeat("x", 43)
	b.header["Cookie"] = "__Host-dengpan=" + planted
	require.NotContains(t, b.logIn("trainee.1", aPassword).header.Get("Set-Cookie"), planted)
	delete(b.header, "Cookie")
	before := b.cookies()[0].Value
	b.enter("trainee.1")
	require.NotEqual(t, before, b.cookies()[0].Value)
	b.header["Cookie"] = "__Host-dengpan=" + before
	b.client.Jar = nil
	b.loggedOut()
}

func TestAnUnknownLogInAndAWrongPasswordAnswerTheSame(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	known := o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	o.hire("closed.1", store.Account{Role: store.RoleTrainee, State: store.AccountClosed, ClosedAt: new(time.Now())})
	b := o.browser()
	wrong, unknown, closed := b.logIn("trainee.1", "not the password"), b.logIn("nobody.1", aPassword), b.logIn("closed.1", aPassword)
	wrong.refused(t, http.StatusUnauthorized, loginFailed)
	require.Equal(t, withoutInstance(t, wrong), withoutInstance(t, unknown))
	require.Equal(t, withoutInstance(t, wrong), withoutInstance(t, closed))
	require.Empty(t, wrong.header.Values("Set-Cookie"))
	require.Equal(t, 3, o.audited("session.refuse"))
	var subjects string
	require.NoError(t, o.sql.QueryRowContext(t.Context(),
		"SELECT string_agg(subject || actor, ' ' ORDER BY id) FROM audit_entries WHERE action = 'session.refuse'").Scan(&subjects))
	require.True(t, strings.HasPrefix(subjects, "account:"+known.ID+"nobody login:"), subjects)
	require.NotContains(t, subjects, "nobody.1")
}

func TestAnUnknownLogInCostsAsMuchAsAWrongPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	for i, login := range []string{"trainee.1", "nobody.1"} {
		b.logIn(login, "not the password").refused(t, http.StatusUnauthorized, loginFailed)
		checked := fmt.Sprintf("\ndengpan_password_checks_total %d\n", i+1)
		require.Contains(t, string(o.get("/metrics", "").body), checked, "%s: a hash is computed, whoever it is", login)
	}
}

func TestALogInThatFailsTooOftenIsLockedForLongerAndLonger(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	for _, login := range []string{"trainee.1", "nobody.1"} {
		for range mostFailures {
			b.logIn(login, "not the password").refused(t, http.StatusUnauthorized, loginFailed)
		}
		for _, lock := range []int{60, 120, 240, 480, 960, 1920, 3600, 3600} {
			r := b.logIn(login, aPassword)
			r.refused(t, http.StatusTooManyRequests, loginLocked)
			wait, err := strconv.Atoi(r.header.Get("Retry-After"))
			require.NoError(t, err)
			require.InDelta(t, lock, wait, 30, login)
			o.later(time.Duration(wait) * time.Second)
			b.logIn(login, "not the password").refused(t, http.StatusUnauthorized, loginFailed)
		}
	}
	o.later(longestLock)
	b.enter("trainee.1")
	b.logIn("trainee.1", "not the password").refused(t, http.StatusUnauthorized, loginFailed)
	b.enter("trainee.1")
}

func TestAttemptsAtOnceCannotPassTheLockTogether(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	const attempts = 20
	statuses := make(chan int, attempts)
	var all sync.WaitGroup
	for range attempts {
		b := o.browser()
		all.Go(func() { statuses <- b.logIn("trainee.1", "not the password").status })
	}
	all.Wait()
	close(statuses)
	counts := map[int]int{}
	for status := range statuses {
		counts[status]++
	}
	require.Equal(t, map[int]int{http.StatusUnauthorized: mostFailures, http.StatusTooManyRequests: attempts - mostFailures}, counts)
}

func TestAPasswordKeptAtLessCostIsKeptAtTodaysOnceItIsUsed(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	a := o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	old, err := argon2id.CreateHash("plain words of old", &argon2id.Params{Memory: 8 << 10, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	require.NoError(t, err)
	o.exec("UPDATE credentials SET password_hash = $1", old)
	b := o.browser()
	require.Equal(t, http.StatusCreated, b.logIn("trainee.1", "plain words of old").status)
	kept, err := o.store.Read(t.Context()).Credential(a.ID)
	require.NoError(t, err)
	require.Contains(t, kept.PasswordHash, "m=19456,t=2,p=1")
	require.Equal(t, http.StatusCreated, b.logIn("trainee.1", "plain words of old").status)
}

func TestWhatAnotherSiteHasABrowserSendIsRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	for name, header := range map[string]map[string]string{
		"another site":              {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
		"another host of the site":  {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.org"},
		"an old browser, elsewhere": {"Origin": "https://evil.example"},
		"a sandboxed frame":         {"Origin": "null"},
	} {
		forged := *b
		forged.header = header
		forged.logIn("trainee.1", aPassword).refused(t, http.StatusForbidden, crossOrigin)
		forged.do(http.MethodDelete, "/v1/session", nil).refused(t, http.StatusForbidden, crossOrigin)
		forged.do(http.MethodPost, "/v1/cases", registrationOf(1, nil)).refused(t, http.StatusForbidden, crossOrigin)
		require.Equal(t, http.StatusOK, b.get("/v1/session").status, name)
	}
	forged := *b
	forged.header = map[string]string{"Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"}
	forged.do(http.MethodPost, "/v1/session", object{}).refused(t, http.StatusUnsupportedMediaType, unsupportedMediaType)
	registered := *b
	registered.header = map[string]string{"Sec-Fetch-Site": "same-origin", "Idempotency-Key": "k"}
	require.Equal(t, http.StatusCreated, registered.do(http.MethodPost, "/v1/cases", registrationOf(1, nil)).status)
}

func TestAMachineWithATokenIsNoBrowserThatCouldBeMisled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.do(call{method: http.MethodPost, path: "/v1/cases", token: w.operator, body: registrationOf(1, nil), header: map[string]string{
		"Origin": "https://console.example", "Idempotency-Key": "k",
	}})
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var who loggedIn
	w.get("/v1/session", w.operator).into(t, &who)
	require.Equal(t, methodToken, who.Method)
	require.Nil(t, who.ExpiresAt)
	w.do(call{method: http.MethodDelete, path: "/v1/session", token: w.operator}).refused(t, http.StatusConflict, sessionNeeded)
}

func TestATokenAndASessionAtOnceAreNeither(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	b.header["Authorization"] = "Bearer " + o.operator
	b.get("/v1/session").refused(t, http.StatusBadRequest, credentialsConflict)
	b.get("/v1/cases").refused(t, http.StatusBadRequest, credentialsConflict)
}

func TestASessionEndsWhenNothingIsAskedAndAtTheLatestAfterItsLifetime(t *testing.T) {
	t.Parallel()
	o := newOffice(t, func(c *Config) { c.Sessions = store.SessionLimits{Idle: 20 * time.Minute, Lifetime: time.Hour} })
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	idle, busy := o.browser(), o.browser()
	idle.enter("trainee.1")
	busy.enter("trainee.1")
	for range 3 {
		o.later(19 * time.Minute)
		require.Equal(t, http.StatusOK, busy.get("/v1/session").status)
	}
	idle.loggedOut()
	o.later(3 * time.Minute)
	busy.loggedOut()
}

func TestASessionEndsWithItsAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	o.exec("UPDATE accounts SET state = 'closed', closed_at = now() WHERE id = (SELECT account_id FROM credentials)")
	b.loggedOut()
}

func TestABadLogInIsRefusedField(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	b := o.browser()
	require.Equal(t, map[string]string{"login": fieldTooShort, "password": fieldTooLong},
		b.logIn("", strings.Repeat("x", 129)).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, map[string]string{"password": fieldRequired},
		b.do(http.MethodPost, "/v1/session", object{"login": "x"}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, map[string]string{"remember": fieldUnknown}, b.do(http.MethodPost, "/v1/session",
		object{"login": "x", "password": "y", "remember": true}).refused(t, http.StatusUnprocessableEntity, unknownField))
	require.JSONEq(t, `{"local":true,"oidc":null,"sign_up":false}`, string(b.get("/v1/session/ways").body))
}

func TestAStreamLastsNoLongerThanItsReaderIsLoggedIn(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*office, *browser){
		"logged out": func(_ *office, b *browser) { b.do(http.MethodDelete, "/v1/session", nil) },
		"idle":       func(o *office, _ *browser) { o.later(time.Hour) },
		"closed": func(o *office, _ *browser) {
			o.exec("UPDATE accounts SET state = 'closed', closed_at = now() WHERE id = (SELECT account_id FROM credentials)")
		},
	} {
		o := newOffice(t, ordinary)
		o.hire("operator.1", store.Account{Role: store.RoleOperator})
		b := o.browser()
		b.enter("operator.1")
		patience, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(patience, http.MethodGet, b.base+"/v1/cases/"+o.newCase(1)+"/stream", http.NoBody)
		require.NoError(t, err)
		res, err := b.client.Do(req)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, res.StatusCode)
		end(o, b)
		told, err := io.ReadAll(res.Body)
		require.NoError(t, err, name)
		require.NoError(t, res.Body.Close())
		require.Contains(t, string(told), "event: headline")
	}
}
