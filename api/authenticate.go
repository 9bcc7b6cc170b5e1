package api

import (
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/store"
)

// authenticate is the account that a request comes from. What the account may do is another question, which the table of
// authority answers.
func (s *service) authenticate(c *gin.Context) (store.Account, error) { return s.bearer(c) }

// bearer is the account of the request's token.
func (s *service) bearer(c *gin.Context) (store.Account, error) {
	const longest = 256
	scheme, token, found := strings.Cut(c.GetHeader("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !found || !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > longest {
		return store.Account{}, problem(unauthenticated)
	}
	account, err := s.Store.Read(c.Request.Context()).AccountByToken(token)
	if errors.Is(err, store.ErrNotFound) {
		return store.Account{}, problem(unauthenticated)
	}
	return account, err
}
