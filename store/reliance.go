package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Reliance is a check of a certificate, by somebody with an account, before it was revoked: they may have relied on it.
type Reliance struct {
	CheckID       string
	CertificateID string
	InstitutionID *string // nil: an operator checked
	Purpose       string
	Reason        string // of the check
	CheckedAt     time.Time
	Number        string
	Kind          string
	ReasonClass   string // of the revocation
	RevokedAt     time.Time
}

// RelianceFilter picks reliances; an empty field picks all.
type RelianceFilter struct {
	Within

	Since         time.Time // of the checks
	ReasonClass   string
	CertificateID string
	Page, Limit   int
}

// Relying is an institution that checked certificates which were revoked afterwards.
type Relying struct {
	InstitutionID *string
	Certificates  int
	CheckedAt     time.Time // the last time
}

// reliances is each check that found a certificate before it was revoked, once. What became of a certificate is never taken
// back: what is revoked has one change that says so.
const reliances = `(SELECT DISTINCT b.id AS check_id, k.id AS certificate_id, b.institution_id, b.purpose, b.reason, b.checked_at,
		k.number, k.kind, v.reason_class, v.at AS revoked_at
	FROM certificates k
	JOIN certificate_changes v ON v.certificate_id = k.id AND v.status = 'revoked'
	JOIN bulk_check_rows r ON r.certificate_id = k.id
	JOIN bulk_checks b ON b.id = r.bulk_check_id AND b.checked_at < v.at
	WHERE k.status = 'revoked' AND b.checked_at >= ?) AS reliances`

func (f RelianceFilter) pick(tx *Tx) *gorm.DB {
	q := f.ofInstitutions(tx.db.Table(reliances, f.Since))
	if f.ReasonClass != "" {
		q = q.Where("reason_class = ?", f.ReasonClass)
	}
	if f.CertificateID != "" {
		q = q.Where("certificate_id = ?", f.CertificateID)
	}
	return q
}

// Reliances reads a page of who checked certificates that were revoked afterwards, the latest check first, and how many there
// are.
func (tx *Tx) Reliances(f RelianceFilter) ([]Reliance, int64, error) {
	var n int64
	if err := f.pick(tx).Count(&n).Error; err != nil {
		return nil, 0, fmt.Errorf("count checks of revoked certificates: %w", err)
	}
	var all []Reliance
	err := f.pick(tx).Order("checked_at DESC, check_id, certificate_id").Limit(f.Limit).Offset((f.Page - 1) * f.Limit).Find(&all).Error
	return all, n, found(err, "list checks of revoked certificates")
}

// RelyingOn reads which institutions checked certificates that were revoked afterwards, those with the most first.
func (tx *Tx) RelyingOn(f RelianceFilter) ([]Relying, error) {
	var all []Relying
	err := f.pick(tx).Select("institution_id, count(DISTINCT certificate_id) AS certificates, max(checked_at) AS checked_at").
		Group("institution_id").Order("certificates DESC, checked_at DESC").Limit(f.Limit).Find(&all).Error
	return all, found(err, "count checks of revoked certificates")
}
