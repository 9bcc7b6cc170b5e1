package store

import (
	"time"
)

// EndpointSecret signs an institution's callbacks. During a change there are several, and all that are not retired sign.
type EndpointSecret struct {
	ID            string
	InstitutionID string
	Kind          string
	SecretSealed  []byte // see [SecretSeal]
	PublicKey     string // what the institution verifies with; empty for HMAC, whose secret both sides know
	CreatedAt     time.Time
	RetiresAt     *time.Time
}

// Kinds of secret.
const (
	SecretHMAC    = "hmac"
	SecretEd25519 = "ed25519"
)

// EndpointSecrets reads the secrets that sign an institution's callbacks at a moment, the newest first.
func (tx *Tx) EndpointSecrets(institutionID string, at time.Time) ([]EndpointSecret, error) {
	var secrets []EndpointSecret
	err := tx.db.Order("created_at DESC, id").
		Find(&secrets, "institution_id = ? AND (retires_at IS NULL OR retires_at > ?)", institutionID, at).Error
	return secrets, found(err, "read an endpoint's secrets")
}

// AddEndpointSecret writes a secret that signs from now on.
func (tx *Tx) AddEndpointSecret(s EndpointSecret) error {
	return found(tx.db.Create(&s).Error, "write an endpoint's secret")
}

// RetireEndpointSecrets has the secrets of a kind that an institution's endpoint has now sign until a moment and no longer.
// One that retires earlier than that stays so.
func (tx *Tx) RetireEndpointSecrets(institutionID, kind string, at time.Time) error {
	err := tx.db.Model(&EndpointSecret{}).
		Where("institution_id = ? AND kind = ? AND (retires_at IS NULL OR retires_at > ?)", institutionID, kind, at).
		Update("retires_at", at).Error
	return found(err, "retire an endpoint's secrets")
}
