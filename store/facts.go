package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
)

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
