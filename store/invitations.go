package store

import (
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"
)

// Invitation lets somebody make one account of a role, once. Its token is shown to who invites, and kept as a hash.
type Invitation struct {
	ID            string
	TokenHash     []byte
	Role          string
	InstitutionID *string
	EmployerID    *string
	District      *string
	Label         string
	InvitedBy     string
	InvitedAt     time.Time
	ExpiresAt     time.Time
	AcceptedAt    *time.Time
	AcceptedBy    *string
	RevokedAt     *time.Time
}

// newSecret is a secret of 256 bits, as text.
func newSecret() string {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails: it crashes the program instead
	return base64.RawURLEncoding.EncodeToString(secret)
}

// Invite writes an invitation and returns it with its token, which cannot be read again.
func (tx *Tx) Invite(i Invitation) (Invitation, string, error) {
	token := newSecret()
	i.ID, i.TokenHash = uuid.NewString(), hashToken(token)
	err := tx.db.Create(&i).Error
	return i, token, found(err, "write an invitation")
}

// InvitationByToken reads an invitation that can still be accepted, and holds it until the transaction ends; ErrNotFound
// when there is none, or none any more.
func (tx *Tx) InvitationByToken(token string, now time.Time) (Invitation, error) {
	var i Invitation
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).
		Take(&i, "token_hash = ? AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > ?", hashToken(token), now).Error
	return i, found(err, "look up an invitation")
}

// AcceptInvitation notes which account an invitation made; ErrNotFound when it is over.
func (tx *Tx) AcceptInvitation(id, accountID string, at time.Time) error {
	res := tx.db.Model(&Invitation{}).Where("id = ? AND accepted_at IS NULL AND revoked_at IS NULL", id).
		Updates(map[string]any{"accepted_at": at, "accepted_by": accountID})
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrNotFound
	}
	return found(res.Error, "accept an invitation")
}

// Invitations lists the newest invitations of an institution, or of everybody.
func (tx *Tx) Invitations(institutionID string) ([]Invitation, error) {
	const most = 200
	q := tx.db.Order("invited_at DESC, id").Limit(most)
	if institutionID != "" {
		q = q.Where("institution_id = ?", institutionID)
	}
	var all []Invitation
	err := q.Find(&all).Error
	return all, found(err, "list invitations")
}

// LockInvitation reads an invitation, whatever became of it, and holds it until the transaction ends.
func (tx *Tx) LockInvitation(id string) (Invitation, error) {
	return byID[Invitation](tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id, "read an invitation")
}

// RevokeInvitation takes an invitation back.
func (tx *Tx) RevokeInvitation(id string, at time.Time) error {
	err := tx.db.Model(&Invitation{}).Where("id = ?", id).Update("revoked_at", at).Error
	return found(err, "revoke an invitation")
}
