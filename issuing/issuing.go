// Package issuing takes certificates through their cycle in the record: a number and every printed fact, frozen as they are
// on the day under a digest; the document, printed and read back; and the day on which it holds. What a certificate states is
// package certificate's; whether it may be issued is decided by whoever asks, in whose transaction it is written; signing is
// another process's.
package issuing

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// Desk is where certificates are written.
type Desk struct {
	Keys     *identity.Keyring
	Printing Printing
}

// Order is a certificate that is to be written. Of its facts, those are given that it was earned by; the desk adds the
// others, as they are set on the day.
type Order struct {
	CaseID   *string // exactly one of the two: what it was earned in
	PlaceID  *string
	PersonID string
	// IDType is the document that is printed, if it is not the one the person is known by.
	IDType        string
	Facts         certificate.Facts
	PolicyVersion string
	Supersedes    *string // the certificate that this is issued in the place of
	EvidenceID    *string // the file of a certificate that the institution issued itself
	Actor         string  // of the audit entry
	Reason        string
	At            time.Time
}

// ObstacleError is why a certificate cannot be completed, which somebody can mend.
type ObstacleError struct {
	Cause  contract.Cause
	Params map[string]any
}

func (e *ObstacleError) Error() string {
	return "a certificate cannot be completed: " + string(e.Cause)
}

// Ready looks whether what certificates of a kind are printed with is set, for an issuer; else the error is an
// *ObstacleError.
func (d Desk) Ready(tx *store.Tx, issuer, issuerName, kind string, demonstration bool) error {
	profile, err := tx.IssuerProfile(issuer, kind)
	if err != nil {
		return err
	}
	return d.ready(profile, issuerName, demonstration)
}

func (d Desk) ready(profile store.IssuerProfile, issuerName string, demonstration bool) error {
	var missing string
	switch {
	case d.Printing.Origin == "":
		missing = "public_url"
	case len(d.Printing.LookUp[profile.Kind]) == 0:
		missing = "look_up"
	case !profile.SealFits(issuerName) && !demonstration:
		missing = "seal"
	default:
		return nil
	}
	return &ObstacleError{Cause: contract.PrintingNotSetUp, Params: map[string]any{"missing": missing}}
}

// Prepare writes a certificate that is to be printed, signed and published: its number is taken, and what it states is
// frozen. The error is an *ObstacleError when something is missing that it must state; then nothing was written.
func (d Desk) Prepare(tx *store.Tx, o Order) (store.Certificate, error) {
	profile, err := tx.IssuerProfile(o.Facts.IssuerID, o.Facts.Kind)
	if err == nil {
		err = d.ready(profile, o.Facts.IssuerName, o.Facts.Demonstration)
	}
	if err != nil {
		return store.Certificate{}, err
	}
	c := d.begin(o, store.CertificateIssued, store.CertificatePrepared)
	art := store.CertificateArt{CertificateID: c.ID}
	if o.Facts.Kind == contract.GradeCertificate {
		if art.PhotoSealed, c.Facts.PhotoDigest, err = d.photo(tx, o.PersonID, c.ID); err != nil {
			return store.Certificate{}, err
		}
	}
	if profile.SealFits(o.Facts.IssuerName) {
		art.Seal = profile.SealImage
		c.Facts.SealName, c.Facts.SealStandIn, c.Facts.SealDigest = profile.SealName, profile.StandIn, certificate.ImageDigest(art.Seal)
	}
	if c.Facts.Number, err = Number(tx, o.Facts.IssuerID, o.Facts.Kind, o.Facts.IssuedOn); err != nil {
		return store.Certificate{}, err
	}
	c.Facts.Extra = profile.Extra
	d.Printing.Set(&c)
	if err := d.write(tx, o, &c, "certificate.prepare"); err != nil {
		return store.Certificate{}, err
	}
	return c, tx.InsertCertificateArt(art)
}

// Report writes a certificate that the institution issued itself, with its own number: it holds at once.
func (d Desk) Report(tx *store.Tx, o Order) (store.Certificate, error) {
	c := d.begin(o, store.CertificateReported, store.CertificateValid)
	c.EvidenceID = o.EvidenceID
	return c, d.write(tx, o, &c, "certificate.report")
}

func (d Desk) begin(o Order, origin, status string) store.Certificate {
	return store.Certificate{
		ID: uuid.NewString(), CaseID: o.CaseID, PlaceID: o.PlaceID, Kind: o.Facts.Kind, Issuer: o.Facts.IssuerID,
		Origin: origin, Status: status, Facts: o.Facts, VerifyToken: token(),
		PolicyVersion: o.PolicyVersion, IssuedOn: o.Facts.IssuedOn, RecordedAt: o.At, Supersedes: o.Supersedes,
	}
}

// token is what the link of a certificate ends in.
func token() string {
	random := make([]byte, 18)
	rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random)
}

// write freezes a certificate under its digest, with an entry in the audit log.
func (d Desk) write(tx *store.Tx, o Order, c *store.Certificate, action string) error {
	holder, err := Holder(tx, d.Keys, o.PersonID)
	if err != nil {
		return err
	}
	if o.IDType != "" {
		holder.IDType = o.IDType
	}
	if err := d.freeze(c, holder); err != nil {
		return err
	}
	if err := tx.InsertCertificate(*c, o.Actor); err != nil {
		return err
	}
	return tx.Audit(store.AuditEntry{
		Actor: o.Actor, Action: action, Subject: "certificate:" + c.ID, Reason: o.Reason, At: o.At,
	})
}

// freeze puts a certificate under the digest of what it states, and seals whom it is made out to.
func (d Desk) freeze(c *store.Certificate, holder certificate.Holder) (err error) {
	c.Number = c.Facts.Number
	if c.Digest, err = certificate.Digest(c.Facts, holder); err != nil {
		return err
	}
	plain, err := json.Marshal(holder)
	if err != nil {
		return fmt.Errorf("encode a holder: %w", err)
	}
	if c.HolderSealed, err = d.Keys.Seal(plain, store.HolderSeal(c.ID)); err != nil {
		return fmt.Errorf("seal a holder: %w", err)
	}
	return nil
}

// photo is a person's photo as it is frozen for a certificate, and its digest.
func (d Desk) photo(tx *store.Tx, personID, certificateID string) (sealed []byte, sum string, err error) {
	kept, err := tx.Photo(personID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "", &ObstacleError{Cause: contract.PhotoMissing}
	}
	if err != nil {
		return nil, "", err
	}
	image, err := d.Keys.Open(kept.ImageSealed, store.PhotoSeal(kept.PersonID))
	if err != nil {
		return nil, "", fmt.Errorf("open a photo: %w", err)
	}
	sealed, err = d.sealPhoto(image, certificateID)
	return sealed, certificate.ImageDigest(image), err
}

func (d Desk) sealPhoto(image []byte, certificateID string) ([]byte, error) {
	sealed, err := d.Keys.Seal(image, store.CertificatePhotoSeal(certificateID))
	if err != nil {
		return nil, fmt.Errorf("seal a photo: %w", err)
	}
	return sealed, nil
}

// Holder opens a person's name and ID number, to be printed.
func Holder(tx *store.Tx, keys *identity.Keyring, personID string) (certificate.Holder, error) {
	person, err := tx.Person(personID)
	if err != nil {
		return certificate.Holder{}, err
	}
	name, err := people.Name(keys, person)
	if err != nil {
		return certificate.Holder{}, err
	}
	number, err := people.Number(keys, person)
	return certificate.Holder{Name: name, IDType: person.IDType, IDNumber: number}, err
}
