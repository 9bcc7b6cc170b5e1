package hours

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// SignIn is what a named person of an institution reports of one attendee at one session in a room.
type SignIn struct {
	InstitutionID string
	Session       string // the institution's name for it
	Attendee      string // id of the case, or of the place in a course
	// Attended is from sign-in to sign-out, in the programme's time; the zero interval is an absence.
	Attended ledger.Interval
	Reporter string
	By       string
}

// Codes of what is refused of sign-ins, beside the ledger's.
const (
	CodeSessionUnknown     = "session_unknown"
	CodeAttendanceConflict = "attendance_conflict"
	CodeOnline             = "online_by_heartbeat"
	CodeInFuture           = "in_future"
)

// Recorded is what became of a sign-in.
type Recorded struct {
	Session store.Session
	Line    store.RosterLine
	Rules   *policy.Policy // that it counted by
	Fresh   bool
	Booked
	// Notify is what the case must be told: hours came in after its training was complete. Nil when nothing depends on them.
	Notify *store.InboxItem
}

// Record takes a sign-in, once a session and attendee, and books its time. The same again changes nothing. An error that
// is a *RefusedError says why it is not taken; then it may be sent again, when what was in its way is gone.
func Record(tx *store.Tx, r SignIn, now Instant) (Recorded, error) {
	recorded := Recorded{}
	session, err := tx.HoldSessionByRef(r.InstitutionID, r.Session)
	if errors.Is(err, store.ErrNotFound) {
		return recorded, refuse(CodeSessionUnknown, "session")
	}
	if err != nil {
		return recorded, err
	}
	recorded.Session = session
	recorded.Line, err = tx.RosterLineOf(session.ID, r.Attendee)
	if errors.Is(err, store.ErrNotFound) {
		return recorded, refuseLedger(ledger.ErrNotOnRoster, "attendee")
	}
	if err != nil {
		return recorded, err
	}
	if session.Mode != string(ledger.Offline) {
		return recorded, refuse(CodeOnline, "session")
	}
	// One report of a person at a time: the day's cap, and whether the case's training is complete, must hold still.
	if err := tx.LockPerson(recorded.Line.PersonID); err != nil {
		return recorded, err
	}
	report := r.attendance(session, recorded.Line, now)
	chain, err := tx.AttendanceAt(session.ID, recorded.Line.PersonID)
	if err != nil {
		return recorded, err
	}
	if len(chain) > 0 {
		if chain[0].Says(report) && chain[0].Reporter == report.Reporter {
			return recorded, nil
		}
		return recorded, refuse(CodeAttendanceConflict, "attendee")
	}
	d, err := deskFor(tx, session, recorded.Line)
	if err != nil {
		return recorded, err
	}
	if d.attendee.Over {
		return recorded, refuse(CodeAttendeeOver, "attendee")
	}
	if err := d.check(report, now); err != nil {
		return recorded, err
	}
	if err := tx.InsertAttendance(report); err != nil {
		return recorded, err
	}
	recorded.Fresh, recorded.Rules = true, d.rules
	if recorded.Booked, err = d.book(report); err != nil {
		return recorded, err
	}
	recorded.Notify, err = d.tell()
	return recorded, err
}

// attendance is the report as a row, to the microsecond that the record keeps.
func (r SignIn) attendance(s store.Session, line store.RosterLine, now Instant) store.Attendance {
	a := store.Attendance{
		ID: uuid.NewString(), SessionID: s.ID, InstitutionID: s.InstitutionID, PersonID: line.PersonID, Reporter: r.Reporter,
		ReceivedAt: now.Wall, ReceivedBy: r.By, State: store.AttendanceCounted,
	}
	if r.Attended != (ledger.Interval{}) {
		from, to := r.Attended.From.UTC().Truncate(time.Microsecond), r.Attended.To.UTC().Truncate(time.Microsecond)
		a.SignedInAt, a.SignedOutAt = &from, &to
	}
	return a
}

