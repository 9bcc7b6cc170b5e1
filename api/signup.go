package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/consent"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/store"
)

// signUpBody makes a trainee's account.
type signUpBody struct {
	Login    string `json:"login" pattern:"^[A-Za-z][A-Za-z0-9._-]{2,31}$" doc:"Chosen; begins with a letter. Not a name, number or address."`
	Password string `json:"password" maxLength:"512" doc:"12 characters or more, and not easily guessed."`
	Terms    string `json:"terms" maxLength:"64" doc:"The version of the terms of use that were read: see GET /v1/consent-texts."`
}

// comingBodies read what somebody sends who comes in: an account, a registration that is not sent yet, consents.
type comingBodies struct {
	signUp  body[signUpBody]
	check   body[joinCheckBody]
	consent body[consentChange]
	draft   body[draftBody]
	place   body[draftPlaceBody]
}

// registerComing adds what somebody does who comes in.
func (s *service) registerComing(api huma.API) {
	s.coming.signUp = bodyFor[signUpBody](api.OpenAPI().Components.Schemas)
	sent(api, "POST /v1/sign-ups", "session", "Make a trainee's account, and be logged in", s.coming.signUp.schema, http.StatusCreated, s.signUp)
	s.registerJoinChecks(api)
	s.registerConsents(api)
	s.registerDrafts(api)
}

// signUp makes a trainee's account with a log-in, and logs it in. Everything else is looked at before whether the log-in is
// taken: names are chosen, so that much cannot be kept from who asks, but each asking is limited by sender and by name, and
// costs what an account costs.
func (s *service) signUp(ctx context.Context, in *bodyInput) (*loggedInOutput, error) {
	if !s.SignUp {
		return nil, problem(signUpOff)
	}
	body, found, err := s.coming.signUp.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := s.checkSignUp(body, found); err != nil {
		return nil, err
	}
	if err := s.limits.byNumber(ctx, signUpsByLogin, body.Login); err != nil {
		return nil, err
	}
	hash, err := s.passwords.Hash(ctx, body.Password)
	if err != nil {
		return nil, busy(err)
	}
	r, now := requestOf(ctx), s.Now().UTC()
	out := &loggedInOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		account, err := tx.CreateAccount(store.Account{Role: trainee, CreatedAt: now})
		if err != nil {
			return err
		}
		r.account = account
		err = tx.InsertCredential(store.Credential{AccountID: account.ID, Login: body.Login, PasswordHash: hash, ChangedAt: now})
		if store.Constraint(err) == store.OneLogin {
			return problem(validationFailed, FieldError{Field: "login", Code: fieldLoginTaken})
		}
		if err != nil {
			return err
		}
		terms := store.Consent{AccountID: &account.ID, Kind: consent.Terms, Version: body.Terms, GivenBy: account.ID, GivenAt: now}
		if _, err := tx.GiveConsent(terms); err != nil {
			return err
		}
		if err := s.audit(tx, r, "account.sign_up", "account:"+account.ID, "", map[string]string{"terms": body.Terms}); err != nil {
			return err
		}
		if out.SetCookie, err = s.beginSession(ctx, tx, account, store.MethodLocal); err != nil {
			return err
		}
		out.Body, err = s.viewSession(tx, r)
		return err
	})
	if err != nil {
		r.account = store.Account{} // there is none
		return nil, err
	}
	return out, nil
}

// checkSignUp lists what is wrong with an account before it is made.
func (s *service) checkSignUp(body signUpBody, found *faults) error {
	if weakness := password.WeaknessOf(body.Password, body.Login); weakness != "" {
		found.add("password", string(weakness))
	}
	if identity.Reveals(body.Login) {
		found.add("login", fieldReveals)
	}
	if terms, _ := consent.Of(consent.Terms); body.Terms != terms.Version {
		found.add("terms", fieldConsentOutdated)
	}
	return found.err()
}
