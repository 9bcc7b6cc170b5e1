package store

import (
	"time"

	"github.com/dengpan/dengpan/ledger"
)

// CEEntry is hours credited to a person for a calendar year (四（二）), never changed, only reversed.
type CEEntry struct {
	ID       int64 `gorm:"primaryKey;autoIncrement"`
	PersonID string
	CaseID   *string
	PlaceID  *string
	Year     int
	Subject  string
	Hours    ledger.Hours
	Reverses *int64
	// TakenYear is the year in which the hours were taken, when it was closed and they were credited to another.
	TakenYear *int
	// Replaces is the reversed entry in whose place this one stands.
	Replaces   *int64
	Reason     string
	RecordedAt time.Time
}

// TableName is the table of CE entries.
func (CEEntry) TableName() string { return "ce_entries" }

// SubjectProfessional is the professional subject (专业课) that the programme's hours count as.
const SubjectProfessional = "professional"

// StandingCE reads the credits of a case, or of a place in a course, that stand.
func (tx *Tx) StandingCE(earnedIn string) ([]CEEntry, error) {
	var all []CEEntry
	err := tx.db.Joins("JOIN ce_claims c ON c.entry_id = ce_entries.id").Order("year, ce_entries.id").
		Find(&all, "c.earned_in = ?", earnedIn).Error
	return all, found(err, "read the CE hours that stand")
}

// InsertCE credits hours, or reverses a credit.
func (tx *Tx) InsertCE(e *CEEntry) error {
	return found(tx.db.Create(e).Error, "write CE hours")
}

// CEYearClosed reports whether a year takes no more credits. It stays as it is until the transaction ends.
func (tx *Tx) CEYearClosed(year int) (bool, error) {
	var closed []int
	err := tx.db.Raw("SELECT year FROM ce_years WHERE year = ? AND closed_at IS NOT NULL FOR SHARE", year).Scan(&closed).Error
	return len(closed) > 0, found(err, "look up a CE year")
}

// CEEntries reads the hours credited to a person, by year.
func (tx *Tx) CEEntries(personID string) ([]CEEntry, error) {
	var all []CEEntry
	err := tx.db.Order("year, id").Find(&all, "person_id = ?", personID).Error
	return all, found(err, "read a person's CE hours")
}
