package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Contacts is how a person can be reached, each sealed for itself; nil where nothing was given.
type Contacts struct {
	PersonID         string `gorm:"primaryKey"`
	PhoneSealed      []byte
	EmailSealed      []byte
	AddressSealed    []byte
	UpdatedAt        time.Time
	PhoneConfirmedAt *time.Time // when a code that was sent there came back; nil: nothing is sent there
	EmailConfirmedAt *time.Time
}

// TableName is the table of contacts.
func (Contacts) TableName() string { return "contacts" }

// Photo is a person's photo, sealed.
type Photo struct {
	PersonID    string `gorm:"primaryKey"`
	ImageSealed []byte
	TakenInAt   time.Time
}

// Contacts reads how a person can be reached; ErrNotFound when nothing was ever given.
func (tx *Tx) Contacts(personID string) (Contacts, error) {
	var c Contacts
	err := ownFirst(tx.db, personID).Take(&c).Error
	return c, found(err, "read a person's contacts")
}

// SaveContacts writes how a person can be reached, in the place of all that was there, and what the person is found by
// because of it. It reports false when a number that only one may hold is somebody else's; the transaction must not commit
// then. The person is held.
func (tx *Tx) SaveContacts(c Contacts, indexes []PersonIndex) (bool, error) {
	if err := tx.EraseContacts(c.PersonID); err != nil {
		return false, err
	}
	if err := tx.db.Create(&c).Error; err != nil {
		return false, fmt.Errorf("write a person's contacts: %w", err)
	}
	return tx.SetPersonIndexes(c.PersonID, contactKinds, indexes)
}

var contactKinds = []string{IndexMobile, IndexPhone, IndexEmail}

// ReleasePhone takes a person's telephone number away, and that they are found by it. It reports false when there is none.
func (tx *Tx) ReleasePhone(personID string) (bool, error) {
	res := tx.db.Model(&Contacts{}).Where("person_id "+family+" AND phone_sealed IS NOT NULL", personID).
		Updates(map[string]any{"phone_sealed": nil, "phone_confirmed_at": nil})
	if res.Error != nil || res.RowsAffected == 0 {
		return false, found(res.Error, "release a telephone number")
	}
	err := tx.db.Delete(&PersonIndex{}, "person_id "+family+" AND kind IN ?", personID, []string{IndexMobile, IndexPhone}).Error
	return true, found(err, "release a telephone number")
}

// Photo reads a person's photo; ErrNotFound when there is none.
func (tx *Tx) Photo(personID string) (Photo, error) {
	var p Photo
	err := ownFirst(tx.db, personID).Take(&p).Error
	return p, found(err, "read a photo")
}

// SavePhoto writes a person's photo in the place of the one before.
func (tx *Tx) SavePhoto(p Photo) error {
	err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&p).Error
	return found(err, "write a photo")
}

// RemovePhoto removes a person's photo; ErrNotFound when there is none.
func (tx *Tx) RemovePhoto(personID string) error {
	res := tx.db.Delete(&Photo{}, "person_id "+family, personID)
	if res.Error == nil && res.RowsAffected == 0 {
		res.Error = gorm.ErrRecordNotFound
	}
	return found(res.Error, "remove a photo")
}
