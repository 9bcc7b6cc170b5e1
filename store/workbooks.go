package store

import (
	"context"
	"time"

	"gorm.io/gorm/clause"
)

// Workbook is an Excel workbook that an institution filled in.
type Workbook struct {
	ID            string
	InstitutionID string
	Kind          string
	Digest        []byte
	ContentSealed []byte         // see [WorkbookSeal]
	Outcomes      [][]RowOutcome `gorm:"serializer:json"` // by sheet and row
	State         string
	Mode          *string // nil: nobody has said yet that it be applied
	Done          int
	UploadedBy    string
	UploadedAt    time.Time
	AppliedBy     *string
	BusyUntil     *time.Time
	FinishedAt    *time.Time
	ExpiresAt     time.Time
}

// RowOutcome is what a row of a workbook would do, or did. It holds codes, and nothing that was written in the row.
type RowOutcome struct {
	Status string     `json:"status"`
	Faults []RowFault `json:"faults,omitempty"`
}

// RowFault is what is wrong with a column of a row.
type RowFault struct {
	Column string `json:"column"`
	Code   string `json:"code"`
}

// States of a workbook.
const (
	WorkbookChecked  = "checked"
	WorkbookApplying = "applying"
	WorkbookApplied  = "applied"
)

// How a workbook is applied: each good row, or all rows or none.
const (
	ModeRows  = "rows"
	ModeWhole = "whole"
)

// What becomes of a row.
const (
	RowEmpty    = "empty"    // nothing was filled in
	RowReady    = "ready"    // it can be applied
	RowRefused  = "refused"  // it is at fault
	RowRepeated = "repeated" // it says what was said before
	RowApplied  = "applied"
)

// SaveWorkbook writes a workbook. A file that is there already, and is not being applied, is written anew under its own id.
// It gives what is there then.
func (tx *Tx) SaveWorkbook(w Workbook) (Workbook, error) {
	err := tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "institution_id"}, {Name: "digest"}},
		DoUpdates: clause.AssignmentColumns([]string{
			"content_sealed", "outcomes", "state", "mode", "done", "uploaded_by", "uploaded_at", "applied_by", "busy_until", "finished_at",
			"expires_at",
		}),
		Where: clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "workbooks.state <> ?", Vars: []any{WorkbookApplying}}}},
	}).Create(&w).Error
	if err != nil {
		return w, found(err, "write a workbook")
	}
	return tx.WorkbookOfFile(w.InstitutionID, w.Digest)
}

// WorkbookOfFile reads the workbook that an institution sent as a file of this digest.
func (tx *Tx) WorkbookOfFile(institutionID string, digest []byte) (Workbook, error) {
	var w Workbook
	err := tx.db.Take(&w, "institution_id = ? AND digest = ?", institutionID, digest).Error
	return w, found(err, "look up a workbook")
}

// Workbook reads a workbook, while it is kept.
func (tx *Tx) Workbook(id string, now time.Time) (Workbook, error) {
	var w Workbook
	err := tx.db.Take(&w, "id = ? AND expires_at > ?", id, now).Error
	return w, found(err, "read a workbook")
}

// LockWorkbook reads a workbook and keeps others from it until the transaction ends.
func (tx *Tx) LockWorkbook(id string) (Workbook, error) {
	return byID[Workbook](tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id, "lock a workbook")
}

// WorkbooksOf reads an institution's workbooks, the latest first, without what is in them.
func (tx *Tx) WorkbooksOf(institutionID string, now time.Time, limit int) ([]Workbook, error) {
	var all []Workbook
	err := tx.db.Omit("content_sealed").Order("uploaded_at DESC, id").Limit(limit).
		Find(&all, "institution_id = ? AND expires_at > ?", institutionID, now).Error
	return all, found(err, "list workbooks")
}

// UpdateWorkbook writes how far a workbook is.
func (tx *Tx) UpdateWorkbook(w Workbook) error {
	err := tx.db.Model(&w).Select("outcomes", "state", "mode", "done", "applied_by", "busy_until", "finished_at", "expires_at").
		Updates(&w).Error
	return found(err, "write how far a workbook is")
}

// ForgetWorkbooks removes workbooks whose time is over, and says how many.
func (s *Store) ForgetWorkbooks(ctx context.Context, now time.Time) (int64, error) {
	res := s.db.WithContext(ctx).Where("expires_at <= ?", now).Delete(&Workbook{})
	return res.RowsAffected, found(res.Error, "forget workbooks")
}
