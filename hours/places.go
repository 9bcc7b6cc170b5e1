package hours

import (
	"errors"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/store"
)

// Places in classes are kept for registrations: for a draft for a while, for a case until its training body has taken it. Who is
// in a class and for whom places are kept are never more than it holds; the schema counts both.

// PlaceKept is how long a place is kept for a registration that is not sent yet: long enough to mend a photo.
const PlaceKept = 48 * time.Hour

// Codes of why no place is kept.
const (
	CodeClassNotOffered = "class_not_offered" // the public does not see it
	CodeEnrolmentOver   = "enrolment_over"
	CodeOfferChanged    = "offer_changed" // what was agreed to is not what the class offers now
)

// Keep keeps a place in a class, or refuses it. Of a draft the place that was kept before is given up.
func Keep(tx *store.Tx, p store.ClassPlace, now Instant) (store.ClassPlace, error) {
	class, err := tx.LockClass(p.ClassID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return p, refuse(CodeClassUnknown, "class")
	case err != nil:
		return p, err
	case class.ClosedAt != nil:
		return p, refuse(CodeClassClosed, "class")
	}
	if err := mayTake(tx, p, class, dateOf(now.Programme)); err != nil {
		return p, err
	}
	if p.DraftID != nil {
		if err := tx.ReleaseDraftPlace(*p.DraftID, store.PlaceGivenUp, now.Wall); err != nil {
			return p, err
		}
	}
	p.HeldAt = now.Wall
	p, err = tx.HoldPlace(p)
	switch store.Constraint(err) {
	case CodeClassFull, CodeClassClosed, CodeOtherTarget:
		return p, refuse(store.Constraint(err), "class")
	}
	return p, err
}

// mayTake refuses a place in a class that is not offered on a day, or under other terms.
func mayTake(tx *store.Tx, p store.ClassPlace, class store.Class, today calendar.Date) error {
	if class.Sponsor != nil { // its employer's people come by its code
		return refuse(CodeClassNotOffered, "class")
	}
	offer, err := tx.OfferOf(class.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return refuse(CodeClassNotOffered, "class")
	case err != nil:
		return err
	case !offer.Offered:
		return refuse(CodeClassNotOffered, "class")
	case today.After(class.EndsOn) || offer.EnrolUntil != nil && today.After(*offer.EnrolUntil):
		return refuse(CodeEnrolmentOver, "class")
	case p.Offer != offer.Revision:
		return refuse(CodeOfferChanged, "class_offer")
	}
	return nil
}

// TakePlace has a case join the class in which a place is kept for it, as its training body takes it, and reports whether it
// did. A class that was closed meanwhile, or is another body's now, is not joined: the place is released, and the body finds a
// class for it.
func TakePlace(tx *store.Tx, c store.Case, now Instant) (joined bool, err error) {
	place, err := tx.PlaceOfCase(c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = Join(tx, place.ClassID, []string{c.ID}, c.RegisteredBy, now)
	if _, refused := errors.AsType[*RefusedError](err); refused {
		return false, tx.EndPlace(place.ID, store.PlaceGivenUp, now.Wall)
	}
	return err == nil, err
}

// settlePlace ends the place that is kept for a case that joins a class: it is in it now, or in another.
func settlePlace(tx *store.Tx, classID, caseID string, now Instant) error {
	place, err := tx.PlaceOfCase(caseID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	how := store.PlaceReassigned
	if place.ClassID == classID {
		how = store.PlaceJoined
	}
	return tx.EndPlace(place.ID, how, now.Wall)
}
