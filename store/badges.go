package store

import (
	"errors"
	"time"

	"gorm.io/gorm/clause"
)

// CredentialKey is what may be known of a key that credentials are signed with, or were.
type CredentialKey struct {
	ID           string
	JWK          string `gorm:"column:jwk"`
	RegisteredAt time.Time
}

// StatusList is a list of which certificates hold, as it was last signed.
type StatusList struct {
	ID         int
	JWT        string `gorm:"column:jwt"`
	Digest     []byte // of what is set in it
	KeyID      string
	SignedAt   time.Time
	ValidUntil time.Time
}

// CertificateBadge is the credential that software reads of a certificate.
type CertificateBadge struct {
	CertificateID string `gorm:"primaryKey"`
	JWTSealed     []byte `gorm:"column:jwt_sealed"`
	KeyID         string
	SignedAt      time.Time
}

// RegisterCredentialKey writes what may be known of a key, and reports whether it was not known before.
func (tx *Tx) RegisterCredentialKey(k CredentialKey) (bool, error) {
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&k)
	return res.RowsAffected == 1, found(res.Error, "register a credential key")
}

// WithdrawCredentialKey says of a key that it was lost, and reports whether that was not said before. The caller writes the
// audit entry.
func (tx *Tx) WithdrawCredentialKey(id, reason, actor string, at time.Time) (bool, error) {
	res := tx.db.Exec(`INSERT INTO credential_key_withdrawals (key_id, reason, actor, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (key_id) DO NOTHING`, id, reason, actor, at)
	return res.RowsAffected == 1, found(res.Error, "withdraw a credential key")
}

// CredentialKeys lists the keys whose credentials hold, oldest first.
func (tx *Tx) CredentialKeys() ([]CredentialKey, error) {
	var all []CredentialKey
	err := tx.db.Where("id NOT IN (SELECT key_id FROM credential_key_withdrawals)").Order("registered_at, id").Find(&all).Error
	return all, found(err, "read the credential keys")
}

// WithoutBadge lists certificates issued since an instant, and after one by its id, that have no credential, or one that was
// signed with a key which was lost; at most so many.
func (tx *Tx) WithoutBadge(since time.Time, after string, limit int) ([]Certificate, error) {
	var all []Certificate
	q := tx.db.Where(public).Where(`issued_at >= ? AND NOT EXISTS (SELECT 1 FROM certificate_badges b
		WHERE b.certificate_id = certificates.id AND b.key_id NOT IN (SELECT key_id FROM credential_key_withdrawals))`, since)
	if after != "" {
		q = q.Where("id > ?", after)
	}
	err := q.Order("id").Limit(limit).Find(&all).Error
	return all, found(err, "look for certificates without a credential")
}

// StatusEntry is the place of a certificate in the status lists.
func (tx *Tx) StatusEntry(certificateID string) (page, index int, err error) {
	var row struct{ Page, Index int }
	res := tx.db.Raw(`SELECT page, index FROM status_entries WHERE certificate_id = ?`, certificateID).Scan(&row)
	if res.Error == nil && res.RowsAffected == 0 {
		return 0, 0, ErrNotFound
	}
	return row.Page, row.Index, found(res.Error, "read a certificate's place in the status lists")
}

// LastStatusPage is the page that certificates are given a place in, and how many it has; the first when there is none.
func (tx *Tx) LastStatusPage() (page, entries int, err error) {
	var row struct{ Page, Entries int }
	err = tx.db.Raw(`SELECT page, count(*) AS entries FROM status_entries GROUP BY page ORDER BY page DESC LIMIT 1`).Scan(&row).Error
	return max(row.Page, 1), row.Entries, found(err, "read the pages of the status lists")
}

// TakeStatusEntry gives a certificate a place in the status lists. It reports false when that is another's.
func (tx *Tx) TakeStatusEntry(certificateID string, page, index int) (bool, error) {
	res := tx.db.Exec(`INSERT INTO status_entries (certificate_id, page, index) VALUES (?, ?, ?) ON CONFLICT (page, index) DO NOTHING`,
		certificateID, page, index)
	return res.RowsAffected == 1, found(res.Error, "write a certificate's place in the status lists")
}

// SaveBadge writes the credential of a certificate, in the place of one before.
func (tx *Tx) SaveBadge(b CertificateBadge) error {
	return found(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&b).Error, "write a credential")
}

// CertificateBadge reads the credential of a certificate; ErrNotFound when there is none yet.
func (tx *Tx) CertificateBadge(certificateID string) (CertificateBadge, error) {
	var b CertificateBadge
	err := tx.db.Take(&b, "certificate_id = ?", certificateID).Error
	return b, found(err, "read a credential")
}

// LockStatusList takes a status list for writing, and reads it as it was last signed; the zero value when it never was.
func (tx *Tx) LockStatusList(id int) (StatusList, error) {
	// By a lock of its own, for a list that there is not yet has no row to lock ("stat" in ASCII).
	if err := tx.db.Exec(`SELECT pg_advisory_xact_lock(1937006964, ?)`, id).Error; err != nil {
		return StatusList{}, found(err, "lock a status list")
	}
	list, err := tx.StatusList(id)
	if errors.Is(err, ErrNotFound) {
		return StatusList{}, nil
	}
	return list, err
}

// SaveStatusList writes a list that was signed, in the place of the one before.
func (tx *Tx) SaveStatusList(l StatusList) error {
	return found(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&l).Error, "write a status list")
}

// StatusList reads a list as it was last signed.
func (tx *Tx) StatusList(id int) (StatusList, error) {
	var l StatusList
	err := tx.db.Take(&l, "id = ?", id).Error
	return l, found(err, "read a status list")
}

// NotHolding lists the indices of a page's certificates that do not hold, in order: all of them, or those that are only
// suspended.
func (tx *Tx) NotHolding(page int, suspendedOnly bool) ([]int, error) {
	states := []string{CertificateSuspended, CertificateSuperseded, CertificateRevoked}
	if suspendedOnly {
		states = states[:1]
	}
	var all []int
	err := tx.db.Raw(`SELECT e.index FROM status_entries e JOIN certificates c ON c.id = e.certificate_id
		WHERE e.page = ? AND c.status IN ? ORDER BY e.index`, page, states).Scan(&all).Error
	return all, found(err, "read which certificates do not hold")
}
