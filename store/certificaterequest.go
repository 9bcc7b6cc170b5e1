package store

import (
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/certificate"
)

// CertificateRequest is what somebody asks for about a certificate that was issued, and what somebody else decided.
type CertificateRequest struct {
	ID            string
	CertificateID string
	Kind          certificate.Measure
	ReasonClass   string
	Reason        string
	Evidence      string   // what it rests on
	Fields        []string `gorm:"serializer:json"` // what is to be corrected
	// ProposalSealed is what is to be printed instead; of corrections only (see [ProposalSeal]).
	ProposalSealed []byte
	PersonToo      bool // the person's record is to be corrected as well
	// CertificateSince is the version of the certificate that is asked about: since when it is what it is.
	CertificateSince time.Time
	RequestedBy      string
	RequestedAt      time.Time
	State            string
	DecidedBy        *string
	DecidedAt        *time.Time
	DecisionReason   string
}

// States of a request, and of the revocation of many certificates.
const (
	RequestOpen      = "open"
	RequestApproved  = "approved"
	RequestRefused   = "refused"
	RequestWithdrawn = "withdrawn" // by who asked
)

// What a correction may be of.
const (
	FieldName     = "name"
	FieldIDNumber = "id_number"
	FieldPhoto    = "photo"
)

// InsertCertificateRequest writes what somebody asks for. The database refuses a second open request of one certificate, and
// one about a version that is no longer.
func (tx *Tx) InsertCertificateRequest(r CertificateRequest) error {
	r.State = RequestOpen
	return found(tx.db.Create(&r).Error, "write a request about a certificate")
}

// CertificateRequest reads a request.
func (tx *Tx) CertificateRequest(id string) (CertificateRequest, error) {
	return byID[CertificateRequest](tx.db, id, "read a request about a certificate")
}

// LockCertificateRequest reads a request and locks it. Its certificate is locked before it.
func (tx *Tx) LockCertificateRequest(id string) (CertificateRequest, error) {
	return byID[CertificateRequest](tx.held(), id, "lock a request about a certificate")
}

// DecideCertificateRequest writes what became of an open request. The database refuses who asked, and an approval of what
// has changed since.
func (tx *Tx) DecideCertificateRequest(r CertificateRequest) error {
	err := tx.db.Model(&CertificateRequest{}).Where("id = ? AND state = ?", r.ID, RequestOpen).
		Updates(map[string]any{
			"state": r.State, "decided_by": r.DecidedBy, "decided_at": r.DecidedAt, "decision_reason": r.DecisionReason,
		}).Error
	return found(err, "decide a request about a certificate")
}

// CertificateRequestFilter picks requests; an empty field picks all. An institution's are those about what it issued, a
// person's those about what they hold.
type CertificateRequestFilter struct {
	Within

	CertificateID string
	PersonID      string
	State         string
	After         *Position // the latest first
	Limit         int
}

// CertificateRequests reads requests, the latest first.
func (tx *Tx) CertificateRequests(f CertificateRequestFilter) ([]CertificateRequest, error) {
	about := CertificateFilter{Within: f.Within}.pick(tx.db.Model(&Certificate{}).Select("id"))
	if f.PersonID != "" {
		about = ofPerson(about, f.PersonID)
	}
	q := tx.db.Order("requested_at DESC, id DESC").Limit(f.Limit).Where("certificate_id IN (?)", about)
	if f.CertificateID != "" {
		q = q.Where("certificate_id = ?", f.CertificateID)
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.After != nil {
		q = q.Where("(requested_at, id) < (?, ?)", f.After.At, f.After.ID)
	}
	var all []CertificateRequest
	return all, found(q.Find(&all).Error, "list requests about certificates")
}

// ofPerson bounds a query of certificates to what somebody holds.
func ofPerson(q *gorm.DB, personID string) *gorm.DB {
	return q.Where(`(case_id IN (SELECT id FROM cases WHERE person_id `+family+`)
		OR place_id IN (SELECT id FROM course_places WHERE person_id `+family+`))`, personID, personID)
}

// HolderOf reads whose a certificate is: of its case, or of its place in a course.
func (tx *Tx) HolderOf(c Certificate) (personID string, err error) {
	if c.CaseID != nil {
		err = tx.db.Model(&Case{}).Where("id = ?", *c.CaseID).Pluck("person_id", &personID).Error
	} else {
		err = tx.db.Model(&CoursePlace{}).Where("id = ?", c.PlaceID).Pluck("person_id", &personID).Error
	}
	return personID, found(err, "read whose a certificate is")
}

// Forfeited reports whether the hours of a case, or of a place in a course, count for nothing: the certificate they led to
// was revoked for one of these reasons, and no other stands in its place.
func (tx *Tx) Forfeited(caseID, placeID *string, unearned []string) (bool, error) {
	of := tx.db.Model(&Certificate{}).Select("id").Where("kind IN ?", []string{"training", certificate.KindCEBase})
	if caseID != nil {
		of = of.Where("case_id = ?", *caseID)
	} else {
		of = of.Where("place_id = ?", placeID)
	}
	var revoked, standing int64
	err := tx.db.Model(&CertificateChange{}).Where("certificate_id IN (?) AND status = ? AND reason_class IN ?",
		of, CertificateRevoked, unearned).Count(&revoked).Error
	if err != nil || revoked == 0 {
		return false, found(err, "look for a revocation")
	}
	err = tx.db.Model(&Certificate{}).Where("id IN (?) AND status IN ?", of,
		[]string{CertificateValid, CertificateSuspended}).Count(&standing).Error
	return standing == 0, found(err, "look for a certificate that stands")
}

// CertificatesByID reads certificates by their ids.
func (tx *Tx) CertificatesByID(ids []string) (map[string]Certificate, error) {
	return ofIDs(tx.db, ids, func(r Certificate) string { return r.ID }, "read certificates")
}
