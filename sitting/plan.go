package sitting

import (
	"time"

	"github.com/dengpan/dengpan/store"
)

// Plan is what may change of a sitting.
type Plan struct {
	StartsAt, EndsAt time.Time
	Venue            string
	Capacity         int
	BookUntil        time.Time
	Notes            string
}

// Revise changes a sitting that has not begun. When it is held elsewhere or at another time, whoever booked it is told, keeps the
// place, and agrees to it or goes elsewhere: nothing of it counts as an attempt. It says how many were told.
func (d Desk) Revise(tx *store.Tx, id string, p Plan, by Doer) (of store.Sitting, told int, err error) {
	if of, err = d.lock(tx, id, by); err != nil {
		return of, 0, err
	}
	moves := !of.StartsAt.Equal(p.StartsAt) || !of.EndsAt.Equal(p.EndsAt) || of.Venue != p.Venue
	of.StartsAt, of.EndsAt, of.Venue, of.Capacity, of.BookUntil, of.Notes = p.StartsAt, p.EndsAt, p.Venue, p.Capacity, p.BookUntil, p.Notes
	booked, err := tx.BookingsOf(id)
	if err != nil {
		return of, 0, err
	}
	for _, b := range booked {
		if !moves || b.State == store.BookingEnded {
			continue
		}
		of.MovedAt, of.MoveReason = &by.At, by.Reason
		err := d.each(tx, b, by, func(o *opened, b store.SittingBooking) error {
			o.note("sitting_moved", store.ActorInstitution(of.InstitutionID), of, nil)
			if err := o.untilMarked(of, store.ActorInstitution(of.InstitutionID)); err != nil {
				return err
			}
			b.State = store.BookingMoved
			return tx.SaveBooking(b)
		})
		if err != nil {
			return of, told, err
		}
		told++
	}
	return of, told, refusal(tx.SaveSitting(of))
}

// Cancel cancels a sitting that is not over. Nothing of it counts as an attempt: whoever booked it is told, chooses another, and what
// becomes of the fee. The body has as much time anew.
func (d Desk) Cancel(tx *store.Tx, id string, by Doer) (of store.Sitting, told int, err error) {
	of, err = tx.LockSitting(id)
	switch {
	case err != nil:
		return of, 0, err
	case of.CancelledAt != nil:
		return of, 0, ErrCancelled
	case !d.now(by.At).Before(of.EndsAt):
		return of, 0, ErrOver
	}
	booked, err := tx.BookingsOf(id)
	if err != nil {
		return of, 0, err
	}
	for _, b := range booked {
		if b.State == store.BookingEnded {
			continue
		}
		err := d.each(tx, b, by, func(o *opened, b store.SittingBooking) error {
			o.note("sitting_cancelled", store.ActorInstitution(of.InstitutionID), of, nil)
			if err := o.anew(store.ActorInstitution(of.InstitutionID)); err != nil {
				return err
			}
			return o.end(&b, store.BookingCancelled)
		})
		if err != nil {
			return of, told, err
		}
		told++
	}
	of.CancelledBy, of.CancelledAt, of.CancelReason = &by.Account, &by.At, by.Reason
	return of, told, tx.SaveSitting(of)
}

// lock locks a sitting that has yet to begin.
func (d Desk) lock(tx *store.Tx, id string, by Doer) (store.Sitting, error) {
	of, err := tx.LockSitting(id)
	switch {
	case err != nil:
		return of, err
	case of.CancelledAt != nil:
		return of, ErrCancelled
	case !d.now(by.At).Before(of.StartsAt):
		return of, ErrBegun
	}
	return of, nil
}

// each does something to the case of a booking. By the time that the case is locked, it may have left.
func (d Desk) each(tx *store.Tx, b store.SittingBooking, by Doer, do func(*opened, store.SittingBooking) error) error {
	o, err := d.open(tx, b.CaseID, by)
	if err != nil {
		return err
	}
	if b, err = tx.Booking(b.ID); err != nil || b.State == store.BookingEnded {
		return err
	}
	if err := do(o, b); err != nil {
		return err
	}
	return o.Save()
}
