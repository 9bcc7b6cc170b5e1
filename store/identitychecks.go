package store

import (
	"errors"
	"time"
)

// IdentityCheck is what was found of whether a person's name and number belong together: by the authority's register, or by people
// who saw an image of the document.
type IdentityCheck struct {
	ID         int64 `gorm:"primaryKey"`
	PersonID   string
	Outcome    string
	PetitionID *string // by whose answer people decided; nil: the register's word
	CheckedAt  time.Time
}

// Outcomes of a check.
const (
	IdentityMatches  = "matches"
	IdentityDiffers  = "differs"  // the register knows the number with another name
	IdentityUnknown  = "unknown"  // the register cannot say, which is not a no
	IdentityVerified = "verified" // by people
	IdentityNotSame  = "not_same" // by people: the document is not this person's
)

// Unverified reports whether somebody has yet to look who a person is. Whom nobody was asked about is taken at their word.
func (c IdentityCheck) Unverified() bool {
	return c.Outcome == IdentityDiffers || c.Outcome == IdentityUnknown || c.Outcome == IdentityNotSame
}

// LastIdentityCheck reads what holds of a person: the last check that is not older than their name and number; of nobody who was
// never checked, which is nothing.
func (tx *Tx) LastIdentityCheck(personID string) (IdentityCheck, error) {
	var c IdentityCheck
	err := tx.db.Order("identity_checks.id DESC").Joins("JOIN persons p ON p.id = identity_checks.person_id").
		Where("checked_at >= coalesce(p.corrected_at, p.created_at)").Take(&c, "person_id "+family, personID).Error
	if err = found(err, "read a check of an identity"); errors.Is(err, ErrNotFound) {
		return IdentityCheck{}, nil
	}
	return c, err
}

// InsertIdentityCheck writes what was found of a person.
func (tx *Tx) InsertIdentityCheck(c IdentityCheck) error {
	return found(tx.db.Create(&c).Error, "write a check of an identity")
}

// PeopleToCheck reads people with a case that is open of whom nothing was found since their name and number were written, but for
// those who are left alone for now.
func (tx *Tx) PeopleToCheck(alone []string, limit int) ([]Person, error) {
	q := tx.db.Where(`erased_at IS NULL AND merged_into IS NULL
		AND EXISTS (SELECT 1 FROM cases c WHERE c.human = persons.id AND c.outcome IS NULL)
		AND NOT EXISTS (SELECT 1 FROM identity_checks k WHERE k.person_id = persons.id
			AND k.checked_at >= coalesce(persons.corrected_at, persons.created_at))`)
	if len(alone) > 0 {
		q = q.Where("id NOT IN ?", alone)
	}
	var people []Person
	err := q.Order("created_at, id").Limit(limit).Find(&people).Error
	return people, found(err, "look whose identity is to be checked")
}

// OpenCasesOf lists a person's cases that are open.
func (tx *Tx) OpenCasesOf(personID string) ([]string, error) {
	var ids []string
	err := tx.db.Model(&Case{}).Where("outcome IS NULL AND person_id "+family, personID).Order("id").Pluck("id", &ids).Error
	return ids, found(err, "list a person's open cases")
}
