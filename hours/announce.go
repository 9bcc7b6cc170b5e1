package hours

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Instant is one instant on both clocks: sessions are held in the programme's time, and heard of in the wall's.
type Instant struct{ Wall, Programme time.Time }

// At is an instant of the wall clock on both.
func At(c calendar.Calendar, wall time.Time) Instant {
	return Instant{Wall: wall.UTC(), Programme: c.Moment(wall).UTC()}
}

// dateOf is the programme's date at one of its instants.
func dateOf(programme time.Time) calendar.Date {
	return calendar.DateOf(programme.In(calendar.Beijing))
}

// Announcement is a session as its institution announces it. Instants are the programme's.
type Announcement struct {
	InstitutionID string
	Ref           string
	Course        string // the base's name for its course; empty for standardised training
	Class         string // the institution's name for the class whose members are on the roster; empty for none
	Module        string
	Mode          ledger.Mode
	Place         string
	Instructor    string
	Window        ledger.Interval
	Roster        []string // ids of cases, or of places in the course; beside the members of the class
	By            string
}

// Announced is what became of an announcement.
type Announced struct {
	Session store.Session
	Fresh   bool
	Listed  int // who was added to the roster
}

// LongestOffline is the longest window of a session in a room.
const LongestOffline = 24 * time.Hour

// Codes of what is refused, beside the ledger's.
const (
	CodeSessionConflict    = "session_conflict"
	CodeInstructorUnknown  = "instructor_unknown"
	CodeCourseUnknown      = "course_unknown"
	CodeAttendeeUnknown    = "attendee_unknown"
	CodeAttendeeElsewhere  = "attendee_elsewhere"
	CodeNotAdmitted        = "attendee_not_admitted"
	CodeAttendeeOver       = "attendee_over"
	CodeBeforeRegistration = "before_registration"
	CodeAfterCourse        = "after_course"
	CodeNotListed          = "not_listed_for_role"
	CodeUnknownModule      = "unknown_module"
	CodePersonTwice        = "person_twice"
	CodeWindow             = "session_window"
)

// Announce records a session with its roster. The institution's name for it is its key: the same announcement again
// changes nothing, and may only add to the roster. An error that is a *RefusedError says why it is not taken.
//
// Who may be listed: cases that the institution trains, once they are admitted and until they are over, for modules of
// their standard, on days on which the institution is on the published list; or places in a course of the institution,
// on the course's days. Who is in the class that is named is listed too: see [Join].
func Announce(tx *store.Tx, a Announcement, now Instant) (Announced, error) {
	draft, err := a.draft(tx, now)
	if err != nil {
		return Announced{}, err
	}
	known, err := tx.SessionNamed(a.InstitutionID, a.Ref)
	switch {
	case err == nil:
		return a.again(tx, draft, known.ID, now)
	case !errors.Is(err, store.ErrNotFound):
		return Announced{}, err
	}
	if draft.Instructor != nil {
		if named, err := isNamed(tx, a.InstitutionID, a.Instructor); err != nil || !named {
			return Announced{}, cmp.Or(err, refuse(CodeInstructorUnknown, "instructor"))
		}
	}
	lines, err := classLines(tx, draft, now)
	if err != nil {
		return Announced{}, err
	}
	guests, err := a.lines(tx, draft, lines, now)
	if err != nil {
		return Announced{}, err
	}
	lines = append(lines, guests...)
	fresh, err := tx.InsertSession(draft)
	if err != nil {
		return Announced{}, err
	}
	if !fresh { // another request announced it meanwhile
		if known, err = tx.SessionNamed(a.InstitutionID, a.Ref); err != nil {
			return Announced{}, err
		}
		return a.again(tx, draft, known.ID, now)
	}
	return Announced{Session: draft, Fresh: true, Listed: len(lines)}, tx.InsertRoster(lines)
}

// again takes an announcement of a session that is known: it may add to the roster.
func (a Announcement) again(tx *store.Tx, draft store.Session, id string, now Instant) (Announced, error) {
	known, err := tx.LockSession(id)
	if err != nil {
		return Announced{}, err
	}
	if !sameSession(known, draft) {
		return Announced{}, refuse(CodeSessionConflict, "ref")
	}
	if known.VoidedAt != nil {
		return Announced{}, refuseLedger(ledger.ErrSessionVoided, "ref")
	}
	listed, err := tx.Roster(known.ID)
	if err != nil {
		return Announced{}, err
	}
	lines, err := a.lines(tx, known, listed, now)
	if err != nil {
		return Announced{}, err
	}
	return Announced{Session: known, Listed: len(lines)}, tx.InsertRoster(lines)
}

// draft is the session as announced, to the microsecond that the record keeps.
func (a Announcement) draft(tx *store.Tx, now Instant) (store.Session, error) {
	s := store.Session{
		ID: uuid.NewString(), InstitutionID: a.InstitutionID, Ref: a.Ref, Module: a.Module, Mode: string(a.Mode), Place: a.Place,
		OpensAt: a.Window.From.UTC().Truncate(time.Microsecond), ClosesAt: a.Window.To.UTC().Truncate(time.Microsecond),
		AnnouncedBy: a.By, AnnouncedAt: now.Wall,
	}
	if a.Instructor != "" {
		s.Instructor = &a.Instructor
	}
	if a.Mode == ledger.Offline && (s.Place == "" || s.Instructor == nil) {
		return s, refuseLedger(ledger.ErrSessionIncomplete, "place")
	}
	if length := s.ClosesAt.Sub(s.OpensAt); length <= 0 || a.Mode == ledger.Offline && length > LongestOffline {
		return s, refuse(CodeWindow, "closes_at")
	}
	if a.Class != "" {
		class, err := classNamed(tx, a.InstitutionID, a.Class)
		s.ClassID = &class.ID
		return s, err
	}
	if a.Course == "" {
		return s, nil
	}
	course, err := tx.CourseByRef(a.InstitutionID, a.Course)
	if errors.Is(err, store.ErrNotFound) {
		err = refuse(CodeCourseUnknown, "course")
	}
	s.CourseID = &course.ID
	return s, err
}

