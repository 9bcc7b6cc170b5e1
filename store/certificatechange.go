package store

import (
	"fmt"
	"time"
)

// CertificateChange is one change of what a certificate is, its first record among them. Changes are never taken back: the
// last says what the certificate is.
type CertificateChange struct {
	ID            int64
	CertificateID string
	Status        string
	// ReasonClass is a code that who checks the certificate is told; suspensions and revocations have one.
	ReasonClass string
	Reason      string  // in words, for operators
	RequestID   *string // what was asked for and approved
	Actor       string
	At          time.Time
}

// ChangeCertificate makes a certificate what a change says, which is the one way that it changes. The database refuses what
// is out of order. Who calls it has locked the certificate, and writes the entry in the audit log.
func (tx *Tx) ChangeCertificate(c Certificate, change CertificateChange) error {
	set := map[string]any{"status": change.Status, "status_since": change.At}
	if c.Status == CertificatePrepared && change.Status == CertificateValid {
		set["issued_at"] = change.At
	}
	res := tx.db.Model(&Certificate{}).Where("id = ? AND status = ?", c.ID, c.Status).Updates(set)
	switch {
	case res.Error != nil:
		return fmt.Errorf("change a certificate: %w", res.Error)
	case res.RowsAffected != 1:
		return fmt.Errorf("change a certificate: it is not %s", c.Status)
	}
	change.CertificateID = c.ID
	if err := tx.insertChange(change); err != nil {
		return err
	}
	return tx.queuePublications(c, change.Status, change.At)
}

func (tx *Tx) insertChange(change CertificateChange) error {
	if err := tx.db.Create(&change).Error; err != nil {
		return fmt.Errorf("write a certificate's change: %w", err)
	}
	return nil
}

// CertificateChanges reads what became of a certificate, from the first.
func (tx *Tx) CertificateChanges(certificateID string) ([]CertificateChange, error) {
	var all []CertificateChange
	err := tx.db.Order("id").Find(&all, "certificate_id = ?", certificateID).Error
	return all, found(err, "read a certificate's changes")
}

// Certificate reads a certificate.
func (tx *Tx) Certificate(id string) (Certificate, error) {
	return byID[Certificate](tx.db, id, "read a certificate")
}

// LockCertificate reads a certificate and locks it. Its case is locked before it, as who opens the case does: it carries when
// the certificate was issued, for as long as that stands.
func (tx *Tx) LockCertificate(id string) (Certificate, error) {
	err := tx.db.Exec("SELECT FROM cases WHERE id = (SELECT case_id FROM certificates WHERE id = ?) FOR NO KEY UPDATE", id).Error
	if err != nil {
		return Certificate{}, fmt.Errorf("lock a certificate's case: %w", err)
	}
	return byID[Certificate](tx.held(), id, "lock a certificate")
}

// CertificateSuccessor reads the certificate that was issued, or is being prepared, in the place of another; ErrNotFound
// when there is none.
func (tx *Tx) CertificateSuccessor(id string) (Certificate, error) {
	var c Certificate
	err := tx.db.Take(&c, "supersedes = ? AND status <> ?", id, CertificateCancelled).Error
	return c, found(err, "read a certificate's successor")
}
