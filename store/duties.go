package store

import "time"

// DutyDeclaration is whom somebody who works here is, or is close to: they do nothing about that person's cases.
type DutyDeclaration struct {
	ID             string
	AccountID      string
	Relation       string
	IDType         string
	IDCountry      *string
	DocumentSealed []byte // the number (see [DutySeal])
	DeclaredAt     time.Time
}

// InsertDuty writes a declaration.
func (tx *Tx) InsertDuty(d DutyDeclaration) error {
	return found(tx.db.Create(&d).Error, "write a declaration")
}

// Duties reads what accounts declared, from the first.
func (tx *Tx) Duties(accountIDs ...string) ([]DutyDeclaration, error) {
	var all []DutyDeclaration
	err := tx.db.Order("declared_at, id").Find(&all, "account_id IN ?", accountIDs).Error
	return all, found(err, "read what accounts declared")
}
