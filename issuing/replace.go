package issuing

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/store"
)

// Replacement is a certificate that is to be issued in the place of another.
type Replacement struct {
	Before store.Certificate
	Holder certificate.Holder // as it is to be printed
	Photo  []byte             // to be printed instead; nil: the one that is printed
	On     calendar.Date      // the day of issue
	Actor  string             // of the change
	At     time.Time
}

// Replace prepares another certificate, with a number of its own, in the place of one that says something wrong, and has it
// issued. The old one holds until the new one does; what it was earned by is the same.
func (d Desk) Replace(tx *store.Tx, r Replacement) (err error) {
	before, next := r.Before, r.Before
	next.ID, next.Supersedes, next.Status, next.Origin = uuid.NewString(), &before.ID, store.CertificatePrepared, store.CertificateIssued
	next.RecordedAt, next.IssuedOn, next.IssuedAt, next.EvidenceID, next.VerifyToken = r.At, r.On, nil, nil, token()
	if next.Facts.Number, err = Number(tx, before.Issuer, before.Kind, r.On); err != nil {
		return err
	}
	next.Facts.IssuedOn = r.On
	if link, ours := strings.CutSuffix(before.Facts.VerifyURL, before.VerifyToken); ours && link != "" {
		next.Facts.VerifyURL = link + next.VerifyToken // its code leads to itself
	} else {
		d.Printing.Set(&next) // the institution had issued it itself
	}
	art, err := d.artAfter(tx, r, &next)
	if err != nil {
		return err
	}
	if err := d.freeze(&next, r.Holder); err != nil {
		return err
	}
	if err := tx.InsertCertificate(next, r.Actor); err != nil {
		return err
	}
	if err := tx.InsertCertificateArt(art); err != nil {
		return err
	}
	return tx.StartIssuance(next.ID)
}

// artAfter is the images of a certificate that is issued in another's place: the other's, but for a photo that is corrected.
func (d Desk) artAfter(tx *store.Tx, r Replacement, next *store.Certificate) (store.CertificateArt, error) {
	before, err := tx.CertificateArt(r.Before.ID)
	if err != nil {
		return before, err
	}
	art, photo := store.CertificateArt{CertificateID: next.ID, Seal: before.Seal}, r.Photo
	if photo == nil && before.PhotoSealed != nil {
		if photo, err = d.Keys.Open(before.PhotoSealed, store.CertificatePhotoSeal(r.Before.ID)); err != nil {
			return art, fmt.Errorf("open a photo: %w", err)
		}
	}
	if photo == nil {
		return art, nil
	}
	next.Facts.PhotoDigest = certificate.ImageDigest(photo)
	art.PhotoSealed, err = d.sealPhoto(photo, next.ID)
	return art, err
}
