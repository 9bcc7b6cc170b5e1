// Package verification says whether a certificate is genuine and what has become of it: by what is printed on it, by the link
// in its code, or by its file. Whoever asks, and in whichever way, is answered by the same rules.
//
// A question by name, ID number and certificate number is answered only when all three agree with one certificate. One that
// is not found costs the same work whichever of them was wrong, so that neither the answer nor its time tells.
package verification

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

// Record is what is looked up.
type Record interface {
	CertificatesByNumber(number string) ([]store.Certificate, error)
	CertificateByToken(token string) (store.Certificate, error)
	Certificate(id string) (store.Certificate, error)
	CertificateChanges(id string) ([]store.CertificateChange, error)
	CertificateSuccessor(id string) (store.Certificate, error)
	CertificateArt(id string) (store.CertificateArt, error)
	IssuerListed(c store.Certificate) (store.Published, error)
	Document(id string) (store.CertificateDocument, error)
	DocumentBySHA256(sum []byte) (store.CertificateDocument, error)
	KnownKey(id string) (signing.KnownKey, bool, error)
}

// Keys open what is sealed.
type Keys interface {
	Seal(plain []byte, purpose string) ([]byte, error)
	Open(sealed []byte, purpose string) ([]byte, error)
}

// Desk answers questions.
type Desk struct {
	Record   Record
	Keys     Keys
	Calendar calendar.Calendar
	Today    calendar.Date
}

// Question is what is printed on a certificate, as somebody typed it.
type Question struct {
	Name              string
	IDNumber          string
	CertificateNumber string
}

// Expired is the status of a certificate whose time is over. The record does not know it: it comes by itself.
const Expired = "expired"

// Finding is a certificate that was found, and what has become of it.
type Finding struct {
	Certificate store.Certificate
	Holder      certificate.Holder
	Status      string        // the record's, or Expired
	Since       calendar.Date // since when
	ReasonClass string        // why; empty while it is valid
	Successor   string        // number of the certificate that has replaced it
	Listed      *store.Published
	// Intact is false when the record says something else than when it was written.
	Intact bool
	// File is how the signed document stands that we keep.
	File FileState
}

// Ask looks for the certificate that a question is about; nil: all three agree with none. What was never issued is not found.
func (d Desk) Ask(q Question) (*Finding, error) {
	all, err := d.Record.CertificatesByNumber(strings.TrimSpace(q.CertificateNumber))
	if err != nil {
		return nil, err
	}
	candidates, err := d.candidates(all)
	if err != nil {
		return nil, err
	}
	name, nameErr := identity.ParseName(q.Name)
	var match *store.Certificate
	var whose certificate.Holder
	for i, c := range candidates {
		holder, err := people.Holder(d.Keys, c)
		if err != nil {
			return nil, err
		}
		// A number is read as one of the document that the certificate was made out on.
		document, idErr := identity.ParseDocument(people.DocumentType(holder.IDType), q.IDNumber)
		agrees := subtle.ConstantTimeCompare([]byte(holder.Name), []byte(name)) &
			subtle.ConstantTimeCompare([]byte(holder.IDNumber), []byte(document.Number()))
		if agrees == 1 && nameErr == nil && idErr == nil && c.ID != decoyID {
			match, whose = &candidates[i], holder
		}
	}
	if match == nil {
		return nil, nil //nolint:nilnil // that there is none is an answer
	}
	return d.finding(*match, whose)
}

// ByToken is the certificate behind the link in a code; [store.ErrNotFound] when there is none.
func (d Desk) ByToken(token string) (*Finding, error) {
	c, err := d.Record.CertificateByToken(token)
	if err != nil {
		return nil, err
	}
	return d.find(c)
}

// find is the finding of a certificate that nobody has named a holder of.
func (d Desk) find(c store.Certificate) (*Finding, error) {
	holder, err := people.Holder(d.Keys, c)
	if err != nil {
		return nil, err
	}
	return d.finding(c, holder)
}

// Photo is the photo that is printed on a certificate; nil when there is none.
func (d Desk) Photo(c store.Certificate) ([]byte, error) {
	art, err := d.Record.CertificateArt(c.ID)
	if err != nil || art.PhotoSealed == nil {
		return nil, err
	}
	return d.Keys.Open(art.PhotoSealed, store.CertificatePhotoSeal(c.ID))
}

const (
	decoyID = "decoy"
	// openings is how many holders are opened for a question, at least: numbers are unique only within an issuer, and more
	// than so many have hardly the same.
	openings = 4
)

// candidates are the certificates with a number, filled up with some of nobody's: whether a number is known, and how often,
// is not to be told by how long the answer takes.
func (d Desk) candidates(all []store.Certificate) ([]store.Certificate, error) {
	plain, err := json.Marshal(certificate.Holder{Name: "无", IDType: store.IDTypeResident, IDNumber: "000000000000000000"})
	if err != nil {
		return nil, fmt.Errorf("make a decoy: %w", err)
	}
	sealed, err := d.Keys.Seal(plain, store.HolderSeal(decoyID))
	if err != nil {
		return nil, err
	}
	for len(all) < openings {
		all = append(all, store.Certificate{ID: decoyID, HolderSealed: sealed})
	}
	return all, nil
}

// finding gathers what is to be said of a certificate.
func (d Desk) finding(c store.Certificate, holder certificate.Holder) (*Finding, error) {
	f := &Finding{Certificate: c, Holder: holder, Status: c.Status, Since: d.Calendar.Today(c.StatusSince)}
	digest, err := certificate.Digest(c.Facts, holder)
	if err != nil {
		return nil, err
	}
	f.Intact = bytes.Equal(digest, c.Digest)
	switch {
	case c.Status != store.CertificateValid:
		err = d.why(f)
	case c.ExpiresOn != nil && c.ExpiresOn.Before(d.Today):
		f.Status, f.Since = Expired, c.ExpiresOn.AddDays(1)
	}
	if err != nil {
		return nil, err
	}
	list, err := d.Record.IssuerListed(c)
	switch {
	case err == nil:
		f.Listed = &list
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	f.File, err = d.kept(c)
	return f, err
}

// why says of a certificate that is not valid why it is not, and what has taken its place.
func (d Desk) why(f *Finding) error {
	changes, err := d.Record.CertificateChanges(f.Certificate.ID)
	if err != nil {
		return err
	}
	for _, change := range changes {
		if change.Status == f.Status {
			f.ReasonClass = change.ReasonClass // the last one counts
		}
	}
	if f.Status != store.CertificateSuperseded {
		return nil
	}
	successor, err := d.Record.CertificateSuccessor(f.Certificate.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	f.Successor = successor.Number
	return err
}
