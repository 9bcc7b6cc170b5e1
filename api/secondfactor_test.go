package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// strict is an interface that has operators and administrators use a second factor.
func strict(c *Config) { c.RequireSecondFactor = true }

// code is what an authenticator shows now.
func (o *office) code(secret string) string {
	o.t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(o.ahead.Load())))
	require.NoError(o.t, err)
	return code
}

// enrol enrols a second factor, and gives its secret and recovery codes.
func (o *office) enrol(b *browser) (secret string, recovery []string) {
	o.t.Helper()
	var begun struct{ Secret, URI string }
	r := b.do(http.MethodPost, "/v1/me/second-factor", nil)
	require.Equal(o.t, http.StatusOK, r.status, "%s", r.body)
	r.into(o.t, &begun)
	require.Contains(o.t, begun.URI, begun.Secret)
	var confirmed struct {
		RecoveryCodes []string `json:"recovery_codes"`
	}
	r = b.do(http.MethodPost, "/v1/me/second-factor/confirmation", object{"code": o.code(begun.Secret)})
	require.Equal(o.t, http.StatusOK, r.status, "%s", r.body)
	r.into(o.t, &confirmed)
	o.later(time.Minute) // the code is used up
	return begun.Secret, confirmed.RecoveryCodes
}

// enterWith logs in with a code.
func (b *browser) enterWith(login, code string) reply {
	b.t.Helper()
	return b.do(http.MethodPost, "/v1/session", object{"login": login, "password": aPassword, "code": code})
}

func TestWhoNeedsASecondFactorDoesNothingBeforeItIsEnrolled(t *testing.T) {
	t.Parallel()
	o := newOffice(t, strict)
	for login, account := range map[string]store.Account{
		"operator.1": {Role: store.RoleOperator}, "admin.1": {Role: store.RoleAdministrator},
	} {
		o.hire(login, account)
		b := o.browser()
		b.enter(login)
		var who loggedIn
		b.get("/v1/session").into(t, &who)
		require.Equal(t, secondFactorView{Required: true}, who.SecondFactor)
		for _, path := range []string{"/v1/cases", "/v1/incidents", "/v1/me/sessions"} {
			b.get(path).refused(t, http.StatusForbidden, secondFactorNeeded)
		}
		o.enrol(b)
		b.get("/v1/session").into(t, &who)
		require.Equal(t, secondFactorView{Required: true, Enrolled: true}, who.SecondFactor)
		require.Equal(t, http.StatusOK, b.get("/v1/me/sessions").status)
	}
}

func TestATraineeAndAMachineNeedNoSecondFactor(t *testing.T) {
	t.Parallel()
	o := newOffice(t, strict)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	require.Equal(t, http.StatusOK, b.get("/v1/me/cases").status)
	require.Equal(t, http.StatusOK, o.get("/v1/cases", o.operator).status)
}

func TestALogInWithASecondFactorAsksForACodeThatIsUsedOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	before := b.cookies()[0].Value
	secret, _ := o.enrol(b)
	require.NotEqual(t, before, b.cookies()[0].Value, "what the session may do has changed, and so has its token")
	again := o.browser()
	again.logIn("trainee.1", "not the password").refused(t, http.StatusUnauthorized, loginFailed)
	again.logIn("trainee.1", aPassword).refused(t, http.StatusUnauthorized, codeRequired)
	again.enterWith("trainee.1", "000000").refused(t, http.StatusUnauthorized, codeWrong)
	again.loggedOut()
	code := o.code(secret)
	require.Equal(t, http.StatusCreated, again.enterWith("trainee.1", code).status)
	o.browser().enterWith("trainee.1", code).refused(t, http.StatusUnauthorized, codeWrong)
	o.later(time.Minute)
	require.Equal(t, http.StatusCreated, o.browser().enterWith("trainee.1", o.code(secret)).status)
}

func TestCodesCannotBeTriedWithoutEnd(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	secret, _ := o.enrol(b)
	for range mostFailures {
		o.browser().enterWith("trainee.1", "000000").refused(t, http.StatusUnauthorized, codeWrong)
	}
	o.browser().enterWith("trainee.1", o.code(secret)).refused(t, http.StatusTooManyRequests, loginLocked)
}

func TestARecoveryCodeLogsInOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	_, recovery := o.enrol(b)
	require.Equal(t, http.StatusCreated, o.browser().enterWith("trainee.1", strings.ToUpper(recovery[3])).status)
	o.browser().enterWith("trainee.1", recovery[3]).refused(t, http.StatusUnauthorized, codeWrong)
	require.Equal(t, http.StatusCreated, o.browser().enterWith("trainee.1", recovery[4]).status)
	require.Equal(t, 2, o.audited("recovery_code.use"))
}

func TestSessionsThatBeganWithoutTheSecondFactorEndWhenItIsEnrolled(t *testing.T) {
	t.Parallel()
	o := newOffice(t, strict)
	o.hire("operator.1", store.Account{Role: store.RoleOperator})
	other, b := o.browser(), o.browser()
	other.enter("operator.1")
	b.enter("operator.1")
	o.enrol(b)
	other.loggedOut()
	require.Equal(t, http.StatusOK, b.get("/v1/cases").status)
}

func TestASecondFactorIsConfirmedByItsOwnCodeAndEnrolledOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	const confirmation = "/v1/me/second-factor/confirmation"
	b.do(http.MethodPost, confirmation, object{"code": "123456"}).refused(t, http.StatusConflict, secondFactorNone)
	require.Equal(t, http.StatusOK, b.do(http.MethodPost, "/v1/me/second-factor", nil).status)
	require.Equal(t, map[string]string{"code": fieldCodeWrong},
		b.do(http.MethodPost, confirmation, object{"code": "000000"}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	o.browser().enter("trainee.1") // what was begun asks for nothing yet
	o.enrol(b)
	b.do(http.MethodPost, "/v1/me/second-factor", nil).refused(t, http.StatusConflict, secondFactorEnrolled)
	b.do(http.MethodPost, confirmation, object{"code": "123456"}).refused(t, http.StatusConflict, secondFactorEnrolled)
}

func TestASecondFactorIsGivenUpByPasswordAndCodeOnly(t *testing.T) {
	t.Parallel()
	o := newOffice(t, strict)
	o.hire("operator.1", store.Account{Role: store.RoleOperator})
	b := o.browser()
	b.enter("operator.1")
	secret, _ := o.enrol(b)
	remove := func(password, code string) reply {
		return b.do(http.MethodDelete, "/v1/me/second-factor", object{"password": password, "code": code})
	}
	require.Equal(t, map[string]string{"password": fieldPasswordWrong},
		remove("not the password", o.code(secret)).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, map[string]string{"code": fieldCodeWrong},
		remove(aPassword, "000000").refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, http.StatusOK, b.get("/v1/cases").status)
	require.Equal(t, http.StatusNoContent, remove(aPassword, o.code(secret)).status)
	b.get("/v1/cases").refused(t, http.StatusForbidden, secondFactorNeeded)
	b.do(http.MethodDelete, "/v1/me/second-factor", object{"password": aPassword, "code": "1"}).
		refused(t, http.StatusForbidden, secondFactorNeeded)
	o.enrol(b)
	require.Equal(t, http.StatusOK, b.get("/v1/cases").status)
	require.Equal(t, 2, o.audited("second_factor.enrol"))
	require.Equal(t, 1, o.audited("second_factor.remove"))
}

func TestTheSecretOfASecondFactorIsKeptSealed(t *testing.T) {
	t.Parallel()
	o := newOffice(t, ordinary)
	o.hire("trainee.1", store.Account{Role: store.RoleTrainee})
	b := o.browser()
	b.enter("trainee.1")
	secret, recovery := o.enrol(b)
	var kept string
	require.NoError(t, o.sql.QueryRowContext(t.Context(), `SELECT (SELECT encode(secret_sealed, 'escape') FROM second_factors) ||
		(SELECT string_agg(encode(code_hash, 'escape'), '') FROM recovery_codes) ||
		(SELECT string_agg(a::text, '') FROM audit_entries a)`).Scan(&kept))
	for _, plain := range append(recovery, secret) {
		require.NotContains(t, kept, plain)
		require.NotContains(t, o.log.String(), plain)
	}
}
