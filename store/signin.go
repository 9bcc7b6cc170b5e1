package store

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/ledger"
)

// States of a report of attendance. Only a correction can be other than counted.
const (
	AttendanceCounted = "counted"
	AttendancePending = "pending" // a late correction, until a second person has decided
	AttendanceRefused = "refused"
)

// Attendance is what a named person reported of one person at one session. Without instants: absent. A correction is a
// row of its own, which names the row before it: of a session and person there is one chain, and the last row of it that
// is counted holds.
type Attendance struct {
	ID            string
	SessionID     string
	InstitutionID string
	PersonID      string
	SignedInAt    *time.Time // the programme's time
	SignedOutAt   *time.Time
	Reporter      string // of the institution's staff
	ReceivedAt    time.Time
	ReceivedBy    string
	Corrects      *string
	Reason        string
	State         string
	// A late correction is decided by a second person.
	DecidedBy      *string
	DecidedAt      *time.Time
	DecisionReason string
}

// TableName is the table of attendance, which has no plural.
func (Attendance) TableName() string { return "attendance" }

// Absent reports whether the person was not there.
func (a Attendance) Absent() bool { return a.SignedInAt == nil }

// Says reports whether two reports say the same of the person.
func (a Attendance) Says(b Attendance) bool {
	if a.Absent() || b.Absent() {
		return a.Absent() && b.Absent()
	}
	return a.SignedInAt.Equal(*b.SignedInAt) && a.SignedOutAt.Equal(*b.SignedOutAt)
}

// InsertAttendance writes a report.
func (tx *Tx) InsertAttendance(a Attendance) error {
	return found(tx.db.Create(&a).Error, "write attendance")
}

// AttendanceAt reads the chain of reports of one person at one session, the first report first.
func (tx *Tx) AttendanceAt(sessionID, personID string) ([]Attendance, error) {
	return tx.chains("session_id = ? AND person_id = ?", sessionID, personID)
}

// AttendanceOf reads all reports of a session, each person's chain in order.
func (tx *Tx) AttendanceOf(sessionID string) ([]Attendance, error) {
	return tx.chains("session_id = ?", sessionID)
}

func (tx *Tx) chains(where string, args ...any) ([]Attendance, error) {
	var rows []Attendance
	err := tx.db.Where(where, args...).Find(&rows).Error
	return chained(rows), found(err, "read attendance")
}

// chained orders reports so that each correction follows what it corrects. What a clock says has no part in it.
func chained(rows []Attendance) []Attendance {
	next := make(map[string]Attendance, len(rows))
	ordered := make([]Attendance, 0, len(rows))
	for _, row := range rows {
		if row.Corrects != nil {
			next[*row.Corrects] = row
		}
	}
	for _, row := range rows {
		for more := row.Corrects == nil; more; row, more = next[row.ID] {
			ordered = append(ordered, row)
		}
	}
	return ordered
}

// InForce is the report of a chain that holds, and the last one, which the next correction names.
func InForce(chain []Attendance) (holds, last Attendance) {
	for _, a := range chain {
		last = a
		if a.State == AttendanceCounted {
			holds = a
		}
	}
	return holds, last
}

// LockAttendance reads a report and locks it, so that it is decided once.
func (tx *Tx) LockAttendance(id string) (Attendance, error) {
	return byID[Attendance](tx.held(), id, "lock attendance")
}

// DecideAttendance notes what a second person decided about a pending correction.
func (tx *Tx) DecideAttendance(a Attendance) error {
	res := tx.db.Model(&Attendance{}).Where("id = ? AND state = ?", a.ID, AttendancePending).
		Select("state", "decided_by", "decided_at", "decision_reason").Updates(a)
	if res.Error == nil && res.RowsAffected == 0 {
		res.Error = gorm.ErrRecordNotFound
	}
	return found(res.Error, "decide on attendance")
}

// AttendedBetween reads what holds of a person's attendance at sessions that were not voided and that lie, at least in
// part, within an interval of the programme's time; as it was first reported, so first.
func (tx *Tx) AttendedBetween(personID string, within ledger.Interval) ([]Attendance, error) {
	var rows []Attendance
	err := tx.db.Joins("JOIN sessions s ON s.id = session_id AND s.voided_at IS NULL").Order("received_at, attendance.id").
		Find(&rows, "person_id "+family+" AND s.opens_at < ? AND s.closes_at > ?", personID, within.To, within.From).Error
	var hold []Attendance
	for _, first := range rows {
		if first.Corrects != nil {
			continue
		}
		holds, _ := InForce(chained(slices.DeleteFunc(slices.Clone(rows), func(a Attendance) bool {
			return a.SessionID != first.SessionID
		})))
		if !holds.Absent() && holds.SignedInAt.Before(within.To) && holds.SignedOutAt.After(within.From) {
			hold = append(hold, holds)
		}
	}
	return hold, found(err, "read a day's attendance")
}

// UnsettleWatches has what persons watched at sessions within an interval of the programme's time settled anew. The watches
// are locked in the order of their ids, as heartbeats lock them.
func (tx *Tx) UnsettleWatches(personIDs []string, within ledger.Interval) error {
	err := tx.db.Exec(`UPDATE watches SET unsettled = true WHERE id IN (
		SELECT w.id FROM watches w JOIN sessions s ON s.id = w.session_id AND s.voided_at IS NULL
		WHERE w.person_id IN (SELECT f.id FROM persons p JOIN persons f ON f.human = p.human WHERE p.id IN ?)
		AND NOT w.unsettled AND s.opens_at < ? AND s.closes_at > ?
		ORDER BY w.id FOR NO KEY UPDATE OF w)`, personIDs, within.To, within.From).Error
	return found(err, "have watches settled anew")
}
