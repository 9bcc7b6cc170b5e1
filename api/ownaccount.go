package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/store"
)

// What people do with their own account: they change its password, and look after its sessions.

// ownCredential is the log-in of the request's account, for who is logged in: a token changes no password.
func ownCredential(tx *store.Tx, r *request) (store.Credential, error) {
	if r.web.ID == "" {
		return store.Credential{}, problem(sessionNeeded)
	}
	credential, err := tx.Credential(r.account.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = problem(noPassword)
	}
	return credential, err
}

// provePassword has who is logged in prove it once more, before something that a browser left open must not do. It counts
// as a log-in does, so that passwords cannot be tried without end; the caller has the count forgotten.
func (s *service) provePassword(ctx context.Context, field, sent string) (loginAttempt, error) {
	r := requestOf(ctx)
	credential, err := ownCredential(s.Store.Read(ctx), r)
	if err != nil {
		return loginAttempt{}, err
	}
	attempt := loginAttempt{loginBody: loginBody{Login: credential.Login, Password: sent}}
	if err := s.countAttempt(ctx, &attempt); err != nil {
		return attempt, err
	}
	if err := s.checkPassword(ctx, &attempt); err != nil {
		return attempt, err
	}
	if attempt.right {
		return attempt, nil
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error { return s.auditRefusal(tx, r, attempt, fieldPasswordWrong) })
	if err != nil {
		return attempt, err
	}
	return attempt, problem(validationFailed, FieldError{Field: field, Code: fieldPasswordWrong})
}

// passwordBody changes a password.
type passwordBody struct {
	Current string `json:"current" minLength:"1" maxLength:"128"`
	New     string `json:"new" doc:"12 to 128 characters of any kind, that cannot easily be guessed."`
}

// sessionsEnded says how many sessions ended.
type sessionsEnded struct {
	Ended int `json:"ended" doc:"How many other sessions of the account ended."`
}

type passwordOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      sessionsEnded
}

// changePassword changes the password of who is logged in, and ends their other sessions: whoever had the old one is out.
func (s *service) changePassword(ctx context.Context, in *bodyInput) (*passwordOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.logins.password.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	credential, err := ownCredential(s.Store.Read(ctx), r)
	if err != nil {
		return nil, err
	}
	if weakness := password.WeaknessOf(body.New, credential.Login); weakness != "" {
		found.add("new", string(weakness))
	} else if body.New == body.Current {
		found.add("new", fieldSamePassword)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	attempt, err := s.provePassword(ctx, "current", body.Current)
	if err != nil {
		return nil, err
	}
	hash, err := s.passwords.Hash(ctx, body.New)
	if err != nil {
		return nil, busy(err)
	}
	out := &passwordOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.SetPassword(r.account.ID, hash, s.Now().UTC()); err != nil {
			return err
		}
		if err := tx.ForgetLoginFailures(attempt.Login); err != nil {
			return err
		}
		if out.Body.Ended, err = s.endOthers(ctx, tx); err != nil {
			return err
		}
		if out.SetCookie, err = s.renewSession(ctx, tx); err != nil {
			return err
		}
		return s.audit(tx, r, "password.change", "account:"+r.account.ID, "", nil)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// webSessionView is one session of the reader's own account.
type webSessionView struct {
	ID         string    `json:"id"`
	Method     string    `json:"method" enum:"local,oidc"`
	Browser    string    `json:"browser" doc:"A coarse name: Firefox · Linux."`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at" doc:"To the minute."`
	ExpiresAt  time.Time `json:"expires_at" doc:"When it ends if nothing more is asked in it."`
	Current    bool      `json:"current" doc:"It is the one that asks."`
}

type webSessionsOutput struct {
	Body struct {
		Sessions []webSessionView `json:"sessions"`
	}
}

// mySessions lists where the account is logged in.
func (s *service) mySessions(ctx context.Context, _ *struct{}) (*webSessionsOutput, error) {
	r := requestOf(ctx)
	rows, err := s.Store.Read(ctx).WebSessions(r.account.ID, s.Now().UTC(), s.Sessions)
	if err != nil {
		return nil, err
	}
	out := &webSessionsOutput{}
	out.Body.Sessions = make([]webSessionView, len(rows))
	for i, row := range rows {
		out.Body.Sessions[i] = webSessionView{
			ID: row.ID, Method: row.Method, Browser: row.Browser, CreatedAt: row.CreatedAt, LastSeenAt: row.LastSeenAt,
			ExpiresAt: s.Sessions.Ends(row), Current: row.ID == r.web.ID,
		}
	}
	return out, nil
}

// endMySession ends one session of the account.
func (s *service) endMySession(ctx context.Context, in *idInput) (*struct{}, error) {
	r := requestOf(ctx)
	return nil, s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.RevokeWebSession(r.account.ID, in.ID); err != nil {
			return err
		}
		return s.audit(tx, r, "session.revoke", "session:"+in.ID, "", nil)
	})
}

type sessionsEndedOutput struct{ Body sessionsEnded }

// endMyOtherSessions ends every session of the account but the one that asks.
func (s *service) endMyOtherSessions(ctx context.Context, _ *struct{}) (*sessionsEndedOutput, error) {
	out := &sessionsEndedOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		out.Body.Ended, err = s.endOthers(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// endOthers ends the account's other sessions.
func (s *service) endOthers(ctx context.Context, tx *store.Tx) (int, error) {
	r := requestOf(ctx)
	ended, err := tx.RevokeWebSessions(r.account.ID, r.web.ID)
	if err != nil || ended == 0 {
		return 0, err
	}
	return int(ended), s.audit(tx, r, "session.revoke_others", "account:"+r.account.ID, "", map[string]int64{"ended": ended})
}
