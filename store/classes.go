package store

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
)

// Class is a class (班) of standardised training: whom a training body teaches together, towards one occupation, direction
// and level.
type Class struct {
	ID            string
	InstitutionID string
	Ref           string // the institution's own name for it
	Name          string
	Occupation    string
	Direction     string
	Level         string
	PolicyVersion string
	StartsOn      calendar.Date
	EndsOn        calendar.Date
	Capacity      int
	Notes         string
	Mode          string     `gorm:"default:ordinary"`
	Sponsor       *string    // of an order class or a named one: an employer
	AgreedBy      *string    // of the sponsor
	AgreedAt      *time.Time // nil: the sponsor has yet to agree, and nobody can join
	OrderCode     *string    // by which the sponsor's people find it
	OpenedBy      string
	OpenedAt      time.Time
	ClosedBy      *string
	ClosedAt      *time.Time
	CloseReason   string
}

// States of a class, as its dates and its closing make them.
const (
	ClassPlanned = "planned"
	ClassRunning = "running"
	ClassClosed  = "closed"
)

// State is how a class stands on a day.
func (c Class) State(today calendar.Date) string {
	switch {
	case c.ClosedAt != nil:
		return ClassClosed
	case today.Before(c.StartsOn):
		return ClassPlanned
	}
	return ClassRunning
}

// ClassMember says that a case was in a class, from when to when.
type ClassMember struct {
	ID         string
	ClassID    string
	CaseID     string
	JoinedBy   string
	JoinedAt   time.Time
	LeftAt     *time.Time
	LeftHow    *string
	LeftBy     *string
	LeftReason string
}

// How a case leaves a class.
const (
	LeftRemoved    = "removed"
	LeftMoved      = "moved"        // its trainee changed to another
	LeftReassigned = "reassigned"   // the case was given to another training body
	LeftCaseEnded  = "case_ended"   // without a training certificate
	LeftWithClass  = "class_closed" // was in it to the end
)

// Left reports whether a case has left before the class's end.
func (m ClassMember) Left() bool { return m.LeftAt != nil && *m.LeftHow != LeftWithClass }

// stayed picks the memberships that hold, or held until the class was closed.
const stayed = "(m.left_at IS NULL OR m.left_how = '" + LeftWithClass + "')"

// InsertClass opens a class, once an institution and name, and reports whether it is new.
func (tx *Tx) InsertClass(c Class) (fresh bool, err error) {
	res := tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "institution_id"}, {Name: "ref"}}, DoNothing: true,
	}).Create(&c)
	return res.RowsAffected == 1, found(res.Error, "write a class")
}

// Class reads a class.
func (tx *Tx) Class(id string) (Class, error) {
	return byID[Class](tx.db, id, "read a class")
}

// ClassByRef reads an institution's class by the institution's own name for it.
func (tx *Tx) ClassByRef(institutionID, ref string) (Class, error) {
	var c Class
	err := tx.db.Take(&c, "institution_id = ? AND ref = ?", institutionID, ref).Error
	return c, found(err, "look up a class")
}

// LockClass keeps others from joining a class, leaving it, or announcing its sessions, until the transaction ends, and reads
// it. It is taken before sessions, and they before people.
func (tx *Tx) LockClass(id string) (Class, error) {
	return byID[Class](tx.held(), id, "lock a class")
}

// ReviseClass writes what may change of a class: its name, dates, capacity and notes.
func (tx *Tx) ReviseClass(c Class) error {
	err := tx.db.Model(&Class{}).Where("id = ?", c.ID).Select("name", "starts_on", "ends_on", "capacity", "notes").Updates(c).Error
	return found(err, "revise a class")
}

// CloseClass closes a class; whoever is in it was in it to the end.
func (tx *Tx) CloseClass(id, by, reason string, at time.Time) error {
	err := tx.db.Model(&ClassMember{}).Where("class_id = ? AND left_at IS NULL", id).
		Updates(map[string]any{"left_at": at, "left_how": LeftWithClass, "left_by": by, "left_reason": reason}).Error
	if err == nil {
		err = tx.db.Model(&Class{}).Where("id = ?", id).
			Updates(map[string]any{"closed_at": at, "closed_by": by, "close_reason": reason}).Error
	}
	return found(err, "close a class")
}

// ClassesByID reads classes by their ids.
func (tx *Tx) ClassesByID(ids []string) (map[string]Class, error) {
	return ofIDs(tx.db, ids, func(r Class) string { return r.ID }, "read classes")
}

// Membership is a case's class, as the institution of that class knows it.
type Membership struct{ CaseID, InstitutionID string }

// ClassesOfCases reads in which class each case is, or was until it was closed; of several of one institution the latest.
func (tx *Tx) ClassesOfCases(caseIDs []string) (map[Membership]Class, error) {
	var rows []struct {
		Class

		CaseID string
	}
	if len(caseIDs) > 0 {
		err := tx.db.Raw(`SELECT DISTINCT ON (m.case_id, k.institution_id) m.case_id, k.*
			FROM class_members m JOIN classes k ON k.id = m.class_id WHERE m.case_id IN ? AND `+stayed+`
			ORDER BY m.case_id, k.institution_id, m.left_at IS NULL DESC, m.joined_at DESC`, caseIDs).Scan(&rows).Error
		if err != nil {
			return nil, found(err, "read the classes of cases")
		}
	}
	classes := make(map[Membership]Class, len(rows))
	for _, row := range rows {
		classes[Membership{row.CaseID, row.InstitutionID}] = row.Class
	}
	return classes, nil
}

