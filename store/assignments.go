package store

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
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
	n, err := f.tx.handOver(f.tx.db.Where("id = ?", f.ID), CaseAssignment{Assignee: assignee, AssignedBy: by, AssignedAt: f.now, Reason: reason})
	if err != nil || n == 0 {
		return false, err
	}
	f.Assignee, f.AssignedAt = assignee, nil
	if assignee != nil {
		f.AssignedAt = &f.now
	}
	return true, nil
}

// handOver has an operator see to the cases that a query picks, or nobody, and writes for each who saw to it until then. It says
// how many that changes. It opens no file of theirs: nothing that a case goes by depends on who sees to it.
func (tx *Tx) handOver(picked *gorm.DB, a CaseAssignment) (int, error) {
	held := picked.Table("cases").Select("id, assignee AS before").Where("assignee IS DISTINCT FROM CAST(? AS uuid)", a.Assignee).Order("id").
		Clauses(clause.Locking{Strength: "NO KEY UPDATE"})
	res := tx.db.Exec(`WITH held AS (?), handed AS (
			UPDATE cases SET assignee = CAST(? AS uuid), assigned_at = CASE WHEN CAST(? AS uuid) IS NOT NULL THEN CAST(? AS timestamptz) END
			FROM held WHERE cases.id = held.id RETURNING cases.id, held.before, cases.assignee)
		INSERT INTO case_assignments (id, case_id, before, assignee, assigned_by, assigned_at, reason)
			SELECT gen_random_uuid(), id, before, assignee, ?, ?, ? FROM handed`,
		held, a.Assignee, a.Assignee, a.AssignedAt, a.AssignedBy, a.AssignedAt, a.Reason)
	return int(res.RowsAffected), found(res.Error, "write who sees to cases")
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
