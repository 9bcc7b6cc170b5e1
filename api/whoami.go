package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/dengpan/dengpan/store"
)

type loggedInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      loggedIn
}

// loggedIn is who asks, and how they were known.
type loggedIn struct {
	Account      accountView      `json:"account"`
	Method       string           `json:"method" enum:"local,oidc,token" doc:"How the account was known."`
	ExpiresAt    *time.Time       `json:"expires_at" doc:"When the session ends if nothing more is asked; null for a token."`
	SecondFactor secondFactorView `json:"second_factor"`
}

type accountView struct {
	ID          string            `json:"id"`
	Role        string            `json:"role" enum:"trainee,institution,operator,administrator,employer"`
	Label       string            `json:"label"`
	Login       string            `json:"login,omitempty"`
	Institution *namedInstitution `json:"institution,omitempty" doc:"That the account acts for."`
	Employer    *employerBrief    `json:"employer,omitempty" doc:"That the account acts for."`
	District    string            `json:"district,omitempty" doc:"Of an operator of one district."`
}

type namedInstitution struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type secondFactorView struct {
	Enrolled bool `json:"enrolled"`
	Required bool `json:"required" doc:"Until it is enrolled, nothing else can be done in the session."`
}

// methodToken is how a machine is known.
const methodToken = "token"

// viewSession shows who asks.
func (s *service) viewSession(tx *store.Tx, r *request) (loggedIn, error) {
	a := r.account
	view := loggedIn{
		Account: accountView{ID: a.ID, Role: a.Role, Label: a.Label, District: deref(a.District)}, Method: methodToken,
	}
	if r.web.ID != "" {
		ends := s.Sessions.Ends(r.web)
		view.Method, view.ExpiresAt = r.web.Method, &ends
	}
	var err error
	if view.SecondFactor, err = s.secondFactor(tx, r); err != nil {
		return view, err
	}
	credential, err := tx.Credential(a.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return view, err
	}
	view.Account.Login = credential.Login
	if a.InstitutionID != nil {
		body, err := tx.Institution(*a.InstitutionID)
		if err != nil {
			return view, err
		}
		view.Account.Institution = &namedInstitution{ID: body.ID, Name: body.Name}
	}
	if a.EmployerID != nil {
		e, err := tx.Employer(*a.EmployerID)
		if err != nil {
			return view, err
		}
		view.Account.Employer = &employerBrief{ID: e.ID, Name: e.Name}
	}
	return view, nil
}

type whoOutput struct{ Body loggedIn }

// whoAmI says who is logged in.
func (s *service) whoAmI(ctx context.Context, _ *struct{}) (*whoOutput, error) {
	view, err := s.viewSession(s.Store.Read(ctx), requestOf(ctx))
	if err != nil {
		return nil, err
	}
	return &whoOutput{Body: view}, nil
}

type endedOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// logOut ends the session that it is asked in.
func (s *service) logOut(ctx context.Context, _ *struct{}) (*endedOutput, error) {
	if requestOf(ctx).web.ID == "" {
		return nil, problem(sessionNeeded)
	}
	out := &endedOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		out.SetCookie, err = s.endSession(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
