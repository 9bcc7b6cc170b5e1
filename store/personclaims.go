package store

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

// PersonClaim is that somebody says they are the person whom another account is. The name that they gave and what they say are
// sealed (see [ClaimNameSeal], [ClaimTextSeal]).
type PersonClaim struct {
	ID         string
	AccountID  string // who says so
	PersonID   string
	HeldBy     *string // whose the person was when it was agreed to
	NameSealed []byte
	TextSealed []byte
	AskedAt    time.Time
	State      string
	Agrees     *bool  // what was proposed, and then holds
	Reason     string // who claims reads it
	ProposedBy *string
	ProposedAt *time.Time
	DecidedBy  *string
	DecidedAt  *time.Time
}

// States of a claim.
const (
	ClaimAsked     = "asked"
	ClaimProposed  = "proposed" // one operator has said what to decide, and another has yet to
	ClaimAgreed    = "agreed"
	ClaimRefused   = "refused"
	ClaimWithdrawn = "withdrawn"
)

// InsertClaim writes a claim. A second one of an account that is open violates person_claims_one_open.
func (tx *Tx) InsertClaim(c PersonClaim) error {
	return found(tx.db.Create(&c).Error, "write a claim")
}

// Claim reads a claim.
func (tx *Tx) Claim(id string) (PersonClaim, error) {
	return byID[PersonClaim](tx.db, id, "read a claim")
}

// LockClaim reads a claim, and holds it until the transaction ends.
func (tx *Tx) LockClaim(id string) (PersonClaim, error) {
	return byID[PersonClaim](tx.held(), id, "lock a claim")
}

// SaveClaim writes what became of a claim that is locked.
func (tx *Tx) SaveClaim(c PersonClaim) error {
	err := tx.db.Model(&PersonClaim{}).Where("id = ?", c.ID).Select("state", "held_by", "agrees", "reason", "proposed_by", "proposed_at",
		"decided_by", "decided_at").Updates(c).Error
	return found(err, "write what became of a claim")
}

// ClaimFilter picks claims; an empty field picks all.
type ClaimFilter struct {
	AccountID string // who claims
	LostBy    string // who lost a person by it
	State     string
	Numbered  Numbered
	Limit     int
}

var claimOrders = map[string]string{"": "asked_at DESC, id DESC"}

// Claims reads claims, the latest first.
func (tx *Tx) Claims(f ClaimFilter) ([]PersonClaim, error) {
	q := f.Numbered.of(tx.db.Model(&PersonClaim{}), claimOrders, f.Limit)
	for column, value := range map[string]string{"account_id": f.AccountID, "held_by": f.LostBy, "state": f.State} {
		if value != "" {
			q = q.Where(clause.Eq{Column: column, Value: value})
		}
	}
	var all []PersonClaim
	return all, found(q.Find(&all).Error, "list claims")
}

// CountClaims counts claims of a state; of an empty one, all.
func (tx *Tx) CountClaims(state string) (int64, error) {
	q := tx.db.Model(&PersonClaim{})
	if state != "" {
		q = q.Where("state = ?", state)
	}
	var n int64
	return n, found(q.Count(&n).Error, "count claims")
}

// MovePerson has a person be another account's: nobody's first, then theirs. How the person is reached and what they look like was
// the first account's word, and goes.
func (tx *Tx) MovePerson(human string, from *string, to string) error {
	if from != nil {
		if err := tx.db.Model(&Account{}).Where("id = ?", *from).Update("person_id", nil).Error; err != nil {
			return fmt.Errorf("take a person from an account: %w", err)
		}
		if err := tx.EraseContacts(human); err != nil {
			return err
		}
		if err := tx.RemovePhoto(human); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return tx.ClaimPerson(to, human)
}
