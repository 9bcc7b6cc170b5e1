package store

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"
)

// Consent is what a person, or of the terms of use an account, consented to, and whether they took it back.
type Consent struct {
	ID          string
	AccountID   *string
	PersonID    *string
	Kind        string
	Version     string
	GivenBy     string
	GivenAt     time.Time
	WithdrawnBy *string
	WithdrawnAt *time.Time
}

// GiveConsent writes a consent, unless the same holds already, and reports whether it is new.
func (tx *Tx) GiveConsent(c Consent) (fresh bool, err error) {
	c.ID = uuid.NewString()
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&c)
	return res.RowsAffected == 1, found(res.Error, "write a consent")
}

// Consents reads what was ever consented to of a person's data, oldest first.
func (tx *Tx) Consents(personID string) ([]Consent, error) {
	var all []Consent
	err := tx.db.Order("given_at, id").Find(&all, "person_id "+family, personID).Error
	return all, found(err, "read a person's consents")
}

// TakeConsentBack withdraws a person's consents of a kind that hold, and counts them.
func (tx *Tx) TakeConsentBack(personID, kind, by string, at time.Time) (int64, error) {
	res := tx.db.Model(&Consent{}).Where("person_id "+family+" AND kind = ? AND withdrawn_at IS NULL", personID, kind).
		Updates(map[string]any{"withdrawn_by": by, "withdrawn_at": at})
	return res.RowsAffected, found(res.Error, "withdraw a consent")
}
