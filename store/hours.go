package store

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// HourEntry is a line of the hours ledger: time credited to one person for one session, for a case or for a place in a
// course of a CE base. Entries are never changed: a correction reverses one, with a reason.
//
// The database keeps any instant from standing twice for a person (hour_claims), whichever institutions say so.
type HourEntry struct {
	ID            int64 `gorm:"->"`
	CaseID        *string
	PlaceID       *string
	PersonID      string
	InstitutionID string
	TaskID        *string
	SessionID     *string
	SessionRef    string
	SessionDate   calendar.Date
	Module        string
	Mode          string
	// Seconds is negative in a reversal.
	Seconds int
	// During is when the person attended, in PostgreSQL's form of a multirange.
	During     *string
	Evidence   json.RawMessage `gorm:"type:jsonb;default:'[]'"`
	Reporter   string
	ReceivedAt *time.Time
	Reverses   *int64
	Reason     string
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
	var p Person
	err := tx.db.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Select("id").Take(&p, "id = ?", id).Error
	return found(err, "lock a person")
}

// InsertHours writes entries. A session without times that stands already for the person is passed over.
func (tx *Tx) InsertHours(entries []HourEntry) error {
	for _, e := range entries {
		if err := tx.LockPerson(e.PersonID); err != nil {
			return err
		}
		var n int64
		err := tx.db.Table("hour_claims").Where("institution_id = ? AND session_ref = ? AND person_id = ?",
			e.InstitutionID, e.SessionRef, e.PersonID).Count(&n).Error
		if err == nil && n == 0 {
			err = tx.db.Create(&e).Error
		}
		if err != nil {
			return fmt.Errorf("write hours: %w", err)
		}
	}
	return nil
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
	err := tx.db.Joins("JOIN hour_claims c ON c.entry_id = hour_entries.id").Order("session_date, hour_entries.id").
		Find(&rows, of, id).Error
	entries := make([]ledger.Entry, len(rows))
	for i, row := range rows {
		entries[i] = row.Entry()
	}
	return entries, found(err, "read the hours that stand")
}
