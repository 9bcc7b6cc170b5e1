package store

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/dengpan/dengpan/notification"
)

// ContactCode is a code that was sent where a person says that they are reached. Whoever sends it back is reached there.
type ContactCode struct {
	ID         string
	PersonID   string
	Channel    notification.Channel
	CodeSealed []byte
	Tries      int
	MadeAt     time.Time
	ExpiresAt  time.Time
}

// MostCodeTries is how often a code may be guessed.
const MostCodeTries = 5

// SendContactCode puts a code on its way to a person, who is locked, in the place of the one before.
func (tx *Tx) SendContactCode(c ContactCode) error {
	if err := tx.DropContactCodes(c.PersonID, c.Channel); err != nil {
		return err
	}
	if err := tx.db.Create(&c).Error; err != nil {
		return fmt.Errorf("write a code: %w", err)
	}
	err := tx.db.Create(&Dispatch{
		ID: uuid.NewString(), PersonID: c.PersonID, Channel: c.Channel, State: DispatchDue, CodeID: &c.ID,
		CreatedAt: c.MadeAt, ChannelSince: c.MadeAt, NextAttemptAt: c.MadeAt,
	}).Error
	return found(err, "put a code on its way")
}

// ContactCode reads the code that confirms a channel of a person's at an instant; ErrNotFound when none does.
func (tx *Tx) ContactCode(personID string, channel notification.Channel, now time.Time) (ContactCode, error) {
	var c ContactCode
	err := tx.db.Order("made_at DESC").Take(&c, "person_id "+family+" AND channel = ? AND expires_at > ? AND tries < ?",
		personID, channel, now, MostCodeTries).Error
	return c, found(err, "read a code")
}

// ContactCodeToSend reads a code that is on its way; ErrNotFound when it is of no use any more.
func (tx *Tx) ContactCodeToSend(id string, now time.Time) (ContactCode, error) {
	var c ContactCode
	err := tx.db.Take(&c, "id = ? AND expires_at > ?", id, now).Error
	return c, found(err, "read a code that is on its way")
}

// CountCodeTry notes that a code was guessed wrongly.
func (tx *Tx) CountCodeTry(id string) error {
	err := tx.db.Model(&ContactCode{}).Where("id = ? AND tries < ?", id, MostCodeTries).Update("tries", gorm.Expr("tries + 1")).Error
	return found(err, "count a try of a code")
}

var confirmations = map[notification.Channel]string{notification.Email: "email_confirmed_at", notification.SMS: "phone_confirmed_at"}

// ConfirmContact notes that a person is reached by a channel. Its code is used up.
func (tx *Tx) ConfirmContact(personID string, channel notification.Channel, at time.Time) error {
	err := tx.db.Model(&Contacts{}).Where("person_id "+family, personID).Update(confirmations[channel], at).Error
	if err != nil {
		return fmt.Errorf("confirm how a person is reached: %w", err)
	}
	return tx.DropContactCodes(personID, channel)
}

// DropContactCodes makes codes useless that were sent to a person: what they would confirm is not what it was.
func (tx *Tx) DropContactCodes(personID string, channels ...notification.Channel) error {
	err := tx.db.Delete(&ContactCode{}, "person_id "+family+" AND channel IN ?", personID, channels).Error
	return found(err, "drop codes")
}

// ForgetContactCodes removes codes that were good until before a moment, at most so many, and says how many that were.
func (tx *Tx) ForgetContactCodes(before time.Time, limit int) (int64, error) {
	res := tx.db.Exec(`DELETE FROM contact_codes WHERE id IN (SELECT id FROM contact_codes WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`,
		before, limit)
	return res.RowsAffected, found(res.Error, "forget codes")
}