// sameSession reports whether two announcements say the same, but for the roster.
func sameSession(a, b store.Session) bool {
	return a.Module == b.Module && a.Mode == b.Mode && a.Place == b.Place && value(a.Instructor) == value(b.Instructor) &&
		value(a.CourseID) == value(b.CourseID) && value(a.ClassID) == value(b.ClassID) && a.OpensAt.Equal(b.OpensAt) && a.ClosesAt.Equal(b.ClosesAt)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// isNamed reports whether a number is that of one of an institution's staff, who has not left.
func isNamed(tx *store.Tx, institutionID, ref string) (bool, error) {
	member, err := tx.StaffMember(institutionID, ref)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && member.LeftAt == nil, err
}

// lines is what an announcement adds to a session's roster.
func (a Announcement) lines(
	tx *store.Tx, s store.Session, listed []store.RosterLine, now Instant,
) ([]store.RosterLine, error) {
	attendees, err := tx.Attendees(a.Roster)
	if err != nil {
		return nil, err
	}
	known, persons := map[string]bool{}, map[string]bool{}
	humans, err := humansOf(tx, attendees, listed)
	if err != nil {
		return nil, err
	}
	for _, line := range listed {
		known[line.Attendee()], persons[humans[line.PersonID]] = true, true
	}
	var lines []store.RosterLine
	for i, id := range a.Roster {
		field := fmt.Sprintf("roster[%d]", i)
		attendee, found := attendees[id]
		switch {
		case known[id]:
			continue
		case !found || attendee.InstitutionID != a.InstitutionID:
			return nil, refuse(CodeAttendeeUnknown, field)
		case persons[humans[attendee.PersonID]]:
			return nil, refuse(CodePersonTwice, field)
		}
		if err := mayAttend(tx, attendee, s, field); err != nil {
			return nil, err
		}
		known[id], persons[humans[attendee.PersonID]] = true, true
		lines = append(lines, store.RosterLine{
			SessionID: s.ID, PersonID: attendee.PersonID, CaseID: attendee.CaseID, PlaceID: attendee.PlaceID, ListedAt: now.Wall,
		})
	}
	return lines, nil
}

// humansOf says, by the records of attendees and of who is listed, whom each is of.
func humansOf(tx *store.Tx, attendees map[string]store.Attendee, listed []store.RosterLine) (map[string]string, error) {
	var records []string
	for _, attendee := range attendees {
		records = append(records, attendee.PersonID)
	}
	for _, line := range listed {
		records = append(records, line.PersonID)
	}
	people, err := tx.PeopleByID(records)
	humans := make(map[string]string, len(people))
	for _, person := range people {
		humans[person.ID] = person.Human
	}
	return humans, err
}

// mayAttend refuses a session that would not count for an attendee.
func mayAttend(tx *store.Tx, attendee store.Attendee, s store.Session, field string) error {
	if err := mayBeThere(attendee, s, field); err != nil || attendee.CaseID == nil {
		return err // a place's base is the course's, and the course says what is taught
	}
	if err := isTaught(attendee.PolicyVersion, attendee.Occupation, attendee.Level, s.Module); err != nil {
		return err
	}
	listed, err := tx.Listed(s.InstitutionID, attendee.Occupation, attendee.Level, policy.RoleTraining, dateOf(s.OpensAt))
	if err == nil && !listed { // what it began while it was listed it may finish: the hours are the trainee's
		listed, err = tx.TrainingBegan(*attendee.CaseID, s.InstitutionID)
	}
	if err == nil && !listed {
		return refuse(CodeNotListed, field)
	}
	return err
}

// mayBeThere refuses a session on a day on which an attendee takes none, or that is another course's.
func mayBeThere(attendee store.Attendee, s store.Session, field string) error {
	switch {
	case value(attendee.CourseID) != value(s.CourseID):
		return refuse(CodeAttendeeElsewhere, field)
	case !attendee.Admitted:
		return refuse(CodeNotAdmitted, field)
	case attendee.Over:
		return refuse(CodeAttendeeOver, field)
	case dateOf(s.OpensAt).Before(attendee.FirstDay):
		return refuse(CodeBeforeRegistration, field)
	case attendee.LastDay != nil && dateOf(s.ClosesAt).After(*attendee.LastDay):
		return refuse(CodeAfterCourse, field)
	}
	return nil
}

// isTaught refuses a module that the standard of an occupation and level does not have. Without a standard any is taken.
func isTaught(version, occupation, level, module string) error {
	rules, err := policy.ByID(version)
	if err != nil {
		return fmt.Errorf("read the rules of a training: %w", err)
	}
	standard, err := rules.TrainingStandard(occupation, level)
	if err == nil && len(standard.Modules) > 0 && !slices.Contains(standard.Modules, module) {
		return refuse(CodeUnknownModule, "module")
	}
	return nil
}
