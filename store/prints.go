package store

import (
	"context"
	"time"
)

// CertificatePrint is certificates that an institution wants in one file.
type CertificatePrint struct {
	ID             string
	InstitutionID  string
	CertificateIDs []string `gorm:"serializer:json"`
	RequestedBy    string
	RequestedAt    time.Time
	State          string
	Done           int
	LeftOut        []LeftOut `gorm:"serializer:json"`
	Attempts       int
	BusyUntil      *time.Time
	ContentSealed  []byte // see [PrintSeal]
	Size           int64
	FinishedAt     *time.Time
	ExpiresAt      time.Time
}

// LeftOut is a certificate that is not in the file, and why.
type LeftOut struct {
	CertificateID string `json:"certificate_id"`
	Number        string `json:"number"`
	Code          string `json:"code"`
}

// States of a print.
const (
	PrintWaiting = "waiting"
	PrintRunning = "running"
	PrintDone    = "done"
	PrintFailed  = "failed"
)

// InsertPrint writes what is to be made. A second one of an institution at once violates certificate_prints_one_at_once.
func (tx *Tx) InsertPrint(p CertificatePrint) error {
	return found(tx.db.Create(&p).Error, "ask for certificates in one file")
}

// Print reads a print with its file, while it is kept.
func (tx *Tx) Print(id string, now time.Time) (CertificatePrint, error) {
	var p CertificatePrint
	err := tx.db.Take(&p, "id = ? AND expires_at > ?", id, now).Error
	return p, found(err, "read certificates in one file")
}

// PrintsOf reads an institution's prints, the latest first, without their files.
func (tx *Tx) PrintsOf(institutionID string, now time.Time, limit int) ([]CertificatePrint, error) {
	var all []CertificatePrint
	err := tx.db.Omit("content_sealed").Order("requested_at DESC, id").Limit(limit).
		Find(&all, "institution_id = ? AND expires_at > ?", institutionID, now).Error
	return all, found(err, "list certificates in one file")
}

// ClaimPrint takes the print that has waited longest, or whose maker is gone, until a moment; ErrNotFound when there is none.
func (s *Store) ClaimPrint(ctx context.Context, now, until time.Time) (CertificatePrint, error) {
	var rows []CertificatePrint
	err := s.db.WithContext(ctx).Raw(`UPDATE certificate_prints SET state = 'running', attempts = attempts + 1, busy_until = @until
		WHERE id = (SELECT id FROM certificate_prints
			WHERE state IN ('waiting', 'running') AND (busy_until IS NULL OR busy_until <= @now)
			ORDER BY requested_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING *`, map[string]any{"now": now, "until": until}).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		return CertificatePrint{}, ErrNotFound
	}
	if err != nil {
		return CertificatePrint{}, found(err, "take up a print")
	}
	return rows[0], nil
}

// UpdatePrint writes how far a print is, by whoever took it up last, and reports whether that is still so.
func (tx *Tx) UpdatePrint(p CertificatePrint) (bool, error) {
	res := tx.db.Model(&p).Where("attempts = ? AND state = 'running'", p.Attempts).
		Select("state", "done", "left_out", "busy_until", "content_sealed", "size", "finished_at").Updates(&p)
	return res.RowsAffected == 1, found(res.Error, "write how far a print is")
}

// ForgetPrints removes prints whose time is over.
func (s *Store) ForgetPrints(ctx context.Context, now time.Time) (int64, error) {
	res := s.db.WithContext(ctx).Where("expires_at <= ?", now).Delete(&CertificatePrint{})
	return res.RowsAffected, found(res.Error, "forget prints")
}

// CertificatesOfClass reads the certificates that an institution issued to who is, or was, in a class of its own, oldest
// first.
func (tx *Tx) CertificatesOfClass(institutionID, classID string, limit int) ([]Certificate, error) {
	var all []Certificate
	err := tx.db.Order("recorded_at, id").Limit(limit).
		Find(&all, `issuer = ? AND case_id IN (SELECT m.case_id FROM class_members m JOIN classes k ON k.id = m.class_id
			WHERE k.id = ? AND k.institution_id = ?)`, institutionID, classID, institutionID).Error
	return all, found(err, "read the certificates of a class")
}

// CertificatesOfCourse reads the certificates that an institution issued in a course of its own, oldest first.
func (tx *Tx) CertificatesOfCourse(institutionID, courseID string, limit int) ([]Certificate, error) {
	var all []Certificate
	err := tx.db.Order("recorded_at, id").Limit(limit).
		Find(&all, `issuer = ? AND place_id IN (SELECT p.id FROM course_places p JOIN courses o ON o.id = p.course_id
			WHERE o.id = ? AND o.institution_id = ?)`, institutionID, courseID, institutionID).Error
	return all, found(err, "read the certificates of a course")
}

// CertificatesOf reads those of some certificates that an institution issued.
func (tx *Tx) CertificatesOf(institutionID string, ids []string) ([]Certificate, error) {
	var all []Certificate
	err := tx.db.Order("recorded_at, id").Find(&all, "issuer = ? AND id IN ?", institutionID, ids).Error
	return all, found(err, "read certificates")
}

// SignedDocuments says which of some certificates have a signed document.
func (tx *Tx) SignedDocuments(certificateIDs []string) (map[string]bool, error) {
	var ids []string
	if len(certificateIDs) > 0 {
		err := tx.db.Model(&CertificateDocument{}).Where("state = ? AND certificate_id IN ?", DocumentSigned, certificateIDs).
			Pluck("certificate_id", &ids).Error
		if err != nil {
			return nil, found(err, "look for documents")
		}
	}
	signed := make(map[string]bool, len(ids))
	for _, id := range ids {
		signed[id] = true
	}
	return signed, nil
}