// desk is where the attendance of one person at one session is taken. Whoever opens it has locked both.
type desk struct {
	tx       *store.Tx
	session  store.Session
	line     store.RosterLine
	attendee store.Attendee
	rules    *policy.Policy
}

func deskFor(tx *store.Tx, s store.Session, line store.RosterLine) (desk, error) {
	attendees, err := tx.Attendees([]string{line.Attendee()})
	if err != nil {
		return desk{}, err
	}
	d := desk{tx: tx, session: s, line: line, attendee: attendees[line.Attendee()]}
	d.rules, err = policy.ByID(d.attendee.PolicyVersion)
	if err != nil {
		err = fmt.Errorf("read the rules that attendance counts by: %w", err)
	}
	return d, err
}

func (d desk) earned() Earned {
	return Earned{PersonID: d.line.PersonID, CaseID: d.line.CaseID, PlaceID: d.line.PlaceID}
}

// check refuses a report that would not count, or that nobody may make.
func (d desk) check(a store.Attendance, now Instant) error {
	if d.session.VoidedAt != nil {
		return refuseLedger(ledger.ErrSessionVoided, "session")
	}
	named, err := isNamed(d.tx, a.InstitutionID, a.Reporter)
	if err != nil {
		return err
	}
	if !named {
		return refuseLedger(ledger.ErrReporterUnknown, "reporter")
	}
	if a.Absent() {
		return nil
	}
	if a.SignedOutAt.After(now.Programme) {
		return refuse(CodeInFuture, "signed_out_at")
	}
	_, err = d.credit(a)
	return err
}

// credit is what a report is worth by the ledger's rules for sessions in a room.
func (d desk) credit(a store.Attendance) (ledger.Credit, error) {
	s := ledger.OfflineSession{
		Name: d.session.ID, Place: d.session.Place, Instructor: value(d.session.Instructor),
		Window: ledger.Interval{From: d.session.OpensAt, To: d.session.ClosesAt},
		// That both are who they should be was looked up: the line is the roster's, and the reporter's name was checked when
		// the report came in.
		Roster: []string{d.line.PersonID}, Reporters: []string{a.Reporter},
	}
	credit, err := s.Credit(ledger.Attendance{
		Person:  a.PersonID,
		SignIn:  ledger.Signature{Ref: a.ID, At: *a.SignedInAt, Reporter: a.Reporter},
		SignOut: ledger.Signature{Ref: a.ID, At: *a.SignedOutAt, Reporter: a.Reporter},
	})
	if refusal := ledger.RefusalError(""); errors.As(err, &refusal) {
		return credit, refuseLedger(refusal, faultOf(refusal, a, s.Window))
	}
	return credit, err
}

// faultOf is the field of a report that a refusal is about.
func faultOf(refusal ledger.RefusalError, a store.Attendance, window ledger.Interval) string {
	switch {
	case refusal == ledger.ErrReporterUnknown || refusal == ledger.ErrReportedBySelf:
		return "reporter"
	case refusal == ledger.ErrOutsideWindow && (a.SignedInAt.Before(window.From) || a.SignedInAt.After(window.To)):
		return "signed_in_at"
	}
	return "signed_out_at"
}

// book books a report that counts; an absence books nothing.
func (d desk) book(a store.Attendance) (Booked, error) {
	if a.Absent() {
		return Booked{}, nil
	}
	credit, err := d.credit(a)
	if err != nil {
		return Booked{}, err
	}
	return Book(d.tx, d.rules, Claim{
		Earned: d.earned(), SessionID: d.session.ID, Credits: []ledger.Credit{credit}, Reporter: a.Reporter,
		Received: a.ReceivedAt,
	})
}

// tell leaves word for the case that its hours are others than those its training was completed on.
func (d desk) tell() (*store.InboxItem, error) {
	if d.line.CaseID == nil || !d.attendee.Trained {
		return nil, nil
	}
	item, err := d.tx.InsertInbox(*d.line.CaseID, store.InboxHours, d.session.ID)
	return &item, err
}
