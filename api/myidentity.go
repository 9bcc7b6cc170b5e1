package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

// linkBody proves a password before an account is given another way in, or one is taken from it.
type linkBody struct {
	Password string `json:"password" minLength:"1" maxLength:"128"`
}

// identityView is the identity provider that an account is linked to.
type identityView struct {
	Name     string     `json:"name" doc:"What people know the provider by."`
	Linked   bool       `json:"linked"`
	LinkedAt *time.Time `json:"linked_at,omitempty"`
}

type identityOutput struct {
	Body struct {
		Provider *identityView `json:"oidc" doc:"null: there is no identity provider."`
	}
}

// registerIdentity adds what people do with the identity that their account is linked to.
func (s *service) registerIdentity(api huma.API) {
	const sessions = "session"
	read(api, "GET /v1/me/identity", sessions, "Whether I can log in by the identity provider", s.myIdentity)
	sent(api, "POST /v1/me/identity", sessions, "Link my account to who logs in at the identity provider", s.keeping.link.schema,
		http.StatusOK, s.linkMe)
	sent(api, "DELETE /v1/me/identity", sessions, "Log in by the identity provider no longer", s.keeping.link.schema,
		http.StatusNoContent, s.unlinkMe)
}

func (s *service) myIdentity(ctx context.Context, _ *struct{}) (*identityOutput, error) {
	out := &identityOutput{}
	if s.Provider == nil {
		return out, nil
	}
	out.Body.Provider = &identityView{Name: s.Provider.Name}
	linked, err := s.Store.Read(ctx).IdentityOf(requestOf(ctx).account.ID, s.Provider.Issuer)
	if errors.Is(err, store.ErrNotFound) {
		return out, nil
	}
	out.Body.Provider.Linked, out.Body.Provider.LinkedAt = err == nil, &linked.LinkedAt
	return out, err
}

// proved reads a password and has it prove who is logged in.
func (s *service) proved(ctx context.Context, raw []byte) (loginAttempt, error) {
	body, err := s.keeping.link.readAll(raw)
	if err != nil {
		return loginAttempt{}, err
	}
	return s.provePassword(ctx, "password", body.Password)
}

// linkMe begins the linking of the account that is logged in. It is linked when who comes back from the provider comes in
// the same browser, and the account is logged in there still.
func (s *service) linkMe(ctx context.Context, in *bodyInput) (*atProviderOutput, error) {
	attempt, err := s.proved(ctx, in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.ForgetLoginFailures(attempt.Login) }); err != nil {
		return nil, err
	}
	return s.sendToProvider(ctx, providerFlow{Next: ownPage("/app/security"), Account: requestOf(ctx).account.ID})
}

// unlinkMe takes the identity from the account that is logged in. A password is left to it: that is what proved it.
func (s *service) unlinkMe(ctx context.Context, in *bodyInput) (*struct{}, error) {
	r := requestOf(ctx)
	attempt, err := s.proved(ctx, in.RawBody)
	if err != nil {
		return nil, err
	}
	if s.Provider == nil {
		return nil, problem(providerAway)
	}
	return nil, s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.ForgetLoginFailures(attempt.Login); err != nil {
			return err
		}
		if err := tx.UnlinkIdentity(r.account.ID, s.Provider.Issuer); err != nil {
			return err
		}
		return s.audit(tx, r, "identity.unlink", "account:"+r.account.ID, "", nil)
	})
}