// ClassMembers reads everybody who is or was in a class, in the order in which they joined.
func (tx *Tx) ClassMembers(classID string) ([]ClassMember, error) {
	var members []ClassMember
	err := tx.db.Order("joined_at, id").Find(&members, "class_id = ?", classID).Error
	return members, found(err, "read the members of a class")
}

// HoldCases keeps cases from being given to others, or ended, until the transaction ends. They are held before their class: a
// case that joins one by itself is held first, too.
func (tx *Tx) HoldCases(ids []string) error {
	var held []string
	err := tx.db.Model(&Case{}).Clauses(clause.Locking{Strength: "SHARE"}).Where("id IN ?", ids).Order("id").Pluck("id", &held).Error
	return found(err, "hold cases")
}

// PresentClass reads the class that a case is in; ErrNotFound when it is in none.
func (tx *Tx) PresentClass(caseID string) (Class, error) {
	var c Class
	err := tx.db.Joins("JOIN class_members m ON m.class_id = classes.id AND m.left_at IS NULL AND m.case_id = ?", caseID).
		Take(&c).Error
	return c, found(err, "look up a case's class")
}

// JoinClass writes new memberships. What the schema refuses has a name: class_closed, class_full, class_other_target,
// class_members_one_class.
func (tx *Tx) JoinClass(members []ClassMember) error {
	if len(members) == 0 {
		return nil
	}
	return found(tx.db.Create(&members).Error, "join a class")
}

// LeaveClass ends the memberships of cases that are in a class.
func (tx *Tx) LeaveClass(classID string, caseIDs []string, how string, by *string, reason string, at time.Time) error {
	err := tx.db.Model(&ClassMember{}).Where("class_id = ? AND case_id IN ? AND left_at IS NULL", classID, caseIDs).
		Updates(map[string]any{"left_at": at, "left_how": how, "left_by": by, "left_reason": reason}).Error
	return found(err, "leave a class")
}

// SessionsAhead reads and locks a class's sessions that open after an instant of the programme and are not void, in the
// order of their ids.
func (tx *Tx) SessionsAhead(classID string, after time.Time) ([]Session, error) {
	var sessions []Session
	err := tx.held().Order("id").
		Find(&sessions, "class_id = ? AND voided_at IS NULL AND opens_at > ?", classID, after).Error
	return sessions, found(err, "read a class's sessions ahead")
}

// SessionDays reads on which instants a class's sessions that count begin and end; nil when there are none.
func (tx *Tx) SessionDays(classID string) (first, last *time.Time, err error) {
	var days struct{ First, Last *time.Time }
	err = tx.db.Raw("SELECT min(opens_at) AS first, max(closes_at) AS last FROM sessions WHERE class_id = ? AND voided_at IS NULL", classID).
		Scan(&days).Error
	return days.First, days.Last, found(err, "read when a class has sessions")
}

// Unlist takes cases off the rosters of a class's sessions that open after an instant of the programme, unless something was
// reported of them there. Who may be reported is locked by the caller.
func (tx *Tx) Unlist(classID string, caseIDs []string, after time.Time) error {
	err := tx.db.Exec(`DELETE FROM session_roster l USING sessions s
		WHERE s.id = l.session_id AND s.class_id = ? AND s.opens_at > ? AND l.case_id IN ?
		AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.session_id = l.session_id AND a.person_id = l.person_id)
		AND NOT EXISTS (SELECT 1 FROM watches w WHERE w.session_id = l.session_id AND w.person_id = l.person_id)`,
		classID, after, caseIDs).Error
	return found(err, "take cases off rosters")
}

// ClassFilter picks classes; an empty field picks all. Limit is the most that are read.
type ClassFilter struct {
	Within

	State      string
	Today      calendar.Date // of the state
	Occupation string
	Level      string
	Text       string // within ref or name
	After      *Position
	Numbered   Numbered
	Limit      int
}

// classOrders are the orders that classes can be asked for in.
var classOrders = map[string]string{
	"": "opened_at, id", "starts_on": "starts_on, id", "-starts_on": "starts_on DESC, id DESC",
	"ends_on": "ends_on, id", "-ends_on": "ends_on DESC, id DESC",
}

func (f ClassFilter) pick(q *gorm.DB) *gorm.DB {
	q = f.ofInstitutions(q)
	switch f.State {
	case ClassClosed:
		q = q.Where("closed_at IS NOT NULL")
	case ClassPlanned:
		q = q.Where("closed_at IS NULL AND starts_on > ?", f.Today)
	case ClassRunning:
		q = q.Where("closed_at IS NULL AND starts_on <= ?", f.Today)
	}
	for column, value := range map[string]string{"occupation": f.Occupation, "level": f.Level} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.Text != "" {
		where, args := withinAny([]string{"name", "ref"}, f.Text)
		q = q.Where(where, args...)
	}
	return q
}

// Classes reads classes in the order in which they were opened, unless another is asked for.
func (tx *Tx) Classes(f ClassFilter) ([]Class, error) {
	q := f.Numbered.of(f.pick(tx.db), classOrders, f.Limit)
	if f.After != nil {
		q = q.Where("(opened_at, id) > (?, ?)", f.After.At, f.After.ID)
	}
	var classes []Class
	err := q.Find(&classes).Error
	return classes, found(err, "list classes")
}

// CountClasses counts the classes that a filter picks.
func (tx *Tx) CountClasses(f ClassFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Class{})).Count(&n).Error
	return n, found(err, "count classes")
}
