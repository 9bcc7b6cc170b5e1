package api

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/store"
)

// loginBody is what somebody logs in with.
type loginBody struct {
	Login    string `json:"login" minLength:"1" maxLength:"64"`
	Password string `json:"password" minLength:"1" maxLength:"128"`
	Code     string `json:"code,omitempty" maxLength:"32" doc:"Of the second factor, when there is one; or a recovery code."`
}

// loginBodies read what is sent about log-ins.
type loginBodies struct {
	login        body[loginBody]
	password     body[passwordBody]
	confirmation body[confirmationBody]
	removal      body[removalBody]
}

// registerLogin adds the operations of log-ins.
func (s *service) registerLogin(api huma.API) {
	const sessions = "session"
	schemas := api.OpenAPI().Components.Schemas
	s.logins = loginBodies{
		login:        bodyFor[loginBody](schemas),
		password:     bodyFor[passwordBody](schemas),
		confirmation: bodyFor[confirmationBody](schemas),
		removal:      bodyFor[removalBody](schemas),
	}
	read(api, "GET /v1/session/ways", sessions, "Which ways of logging in there are", s.loginWays)
	sent(api, "POST /v1/session", sessions, "Log in: the session's cookie is in the answer", s.logins.login.schema,
		http.StatusCreated, s.logIn)
	read(api, "GET /v1/session", sessions, "Who is logged in", s.whoAmI)
	bare(api, "DELETE /v1/session", sessions, "Log out", s.logOut)

	read(api, "GET /v1/me/sessions", sessions, "Where my account is logged in", s.mySessions)
	bare(api, "DELETE /v1/me/sessions", sessions, "Log out everywhere else", s.endMyOtherSessions)
	bare(api, "DELETE /v1/me/sessions/{id}", sessions, "End one of my sessions", s.endMySession)
	sent(api, "POST /v1/me/password", sessions, "Change my password; my other sessions end", s.logins.password.schema,
		http.StatusOK, s.changePassword)
	bare(api, "POST /v1/me/second-factor", sessions, "Begin a second factor: its secret, for an authenticator", s.beginSecondFactor)
	sent(api, "POST /v1/me/second-factor/confirmation", sessions, "Confirm a second factor by a first code",
		s.logins.confirmation.schema, http.StatusOK, s.confirmSecondFactor)
	sent(api, "DELETE /v1/me/second-factor", sessions, "Give up my second factor", s.logins.removal.schema,
		http.StatusNoContent, s.removeSecondFactor)

	s.registerComing(api)
}

// When a log-in is locked: from some failures on for a minute, and twice as long after each further one. A day after the
// last one failures are forgotten.
const (
	mostFailures   = 5
	shortestLock   = time.Minute
	longestLock    = time.Hour
	failuresForget = 24 * time.Hour
)

func lockAfter(failures int) time.Duration {
	if failures < mostFailures {
		return 0
	}
	return min(shortestLock<<min(failures-mostFailures, 16), longestLock)
}

// loginAttempt is an attempt to log in that was counted.
type loginAttempt struct {
	loginBody

	credential store.Credential // of no account when the log-in is nobody's
	locks      bool             // it locks the log-in, unless it succeeds
	right      bool             // the password is
	rehashed   string           // the password's hash at today's cost, when it was kept at less
}

