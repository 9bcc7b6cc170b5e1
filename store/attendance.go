package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
)

// Staff is a named person of an institution, who teaches or takes attendance. The name is sealed (see [StaffSeal]).
type Staff struct {
	InstitutionID string `gorm:"primaryKey"`
	Ref           string `gorm:"primaryKey"` // the institution's own number for the person
	NameSealed    []byte
	NamedBy       string
	NamedAt       time.Time
	LeftAt        *time.Time
}

// TableName is the table of staff.
func (Staff) TableName() string { return "staff" }

// Session is a session as its institution announced it. Its instants are the programme's.
type Session struct {
	ID            string
	InstitutionID string
	Ref           string  // the institution's own name for it
	CourseID      *string // nil: a session of standardised training
	ClassID       *string // whose members are on the roster; nil: of no class
	Module        string
	Mode          string
	Place         string
	Instructor    *string
	OpensAt       time.Time
	ClosesAt      time.Time
	AnnouncedBy   string
	AnnouncedAt   time.Time
	VoidedAt      *time.Time
	VoidedBy      *string
	VoidReason    string
}

// RosterLine says that a person is to attend a session, and for which case or place in a course.
type RosterLine struct {
	SessionID string `gorm:"primaryKey"`
	PersonID  string `gorm:"primaryKey"`
	CaseID    *string
	PlaceID   *string
	ListedAt  time.Time
}

// TableName is the table of rosters.
func (RosterLine) TableName() string { return "session_roster" }

// Attendee is the id of the case or place for which the person attends.
func (l RosterLine) Attendee() string {
	if l.CaseID != nil {
		return *l.CaseID
	}
	return *l.PlaceID
}

// Attendee is what a session can be attended for: a case, or a place in a course of a CE base.
type Attendee struct {
	ID            string
	CaseID        *string
	PlaceID       *string
	CourseID      *string
	PersonID      string
	InstitutionID string // who trains
	Occupation    string
	Direction     string
	Level         string
	PolicyVersion string
	FirstDay      calendar.Date  // no session lies before it
	LastDay       *calendar.Date // nor after it; nil while that is open
	Admitted      bool
	Over          bool // ended, and nothing about it is open: no new session counts
	Trained       bool // the training is complete: what comes in now adds to what it was completed on
	Credited      bool // CE hours were credited: what is taken back now takes them back
}

// Attendees reads what sessions can be attended for, by id.
func (tx *Tx) Attendees(ids []string) (map[string]Attendee, error) {
	var rows []Attendee
	err := tx.db.Raw(`
		SELECT c.id, c.id AS case_id, NULL::uuid AS place_id, NULL::uuid AS course_id, c.person_id,
		       c.training_body AS institution_id, c.occupation, c.direction, c.level, c.policy_version, c.registered_on AS first_day,
		       NULL::date AS last_day, r.state = 'done' AS admitted,
		       c.ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.case_id = c.id AND i.holds AND i.state <> 'closed') AS over,
		       t.state = 'done' AS trained, h.state <> 'pending' AS credited
		FROM cases c JOIN case_stages r ON r.case_id = c.id AND r.stage = 'registration'
		     JOIN case_stages t ON t.case_id = c.id AND t.stage = 'training'
		     JOIN case_stages h ON h.case_id = c.id AND h.stage = 'ce_hours' WHERE c.id IN @ids
		UNION ALL
		SELECT p.id, NULL, p.id, p.course_id, p.person_id, k.institution_id, '', '', '', k.policy_version, k.starts_on, k.ends_on,
		       true, p.state = 'completed', p.state = 'completed', p.state = 'completed'
		FROM course_places p JOIN courses k ON k.id = p.course_id WHERE p.id IN @ids`,
		map[string]any{"ids": append([]string{}, ids...)}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read attendees: %w", err)
	}
	return keyed(rows, func(r Attendee) string { return r.ID }), nil
}

// InsertStaff names a person of an institution, once a number, and reports whether it is new.
func (tx *Tx) InsertStaff(s Staff) (fresh bool, err error) {
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&s)
	return res.RowsAffected == 1, found(res.Error, "write a member of staff")
}

