package store

import (
	"fmt"
	"time"
)

// Suspension is a time in which an institution may not act, whatever the lists say.
type Suspension struct {
	ID            string
	InstitutionID string
	Reason        string
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