// logIn begins a session by a log-in and its password. Whether a log-in is anybody's shows neither in the answer nor in how
// long it takes; nor does it in being locked.
func (s *service) logIn(ctx context.Context, in *bodyInput) (*loggedInOutput, error) {
	body, err := s.logins.login.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	attempt := loginAttempt{loginBody: body}
	if err := s.countAttempt(ctx, &attempt); err != nil {
		return nil, err
	}
	if err := s.checkPassword(ctx, &attempt); err != nil {
		return nil, err
	}
	out := &loggedInOutput{}
	var refused *Problem
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if refused, err = s.settleAttempt(ctx, tx, attempt, out); refused != nil && err == nil {
			err = s.auditRefusal(tx, requestOf(ctx), attempt, refused.Code)
		}
		return err
	})
	if err == nil && refused != nil {
		err = refused
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// countAttempt counts an attempt, unless the log-in is locked.
func (s *service) countAttempt(ctx context.Context, a *loginAttempt) error {
	now := s.Now().UTC()
	return s.Store.Tx(ctx, func(tx *store.Tx) error {
		until, err := tx.CountLoginAttempt(a.Login, now, failuresForget, func(failures int) time.Duration {
			span := lockAfter(failures)
			a.locks = span > 0
			return span
		})
		if err != nil {
			return err
		}
		if until != nil {
			return problem(loginLocked).after(until.Sub(now))
		}
		a.credential, err = tx.CredentialByLogin(a.Login)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
}

// checkPassword holds the password to its hash, outside any transaction: it takes a while.
func (s *service) checkPassword(ctx context.Context, a *loginAttempt) error {
	right, outdated, err := s.passwords.Matches(ctx, a.Password, a.credential.PasswordHash)
	if err == nil {
		s.metrics.checks.Inc()
	}
	if err == nil && right && outdated {
		a.rehashed, err = s.passwords.Hash(ctx, a.Password)
	}
	a.right = right
	return busy(err)
}

// settleAttempt begins the session of an attempt that is right in everything.
func (s *service) settleAttempt(ctx context.Context, tx *store.Tx, a loginAttempt, out *loggedInOutput) (refused *Problem, err error) {
	if !a.right {
		return problem(loginFailed), nil
	}
	account, err := tx.Account(a.credential.AccountID)
	if err != nil {
		return nil, err
	}
	if account.State != store.AccountActive {
		return problem(loginFailed), nil
	}
	if refused, err := s.proveSecondFactor(tx, requestOf(ctx), account.ID, a.Code); err != nil || refused != nil {
		return refused, err
	}
	if err := tx.ForgetLoginFailures(a.Login); err != nil {
		return nil, err
	}
	if a.rehashed != "" {
		if err := tx.SetPassword(account.ID, a.rehashed, a.credential.ChangedAt); err != nil {
			return nil, err
		}
	}
	if out.SetCookie, err = s.beginSession(ctx, tx, account, store.MethodLocal); err != nil {
		return nil, err
	}
	out.Body, err = s.viewSession(tx, requestOf(ctx))
	return nil, err
}

// auditRefusal writes that a log-in was refused. The name that was sent is kept as a keyed digest, since it may be anything;
// whose it is, is kept when it is somebody's.
func (s *service) auditRefusal(tx *store.Tx, r *request, a loginAttempt, why string) error {
	digest := s.Keys.Fingerprint("log-in", []byte(a.Login))
	subject := "login:" + hex.EncodeToString(digest[:8])
	if a.credential.AccountID != "" {
		subject = "account:" + a.credential.AccountID
	}
	return s.audit(tx, r, "session.refuse", subject, "", map[string]any{"code": why, "locks": a.locks})
}

// busy is the problem of passwords that cannot be checked just now.
func busy(err error) error {
	if errors.Is(err, password.ErrBusy) {
		return problem(unavailable)
	}
	return err
}

type providerView struct {
	Name string `json:"name"`
}

type waysOutput struct {
	Body struct {
		Local    bool          `json:"local" doc:"By a log-in and its password: POST /v1/session."`
		SignUp   bool          `json:"sign_up" doc:"Whether trainees make accounts of their own: POST /v1/sign-ups."`
		Provider *providerView `json:"oidc" doc:"By an identity provider: GET /login/oidc; null: there is none."`
	}
}

// loginWays says which ways of logging in there are.
func (s *service) loginWays(context.Context, *struct{}) (*waysOutput, error) {
	out := &waysOutput{}
	out.Body.Local, out.Body.SignUp = true, s.SignUp
	if s.Provider != nil {
		out.Body.Provider = &providerView{Name: s.Provider.Name}
	}
	return out, nil
}
