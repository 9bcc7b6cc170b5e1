package sitting

import (
	"errors"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/store"
)

// Book gives a case a place at a sitting, in place of the one that it had. Booking the sitting again that its body moved agrees to
// when and where it is now.
func (d Desk) Book(tx *store.Tx, caseID, sittingID string, by Doer) (store.SittingBooking, error) {
	of, err := tx.LockSitting(sittingID)
	if err != nil {
		return store.SittingBooking{}, err
	}
	o, err := d.open(tx, caseID, by)
	if err != nil {
		return store.SittingBooking{}, err
	}
	had, err := tx.BookingOfCase(caseID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.SittingBooking{}, err
	}
	switch {
	case o.attempt() == 0 || of.InstitutionID != o.tasks[0].InstitutionID:
		return had, ErrNotAsked
	case o.PausedAt != nil:
		return had, ErrPaused
	case of.CancelledAt != nil:
		return had, ErrCancelled
	case had.SittingID == sittingID:
		return d.agree(o, of, had)
	case d.now(by.At).After(of.BookUntil):
		return had, ErrLate
	}
	if err := o.leave(&had, store.BookingChanged, store.FeeKept); err != nil {
		return had, err
	}
	b := store.SittingBooking{
		ID: uuid.NewString(), SittingID: of.ID, CaseID: caseID, Attempt: o.attempt(), StartsAt: of.StartsAt, EndsAt: of.EndsAt,
		BookedBy: by.Account, BookedAt: by.At, State: store.BookingBooked,
	}
	if err := refusal(tx.InsertBooking(b)); err != nil {
		return b, err
	}
	return b, o.booked(of, b, "sitting_booked")
}

// agree agrees to a sitting that was moved. One that was not is booked as it is.
func (d Desk) agree(o *opened, of store.Sitting, b store.SittingBooking) (store.SittingBooking, error) {
	if b.State == store.BookingBooked {
		return b, nil
	}
	if !d.now(o.by.At).Before(of.StartsAt) {
		return b, ErrBegun
	}
	b.State, b.StartsAt, b.EndsAt = store.BookingBooked, of.StartsAt, of.EndsAt
	if err := refusal(o.Tx.SaveBooking(b)); err != nil {
		return b, err
	}
	return b, o.booked(of, b, "sitting_agreed")
}

// booked says that a sitting is booked, tells its body, and gives it the time that it takes.
func (o *opened) booked(of store.Sitting, b store.SittingBooking, event string) error {
	o.note(event, store.ActorTrainee, of, nil)
	if err := o.Tx.QueueBooking(of, b, store.OutboxSittingBooked, o.Now()); err != nil {
		return err
	}
	if err := o.untilMarked(of, store.ActorTrainee); err != nil {
		return err
	}
	return o.Save()
}

// refusal is what the record refuses of a booking, by its name.
func refusal(err error) error {
	switch store.Constraint(err) {
	case "sitting_full":
		return ErrFull
	case "sitting_cancelled":
		return ErrCancelled
	case "sitting_not_for_case":
		return ErrNotAsked
	case "sitting_overlaps":
		return ErrElsewhere
	}
	return err
}

// leave ends the booking that a case has, if it has one, and tells its body: in time, unless the body had moved it. What the body takes from somebody
// has them choose what becomes of the fee; who goes to another sitting keeps it.
func (o *opened) leave(had *store.SittingBooking, how, fee string) error {
	if had.ID == "" {
		return o.chooseIfTaken(fee)
	}
	of, err := o.Tx.Sitting(had.SittingID)
	if err != nil {
		return err
	}
	if had.State == store.BookingMoved {
		if fee != "" {
			had.Fee, had.FeeBy, had.FeeAt = &fee, &o.by.Account, &o.by.At
		}
		how = store.BookingDeclined
	} else if o.desk.now(o.by.At).After(of.BookUntil) {
		return ErrLate
	}
	if err := o.end(had, how); err != nil {
		return err
	}
	return o.Tx.QueueBooking(of, *had, store.OutboxSittingGivenUp, o.Now())
}

// chooseIfTaken writes what becomes of the fee of a sitting that the body took away, if that was not chosen.
func (o *opened) chooseIfTaken(fee string) error {
	taken, err := o.Tx.BookingTaken(o.ID, o.attempt())
	if errors.Is(err, store.ErrNotFound) || err == nil && (taken.Fee != nil || *taken.EndedHow == store.BookingTurnedAway) {
		return nil
	}
	if err != nil {
		return err
	}
	taken.Fee, taken.FeeBy, taken.FeeAt = &fee, &o.by.Account, &o.by.At
	return o.Tx.SaveBooking(taken)
}

// GiveUp gives up the place that a case has. Of a sitting that was moved, that can be done at any time.
func (d Desk) GiveUp(tx *store.Tx, caseID string, by Doer) (store.SittingBooking, error) {
	o, err := d.open(tx, caseID, by)
	if err != nil {
		return store.SittingBooking{}, err
	}
	had, err := tx.BookingOfCase(caseID)
	if errors.Is(err, store.ErrNotFound) {
		return had, ErrNone
	} else if err != nil {
		return had, err
	}
	of, err := tx.Sitting(had.SittingID)
	if err != nil {
		return had, err
	}
	moved := had.State == store.BookingMoved
	if err := o.leave(&had, store.BookingGivenUp, ""); err != nil {
		return had, err
	}
	o.note("sitting_given_up", store.ActorTrainee, of, nil)
	if moved {
		if err := o.anew(store.ActorTrainee); err != nil {
			return had, err
		}
	}
	return had, o.Save()
}

// ChooseFee writes what its trainee wants done with the fee of a sitting that the body took away. Amounts are between the two.
func (d Desk) ChooseFee(tx *store.Tx, caseID, fee string, by Doer) (store.SittingBooking, error) {
	o, err := d.open(tx, caseID, by)
	if err != nil {
		return store.SittingBooking{}, err
	}
	taken, err := tx.BookingTaken(caseID, o.attempt())
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && *taken.EndedHow == store.BookingTurnedAway:
		return taken, ErrNone
	case err != nil:
		return taken, err
	case taken.Fee != nil:
		return taken, ErrChosen
	}
	of, err := tx.Sitting(taken.SittingID)
	if err != nil {
		return taken, err
	}
	taken.Fee, taken.FeeBy, taken.FeeAt = &fee, &by.Account, &by.At
	if err := tx.SaveBooking(taken); err != nil {
		return taken, err
	}
	o.note("sitting_fee_chosen", store.ActorTrainee, of, map[string]any{"fee": fee})
	return taken, o.Save()
}
