package store

import (
	"time"

	"github.com/google/uuid"
)

// CaseAssignment is one change of who sees to a case.
type CaseAssignment struct {
	ID         string
	CaseID     string
	Before     *string // who saw to it until then; nil: nobody
	Assignee   *string // who sees to it since; nil: nobody
	AssignedBy string
	AssignedAt time.Time
	Reason     string // empty: nobody else's work was touched
}

// Assign has an operator see to the case from now on, or nobody for nil. It reports whether that changes anything.
func (f *CaseFile) Assign(assignee *string, by, reason string) (bool, error) {
	if text(f.Assignee) == text(assignee) {
		return false, nil
	}
	row := CaseAssignment{
		ID: uuid.NewString(), CaseID: f.ID, Before: f.Assignee, Assignee: assignee, AssignedBy: by, AssignedAt: f.now, Reason: reason,
	}
	if err := f.tx.db.Create(&row).Error; err != nil {
		return false, found(err, "write an assignment")
	}
	f.Assignee, f.AssignedAt = assignee, nil
	if assignee != nil {
		f.AssignedAt = &f.now
	}
	return true, f.Save()
}

// Assignments reads who saw to a case, the latest first.
func (tx *Tx) Assignments(caseID string, limit int) ([]CaseAssignment, error) {
	var all []CaseAssignment
	err := tx.db.Order("assigned_at DESC, id").Limit(limit).Find(&all, "case_id = ?", caseID).Error
	return all, found(err, "read a case's assignments")
}

// Operators reads the operators who can log in; of a district, those of it and of the city.
func (tx *Tx) Operators(district string) ([]Account, error) {
	q := tx.db.Where("role = ? AND state = ? AND NOT machine", RoleOperator, AccountActive)
	if district != "" {
		q = q.Where("district IS NULL OR district = ?", district)
	}
	var all []Account
	err := q.Order("label, created_at, id").Find(&all).Error
	return all, found(err, "list operators")
}
