package api

import (
	"errors"
	"fmt"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
)

// What comes with a registration beside the case: consents, contacts, a photo, a place in a class, and the draft that it was; and
// the case itself, if others registered it before.

// registrationContactsBody is how a trainee who registers can be reached.
type registrationContactsBody struct {
	Phone   string `json:"phone,omitempty" maxLength:"40"`
	Email   string `json:"email,omitempty" maxLength:"254"`
	Address string `json:"address,omitempty" maxLength:"200"`
}

// whoTheyAre says of who registers again, and tells neither name nor number, who they are. Of everybody else both are needed.
func (s *service) whoTheyAre(tx *store.Tx, r *request, body *registrationBody, found *faults) error {
	if body.Name == "" && body.IDNumber == "" && r.account.Role == trainee && r.account.PersonID != nil {
		known, err := tx.Person(*r.account.PersonID)
		if err != nil {
			return err
		}
		if body.Name, err = people.Name(s.Keys, known); err != nil {
			return err
		}
		body.IDType, body.IDCountry = known.IDType, deref(known.IDCountry)
		body.IDNumber, err = people.Number(s.Keys, known)
		return err
	}
	for field, sent := range map[string]string{"name": body.Name, "id_number": body.IDNumber} {
		if sent == "" {
			found.add(field, fieldRequired)
		}
	}
	return nil
}

// checkComing lists what is wrong with what comes with a registration. How they are reached, and which draft it was, is for
// who registers themselves.
func (s *service) checkComing(r *request, reg *registration, found *faults) {
	checkConsents(found, reg.body.Consents)
	for field, sent := range map[string]bool{"contacts": reg.body.Contacts != nil, "draft": reg.body.Draft != ""} {
		if sent && r.account.Role != trainee {
			found.add(field, fieldConflict)
		}
	}
	for field, id := range map[string]string{"draft": reg.body.Draft, "class": reg.body.Class} {
		if id != "" && !isID(id) {
			found.add(field, fieldFormat)
		}
	}
	if given := reg.body.Contacts; given != nil {
		wrong := &faults{}
		reg.contacts = readContacts(contactsBody{Phone: given.Phone, Email: given.Email, Address: given.Address}, wrong)
		for _, fault := range wrong.list {
			found.add("contacts."+fault.Field, fault.Code)
		}
	}
}

// draftOf reads the draft that a registration was, and holds it; nothing when it was none.
func (s *service) draftOf(tx *store.Tx, r *request, reg registration, found *faults) (*store.Draft, error) {
	if reg.body.Draft == "" || found.has("draft") {
		return nil, nil
	}
	d, err := tx.LockDraft(reg.body.Draft)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && d.AccountID != r.account.ID:
		found.add("draft", fieldUnknownDraft)
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &d, nil
}

// comeWith writes what comes with a registration, in its transaction.
func (s *service) comeWith(tx *store.Tx, r *request, reg registration, c store.Case, draft *store.Draft, found *faults) ([]store.InboxItem, error) {
	if err := s.giveConsents(tx, r, c.PersonID, reg.body.Consents); err != nil {
		return nil, err
	}
	if r.account.Role == trainee {
		lacking, err := lackingConsent(tx, c.PersonID)
		if err != nil {
			return nil, err
		}
		if lacking {
			found.add("consents", fieldConsentNeeded)
			return nil, found.err()
		}
	}
	if err := s.comeReachable(tx, r, reg, c.PersonID); err != nil {
		return nil, err
	}
	if err := s.takePlace(tx, r, reg, c, draft, found); err != nil {
		return nil, err
	}
	if draft == nil {
		return nil, nil
	}
	waited, err := s.comePictured(tx, r, *draft, c.PersonID)
	if err != nil {
		return nil, err
	}
	if err := tx.EvidenceOfDraft(draft.ID, c.ID); err != nil {
		return nil, err
	}
	return waited, tx.RemoveDraft(draft.ID, s.moment())
}

