package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
)

// Assessment is the mark of one exam or one part of an evaluation. A nil score means absent, which is not 0 marks. Read, it is
// the mark that holds: what was put in the place of one that was reported.
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
	ReplacedBy *string `gorm:"->"` // the act or the petition that put the mark in the place of another
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
	err := tx.db.Omit("ReplacedBy").Create(&a).Error
	return found(err, "write an assessment")
}

// Assessments reads a case's marks in the order of their attempts.
func (tx *Tx) Assessments(caseID string) ([]Assessment, error) {
	var all []Assessment
	err := tx.db.Raw(`SELECT a.task_id, a.case_id, a.kind, a.attempt, coalesce(r.score, a.score) AS score, a.pass_mark,
			coalesce(r.score >= a.pass_mark, a.passed) AS passed, a.assessed_on, a.recorded_at, coalesce(r.act_id, r.petition_id) AS replaced_by
		FROM assessments a LEFT JOIN LATERAL (SELECT * FROM mark_replacements m WHERE m.task_id = a.task_id ORDER BY m.at DESC LIMIT 1) r ON true
		WHERE a.case_id = ? ORDER BY a.recorded_at, a.kind`, caseID).Scan(&all).Error
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
