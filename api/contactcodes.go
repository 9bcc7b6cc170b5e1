package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// Codes are typed off a message within minutes, and guessed a few times at most.
const (
	contactCodes    = 1_000_000
	contactCodeGood = 10 * time.Minute
)

// codesByPerson is how often a code is sent: each may cost money, and disturbs whoever's number it is.
var codesByPerson = limit{name: "contact-code", every: 10 * time.Minute, burst: 5}

type contactCodeBody struct {
	Channel notification.Channel `json:"channel" enum:"email,sms" doc:"Where to send it: to the e-mail address, or to the mobile."`
}

type contactConfirmationBody struct {
	Channel notification.Channel `json:"channel" enum:"email,sms"`
	Code    string               `json:"code" minLength:"6" maxLength:"6" pattern:"^[0-9]{6}$"`
}

type contactCodeOutput struct {
	Body struct {
		ExpiresAt time.Time `json:"expires_at" doc:"Until when the code is good."`
	}
}

// registerContactCodes adds the operations by which somebody shows that they are reached where they say.
func (s *service) registerContactCodes(api huma.API) {
	const mine = "me"
	schemas := api.OpenAPI().Components.Schemas
	s.privacy.code, s.privacy.confirmation = bodyFor[contactCodeBody](schemas), bodyFor[contactConfirmationBody](schemas)
	sent(api, "POST /v1/me/contacts/code", mine, "Send me a code to where I am reached", s.privacy.code.schema, http.StatusAccepted, s.sendContactCode)
	sent(api, "POST /v1/me/contacts/confirmation", mine, "This is the code: I am reached there", s.privacy.confirmation.schema,
		http.StatusOK, s.confirmContact)
}

// confirmable says what keeps a channel of somebody's from being confirmed; empty: nothing.
func confirmable(reach people.Reach, known store.Contacts, channel notification.Channel) string {
	there, confirmed := reach.Email.Address() != "", known.EmailConfirmedAt
	if channel == notification.SMS {
		there, confirmed = reach.Phone.Mobile(), known.PhoneConfirmedAt
	}
	switch {
	case !there:
		return contactMissing
	case confirmed != nil:
		return contactConfirmed
	}
	return ""
}

// sendContactCode sends the trainee who asks a code to where they say that they are reached.
func (s *service) sendContactCode(ctx context.Context, in *bodyInput) (*contactCodeOutput, error) {
	r := requestOf(ctx)
	body, err := s.privacy.code.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	id, err := r.person()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(s.Channels, body.Channel) {
		return nil, problem(channelAbsent)
	}
	if err := s.limits.byNumber(ctx, codesByPerson, id+"/"+string(body.Channel)); err != nil {
		return nil, err
	}
	number, err := rand.Int(rand.Reader, big.NewInt(contactCodes))
	if err != nil {
		return nil, fmt.Errorf("make a code: %w", err)
	}
	now := s.moment()
	code := store.ContactCode{ID: uuid.NewString(), PersonID: id, Channel: body.Channel, MadeAt: now, ExpiresAt: now.Add(contactCodeGood)}
	code.CodeSealed, err = s.Keys.Seal(fmt.Appendf(nil, "%06d", number), store.ContactCodeSeal(code.ID))
	if err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockPerson(id); err != nil {
			return err
		}
		reach, known, err := s.openContacts(tx, id)
		if err != nil {
			return err
		}
		if fault := confirmable(reach, known, body.Channel); fault != "" {
			return problem(fault)
		}
		if err := tx.SendContactCode(code); err != nil {
			return err
		}
		return s.auditSelf(tx, r, "contacts.code", id, body)
	})
	out := &contactCodeOutput{}
	out.Body.ExpiresAt = code.ExpiresAt
	return out, err
}

// confirmContact notes that the trainee who asks is reached where the code was sent. A wrong one is counted.
func (s *service) confirmContact(ctx context.Context, in *bodyInput) (*contactsOutput, error) {
	r := requestOf(ctx)
	body, err := s.privacy.confirmation.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	id, err := r.person()
	if err != nil {
		return nil, err
	}
	now := s.moment()
	out := &contactsOutput{}
	right := false
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockPerson(id); err != nil {
			return err
		}
		kept, err := tx.ContactCode(id, body.Channel, now)
		if errors.Is(err, store.ErrNotFound) {
			return problem(contactCodeUnknown)
		} else if err != nil {
			return err
		}
		code, err := s.Keys.Open(kept.CodeSealed, store.ContactCodeSeal(kept.ID))
		if err != nil {
			return fmt.Errorf("open a code: %w", err)
		}
		if right = subtle.ConstantTimeCompare(code, []byte(body.Code)) == 1; !right {
			return tx.CountCodeTry(kept.ID)
		}
		if err := tx.ConfirmContact(id, body.Channel, now); err != nil {
			return err
		}
		reach, known, err := s.openContacts(tx, id)
		if err != nil {
			return err
		}
		out.Body = maskedContacts(reach, known)
		return s.auditSelf(tx, r, "contacts.confirm", id, map[string]any{"channel": body.Channel})
	})
	if err == nil && !right {
		err = problem(contactCodeWrong, FieldError{Field: "code", Code: contactCodeWrong})
	}
	return out, err
}
