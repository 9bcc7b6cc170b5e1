package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
)

// Suspension is a time in which an institution may not act, whatever the lists say.
type Suspension struct {
	ID            string
	InstitutionID string
	Reason        string
	LegalBasis    string
	PlannedUntil  *calendar.Date // the day on which somebody is reminded to lift it; it lifts nothing
	SuspendedBy   string
	SuspendedAt   time.Time
	LiftedBy      *string
	LiftedAt      *time.Time
	LiftReason    *string
}

// TableName is the table of suspensions.
func (Suspension) TableName() string { return "institution_suspensions" }

// Suspend suspends an institution. It is not suspended yet; the caller holds the lists.
func (tx *Tx) Suspend(s Suspension) error {
	if err := tx.db.Create(&s).Error; err != nil {
		return fmt.Errorf("write a suspension: %w", err)
	}
	return tx.setStatus(s.InstitutionID, InstitutionSuspended)
}

// LiftSuspension ends the suspension of an institution. The caller holds the lists.
func (tx *Tx) LiftSuspension(institutionID, by, reason string, at time.Time) error {
	err := tx.db.Model(&Suspension{}).Where("institution_id = ? AND lifted_at IS NULL", institutionID).
		Updates(map[string]any{"lifted_by": by, "lifted_at": at, "lift_reason": reason}).Error
	if err != nil {
		return fmt.Errorf("lift a suspension: %w", err)
	}
	return tx.setStatus(institutionID, InstitutionActive)
}

func (tx *Tx) setStatus(institutionID, status string) error {
	err := tx.db.Model(&Institution{}).Where("id = ?", institutionID).Update("status", status).Error
	return found(err, "set an institution's status")
}

// SuspensionsOf reads the suspensions of an institution, the first first.
func (tx *Tx) SuspensionsOf(institutionID string) ([]Suspension, error) {
	var all []Suspension
	err := tx.db.Order("suspended_at, id").Find(&all, "institution_id = ?", institutionID).Error
	return all, found(err, "read an institution's suspensions")
}

// LockSuspension reads and locks the suspension that an institution is under; ErrNotFound when it is under none.
func (tx *Tx) LockSuspension(institutionID string) (Suspension, error) {
	var s Suspension
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&s, "institution_id = ? AND lifted_at IS NULL", institutionID).Error
	return s, found(err, "lock a suspension")
}

// PlanSuspension writes until when a suspension is planned to last; nil: nobody has said.
func (tx *Tx) PlanSuspension(id string, until *calendar.Date) error {
	err := tx.db.Model(&Suspension{}).Where("id = ? AND lifted_at IS NULL", id).Update("planned_until", until).Error
	return found(err, "plan the end of a suspension")
}

// SuspensionsPlannedUntil reads the suspensions in force whose planned end is no later than a day.
func (tx *Tx) SuspensionsPlannedUntil(day calendar.Date) ([]Suspension, error) {
	var all []Suspension
	err := tx.db.Order("planned_until, id").Find(&all, "lifted_at IS NULL AND planned_until <= ?", day).Error
	return all, found(err, "read the suspensions that are to end")
}
