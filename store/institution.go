package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
)

// Institution is a body on the published lists.
type Institution struct {
	ID        string
	Name      string // as published, to the letter
	Status    string
	District  *string // nil: not known
	CreatedAt time.Time
}

// InstitutionActive is the status of an institution that may act.
const InstitutionActive = "active"

// InstitutionRole is what an institution may do for an occupation, and since when.
type InstitutionRole struct {
	ID             int64 `gorm:"->"`
	InstitutionID  string
	Occupation     string
	Role           string
	ListYear       int
	SourceDocument string
	ValidFrom      calendar.Date
	ValidTo        *calendar.Date
}

// CEBase is a continuing-education base on the published list.
type CEBase struct {
	Name      string `gorm:"primaryKey"`
	Number    *int
	National  bool
	Municipal bool
	Note      string
	ListYear  int
	// InstitutionID is the base as an institution.
	InstitutionID *string
	// MayIssue is false for a base that may issue no certificate until its listing is confirmed.
	MayIssue bool
}

// TableName is the table of CE bases.
func (CEBase) TableName() string { return "ce_bases" }

// Institution reads an institution.
func (tx *Tx) Institution(id string) (Institution, error) {
	var i Institution
	err := tx.db.Take(&i, "id = ?", id).Error
	return i, found(err, "read an institution")
}

// SetInstitutionDistrict notes which district an institution lies in; ErrNotFound when there is no such institution.
func (tx *Tx) SetInstitutionDistrict(id, district string) error {
	res := tx.db.Model(&Institution{}).Where("id = ?", id).Update("district", district)
	if res.Error == nil && res.RowsAffected == 0 {
		return fmt.Errorf("set a district: %w", ErrNotFound)
	}
	return found(res.Error, "set a district")
}

// Listed reports whether an institution is on the published list in a role for an occupation on a day, and active.
func (tx *Tx) Listed(id, occupation, role string, on calendar.Date) (bool, error) {
	var n int64
	err := tx.db.Model(&InstitutionRole{}).Joins("JOIN institutions i ON i.id = institution_id AND i.status = 'active'").
		Where(`institution_id = ? AND occupation = ? AND role = ?
		       AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)`, id, occupation, role, on, on).
		Count(&n).Error
	return n > 0, found(err, "look up the published list")
}

// LoadLists writes the published lists into the database. What is there already stays as it is, so loading twice is
// harmless; comparing one year's list with the next is not this function's business.
func (s *Store) LoadLists(ctx context.Context, lists policy.Lists) error {
	return s.Tx(ctx, func(tx *Tx) error {
		skip := clause.OnConflict{DoNothing: true}
		since := calendar.NewDate(lists.ListYear, time.January, 1)
		for _, body := range lists.Bodies {
			err := tx.db.Clauses(skip).Create(&Institution{ID: body.InstitutionID, Name: body.Name, Status: InstitutionActive}).Error
			if err != nil {
				return fmt.Errorf("write institution %s: %w", body.InstitutionID, err)
			}
			err = tx.db.Clauses(skip).Create(&InstitutionRole{
				InstitutionID: body.InstitutionID, Occupation: body.Occupation, Role: body.Role,
				ListYear: lists.ListYear, SourceDocument: lists.Source, ValidFrom: since,
			}).Error
			if err != nil {
				return fmt.Errorf("write the role of institution %s: %w", body.InstitutionID, err)
			}
		}
		for _, base := range lists.CEBases {
			if err := tx.loadBase(base, lists.ListYear); err != nil {
				return fmt.Errorf("write CE base %s: %w", base.Name, err)
			}
		}
		return nil
	})
}

// loadBase writes a CE base, and the base as an institution. Whether it may issue is what the list says now.
func (tx *Tx) loadBase(base policy.CEBase, listYear int) error {
	err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).
		Create(&Institution{ID: base.InstitutionID, Name: base.Name, Status: InstitutionActive}).Error
	if err != nil {
		return err
	}
	return tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "name"}}, DoUpdates: clause.AssignmentColumns([]string{"institution_id", "may_issue"}),
	}).Create(&CEBase{
		Name: base.Name, Number: base.No,
		National: slices.Contains(base.Levels, "国家级"), Municipal: slices.Contains(base.Levels, "市级"),
		Note: base.Note, ListYear: listYear, InstitutionID: &base.InstitutionID, MayIssue: base.MayIssue,
	}).Error
}

// CEBaseOf reads the CE base that an institution is; ErrNotFound when it is none.
func (tx *Tx) CEBaseOf(institutionID string) (CEBase, error) {
	var b CEBase
	err := tx.db.Take(&b, "institution_id = ?", institutionID).Error
	return b, found(err, "read a CE base")
}
