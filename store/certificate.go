package store

import (
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
)

// Certificate is the record of a certificate: what is printed on it, frozen when it was issued, and its status since.
type Certificate struct {
	ID            string
	CaseID        *string // exactly one of the two
	PlaceID       *string // in a course of a CE base
	Kind          string
	Issuer        string
	Number        string
	Origin        string
	Status        string
	Facts         certificate.Facts `gorm:"serializer:json"`
	HolderSealed  []byte
	Digest        []byte
	VerifyToken   string
	PolicyVersion string
	IssuedOn      calendar.Date
	RecordedAt    time.Time
	StatusSince   time.Time
	IssuedAt      *time.Time     // when it became valid; nil before
	ExpiresOn     *calendar.Date // its last day; nil: it does not expire
	Supersedes    *string        // the one that this was issued in the place of
	EvidenceID    *string        // the file of one that the institution issued itself, if it sent it
}

// Where a certificate came from.
const (
	CertificateIssued   = "issued"   // through us, with a number we allocated
	CertificateReported = "reported" // by the institution, with its own number
)

// What a certificate can be. The database holds the order: prepared, then valid or cancelled; valid and suspended change
// into each other; superseded and revoked are the end.
const (
	CertificatePrepared   = "prepared" // its number is allocated and its facts are frozen; it is not issued yet
	CertificateValid      = "valid"
	CertificateSuspended  = "suspended"
	CertificateSuperseded = "superseded" // another was issued in its place
	CertificateRevoked    = "revoked"
	CertificateCancelled  = "cancelled" // never issued; its number is used all the same
)

// AllocateNumber takes the next number of an issuer's sequence for a kind and a year. A transaction that does not commit
// gives it back; one that does has used it for good.
func (tx *Tx) AllocateNumber(issuer, kind string, year int) (int, error) {
	var last int
	err := tx.db.Raw(`
		INSERT INTO certificate_numbers (issuer, kind, year, last) VALUES (?, ?, ?, 1)
		ON CONFLICT (issuer, kind, year) DO UPDATE SET last = certificate_numbers.last + 1
		RETURNING last`, issuer, kind, year).Scan(&last).Error
	return last, found(err, "allocate a certificate number")
}

// InsertCertificate writes a certificate as it was first recorded, and by whom. The database refuses a second number at one
// issuer, a second that is in preparation, and a second that holds, of one kind in one case.
func (tx *Tx) InsertCertificate(c Certificate, actor string) error {
	c.StatusSince = c.RecordedAt
	if c.Status != CertificatePrepared {
		c.IssuedAt = &c.RecordedAt
	}
	if err := tx.db.Create(&c).Error; err != nil {
		return fmt.Errorf("write a certificate: %w", err)
	}
	err := tx.insertChange(CertificateChange{CertificateID: c.ID, Status: c.Status, Actor: actor, At: c.RecordedAt})
	if err != nil {
		return err
	}
	return tx.queuePublications(Certificate{ID: c.ID, Kind: c.Kind, Supersedes: c.Supersedes}, c.Status, c.RecordedAt)
}

// NumberTaken reports whether an issuer has used a number.
func (tx *Tx) NumberTaken(issuer, number string) (bool, error) {
	var n int64
	err := tx.db.Model(&Certificate{}).Where("issuer = ? AND number = ?", issuer, number).Count(&n).Error
	return n > 0, found(err, "look up a certificate number")
}

// CertificatesOfPlaces reads the certificates of places in courses, by place, oldest first.
func (tx *Tx) CertificatesOfPlaces(placeIDs []string) (map[string][]Certificate, error) {
	var all []Certificate
	if len(placeIDs) > 0 {
		if err := tx.db.Order("recorded_at").Find(&all, "place_id IN ?", placeIDs).Error; err != nil {
			return nil, found(err, "read the certificates of places")
		}
	}
	byPlace := make(map[string][]Certificate, len(all))
	for _, c := range all {
		byPlace[*c.PlaceID] = append(byPlace[*c.PlaceID], c)
	}
	return byPlace, nil
}

// Certificates reads a case's certificates, oldest first.
func (tx *Tx) Certificates(caseID string) ([]Certificate, error) {
	var all []Certificate
	err := tx.db.Order("recorded_at").Find(&all, "case_id = ?", caseID).Error
	return all, found(err, "read a case's certificates")
}

// public is what everybody may hear of: a certificate that was issued.
const public = "status NOT IN ('prepared', 'cancelled')"

// CertificatesByNumber reads the certificates that were issued with a number: numbers are unique only within an issuer.
func (tx *Tx) CertificatesByNumber(number string) ([]Certificate, error) {
	var all []Certificate
	err := tx.db.Where(public).Find(&all, "number = ?", number).Error
	return all, found(err, "look up certificates")
}

// CertificateByToken reads the certificate behind a verification link, if it was issued.
func (tx *Tx) CertificateByToken(token string) (Certificate, error) {
	var c Certificate
	err := tx.db.Where(public).Take(&c, "verify_token = ?", token).Error
	return c, found(err, "look up a certificate")
}
