package api

import (
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

const (
	trainee     = store.RoleTrainee
	operator    = store.RoleOperator
	institution = store.RoleInstitution
)

// routeOf names the operation of a request as the table of authority does.
func routeOf(c *gin.Context) string {
	segments := strings.Split(c.FullPath(), "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, ":") || strings.HasPrefix(segment, "*") {
			segments[i] = "{" + segment[1:] + "}"
		}
	}
	return c.Request.Method + " " + strings.Join(segments, "/")
}

// authorise lets a request through to its operation, or refuses it: here and nowhere else. Handlers of operations without
// an object bound what they list by [request.within].
func (s *service) authorise(c *gin.Context) {
	if c.FullPath() == "" {
		c.Next() // there is no operation: 404 or 405
		return
	}
	r := requestOf(c.Request.Context())
	row, listed := authority.Of(r.route)
	if !listed {
		fail(c, problem(forbidden))
		return
	}
	r.cookie, r.agent = s.sentToken(c), c.GetHeader("User-Agent")
	if err := s.fromHere(c); err != nil {
		fail(c, asProblem(r, err))
		return
	}
	if row.Public {
		if err := s.limits.byAddress(c, row.Route); err != nil {
			fail(c, asProblem(r, err))
			return
		}
		c.Next()
		return
	}
	account, err := s.authenticate(c)
	if err != nil {
		fail(c, asProblem(r, err))
		return
	}
	r.account = account
	if err := s.limits.byAccount(c, account); err != nil {
		fail(c, asProblem(r, err))
		return
	}
	if s.onlyEnrols(c.Request.Context()) && !row.BeforeSecondFactor() {
		fail(c, problem(secondFactorNeeded))
		return
	}
	if err := s.permit(c, row, account.Caller()); err != nil {
		fail(c, asProblem(r, s.keepMisdirected(c, row, err)))
		return
	}
	c.Next()
}

// permit checks that a caller may do what a row says to the object that the request names.
func (s *service) permit(c *gin.Context, row authority.Row, caller authority.Caller) error {
	scope := row.Scope(caller)
	if scope == authority.None {
		return problem(forbidden)
	}
	if row.About == authority.Nothing {
		return nil
	}
	id := c.Param("id")
	if !isID(id) {
		return problem(notFound)
	}
	owners, err := s.Store.Read(c.Request.Context()).Owners(row.About, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !scope.Reaches(caller, owners) {
		return problem(notFound)
	}
	if err != nil {
		return err
	}
	return s.abstain(c.Request.Context(), requestOf(c.Request.Context()).account, c.Request.Method, scope, owners.Person)
}

// within bounds a list to what the request's account reaches: an institution's own, an operator's district. An institution
// that is asked for narrows it further.
func (r *request) within(asked string) store.Within {
	caller := r.account.Caller()
	if caller.Institution != "" {
		asked = caller.Institution
	}
	return store.Within{InstitutionID: asked, District: caller.District}
}

// reaches reports whether a case lies within what an operator reaches.
func (r *request) reaches(tx *store.Tx, caseID string) (bool, error) {
	owners, err := tx.Owners(authority.Case, caseID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && authority.Area.Reaches(r.account.Caller(), owners), err
}
