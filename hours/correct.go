package hours

import (
	"errors"
	"time"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// Correction is a sign-in that is to hold in place of the one on record.
type Correction struct {
	SignIn

	Reason string
}

// Codes of what is refused of corrections.
const (
	CodeNothingToCorrect  = "nothing_to_correct"
	CodeNothingChanged    = "nothing_changed"
	CodeCorrectionPending = "correction_pending"
	CodeDecidedBefore     = "decided_before"
	CodeSamePerson        = "same_person"
	CodeReasonMissing     = string(ledger.ErrReasonMissing)
	CodeYearClosed        = "ce_year_closed"
)

// Corrected is a correction, and what it changed.
type Corrected struct {
	Session  store.Session
	Line     store.RosterLine
	Before   store.Attendance // what held
	Report   store.Attendance // what was reported in its place
	Reversed time.Duration    // that stood for the session before
	Booked
	// Notify is what cases must be told.
	Notify []store.InboxItem
}

// Correct takes a correction of what was reported of one person at one session. Within the days that the rules give, it
// holds at once; later it is pending until a second person has decided. What held stays on record; its entries are
// reversed with the reason, and others booked. An error that is a *RefusedError says why it is not taken.
func Correct(tx *store.Tx, c Correction, now Instant) (Corrected, error) {
	if c.Reason == "" {
		return Corrected{}, refuse(CodeReasonMissing, "reason")
	}
	d, err := deskFor(tx, c.InstitutionID, c.Session, c.Attendee)
	if err != nil {
		return Corrected{}, err
	}
	if len(d.chain) == 0 {
		return Corrected{}, refuse(CodeNothingToCorrect, "attendee")
	}
	holds, last := store.InForce(d.chain)
	report := c.attendance(d, now)
	report.Corrects, report.Reason = &last.ID, c.Reason
	switch {
	case last.State == store.AttendancePending:
		return Corrected{}, refuse(CodeCorrectionPending, "attendee")
	case holds.Says(report) && holds.Reporter == report.Reporter:
		return Corrected{}, refuse(CodeNothingChanged, "signed_in_at")
	}
	if err := d.check(report, now); err != nil {
		return Corrected{}, err
	}
	corrected := Corrected{Session: d.session, Line: d.line, Before: holds}
	deadline := dateOf(d.session.ClosesAt).AddDays(d.rules.Attendance().CorrectWithin)
	if dateOf(now.Programme).After(deadline) {
		report.State = store.AttendancePending
	}
	corrected.Report = report
	if err := tx.InsertAttendance(report); err != nil || report.State == store.AttendancePending {
		return corrected, err
	}
	return corrected, d.apply(&corrected, now)
}

// Decision is a second person's word on a late correction.
type Decision struct {
	ID      string
	Approve bool
	Reason  string
	By      string
}

// Decide approves or refuses a correction that is pending. Whoever sent it has no say in it.
func Decide(tx *store.Tx, decision Decision, now Instant) (Corrected, error) {
	if decision.Reason == "" {
		return Corrected{}, refuse(CodeReasonMissing, "reason")
	}
	report, err := tx.LockAttendance(decision.ID)
	if err != nil {
		return Corrected{}, err
	}
	switch {
	case report.State != store.AttendancePending:
		return Corrected{}, refuse(CodeDecidedBefore, "")
	case report.ReceivedBy == decision.By:
		return Corrected{}, refuse(CodeSamePerson, "")
	}
	line, err := tx.RosterLineFor(report.SessionID, report.PersonID)
	if err != nil {
		return Corrected{}, err
	}
	d, err := openDesk(tx, report.SessionID, line)
	if err != nil {
		return Corrected{}, err
	}
	corrected := Corrected{Session: d.session, Line: line}
	corrected.Before, _ = store.InForce(d.chain)
	report.State = store.AttendanceRefused
	if decision.Approve {
		report.State = store.AttendanceCounted
	}
	report.DecidedBy, report.DecidedAt, report.DecisionReason = &decision.By, &now.Wall, decision.Reason
	corrected.Report = report
	if err := tx.DecideAttendance(report); err != nil || !decision.Approve {
		return corrected, err
	}
	if d.session.VoidedAt != nil {
		return corrected, refuseLedger(ledger.ErrSessionVoided, "")
	}
	return corrected, d.apply(&corrected, now)
}

// apply puts a correction that counts into the ledger, in place of what stood.
func (d desk) apply(c *Corrected, now Instant) error {
	freed, err := reverse(d.tx, d.session.ID, d.line.PersonID, c.Report.Reason, now)
	if err != nil {
		return err
	}
	c.Reversed = freed.total
	if c.Booked, err = d.book(c.Report); err != nil {
		return err
	}
	if c.Notify, err = freed.refill(d.tx, now); err != nil {
		return err
	}
	how := added
	if freed.total > 0 {
		how = reduced
	}
	item, err := settle(d.tx, d.line, d.session.ID, how, c.Report.Reason, now)
	if err != nil {
		return err
	}
	if item != nil {
		c.Notify = append(c.Notify, *item)
	}
	return unsettle(d.tx, freed)
}

// settle brings what stands on an attendee's hours in line with them: a case is told, and a place's CE hours follow.
func settle(
	tx *store.Tx, line store.RosterLine, sessionID string, how change, reason string, now Instant,
) (*store.InboxItem, error) {
	attendee, rules, err := attendeeOf(tx, line)
	if err != nil {
		return nil, err
	}
	if attendee.CaseID != nil {
		return tell(tx, attendee, sessionID, how)
	}
	_, err = SettleCE(tx, earnedBy(attendee), rules, now.Wall, reason, nil)
	if closed := (*YearClosedError)(nil); errors.As(err, &closed) {
		err = refuse(CodeYearClosed, "")
	}
	return nil, err
}
