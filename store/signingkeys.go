package store

import (
	"errors"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/signing"
)

// SigningKey is what may be known of a key that documents are signed with, or were.
type SigningKey struct {
	ID           string
	Owner        *string // an institution; nil: it signs for whoever has none
	Algorithm    string
	Subject      string
	NotBefore    time.Time
	NotAfter     time.Time
	Chain        string // PEM
	RegisteredAt time.Time
	WithdrawnAt  *time.Time `gorm:"->"`
}

// RegisterSigningKey writes what may be known of a key, and reports whether it was not known before.
func (tx *Tx) RegisterSigningKey(k SigningKey) (bool, error) {
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&k)
	return res.RowsAffected == 1, found(res.Error, "register a signing key")
}

const withWithdrawal = `SELECT k.*, w.at AS withdrawn_at FROM signing_keys k LEFT JOIN signing_key_withdrawals w ON w.key_id = k.id`

// SigningKeys lists the keys that documents are signed with, or were, oldest first.
func (tx *Tx) SigningKeys() ([]SigningKey, error) {
	var all []SigningKey
	err := tx.db.Raw(withWithdrawal + ` ORDER BY k.registered_at, k.id`).Scan(&all).Error
	return all, found(err, "read the signing keys")
}

// SigningKey reads a key by its id.
func (tx *Tx) SigningKey(id string) (SigningKey, error) {
	var k SigningKey
	res := tx.db.Raw(withWithdrawal+` WHERE k.id = ?`, id).Scan(&k)
	if res.Error == nil && res.RowsAffected == 0 {
		return k, ErrNotFound
	}
	return k, found(res.Error, "read a signing key")
}

// WithdrawSigningKey says of a key that it was lost, and reports whether that was not said before. The caller writes the
// audit entry.
func (tx *Tx) WithdrawSigningKey(id, reason, actor string, at time.Time) (bool, error) {
	res := tx.db.Exec(`INSERT INTO signing_key_withdrawals (key_id, reason, actor, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (key_id) DO NOTHING`, id, reason, actor, at)
	return res.RowsAffected == 1, found(res.Error, "withdraw a signing key")
}

// KnownKey tells verification what is known of a key: it is a [signing.Known].
func (tx *Tx) KnownKey(id string) (signing.KnownKey, bool, error) {
	k, err := tx.SigningKey(id)
	if errors.Is(err, ErrNotFound) {
		return signing.KnownKey{}, false, nil
	}
	known := signing.KnownKey{Withdrawn: k.WithdrawnAt != nil}
	if k.Owner != nil {
		known.Owner = *k.Owner
	}
	return known, err == nil, err
}
