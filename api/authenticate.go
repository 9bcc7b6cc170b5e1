package api

import (
	"context"
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/store"
)

// authenticate is the account that a request comes from. What the account may do is another question, which the table of
// authority answers.
func (s *service) authenticate(c *gin.Context) (store.Account, error) {
	switch r := requestOf(c.Request.Context()); {
	case r.cookie == "":
		return s.bearer(c)
	case c.GetHeader("Authorization") != "":
		return store.Account{}, problem(credentialsConflict)
	default:
		return s.resume(c, r.cookie)
	}
}

// stillKnown reports whether who began a long answer is known still: the session has not ended, and the account is open.
// It is no request: it keeps no session awake.
func (s *service) stillKnown(ctx context.Context) bool {
	r, tx := requestOf(ctx), s.Store.Read(ctx)
	if r.web.ID != "" {
		if lives, err := tx.WebSessionLives(r.web.ID, s.Now().UTC(), s.Sessions); err != nil || !lives {
			return false
		}
	}
	account, err := tx.Account(r.account.ID)
	return err == nil && account.State == store.AccountActive
}

// fromHere refuses what another site has a browser send: by the word of the browser, which sends a session's cookie along
// whoever asks for it. Who sends a token of itself is no such browser.
func (s *service) fromHere(c *gin.Context) error {
	from := s.crossOrigin
	if c.FullPath() == decodePath {
		from = s.fromInterface
	}
	if c.GetHeader("Authorization") == "" && from.Check(c.Request) != nil {
		return problem(crossOrigin)
	}
	return nil
}

// bearer is the account of the request's token.
func (s *service) bearer(c *gin.Context) (store.Account, error) {
	scheme, token, found := strings.Cut(c.GetHeader("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !found || !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > longestToken {
		return store.Account{}, problem(unauthenticated)
	}
	account, err := s.Store.Read(c.Request.Context()).AccountByToken(token)
	if errors.Is(err, store.ErrNotFound) {
		return store.Account{}, problem(unauthenticated)
	}
	return account, err
}
