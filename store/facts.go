package store

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// HourEntry is the hours of one session, taken by one person. Entries are never changed: a correction reverses one.
type HourEntry struct {
	ID            int64 `gorm:"->"`
	CaseID        string
	PersonID      string
	InstitutionID string
	TaskID        string
	SessionRef    string
	SessionDate   calendar.Date
	Module        string
	Mode          string
	Hours         ledger.Hours
	Reverses      *int64
}

// CEEntry is hours credited to a person for a calendar year (四（二）), never changed, only reversed.
type CEEntry struct {
	ID         int64 `gorm:"->"`
	PersonID   string
	CaseID     string
	Year       int
	Subject    string
	Hours      ledger.Hours
	Reverses   *int64
	RecordedAt time.Time
}

// TableName is the table of CE entries.
func (CEEntry) TableName() string { return "ce_entries" }

// SubjectProfessional is the professional subject (专业课) that the programme's hours count as.
const SubjectProfessional = "professional"

// Assessment is the mark of one exam or one part of an evaluation. A nil score means absent, which is not 0 marks.
type Assessment struct {
	TaskID     string `gorm:"primaryKey"`
	CaseID     string
	Kind       string
	Attempt    int
	Score      *float64
	PassMark   float64
	Passed     bool
	AssessedOn calendar.Date
	RecordedAt time.Time
}

// Decision is something the programme decided about a case, kept as decided with what it was decided on.
type Decision struct {
	ID            string
	CaseID        string
	Kind          string
	PolicyVersion string
	AsOf          calendar.Date
	Inputs        json.RawMessage `gorm:"type:jsonb"`
	Outcome       string
	Body          json.RawMessage `gorm:"type:jsonb"`
	DecidedAt     time.Time
}

// InsertHours writes hour entries. A session that was counted for the person before is passed over: it counts once,
// whichever case or institution claims it.
func (tx *Tx) InsertHours(entries []HourEntry) error {
	if len(entries) == 0 {
		return nil
	}
	err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&entries).Error
	return found(err, "write hours")
}

// Hours reads the hours of a case that stand: neither reversed nor reversals.
func (tx *Tx) Hours(caseID string) ([]ledger.Entry, error) {
	var rows []HourEntry
	err := tx.db.Order("session_date, id").Find(&rows, `case_id = ? AND reverses IS NULL
		AND NOT EXISTS (SELECT 1 FROM hour_entries r WHERE r.reverses = hour_entries.id)`, caseID).Error
	entries := make([]ledger.Entry, len(rows))
	for i, row := range rows {
		entries[i] = ledger.Entry{
			SessionRef: row.SessionRef, Date: row.SessionDate, Module: row.Module,
			Mode: ledger.Mode(row.Mode), Hours: row.Hours,
		}
	}
	return entries, found(err, "read a case's hours")
}

// InsertCEEntries credits hours. A year that the case was credited for before is passed over.
func (tx *Tx) InsertCEEntries(entries []CEEntry) error {
	if len(entries) == 0 {
		return nil
	}
	err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&entries).Error
	return found(err, "credit CE hours")
}

// InsertAssessment writes a mark, once a task.
func (tx *Tx) InsertAssessment(a Assessment) error {
	err := tx.db.Create(&a).Error
	return found(err, "write an assessment")
}

// Assessments reads a case's marks in the order of their attempts.
func (tx *Tx) Assessments(caseID string) ([]Assessment, error) {
	var all []Assessment
	err := tx.db.Order("recorded_at, kind").Find(&all, "case_id = ?", caseID).Error
	return all, found(err, "read a case's marks")
}

// InsertDecision writes a decision.
func (tx *Tx) InsertDecision(d Decision) error {
	if err := tx.db.Create(&d).Error; err != nil {
		return fmt.Errorf("write a decision: %w", err)
	}
	return nil
}

// Decisions reads what was decided about a case, in order.
func (tx *Tx) Decisions(caseID string) ([]Decision, error) {
	var all []Decision
	err := tx.db.Order("decided_at").Find(&all, "case_id = ?", caseID).Error
	return all, found(err, "read a case's decisions")
}

// CEEntries reads the hours credited to a person, by year.
func (tx *Tx) CEEntries(personID string) ([]CEEntry, error) {
	var all []CEEntry
	err := tx.db.Order("year, id").Find(&all, "person_id = ?", personID).Error
	return all, found(err, "read a person's CE hours")
}
