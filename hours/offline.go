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
	d, err := deskFor(tx, r.InstitutionID, r.Session, r.Attendee)
	recorded := Recorded{Session: d.session, Line: d.line}
	if err != nil {
		return recorded, err
	}
	recorded.Rules = d.rules
	report := r.attendance(d, now)
	if len(d.chain) > 0 {
		if d.chain[0].Says(report) && d.chain[0].Reporter == report.Reporter {
			return recorded, nil
		}
		return recorded, refuse(CodeAttendanceConflict, "attendee")
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
	recorded.Fresh = true
	if recorded.Booked, err = d.book(report); err != nil || recorded.Credited == 0 {
		return recorded, err
	}
	recorded.Notify, err = tell(tx, d.attendee, d.session.ID, added)
	return recorded, err
}

// attendance is the report as a row, to the microsecond that the record keeps.
func (r SignIn) attendance(d desk, now Instant) store.Attendance {
	a := store.Attendance{
		ID: uuid.NewString(), SessionID: d.session.ID, InstitutionID: r.InstitutionID, PersonID: d.line.PersonID,
		Reporter: r.Reporter, ReceivedAt: now.Wall, ReceivedBy: r.By, State: store.AttendanceCounted,
	}
	if r.Attended != (ledger.Interval{}) {
		from, to := r.Attended.From.UTC().Truncate(time.Microsecond), r.Attended.To.UTC().Truncate(time.Microsecond)
		a.SignedInAt, a.SignedOutAt = &from, &to
	}
	return a
}

// desk is where the attendance of one person at one session in a room is taken, one report at a time: the person is
// locked, so that the day's hours hold still, and whether the case's training is complete.
type desk struct {
	tx       *store.Tx
	session  store.Session
	line     store.RosterLine
	attendee store.Attendee
	rules    *policy.Policy
	chain    []store.Attendance // what was reported before
}

// deskFor opens the desk for an institution's session and one on its roster.
func deskFor(tx *store.Tx, institutionID, session, attendee string) (desk, error) {
	s, err := tx.SessionNamed(institutionID, session)
	if errors.Is(err, store.ErrNotFound) {
		return desk{}, refuse(CodeSessionUnknown, "session")
	}
	if err != nil {
		return desk{}, err
	}
	line, err := tx.RosterLineOf(s.ID, attendee)
	if errors.Is(err, store.ErrNotFound) {
		return desk{}, refuseLedger(ledger.ErrNotOnRoster, "attendee")
	}
	if err != nil {
		return desk{}, err
	}
	if s.Mode != string(ledger.Offline) {
		return desk{}, refuse(CodeOnline, "session")
	}
	return openDesk(tx, s.ID, line)
}

func openDesk(tx *store.Tx, sessionID string, line store.RosterLine) (desk, error) {
	d := desk{tx: tx, line: line}
	if err := tx.LockPerson(line.PersonID); err != nil {
		return d, err
	}
	var err error
	if d.session, err = tx.Session(sessionID); err != nil {
		return d, err
	}
	if d.attendee, d.rules, err = attendeeOf(tx, line); err != nil {
		return d, err
	}
	d.chain, err = tx.AttendanceAt(sessionID, line.PersonID)
	return d, err
}

// attendeeOf is who a line of a roster is about, and the rules that their attendance counts by.
func attendeeOf(tx *store.Tx, line store.RosterLine) (store.Attendee, *policy.Policy, error) {
	attendees, err := tx.Attendees([]string{line.Attendee()})
	if err != nil {
		return store.Attendee{}, nil, err
	}
	attendee := attendees[line.Attendee()]
	rules, err := policy.ByID(attendee.PolicyVersion)
	if err != nil {
		err = fmt.Errorf("read the rules that attendance counts by: %w", err)
	}
	return attendee, rules, err
}

func earnedBy(a store.Attendee) Earned {
	return Earned{PersonID: a.PersonID, CaseID: a.CaseID, PlaceID: a.PlaceID}
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
		Earned: earnedBy(d.attendee), SessionID: d.session.ID, Credits: []ledger.Credit{credit}, Reporter: a.Reporter,
		Received: a.ReceivedAt,
	})
}

// How the hours of a case changed.
type change bool

const (
	added   change = false
	reduced change = true // or moved: what stood on them must be looked at
)

// tell leaves word for the case that its hours are others than those its training was completed on, or its CE hours were
// credited for. A place in a course has no workflow: its CE hours follow at once.
func tell(tx *store.Tx, attendee store.Attendee, sessionID string, how change) (*store.InboxItem, error) {
	concerned := attendee.Trained || how == reduced && attendee.Credited
	if attendee.CaseID == nil || !concerned {
		return nil, nil
	}
	item, err := tx.InsertInbox(*attendee.CaseID, store.InboxHours, sessionID)
	return &item, err
}
