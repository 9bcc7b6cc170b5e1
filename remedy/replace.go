package remedy

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/store"
)

// replace prepares another certificate, with a number of its own, in the place of one that says something wrong. The old one
// holds until the new one does; what it was earned by is the same.
func (d Desk) replace(tx *store.Tx, c store.Certificate, r store.CertificateRequest) error {
	proposal, err := d.Proposal(r)
	if err != nil {
		return err
	}
	holder, err := issuing.Opened(d.Keys, c)
	if err != nil {
		return err
	}
	if r.PersonToo {
		if err := d.correctPerson(tx, c, r, holder.IDType, proposal); err != nil {
			return err
		}
	}
	holder = proposal.onto(holder)
	next := c
	next.ID, next.Supersedes, next.Status, next.Origin = uuid.NewString(), &c.ID, store.CertificatePrepared, store.CertificateIssued
	next.RecordedAt, next.IssuedOn, next.IssuedAt = *r.DecidedAt, d.Calendar.Today(*r.DecidedAt), nil
	next.EvidenceID = nil
	token := make([]byte, 18)
	rand.Read(token)
	next.VerifyToken = base64.RawURLEncoding.EncodeToString(token)
	if next.Number, err = issuing.Number(tx, c.Issuer, c.Kind, next.IssuedOn); err != nil {
		return err
	}
	next.Facts.Number, next.Facts.IssuedOn = next.Number, next.IssuedOn
	if link, ours := strings.CutSuffix(c.Facts.VerifyURL, c.VerifyToken); ours && link != "" {
		next.Facts.VerifyURL = link + next.VerifyToken // its code leads to itself
	} else {
		d.Printing.Set(&next) // the institution had issued it itself
	}
	art, err := d.art(tx, c, &next, proposal)
	if err != nil {
		return err
	}
	if err := d.freeze(&next, holder); err != nil {
		return err
	}
	if err := tx.InsertCertificate(next, *r.DecidedBy); err != nil {
		return err
	}
	if err := tx.InsertCertificateArt(art); err != nil {
		return err
	}
	return tx.StartIssuance(next.ID)
}

func (d Desk) freeze(c *store.Certificate, holder certificate.Holder) (err error) {
	if c.Digest, err = certificate.Digest(c.Facts, holder); err != nil {
		return err
	}
	plain, err := json.Marshal(holder)
	if err != nil {
		return fmt.Errorf("encode a holder: %w", err)
	}
	c.HolderSealed, err = d.Keys.Seal(plain, store.HolderSeal(c.ID))
	return err
}

// art is the images of the certificate that is issued in another's place: the other's, but for a photo that is corrected.
func (d Desk) art(tx *store.Tx, c store.Certificate, next *store.Certificate, p Proposal) (store.CertificateArt, error) {
	before, err := tx.CertificateArt(c.ID)
	if err != nil {
		return before, err
	}
	art := store.CertificateArt{CertificateID: next.ID, Seal: before.Seal}
	photo := p.Photo
	if photo == nil && before.PhotoSealed != nil {
		if photo, err = d.Keys.Open(before.PhotoSealed, store.CertificatePhotoSeal(c.ID)); err != nil {
			return art, fmt.Errorf("open a photo: %w", err)
		}
	}
	if photo == nil {
		return art, nil
	}
	sum := sha256.Sum256(photo)
	next.Facts.PhotoDigest = hex.EncodeToString(sum[:])
	art.PhotoSealed, err = d.Keys.Seal(photo, store.CertificatePhotoSeal(next.ID))
	return art, err
}
