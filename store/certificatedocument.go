package store

import (
	"time"

	"gorm.io/gorm"
)

// CertificateArt is the images that are printed on a certificate, frozen when it was prepared.
type CertificateArt struct {
	CertificateID string `gorm:"primaryKey"`
	PhotoSealed   []byte // nil: none is printed
	Seal          []byte // nil: none is printed
}

// TableName is the table's name.
func (CertificateArt) TableName() string { return "certificate_art" }

// InsertCertificateArt writes what is printed on a certificate beside its facts.
func (tx *Tx) InsertCertificateArt(a CertificateArt) error {
	return found(tx.db.Create(&a).Error, "write a certificate's images")
}

// CertificateArt reads the images of a certificate; there may be none.
func (tx *Tx) CertificateArt(certificateID string) (CertificateArt, error) {
	var rows []CertificateArt
	err := tx.db.Limit(1).Find(&rows, "certificate_id = ?", certificateID).Error
	if err != nil || len(rows) == 0 {
		return CertificateArt{CertificateID: certificateID}, found(err, "read a certificate's images")
	}
	return rows[0], nil
}

// States of a document.
const (
	DocumentRendered = "rendered"
	DocumentSigned   = "signed"
)

// CertificateDocument is the PDF of a certificate: rendered from its record, then signed, then never changed.
type CertificateDocument struct {
	CertificateID string `gorm:"primaryKey"`
	State         string
	ContentSealed []byte
	SHA256        []byte `gorm:"column:sha256"` // of the signed file; nil before
	Size          int64
	KeyID         *string // of the key it was signed with
	RenderedAt    time.Time
	SignedAt      *time.Time
}

// SaveRendered writes the document of a certificate as it was rendered, in the place of one that was rendered before; one
// that is signed stays.
func (tx *Tx) SaveRendered(certificateID string, sealed []byte, size int64, at time.Time) error {
	err := tx.db.Exec(`INSERT INTO certificate_documents (certificate_id, state, content_sealed, size, rendered_at)
		VALUES (@id, 'rendered', @sealed, @size, @at) ON CONFLICT (certificate_id) DO UPDATE
		SET content_sealed = excluded.content_sealed, size = excluded.size, rendered_at = excluded.rendered_at
		WHERE certificate_documents.state = 'rendered'`,
		map[string]any{"id": certificateID, "sealed": sealed, "size": size, "at": at}).Error
	return found(err, "write a document")
}

// SignDocument writes a document as it was signed, and reports whether it was not signed before: one that was stays.
func (tx *Tx) SignDocument(certificateID string, sealed, sum []byte, size int64, keyID string, at time.Time) (bool, error) {
	res := tx.db.Model(&CertificateDocument{}).Where("certificate_id = ? AND state = ?", certificateID, DocumentRendered).
		Updates(map[string]any{
			"state": DocumentSigned, "content_sealed": sealed, "sha256": sum, "size": size, "key_id": keyID, "signed_at": at,
		})
	return res.RowsAffected == 1, found(res.Error, "sign a document")
}

// Document reads the document of a certificate; ErrNotFound when it is not rendered.
func (tx *Tx) Document(certificateID string) (CertificateDocument, error) {
	return tx.document(tx.db.Where("certificate_id = ?", certificateID))
}

// DocumentBySHA256 reads the signed document whose file has a digest; ErrNotFound when none has.
func (tx *Tx) DocumentBySHA256(sum []byte) (CertificateDocument, error) {
	return tx.document(tx.db.Where("sha256 = ?", sum))
}

func (tx *Tx) document(q *gorm.DB) (CertificateDocument, error) {
	var d CertificateDocument
	return d, found(q.Take(&d).Error, "read a document")
}
