package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/openid"
	"github.com/dengpan/dengpan/store"
)

// Whom the identity provider's people are here. Whoever is linked logs in to their account. Staff are linked by an
// invitation, or by themselves while they are logged in; somebody unknown is a trainee, where that is configured.

// accountOf is the account of who comes from the provider.
func (s *service) accountOf(tx *store.Tx, r *request, flow providerFlow, who openid.Identity) (store.Account, error) {
	account, err := tx.AccountByIdentity(who.Issuer, who.Subject)
	unknown := errors.Is(err, store.ErrNotFound)
	switch {
	case err != nil && !unknown:
		return account, err
	case !unknown && flow.Invitation != "":
		return account, problem(identityTaken)
	case !unknown && account.State != store.AccountActive:
		return account, problem(accountClosed)
	case !unknown:
		return account, nil
	case flow.Invitation != "":
		account, err = s.acceptIn(tx, r, flow.Invitation)
	case s.Provider.Trainees:
		account, err = tx.CreateAccount(store.Account{Role: trainee, Label: s.Provider.Name, CreatedAt: s.Now().UTC()})
	default:
		return account, problem(identityUnknown)
	}
	if err != nil {
		return account, err
	}
	r.account = account
	return account, s.linkIn(tx, r, who)
}

// linkIn links the request's account to who came from the provider.
func (s *service) linkIn(tx *store.Tx, r *request, who openid.Identity) error {
	err := tx.LinkIdentity(store.LoginIdentity{
		Issuer: who.Issuer, Subject: who.Subject, AccountID: r.account.ID, LinkedAt: s.Now().UTC(),
	})
	if err != nil {
		return err
	}
	return s.audit(tx, r, "identity.link", "account:"+r.account.ID, "", nil)
}

// link links the account that asked for it, if it is the one that is logged in on the browser that comes back.
func (s *service) link(c *gin.Context, flow providerFlow, who openid.Identity) error {
	account, err := s.authenticate(c)
	if err != nil {
		return err
	}
	if account.ID != flow.Account {
		return problem(providerFailed)
	}
	r := requestOf(c.Request.Context())
	r.account = account
	err = s.Store.Tx(c.Request.Context(), func(tx *store.Tx) error { return s.linkIn(tx, r, who) })
	switch store.Constraint(err) {
	case store.OneAccountPerIdentity, store.OneIdentityPerAccount:
		return problem(identityTaken)
	}
	return err
}

// atProvider tells the application where to send its browser.
type atProviderOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		Location string `json:"location" format:"uri" doc:"The identity provider's address to go on at."`
	}
}

func (s *service) sendToProvider(ctx context.Context, flow providerFlow) (*atProviderOutput, error) {
	out := &atProviderOutput{}
	var err error
	out.Body.Location, out.SetCookie, err = s.beginFlow(ctx, flow)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// acceptByProvider begins the acceptance of an invitation by who logs in at the provider.
func (s *service) acceptByProvider(ctx context.Context, in *bodyInput) (*atProviderOutput, error) {
	token, _, err := s.tokenIn(ctx, in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.sendToProvider(ctx, providerFlow{Next: ownPage(""), Invitation: token})
}
