package store

import (
	"errors"
	"time"

	"github.com/dengpan/dengpan/contract"
)

// SittingBooking is a place at a sitting that a case has, for one attempt. When the sitting was as it was agreed to, stands in it.
type SittingBooking struct {
	ID        string
	SittingID string
	CaseID    string
	Attempt   int
	StartsAt  time.Time
	EndsAt    time.Time
	BookedBy  string
	BookedAt  time.Time
	State     string
	EndedAt   *time.Time
	EndedHow  *string
	Fee       *string // what its trainee chose, once the body had taken it from them
	FeeBy     *string
	FeeAt     *time.Time
}

// States of a booking.
const (
	BookingBooked = "booked"
	BookingMoved  = "moved" // the body moved the sitting, and its trainee has yet to agree
	BookingEnded  = "ended"
)

// How a booking ends.
const (
	BookingChanged    = "changed"  // for another
	BookingGivenUp    = "given_up" // by its trainee
	BookingDeclined   = "declined" // by its trainee, when the body had moved it
	BookingCancelled  = "cancelled"
	BookingTurnedAway = "turned_away" // at the door
	BookingAnswered   = "answered"    // the body reported what the attempt came to
	BookingNotAsked   = "not_asked"   // the attempt is asked of the body no longer
)

// What becomes of a fee whose sitting the body took away, as its trainee chose.
const (
	FeeKept     = "kept"
	FeeRefunded = "refunded"
)

// InsertBooking books a sitting. What the schema refuses has a name: sitting_cancelled, sitting_not_for_case, sitting_full,
// sitting_overlaps, sitting_bookings_one_live.
func (tx *Tx) InsertBooking(b SittingBooking) error {
	return found(tx.db.Create(&b).Error, "book a sitting")
}

// EvaluationAsked is which attempt at the evaluation is asked of a case's body; 0 when none is.
func (tx *Tx) EvaluationAsked(caseID string) (int, error) {
	var attempts []int
	err := tx.db.Model(&Task{}).Where("case_id = ? AND state = ? AND kind IN ?", caseID, TaskOpen,
		[]string{contract.TheoryTask, contract.PracticalTask}).Limit(1).Pluck("attempt", &attempts).Error
	if err != nil || len(attempts) == 0 {
		return 0, found(err, "look for an attempt that is asked")
	}
	return attempts[0], nil
}

// BookingOfCase reads the place that a case has; ErrNotFound when it has none.
func (tx *Tx) BookingOfCase(caseID string) (SittingBooking, error) {
	var b SittingBooking
	err := tx.db.Take(&b, "case_id = ? AND state <> ?", caseID, BookingEnded).Error
	return b, found(err, "read a case's booking")
}

// BookingsOfCases reads the places that cases have, by case.
func (tx *Tx) BookingsOfCases(caseIDs []string) (map[string]SittingBooking, error) {
	var rows []SittingBooking
	if len(caseIDs) > 0 {
		if err := tx.db.Find(&rows, "case_id IN ? AND state <> ?", caseIDs, BookingEnded).Error; err != nil {
			return nil, found(err, "read the bookings of cases")
		}
	}
	return keyed(rows, func(r SittingBooking) string { return r.CaseID }), nil
}

// BookingTaken reads the last place of a case's attempt that its body took from it; ErrNotFound when it took none.
func (tx *Tx) BookingTaken(caseID string, attempt int) (SittingBooking, error) {
	var b SittingBooking
	err := tx.db.Order("ended_at DESC").Take(&b, "case_id = ? AND attempt = ? AND ended_how IN ?", caseID, attempt,
		[]string{BookingCancelled, BookingDeclined, BookingTurnedAway}).Error
	return b, found(err, "read a booking that was taken away")
}

// BookingsOf reads everybody who booked a sitting, in the order in which they did.
func (tx *Tx) BookingsOf(sittingID string) ([]SittingBooking, error) {
	var all []SittingBooking
	err := tx.db.Order("booked_at, id").Find(&all, "sitting_id = ?", sittingID).Error
	return all, found(err, "read the bookings of a sitting")
}

// Booking reads a booking.
func (tx *Tx) Booking(id string) (SittingBooking, error) {
	return byID[SittingBooking](tx.db, id, "read a booking")
}

// SaveBooking writes what became of a booking whose case is locked.
func (tx *Tx) SaveBooking(b SittingBooking) error {
	err := tx.db.Model(&SittingBooking{}).Where("id = ?", b.ID).
		Select("starts_at", "ends_at", "state", "ended_at", "ended_how", "fee", "fee_by", "fee_at").Updates(b).Error
	return found(err, "write what became of a booking")
}

// QueueBooking tells an evaluation body, in an event of a kind, what a trainee did with a place at a sitting of its. The event names
// nobody.
func (tx *Tx) QueueBooking(of Sitting, b SittingBooking, kind string, at time.Time) error {
	return tx.queue(OutboxEvent{
		InstitutionID: of.InstitutionID, Kind: kind, SubjectID: b.ID, CreatedAt: at,
		Payload: OutboxPayload{SittingID: of.ID, BookingID: b.ID, CaseID: b.CaseID},
	})
}

// leaveSitting ends the place that a case has, once none of the parts is asked of its body any more.
func (tx *Tx) leaveSitting(closed Task, state TaskState, at time.Time) error {
	if closed.Kind != contract.TheoryTask && closed.Kind != contract.PracticalTask {
		return nil
	}
	b, err := tx.BookingOfCase(closed.CaseID)
	if errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	open, err := tx.OpenTasks(closed.CaseID)
	if err != nil || len(open) > 0 {
		return err
	}
	how := BookingNotAsked
	if state == TaskAnswered {
		how = BookingAnswered
	}
	b.State, b.EndedAt, b.EndedHow = BookingEnded, &at, &how
	return tx.SaveBooking(b)
}
