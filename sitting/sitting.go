// Package sitting takes dated appointments of evaluation bodies (考试安排) from their making to their end: trainees book one, change
// to another, give it up; a body that moves or cancels one takes nothing from who booked it but the day; who could not show at
// the door that it is they sits provisionally at most, until somebody has decided.
//
// Booking is optional: a body that makes no sittings is asked for its results all the same, and a deadline never decides anything.
package sitting

import (
	"cmp"
	"errors"
	"maps"
	"time"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// What is refused.
var (
	ErrCancelled = errors.New("the sitting is cancelled")
	ErrOver      = errors.New("the sitting is over")
	ErrBegun     = errors.New("the sitting has begun")
	ErrLate      = errors.New("it can no longer be booked, changed or given up")
	ErrFull      = errors.New("the sitting is full")
	ErrNotAsked  = errors.New("the sitting is not for what is asked of the case's body")
	ErrElsewhere = errors.New("the person is elsewhere at the time")
	ErrNone      = errors.New("the case has no such booking")
	ErrChosen    = errors.New("what becomes of the fee was chosen")
	ErrPaused    = errors.New("the case is paused")
	ErrNotBegun  = errors.New("the sitting has not begun")
	ErrChecked   = errors.New("somebody has yet to decide about the case")
	ErrDecided   = errors.New("it is decided")
	ErrSame      = errors.New("who recorded it does not decide")
)

// Desk is where sittings are handled.
type Desk struct {
	Calendar calendar.Calendar
}

// Doer is who does something, and when.
type Doer struct {
	Account string
	Reason  string // in words; of what trainees do: empty
	At      time.Time
}

// now is the instant in the programme's time.
func (d Desk) now(at time.Time) time.Time { return d.Calendar.Moment(at) }

// opened is a case that is locked, with what its evaluation body owes it.
type opened struct {
	*acting.File

	desk  Desk
	tasks []store.Task // that are owed; of the evaluation
	by    Doer
}

// open locks a case, and then what is owed to it.
func (d Desk) open(tx *store.Tx, caseID string, by Doer) (*opened, error) {
	f, err := acting.Desk{Calendar: d.Calendar}.Open(tx, caseID)
	if err != nil {
		return nil, err
	}
	o := &opened{File: f, desk: d, by: by}
	owed, err := tx.LockOpenTasks(caseID)
	for _, t := range owed {
		if t.Kind == contract.TheoryTask || t.Kind == contract.PracticalTask {
			o.tasks = append(o.tasks, t)
		}
	}
	return o, err
}

// attempt is the attempt at the evaluation that is owed; 0 when none is.
func (o *opened) attempt() int {
	if len(o.tasks) == 0 {
		return 0
	}
	return o.tasks[0].Attempt
}

func (o *opened) note(kind, actor string, of store.Sitting, more map[string]any) {
	params := map[string]any{"institution": of.InstitutionID, "starts": said(of.StartsAt), "venue": of.Venue}
	maps.Copy(params, more)
	o.Note(progress.Evaluation, kind, actor, params)
}

// said is an instant of the programme as timelines have it.
func said(at time.Time) string { return at.In(calendar.Beijing).Format("2006-01-02 15:04") }

// untilMarked gives the body as long as marking takes after a sitting.
func (o *opened) untilMarked(of store.Sitting, actor string) error {
	ends := o.desk.Calendar.When(of.EndsAt)
	return o.prolong(deadline.Beijing().Due(o.Cal, ends, rules.MarkingDays), actor)
}

// anew gives the body as long as if its work were asked of it today.
func (o *opened) anew(actor string) error {
	days := o.Rules.Deadline(acting.WaitOf(contract.TheoryTask))
	return o.prolong(deadline.Beijing().Due(o.Cal, o.Now(), days), actor)
}

func (o *opened) prolong(due time.Time, actor string) error {
	return o.Prolong(progress.Evaluation, o.tasks, due.UTC(), acting.Giver{
		Actor: actor, Account: o.by.Account, Reason: cmp.Or(o.by.Reason, "a sitting of the evaluation"),
	})
}

// end ends a booking.
func (o *opened) end(b *store.SittingBooking, how string) error {
	b.State, b.EndedAt, b.EndedHow = store.BookingEnded, &o.by.At, &how
	return o.Tx.SaveBooking(*b)
}