// comeReachable adds how a person can be reached to what was known of it.
func (s *service) comeReachable(tx *store.Tx, r *request, reg registration, personID string) error {
	if reg.body.Contacts == nil {
		return nil
	}
	if err := tx.LockPerson(personID); err != nil {
		return err
	}
	before, known, err := s.openContacts(tx, personID)
	if err != nil {
		return err
	}
	after := before
	if reg.body.Contacts.Phone != "" {
		after.Phone = reg.contacts.Phone
	}
	if reg.body.Contacts.Email != "" {
		after.Email = reg.contacts.Email
	}
	if reg.body.Contacts.Address != "" {
		after.Address = reg.contacts.Address
	}
	_, err = s.saveContacts(tx, r, personID, known, before, after, "contacts.phone")
	return err
}

// comePictured gives a person the photo of their draft, and lists what of other cases waited for one.
func (s *service) comePictured(tx *store.Tx, r *request, d store.Draft, personID string) ([]store.InboxItem, error) {
	if d.PhotoSealed == nil {
		return nil, nil
	}
	image, err := s.Keys.Open(d.PhotoSealed, store.DraftPhotoSeal(d.ID))
	if err != nil {
		return nil, fmt.Errorf("open a draft's photo: %w", err)
	}
	return s.keepPhoto(tx, r, personID, image, s.moment(), nil)
}

// takePlace keeps the place that a registration asks for, until its training body has decided: the one that was kept for its
// draft, or another.
func (s *service) takePlace(tx *store.Tx, r *request, reg registration, c store.Case, draft *store.Draft, found *faults) error {
	if reg.body.Class == "" || found.has("class") {
		return nil
	}
	now := hours.At(s.Calendar, s.Now())
	if draft != nil {
		given, err := givePlace(tx, *draft, reg.body.Class, c.ID, now, found)
		if given || err != nil {
			return err
		}
	}
	_, err := hours.Keep(tx, store.ClassPlace{ClassID: reg.body.Class, AccountID: r.account.ID, CaseID: &c.ID, Offer: reg.body.ClassOffer}, now)
	if err != nil {
		return refusedPlace(err, found)
	}
	return s.audit(tx, r, "place.keep", "case:"+c.ID, "", map[string]any{"class": reg.body.Class, "offer": reg.body.ClassOffer})
}

// givePlace gives a case the place in a class that was kept for its draft, and reports whether there was one.
func givePlace(tx *store.Tx, draft store.Draft, class, caseID string, now hours.Instant, found *faults) (bool, error) {
	kept, err := tx.PlaceOfDraft(draft.ID, now.Wall)
	if errors.Is(err, store.ErrNotFound) || err == nil && kept.ClassID != class {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if _, err := tx.LockClass(kept.ClassID); err != nil {
		return false, err
	}
	err = tx.GivePlace(kept.ID, caseID)
	if store.Constraint(err) == hours.CodeOtherTarget {
		found.add("class", hours.CodeOtherTarget)
		return false, found.err()
	}
	return err == nil, err
}

// caseByOthers is the case that somebody else registered for the person whose account this becomes: a desk, or an employer by its
// list. It is not registered again; the trainee takes it up as it is.
func caseByOthers(tx *store.Tx, r *request, person store.Person, reg registration) (store.Case, bool, error) {
	if r.account.Role != trainee || r.account.PersonID != nil {
		return store.Case{}, false, nil
	}
	c, err := tx.LiveCase(person.Human, reg.body.Occupation, reg.body.Direction, reg.body.Level)
	if errors.Is(err, store.ErrNotFound) {
		return c, false, nil
	}
	return c, err == nil && c.RegisteredBy != r.account.ID, err
}

// placeByCode gives a case the place in the class that a code came with, unless an intake gave it that place before.
func (s *service) placeByCode(tx *store.Tx, r *request, reg registration, c store.Case, found *faults) error {
	if reg.class == nil {
		return nil
	}
	has, err := tx.SponsoredPlace(c.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return registering.Place(tx, c, reg.class.ID, store.ByCode, r.account.ID, s.Now())
	case err == nil && has.ClassID != reg.class.ID:
		found.add("order_code", hours.CodeOtherTarget)
		return found.err()
	}
	return err
}
