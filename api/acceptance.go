package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/store"
)

// acceptanceBody makes the account of an invitation, with a log-in of its own.
type acceptanceBody struct {
	Token    string `json:"token" minLength:"1" maxLength:"64"`
	Login    string `json:"login" pattern:"^[A-Za-z][A-Za-z0-9._-]{2,31}$" doc:"Chosen; begins with a letter. Not a name, number or address."`
	Password string `json:"password" maxLength:"512" doc:"12 characters or more, and not easily guessed."`
}

type tokenBody struct {
	Token string `json:"token" minLength:"1" maxLength:"64"`
}

// readInvitationView is what who holds an invitation is told before accepting it.
type readInvitationView struct {
	Role        string         `json:"role" enum:"institution,operator,administrator,employer"`
	Institution *bodyView      `json:"institution,omitempty"`
	Employer    *employerBrief `json:"employer,omitempty"`
	District    *string        `json:"district,omitempty"`
	ExpiresAt   time.Time      `json:"expires_at"`
}

type readInvitationOutput struct{ Body readInvitationView }

// registerAcceptance adds what somebody does who holds an invitation. Its token is in the body, never in an address.
func (s *service) registerAcceptance(api huma.API) {
	const invitations = "invitations"
	sent(api, "POST /v1/invitations/reading", invitations, "What an invitation is for", s.keeping.token.schema,
		http.StatusOK, s.readInvitation)
	sent(api, "POST /v1/invitations/acceptance", invitations, "Accept an invitation with a log-in and a password, and be logged in",
		s.keeping.acceptance.schema, http.StatusCreated, s.accept)
	sent(api, "POST /v1/invitations/oidc", invitations, "Accept an invitation at the identity provider", s.keeping.token.schema,
		http.StatusOK, s.acceptByProvider)
}

// invitation reads the invitation of a token, while it can be accepted.
func invitationOf(tx *store.Tx, token string, now time.Time) (store.Invitation, error) {
	i, err := tx.InvitationByToken(token, now)
	if errors.Is(err, store.ErrNotFound) {
		return i, problem(invitationInvalid)
	}
	return i, err
}

// tokenIn reads a body that is nothing but an invitation's token, and the invitation.
func (s *service) tokenIn(ctx context.Context, raw []byte) (string, store.Invitation, error) {
	body, err := s.keeping.token.readAll(raw)
	if err != nil {
		return "", store.Invitation{}, err
	}
	i, err := invitationOf(s.Store.Read(ctx), body.Token, s.Now().UTC())
	return body.Token, i, err
}

func (s *service) readInvitation(ctx context.Context, in *bodyInput) (*readInvitationOutput, error) {
	_, i, err := s.tokenIn(ctx, in.RawBody)
	if err != nil {
		return nil, err
	}
	views, err := s.viewInvitations(s.Store.Read(ctx), requestOf(ctx), i)
	if err != nil {
		return nil, err
	}
	return &readInvitationOutput{Body: readInvitationView{
		Role: i.Role, Institution: views[0].Institution, Employer: views[0].Employer, District: i.District, ExpiresAt: i.ExpiresAt,
	}}, nil
}

// accept makes an invitation's account with a log-in, and logs it in.
func (s *service) accept(ctx context.Context, in *bodyInput) (*loggedInOutput, error) {
	body, found, err := s.keeping.acceptance.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if weakness := password.WeaknessOf(body.Password, body.Login); weakness != "" {
		found.add("password", string(weakness))
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	// Whoever has no invitation has nothing hashed for them.
	if _, err := invitationOf(s.Store.Read(ctx), body.Token, s.Now().UTC()); err != nil {
		return nil, err
	}
	hash, err := s.passwords.Hash(ctx, body.Password)
	if err != nil {
		return nil, busy(err)
	}
	out := &loggedInOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		account, err := s.acceptIn(tx, requestOf(ctx), body.Token)
		if err != nil {
			return err
		}
		err = tx.InsertCredential(store.Credential{
			AccountID: account.ID, Login: body.Login, PasswordHash: hash, ChangedAt: s.Now().UTC(),
		})
		if store.Constraint(err) == store.OneLogin {
			return problem(validationFailed, FieldError{Field: "login", Code: fieldLoginTaken})
		}
		if err != nil {
			return err
		}
		if out.SetCookie, err = s.beginSession(ctx, tx, account, store.MethodLocal); err != nil {
			return err
		}
		out.Body, err = s.viewSession(tx, requestOf(ctx))
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// acceptIn makes the account of an invitation, which is used up by it.
func (s *service) acceptIn(tx *store.Tx, r *request, token string) (store.Account, error) {
	now := s.Now().UTC()
	i, err := invitationOf(tx, token, now)
	if err != nil {
		return store.Account{}, err
	}
	account, err := tx.CreateAccount(store.Account{
		Role: i.Role, InstitutionID: i.InstitutionID, EmployerID: i.EmployerID, District: i.District, Label: i.Label, CreatedAt: now,
	})
	if err != nil {
		return account, err
	}
	if err := tx.AcceptInvitation(i.ID, account.ID, now); err != nil {
		return account, err
	}
	r.account = account
	return account, s.audit(tx, r, "invitation.accept", "invitation:"+i.ID, "", nil)
}
