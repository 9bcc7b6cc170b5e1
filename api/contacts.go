package api

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// contactsBody is how somebody can be reached. What is left out is not known any more.
type contactsBody struct {
	Phone   string `json:"phone,omitempty" maxLength:"40" doc:"A number of the mainland, or one that begins with + and the country."`
	Email   string `json:"email,omitempty" maxLength:"254"`
	Address string `json:"address,omitempty" maxLength:"200" doc:"A postal address, in one line."`
	// What is shown is masked, so that nobody can send it back.
	Keep []string `json:"keep,omitempty" enum:"phone,email,address" maxItems:"3" doc:"What stays as it is."`
}

// contactsView is how somebody can be reached, masked.
type contactsView struct {
	Phone     string     `json:"phone" doc:"Masked: 138****5678. Empty: not known."`
	Email     string     `json:"email" doc:"Masked: z***@example.com. Empty: not known."`
	Address   string     `json:"address" doc:"Masked: its beginning. Empty: not known."`
	UpdatedAt *time.Time `json:"updated_at" doc:"Null: never."`

	PhoneConfirmedAt *time.Time `json:"phone_confirmed_at,omitempty" doc:"When a code that was sent there came back. Left out: no SMS is sent there."`
	EmailConfirmedAt *time.Time `json:"email_confirmed_at,omitempty" doc:"The same of the e-mail address. Left out: no mail is sent there."`
}

type contactsOutput struct{ Body contactsView }

// maskedContacts is how somebody can be reached, as it is shown.
func maskedContacts(r people.Reach, known store.Contacts) contactsView {
	view := contactsView{
		Phone: r.Phone.Mask(), Email: r.Email.Mask(), PhoneConfirmedAt: known.PhoneConfirmedAt, EmailConfirmedAt: known.EmailConfirmedAt,
	}
	if !known.UpdatedAt.IsZero() {
		view.UpdatedAt = &known.UpdatedAt
	}
	if r.Address != "" {
		view.Address = identity.MaskAddress(r.Address)
	}
	return view
}

// ownContacts shows the trainee who asks how they can be reached.
func (s *service) ownContacts(ctx context.Context, _ *struct{}) (*contactsOutput, error) {
	id, err := requestOf(ctx).person()
	if err != nil {
		return nil, err
	}
	reach, known, err := s.openContacts(s.Store.Read(ctx), id)
	return &contactsOutput{Body: maskedContacts(reach, known)}, err
}

// openContacts opens how somebody can be reached, and reads what is kept of it; both are empty when nothing was ever said.
func (s *service) openContacts(tx *store.Tx, personID string) (people.Reach, store.Contacts, error) {
	known, err := tx.Contacts(personID)
	if errors.Is(err, store.ErrNotFound) {
		return people.Reach{}, store.Contacts{}, nil
	} else if err != nil {
		return people.Reach{}, store.Contacts{}, err
	}
	reach, err := people.Contacts(s.Keys, known)
	return reach, known, err
}

// setContacts writes how the trainee who asks can be reached.
func (s *service) setContacts(ctx context.Context, in *bodyInput) (*contactsOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.privacy.contacts.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	given := readContacts(body, found)
	if err := found.err(); err != nil {
		return nil, err
	}
	id, err := r.person()
	if err != nil {
		return nil, err
	}
	out := &contactsOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockPerson(id); err != nil {
			return err
		}
		before, known, err := s.openContacts(tx, id)
		if err != nil {
			return err
		}
		out.Body, err = s.saveContacts(tx, r, id, known, before, keeping(given, before, body.Keep), "phone")
		return err
	})
	if p := (*Problem)(nil); errors.As(err, &p) && p.Code == phoneTaken {
		// Whoever tries whose numbers are known here leaves a trace of each.
		err = errors.Join(err, s.Store.Tx(ctx, func(tx *store.Tx) error {
			return s.auditSelf(tx, r, "contacts.refused", id, nil)
		}))
	}
	return out, err
}

