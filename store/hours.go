package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// HourEntry is a line of the hours ledger: time credited to one person for one session, for a case or for a place in a
// course of a CE base. Entries are never changed: a correction reverses one, with a reason.
//
// The database keeps any instant from standing twice for a person (hour_claims), whichever institutions say so.
type HourEntry struct {
	ID            int64 `gorm:"primaryKey;autoIncrement"`
	CaseID        *string
	PlaceID       *string
	PersonID      string
	InstitutionID string
	SessionID     *string
	SessionRef    string
	SessionDate   calendar.Date
	Module        string
	Mode          string
	// Seconds is negative in a reversal.
	Seconds int
	// During is when the person attended, in PostgreSQL's form of a multirange (see [During]). It may be more than was
	// credited, when the day was full.
	During   *string
	Evidence json.RawMessage `gorm:"type:jsonb;default:'[]'"`
	// Reporter is the institution's own number of who vouches; empty for what the server saw itself.
	Reporter   string
	ReceivedAt *time.Time
	Reverses   *int64
	Reason     string
	RecordedAt time.Time `gorm:"->"`
}

// During writes times in PostgreSQL's form of a multirange.
func During(times ledger.Times) *string {
	ranges := make([]string, len(times))
	for i, t := range times {
		ranges[i] = fmt.Sprintf("[%s,%s)", t.From.UTC().Format(time.RFC3339Nano), t.To.UTC().Format(time.RFC3339Nano))
	}
	text := "{" + strings.Join(ranges, ",") + "}"
	return &text
}

// Entry is the line as package ledger sums it.
func (e HourEntry) Entry() ledger.Entry {
	return ledger.Entry{
		SessionRef: e.SessionRef, Date: e.SessionDate, Module: e.Module, Mode: ledger.Mode(e.Mode),
		Credited: time.Duration(e.Seconds) * time.Second,
	}
}

// LockPerson keeps others from writing hours of a person until the transaction ends: what one session leaves of a day's
// hours depends on the others.
func (tx *Tx) LockPerson(id string) error {
	// First the record, as whoever writes something of it would: a merge that is under way is waited for.
	var p Person
	err := tx.db.Clauses(clause.Locking{Strength: "KEY SHARE"}).Select("human").Take(&p, "id = ?", id).Error
	if err == nil {
		err = tx.held().Select("id").Take(&Person{}, "id = ?", p.Human).Error
	}
	return found(err, "lock a person")
}

// InsertHour writes one entry and gives it its number. The exclusion constraint hour_claims_no_overlap refuses time that
// stands for the person already.
func (tx *Tx) InsertHour(e *HourEntry) error {
	return found(tx.db.Create(e).Error, "write an hour entry")
}

// ReverseHour takes an entry back; the reason is kept with the reversal. An entry that does not stand is refused.
func (tx *Tx) ReverseHour(e HourEntry, reason string, at time.Time) error {
	contra := e
	contra.ID, contra.Reverses, contra.Seconds, contra.Reason, contra.ReceivedAt = 0, &e.ID, -e.Seconds, reason, &at
	return found(tx.db.Create(&contra).Error, "reverse an hour entry")
}

// standing is the entries that stand.
func (tx *Tx) standing() *gorm.DB {
	return tx.db.Model(&HourEntry{}).Joins("JOIN hour_claims c ON c.entry_id = hour_entries.id")
}

// HoursDuring reads the entries that stand for a person and have time in common with the times given.
func (tx *Tx) HoursDuring(personID string, times ledger.Times) ([]HourEntry, error) {
	var rows []HourEntry
	err := tx.standing().Order("hour_entries.id").Find(&rows, "c.person_id "+ofHuman+" AND c.during && ?::tstzmultirange", personID, *During(times)).Error
	return rows, found(err, "look up credited times")
}

// HoursOfSession reads the entries that stand for a session: one person's, or everybody's when none is named.
func (tx *Tx) HoursOfSession(sessionID, personID string) ([]HourEntry, error) {
	q := tx.standing().Order("hour_entries.id").Where("session_id = ?", sessionID)
	if personID != "" {
		q = q.Where("hour_entries.person_id = ?", personID)
	}
	var rows []HourEntry
	err := q.Find(&rows).Error
	return rows, found(err, "read the hours of a session")
}

// CreditedOn is how much stands credited to a person for one date, by all institutions.
func (tx *Tx) CreditedOn(personID string, date calendar.Date) (time.Duration, error) {
	var seconds int
	err := tx.standing().Select("coalesce(sum(seconds), 0)").Where("c.person_id "+ofHuman+" AND session_date = ?", personID, date).Scan(&seconds).Error
	return time.Duration(seconds) * time.Second, found(err, "sum a day's hours")
}

// HourLines reads every line of a case, or of a place in a course, as they were written: what stands, what was reversed,
// and the reversals.
func (tx *Tx) HourLines(caseID, placeID *string) ([]HourEntry, error) {
	of, id := "case_id = ?", caseID
	if caseID == nil {
		of, id = "place_id = ?", placeID
	}
	var rows []HourEntry
	err := tx.db.Order("id").Find(&rows, of, id).Error
	return rows, found(err, "read the lines of the ledger")
}

// Hours reads the hours of a case that stand.
func (tx *Tx) Hours(caseID string) ([]ledger.Entry, error) { return tx.HoursOf(&caseID, nil) }

// HoursOf reads the hours that stand of a case, or of a place in a course.
func (tx *Tx) HoursOf(caseID, placeID *string) ([]ledger.Entry, error) {
	of, id := "case_id = ?", caseID
	if caseID == nil {
		of, id = "place_id = ?", placeID
	}
	var rows []HourEntry
	err := tx.standing().Order("session_date, hour_entries.id").Find(&rows, of, id).Error
	entries := make([]ledger.Entry, len(rows))
	for i, row := range rows {
		entries[i] = row.Entry()
	}
	return entries, found(err, "read the hours that stand")
}

// AttendedSession is a session that a person attended: what stands of it, from the first moment to the last.
type AttendedSession struct {
	SessionRef  string
	SessionDate calendar.Date
	Module      string
	Mode        string
	Seconds     int
	FromAt      *time.Time
	ToAt        *time.Time
}

// AttendedOf reads the sessions of an institution that a case attended and that stand, within days.
func (tx *Tx) AttendedOf(caseID, institutionID string, from, to calendar.Date) ([]AttendedSession, error) {
	var rows []AttendedSession
	err := tx.standing().Select(`hour_entries.session_ref, session_date, module, mode, seconds, lower(hour_entries.during) AS from_at,
			upper(hour_entries.during) AS to_at`).
		Where("case_id = ? AND hour_entries.institution_id = ? AND session_date BETWEEN ? AND ?", caseID, institutionID, from, to).
		Order("session_date, from_at, hour_entries.id").Scan(&rows).Error
	return rows, found(err, "read the sessions that a person attended")
}
