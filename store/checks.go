package store

import (
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
)

// Ways in which the public checks a certificate.
const (
	CheckedOnPage  = "page"  // by all three, on the page
	CheckedByCode  = "code"  // by the link that is printed on it
	CheckedByFile  = "file"  // by sending the file
	CheckedByAPI   = "api"   // by all three, by a program
	CheckedByShare = "share" // by a link that its holder sent
)

// CertificateCheck is how often a certificate was found on a day, by nobody in particular.
type CertificateCheck struct {
	CertificateID string
	Day           calendar.Date
	Way           string
	Times         int64
}

// BulkCheck is a check of many certificates at once, by an account.
type BulkCheck struct {
	ID            string
	AccountID     string
	InstitutionID *string // nil: an operator's
	Purpose       string
	Reason        string
	FileDigest    []byte // keyed
	Asked         int
	Found         int
	CheckedAt     time.Time
}

// BulkCheckRow is one row of such a check.
type BulkCheckRow struct {
	BulkCheckID   string
	SheetRow      int
	Question      []byte  // a keyed digest of what was asked
	CertificateID *string // nil: none was found
}

// CountCheck notes that somebody found a certificate.
func (tx *Tx) CountCheck(certificateID, way string, on calendar.Date) error {
	err := tx.db.Exec(`INSERT INTO certificate_checks AS c (certificate_id, day, way) VALUES (?, ?, ?)
		ON CONFLICT (certificate_id, day, way) DO UPDATE SET times = c.times + 1`, certificateID, on, way).Error
	return found(err, "count a check")
}

// ChecksOf reads how often a certificate was found since a day, the latest day first.
func (tx *Tx) ChecksOf(certificateID string, since calendar.Date) ([]CertificateCheck, error) {
	var all []CertificateCheck
	err := tx.db.Order("day DESC, way").Find(&all, "certificate_id = ? AND day >= ?", certificateID, since).Error
	return all, found(err, "read the checks of a certificate")
}

// InsertBulkCheck writes a check of many, with its rows.
func (tx *Tx) InsertBulkCheck(check BulkCheck, rows []BulkCheckRow) error {
	if err := tx.db.Create(&check).Error; err != nil {
		return fmt.Errorf("write a check of many: %w", err)
	}
	const atOnce = 500
	return found(tx.db.CreateInBatches(&rows, atOnce).Error, "write the rows of a check")
}

// BulkChecks reads checks of many, the latest first: an institution's; for an operator of a district what institutions there
// and the account itself checked; for one of the city, all.
func (tx *Tx) BulkChecks(within Within, accountID string, limit int) ([]BulkCheck, error) {
	q := tx.db.Order("checked_at DESC, id").Limit(limit)
	switch {
	case within.InstitutionID != "":
		q = q.Where("institution_id = ?", within.InstitutionID)
	case within.District != "":
		q = q.Where("(account_id = ? OR institution_id IN (SELECT id FROM institutions WHERE district = ?))", accountID, within.District)
	}
	var all []BulkCheck
	return all, found(q.Find(&all).Error, "list checks of many")
}

// BulkChecksOf reads the checks of many that found a certificate since a moment, the latest first.
func (tx *Tx) BulkChecksOf(certificateID string, since time.Time) ([]BulkCheck, error) {
	var all []BulkCheck
	err := tx.db.Where("checked_at >= ? AND id IN (SELECT bulk_check_id FROM bulk_check_rows WHERE certificate_id = ?)", since, certificateID).
		Order("checked_at DESC, id").Find(&all).Error
	return all, found(err, "read who checked a certificate")
}
