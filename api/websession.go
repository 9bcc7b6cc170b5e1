package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/medama-io/go-useragent"

	"github.com/dengpan/dengpan/store"
)

// Sessions of browsers. The library keeps tokens and what is remembered under them; the record keeps the sessions, and
// decides when they end ([store.SessionLimits]).

const longestToken = 256

// newSessions makes the sessions' manager. A cookie that a browser sends over TLS only has the prefix __Host-: no other
// host and no plain connection can have set it.
func (s *service) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = sessionRecord{store: s.Store, now: s.Now, limits: s.Sessions}
	m.Lifetime = s.Sessions.Lifetime
	m.Cookie.Name, m.Cookie.Secure = "__Host-dengpan", true
	if s.PlainCookies {
		m.Cookie.Name, m.Cookie.Secure = "dengpan", false
	}
	return m
}

// sessionCookie is the cookie of a token; without one, the cookie that has the browser forget its own. It goes when the
// browser is closed.
func (s *service) sessionCookie(token string) http.Cookie {
	c := s.sessions.Cookie
	cookie := http.Cookie{ //nolint:gosec // HttpOnly, Lax and, but in a demonstration, Secure: newSessions says so
		Name: c.Name, Value: token, Path: c.Path, HttpOnly: c.HttpOnly, SameSite: c.SameSite, Secure: c.Secure,
	}
	if token == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// sentToken is the token of the session that a request says it belongs to.
func (s *service) sentToken(c *gin.Context) string {
	token, err := c.Request.Cookie(s.sessions.Cookie.Name)
	if err != nil || len(token.Value) > longestToken {
		return ""
	}
	return token.Value
}

// resume is the account of a session that has not ended.
func (s *service) resume(c *gin.Context, token string) (store.Account, error) {
	ctx, err := s.sessions.Load(c.Request.Context(), token)
	if err != nil {
		return store.Account{}, err
	}
	r := requestOf(ctx)
	if r.web.ID == "" {
		return store.Account{}, problem(unauthenticated)
	}
	account, err := s.Store.Read(ctx).Account(r.web.AccountID)
	if err != nil {
		return store.Account{}, err
	}
	if account.State != store.AccountActive {
		return store.Account{}, problem(unauthenticated)
	}
	c.Request = c.Request.WithContext(ctx)
	return account, nil
}

// beginSession logs an account in on the browser that asks, under a token of its own, whatever the browser came with. The
// cookie must be part of the answer.
func (s *service) beginSession(ctx context.Context, tx *store.Tx, account store.Account, method string) (http.Cookie, error) {
	r, now := requestOf(ctx), s.Now().UTC()
	if r.cookie != "" {
		if err := tx.EndWebSession(r.cookie); err != nil {
			return http.Cookie{}, err
		}
	}
	ctx, err := s.sessions.Load(ctx, "")
	if err != nil {
		return http.Cookie{}, err
	}
	factor, err := s.secondFactor(tx, &request{account: account})
	if err != nil {
		return http.Cookie{}, err
	}
	if factor.Enrolled { // who logs in has proved it, or an identity provider stands for it
		s.sessions.Put(ctx, withSecondFactor, true)
	}
	r.account = account
	r.web = store.WebSession{
		ID: uuid.NewString(), AccountID: account.ID, Method: method, Browser: browserName(s.agents, r.agent), CreatedAt: now, LastSeenAt: now,
	}
	cookie, err := s.saveSession(ctx, tx)
	if err != nil {
		return http.Cookie{}, err
	}
	return cookie, s.audit(tx, r, "session.begin", "account:"+account.ID, "", map[string]string{"method": method})
}

// saveSession writes what is remembered of the request's session, and returns its cookie.
func (s *service) saveSession(ctx context.Context, tx *store.Tx) (http.Cookie, error) {
	token, _, err := s.sessions.Commit(writingIn(ctx, tx))
	return s.sessionCookie(token), err
}

// renewSession gives the request's session a new token, as it does when what the session may do has changed. The session
// stays the same one, and lasts no longer.
func (s *service) renewSession(ctx context.Context, tx *store.Tx) (http.Cookie, error) {
	if err := s.sessions.RenewToken(writingIn(ctx, tx)); err != nil {
		return http.Cookie{}, err
	}
	return s.saveSession(ctx, tx)
}

// endSession ends the request's session, and returns the cookie that has the browser forget it.
func (s *service) endSession(ctx context.Context, tx *store.Tx) (http.Cookie, error) {
	r := requestOf(ctx)
	if err := s.sessions.Destroy(writingIn(ctx, tx)); err != nil {
		return http.Cookie{}, err
	}
	return s.sessionCookie(""), s.audit(tx, r, "session.end", "account:"+r.account.ID, "", nil)
}

// sessionRecord is the record as the library sees it. It belongs to requests: what it reads it leaves with the request,
// and it writes in the transaction that the request is in.
type sessionRecord struct {
	store  *store.Store
	now    func() time.Time
	limits store.SessionLimits
}

type writingKey struct{}

// writingIn has sessions written in a transaction.
func writingIn(ctx context.Context, tx *store.Tx) context.Context {
	return context.WithValue(ctx, writingKey{}, tx)
}

var errOutsideRequest = errors.New("api: sessions are read in requests and written in transactions")

// FindCtx reads a session that has not ended.
func (k sessionRecord) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	row, err := k.store.Read(ctx).WebSession(token, k.now().UTC(), k.limits)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	requestOf(ctx).web = row
	return row.Data, err == nil, err
}

// CommitCtx writes the request's session. When it ends is not the library's to say.
func (k sessionRecord) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	tx, inside := ctx.Value(writingKey{}).(*store.Tx)
	if !inside {
		return errOutsideRequest
	}
	row := requestOf(ctx).web
	row.Data, row.LastSeenAt = data, k.now().UTC()
	return tx.SaveWebSession(row, token, k.limits)
}

// DeleteCtx ends a session.
func (k sessionRecord) DeleteCtx(ctx context.Context, token string) error {
	tx, inside := ctx.Value(writingKey{}).(*store.Tx)
	if !inside {
		return errOutsideRequest
	}
	return tx.EndWebSession(token)
}

// Find, Commit and Delete complete the library's interface; it calls the others.
func (sessionRecord) Find(string) ([]byte, bool, error)      { return nil, false, errOutsideRequest }
func (sessionRecord) Commit(string, []byte, time.Time) error { return errOutsideRequest }
func (sessionRecord) Delete(string) error                    { return errOutsideRequest }

// browserName is as much of a browser's name as its owner needs to know it again: "Firefox · Linux".
func browserName(agents *useragent.Parser, header string) string {
	agent := agents.Parse(header)
	name, system := agent.Browser().String(), agent.OS().String()
	switch {
	case name == "" && system == "":
		return "?"
	case name == "" || system == "":
		return name + system
	}
	return name + " · " + system
}