// StaffMember reads one person of an institution by the institution's number.
func (tx *Tx) StaffMember(institutionID, ref string) (Staff, error) {
	var s Staff
	err := tx.db.Take(&s, "institution_id = ? AND ref = ?", institutionID, ref).Error
	return s, found(err, "look up a member of staff")
}

// StaffOf reads an institution's staff, those who left among them.
func (tx *Tx) StaffOf(institutionID string) ([]Staff, error) {
	var all []Staff
	err := tx.db.Order("ref").Find(&all, "institution_id = ?", institutionID).Error
	return all, found(err, "read an institution's staff")
}

// RemoveStaff notes that a person left, and reports whether that is new.
func (tx *Tx) RemoveStaff(institutionID, ref string, at time.Time) (fresh bool, err error) {
	res := tx.db.Model(&Staff{}).Where("institution_id = ? AND ref = ? AND left_at IS NULL", institutionID, ref).
		Update("left_at", at)
	return res.RowsAffected == 1, found(res.Error, "remove a member of staff")
}

// InsertSession announces a session, once an institution and name, and reports whether it is new.
func (tx *Tx) InsertSession(s Session) (fresh bool, err error) {
	res := tx.db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "institution_id"}, {Name: "ref"}}, DoNothing: true}).
		Create(&s)
	return res.RowsAffected == 1, found(res.Error, "write a session")
}

// Session reads a session. Whoever credits one reads it after locking the person: a voiding locks everybody on the roster.
func (tx *Tx) Session(id string) (Session, error) {
	return byID[Session](tx.db, id, "read a session")
}

// SessionNamed reads a session by the institution's own name for it.
func (tx *Tx) SessionNamed(institutionID, ref string) (Session, error) {
	var s Session
	err := tx.db.Take(&s, "institution_id = ? AND ref = ?", institutionID, ref).Error
	return s, found(err, "look up a session")
}

// LockSession reads a session and keeps others from adding to its roster, or voiding it, until the transaction ends.
func (tx *Tx) LockSession(id string) (Session, error) {
	return byID[Session](tx.held(), id, "lock a session")
}

// VoidSession notes that a session does not count.
func (tx *Tx) VoidSession(id, by, reason string, at time.Time) error {
	err := tx.db.Model(&Session{}).Where("id = ? AND voided_at IS NULL", id).
		Updates(map[string]any{"voided_at": at, "voided_by": by, "void_reason": reason}).Error
	return found(err, "void a session")
}

// Roster reads who is to attend a session, in the order in which persons are locked.
func (tx *Tx) Roster(sessionID string) ([]RosterLine, error) {
	var lines []RosterLine
	err := tx.db.Order("person_id").Find(&lines, "session_id = ?", sessionID).Error
	return lines, found(err, "read a roster")
}

// RosterLineOf reads the line of one case or place; ErrNotFound when it is not on the roster.
func (tx *Tx) RosterLineOf(sessionID, attendee string) (RosterLine, error) {
	var l RosterLine
	err := tx.db.Take(&l, "session_id = ? AND (case_id = ? OR place_id = ?)", sessionID, attendee, attendee).Error
	return l, found(err, "look up a roster")
}

// RosterLineFor reads the line of one person; ErrNotFound when the person is not on the roster.
func (tx *Tx) RosterLineFor(sessionID, personID string) (RosterLine, error) {
	var l RosterLine
	err := tx.db.Take(&l, "session_id = ? AND person_id = ?", sessionID, personID).Error
	return l, found(err, "look up a roster")
}

// InsertRoster adds lines to a roster.
func (tx *Tx) InsertRoster(lines []RosterLine) error {
	if len(lines) == 0 {
		return nil
	}
	return found(tx.db.Create(&lines).Error, "write a roster")
}

// AddToRoster adds lines to a roster of persons who are not on it, and counts them.
func (tx *Tx) AddToRoster(lines []RosterLine) (fresh int, err error) {
	if len(lines) == 0 {
		return 0, nil
	}
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&lines)
	return int(res.RowsAffected), found(res.Error, "add to a roster")
}
