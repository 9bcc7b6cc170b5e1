package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
)

// Institution is a body on the published lists.
type Institution struct {
	ID        string
	Name      string // as published, to the letter
	Status    string
	District  *string // nil: not known
	CreatedAt time.Time
}

// Statuses of an institution. Who is suspended may not act, whatever the lists say.
const (
	InstitutionActive    = "active"
	InstitutionSuspended = "suspended"
)

// InstitutionRole is what an institution may do for an occupation, and since when.
type InstitutionRole struct {
	ID             int64 `gorm:"->"`
	InstitutionID  string
	Occupation     string
	Role           string
	Level          string // empty: all levels
	ListYear       int
	SourceDocument string
	ValidFrom      calendar.Date
	ValidTo        *calendar.Date
}

// CEBase is a continuing-education base on a published list, and for how long.
type CEBase struct {
	ID        int64 `gorm:"->"`
	Name      string
	Number    *int
	National  bool
	Municipal bool
	Note      string
	ListYear  int
	// InstitutionID is the base as an institution.
	InstitutionID *string
	// MayIssue is false for a base that may issue no certificate until its listing is confirmed.
	MayIssue  bool
	ValidFrom calendar.Date
	ValidTo   *calendar.Date
}

// Listed reports whether the base is on the published list on a day.
func (b CEBase) Listed(on calendar.Date) bool {
	return !on.Before(b.ValidFrom) && (b.ValidTo == nil || on.Before(*b.ValidTo))
}

// TableName is the table of CE bases.
func (CEBase) TableName() string { return "ce_bases" }

// Institution reads an institution.
func (tx *Tx) Institution(id string) (Institution, error) {
	return byID[Institution](tx.db, id, "read an institution")
}

// SetInstitutionDistrict notes which district an institution lies in; ErrNotFound when there is no such institution.
func (tx *Tx) SetInstitutionDistrict(id, district string) error {
	res := tx.db.Model(&Institution{}).Where("id = ?", id).Update("district", district)
	if res.Error == nil && res.RowsAffected == 0 {
		return fmt.Errorf("set a district: %w", ErrNotFound)
	}
	return found(res.Error, "set a district")
}

// Listed reports whether an institution is on the published list in a role for an occupation and level on a day, and active.
func (tx *Tx) Listed(id, occupation, level, role string, on calendar.Date) (bool, error) {
	return tx.onList(tx.db.Joins("JOIN institutions i ON i.id = institution_id AND i.status = 'active'"), id, occupation, level, role, on)
}

// InstitutionsListed reads the active institutions that are listed in a role for an occupation and a level on a day, by name.
func (tx *Tx) InstitutionsListed(occupation, level, role string, on calendar.Date) ([]Institution, error) {
	var all []Institution
	err := tx.db.Order("name, id").Find(&all, `status = ? AND id IN (SELECT institution_id FROM institution_roles WHERE occupation = ?
		AND level IN ('', ?) AND role = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?))`,
		InstitutionActive, occupation, level, role, on, on).Error
	return all, found(err, "read who is listed")
}

// OnList is Listed, whether the institution is suspended or not.
func (tx *Tx) OnList(id, occupation, level, role string, on calendar.Date) (bool, error) {
	return tx.onList(tx.db, id, occupation, level, role, on)
}

func (tx *Tx) onList(q *gorm.DB, id, occupation, level, role string, on calendar.Date) (bool, error) {
	var n int64
	err := q.Model(&InstitutionRole{}).
		Where(`institution_id = ? AND occupation = ? AND level IN ('', ?) AND role = ?
		       AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)`, id, occupation, level, role, on, on).
		Count(&n).Error
	return n > 0, found(err, "look up the published list")
}

// TrainingBegan reports whether an institution was asked to train for a case. It is asked only while it is listed.
func (tx *Tx) TrainingBegan(caseID, institutionID string) (bool, error) {
	var n int64
	err := tx.db.Model(&Task{}).Where("case_id = ? AND institution_id = ? AND kind = ?", caseID, institutionID, contract.TrainingTask).
		Count(&n).Error
	return n > 0, found(err, "look up a training")
}

// CEBaseOf reads the CE base that an institution is on a day, or was last before it; ErrNotFound when it was none.
func (tx *Tx) CEBaseOf(institutionID string, on calendar.Date) (CEBase, error) {
	var b CEBase
	err := tx.db.Order("valid_from DESC").Take(&b, "institution_id = ? AND valid_from <= ?", institutionID, on).Error
	return b, found(err, "read a CE base")
}
