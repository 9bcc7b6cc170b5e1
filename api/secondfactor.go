package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/dengpan/dengpan/secondfactor"
	"github.com/dengpan/dengpan/store"
)

// withSecondFactor is what a session remembers: that its log-in proved a second factor, or enrolled one.
const withSecondFactor = "second_factor"

// needSecondFactor are the roles that may do nothing without a second factor, when the configuration asks for one.
var needSecondFactor = []string{store.RoleOperator, store.RoleAdministrator}

// secondFactorRequired reports whether the request's session is one that needs a second factor. Of who comes from an
// identity provider, the provider asks for it.
func (s *service) secondFactorRequired(r *request) bool {
	return s.RequireSecondFactor && r.web.Method == store.MethodLocal && slices.Contains(needSecondFactor, r.account.Role)
}

// onlyEnrols reports whether the request's session has yet to enrol a second factor before anything else.
func (s *service) onlyEnrols(ctx context.Context) bool {
	return s.secondFactorRequired(requestOf(ctx)) && !s.sessions.GetBool(ctx, withSecondFactor)
}

// proveSecondFactor checks the code of a log-in. An account without a second factor needs none.
func (s *service) proveSecondFactor(tx *store.Tx, r *request, accountID, code string) (refused *Problem, err error) {
	factor, err := tx.LockSecondFactor(accountID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !factor.Enrolled() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if code == "" {
		return problem(codeRequired), nil
	}
	right, err := s.useCode(tx, r, factor, code)
	if err == nil && !right {
		refused = problem(codeWrong)
	}
	return refused, err
}

// useCode uses up a code of a second factor, or a recovery code in its place, and reports whether it was right.
func (s *service) useCode(tx *store.Tx, r *request, factor store.SecondFactor, code string) (bool, error) {
	if recovery, is := secondfactor.Recovery(code); is {
		right, err := tx.UseRecoveryCode(factor.AccountID, recovery, s.Now().UTC())
		if err != nil || !right {
			return false, err
		}
		return true, s.audit(tx, r, "recovery_code.use", "account:"+factor.AccountID, "", nil)
	}
	secret, err := s.Keys.Open(factor.SecretSealed, store.SecondFactorSeal(factor.AccountID))
	if err != nil {
		return false, err
	}
	step, right := secondfactor.Step(string(secret), code, s.Now(), factor.LastStep)
	if !right {
		return false, nil
	}
	factor.LastStep = step
	return true, tx.SaveSecondFactor(factor)
}

type secretOutput struct {
	Body struct {
		Secret string `json:"secret" doc:"To be typed into an authenticator."`
		URI    string `json:"uri" doc:"The same, to be shown as a picture for an authenticator to read."`
	}
}

// beginSecondFactor makes a secret for an authenticator. It counts once a code of it is confirmed; until then it can be
// begun anew.
func (s *service) beginSecondFactor(ctx context.Context, _ *struct{}) (*secretOutput, error) {
	r := requestOf(ctx)
	out := &secretOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		credential, err := ownCredential(tx, r)
		if err != nil {
			return err
		}
		factor, err := tx.LockSecondFactor(r.account.ID)
		if err == nil && factor.Enrolled() {
			return problem(secondFactorEnrolled)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if out.Body.Secret, out.Body.URI, err = secondfactor.New(credential.Login); err != nil {
			return err
		}
		sealed, err := s.Keys.Seal([]byte(out.Body.Secret), store.SecondFactorSeal(r.account.ID))
		if err != nil {
			return err
		}
		factor = store.SecondFactor{AccountID: r.account.ID, SecretSealed: sealed, BegunAt: s.Now().UTC()}
		if err := tx.SaveSecondFactor(factor); err != nil {
			return err
		}
		return s.audit(tx, r, "second_factor.begin", "account:"+r.account.ID, "", nil)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// confirmationBody is a first code of a second factor.
type confirmationBody struct {
	Code string `json:"code" minLength:"1" maxLength:"32"`
}

type confirmedOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		RecoveryCodes []string `json:"recovery_codes" doc:"Each stands for a code, once. They are not shown again."`
	}
}

// confirmSecondFactor has a second factor count from now on, for a first code that is right. The account's other sessions,
// which began without it, end.
func (s *service) confirmSecondFactor(ctx context.Context, in *bodyInput) (*confirmedOutput, error) {
	r := requestOf(ctx)
	body, err := s.logins.confirmation.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &confirmedOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := ownCredential(tx, r); err != nil {
			return err
		}
		factor, err := tx.LockSecondFactor(r.account.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return problem(secondFactorNone)
		case err != nil:
			return err
		case factor.Enrolled():
			return problem(secondFactorEnrolled)
		}
		now := s.Now().UTC()
		factor.ConfirmedAt = &now
		right, err := s.useCode(tx, r, factor, body.Code)
		if err != nil {
			return err
		}
		if !right {
			return problem(validationFailed, FieldError{Field: "code", Code: fieldCodeWrong})
		}
		out.Body.RecoveryCodes = secondfactor.RecoveryCodes()
		if err := tx.SaveRecoveryCodes(r.account.ID, out.Body.RecoveryCodes); err != nil {
			return err
		}
		s.sessions.Put(ctx, withSecondFactor, true)
		if _, err := s.endOthers(ctx, tx); err != nil {
			return err
		}
		if out.SetCookie, err = s.renewSession(ctx, tx); err != nil {
			return err
		}
		return s.audit(tx, r, "second_factor.enrol", "account:"+r.account.ID, "", nil)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// removalBody proves who removes a second factor.
type removalBody struct {
	Password string `json:"password" minLength:"1" maxLength:"128"`
	Code     string `json:"code" minLength:"1" maxLength:"32"`
}

// removeSecondFactor gives up a second factor, so that another can be enrolled. The account's other sessions end.
func (s *service) removeSecondFactor(ctx context.Context, in *bodyInput) (*endedOutput, error) {
	r := requestOf(ctx)
	body, err := s.logins.removal.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	attempt, err := s.provePassword(ctx, "password", body.Password)
	if err != nil {
		return nil, err
	}
	out := &endedOutput{}
	var refused *Problem
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		factor, err := tx.LockSecondFactor(r.account.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && !factor.Enrolled() {
			return problem(secondFactorNone)
		}
		if err != nil {
			return err
		}
		right, err := s.useCode(tx, r, factor, body.Code)
		if err != nil {
			return err
		}
		if !right { // the attempt stays counted: codes cannot be tried without end
			refused = problem(validationFailed, FieldError{Field: "code", Code: fieldCodeWrong})
			return s.auditRefusal(tx, r, attempt, codeWrong)
		}
		if err := tx.ForgetLoginFailures(attempt.Login); err != nil {
			return err
		}
		if err := tx.RemoveSecondFactor(r.account.ID); err != nil {
			return err
		}
		s.sessions.Remove(ctx, withSecondFactor)
		if _, err := s.endOthers(ctx, tx); err != nil {
			return err
		}
		if out.SetCookie, err = s.renewSession(ctx, tx); err != nil {
			return err
		}
		return s.audit(tx, r, "second_factor.remove", "account:"+r.account.ID, "", nil)
	})
	if err == nil && refused != nil {
		err = refused
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// secondFactor shows whether the request's account has a second factor, and whether its session needs one.
func (s *service) secondFactor(tx *store.Tx, r *request) (secondFactorView, error) {
	factor, err := tx.SecondFactor(r.account.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return secondFactorView{Enrolled: factor.Enrolled(), Required: s.secondFactorRequired(r)}, err
}