// saveContacts writes how a person, who is locked, can be reached from now on. The field is where the telephone was sent.
func (s *service) saveContacts(
	tx *store.Tx, r *request, id string, known store.Contacts, before, after people.Reach, field string,
) (contactsView, error) {
	sealed, indexes, err := people.SealContacts(s.Keys, id, after)
	if err != nil {
		return contactsView{}, err
	}
	sealed.UpdatedAt = s.Now().UTC()
	if err := carryConfirmations(tx, &sealed, known, before, after); err != nil {
		return contactsView{}, err
	}
	view := maskedContacts(after, sealed)
	fresh, err := tx.SaveContacts(sealed, indexes)
	if err == nil && !fresh {
		err = problem(phoneTaken, FieldError{Field: field, Code: phoneTaken})
	}
	if err != nil {
		return view, err
	}
	return view, s.auditSelf(tx, r, "contacts.set", id, view)
}

// carryConfirmations keeps that somebody is reached by what stays as it was. What was sent to confirm anything else is of no use.
func carryConfirmations(tx *store.Tx, to *store.Contacts, known store.Contacts, before, after people.Reach) error {
	var changed []notification.Channel
	if after.Phone.Number() == before.Phone.Number() {
		to.PhoneConfirmedAt = known.PhoneConfirmedAt
	} else {
		changed = append(changed, notification.SMS)
	}
	if after.Email.Address() == before.Email.Address() {
		to.EmailConfirmedAt = known.EmailConfirmedAt
	} else {
		changed = append(changed, notification.Email)
	}
	if len(changed) == 0 {
		return nil
	}
	return tx.DropContactCodes(to.PersonID, changed...)
}

// releasePhone takes the telephone number of a case's person away: it has become somebody else's, who is refused otherwise.
func (s *service) releasePhone(ctx context.Context, in *idBodyInput) (*contactsOutput, error) {
	r := requestOf(ctx)
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &contactsOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Case(in.ID)
		if err != nil {
			return err
		}
		if err := tx.LockPerson(c.PersonID); err != nil {
			return err
		}
		before, known, err := s.openContacts(tx, c.PersonID)
		if err != nil {
			return err
		}
		if err := tx.DropContactCodes(c.PersonID, notification.SMS); err != nil {
			return err
		}
		released, err := tx.ReleasePhone(c.PersonID)
		if err == nil && !released {
			err = problem(phoneUnknown)
		}
		if err != nil {
			return err
		}
		was := maskedContacts(before, known)
		before.Phone, known.PhoneConfirmedAt = identity.Phone{}, nil
		out.Body = maskedContacts(before, known)
		return s.auditChange(tx, r, "contacts.release", personSubject(c.PersonID), reason, was, out.Body)
	})
	return out, err
}

// keeping is how somebody can be reached when some of it stays as it was.
func keeping(given, before people.Reach, keep []string) people.Reach {
	if slices.Contains(keep, "phone") {
		given.Phone = before.Phone
	}
	if slices.Contains(keep, "email") {
		given.Email = before.Email
	}
	if slices.Contains(keep, "address") {
		given.Address = before.Address
	}
	return given
}

// readContacts reads how somebody can be reached, and lists what is wrong.
func readContacts(body contactsBody, found *faults) (r people.Reach) {
	add := func(field string, err error) {
		if fault := identity.Fault(""); errors.As(err, &fault) {
			found.add(field, string(fault))
		}
	}
	for _, part := range []struct{ field, given string }{{"phone", body.Phone}, {"email", body.Email}, {"address", body.Address}} {
		if part.given != "" && slices.Contains(body.Keep, part.field) {
			found.add(part.field, fieldConflict)
		}
	}
	var err error
	if body.Phone != "" {
		r.Phone, err = identity.ParsePhone(body.Phone)
		add("phone", err)
	}
	if body.Email != "" {
		r.Email, err = identity.ParseEmail(body.Email)
		add("email", err)
	}
	if body.Address != "" {
		r.Address, err = identity.ParseAddress(body.Address)
		add("address", err)
	}
	return r
}
