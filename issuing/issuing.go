// Package issuing writes certificates into the record: whom one is made out to and every printed fact, frozen as they are
// on the day, under a digest. What a certificate states is package certificate's; whether it may be issued is decided by
// whoever asks, in whose transaction it is written.
package issuing

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// Order is a certificate that is to be written.
type Order struct {
	CaseID   *string // exactly one of the two: what it was earned in
	PlaceID  *string
	PersonID string
	// IDType is the document that is printed, if it is not the one the person is known by.
	IDType        string
	Facts         certificate.Facts
	Origin        string
	PolicyVersion string
	Actor         string // of the audit entry
	Reason        string
	At            time.Time
}

// Issue writes a certificate, with an entry in the audit log.
func Issue(tx *store.Tx, keys *identity.Keyring, o Order) (store.Certificate, error) {
	holder, err := Holder(tx, keys, o.PersonID)
	if err != nil {
		return store.Certificate{}, err
	}
	if o.IDType != "" {
		holder.IDType = o.IDType
	}
	digest, err := certificate.Digest(o.Facts, holder)
	if err != nil {
		return store.Certificate{}, err
	}
	plain, err := json.Marshal(holder)
	if err != nil {
		return store.Certificate{}, fmt.Errorf("encode a holder: %w", err)
	}
	id := uuid.NewString()
	sealed, err := keys.Seal(plain, store.HolderSeal(id))
	if err != nil {
		return store.Certificate{}, fmt.Errorf("seal a holder: %w", err)
	}
	token := make([]byte, 18)
	rand.Read(token)
	c := store.Certificate{
		ID: id, CaseID: o.CaseID, PlaceID: o.PlaceID, Kind: o.Facts.Kind, Issuer: o.Facts.IssuerID, Number: o.Facts.Number,
		Origin: o.Origin, Status: store.CertificateValid, Facts: o.Facts, HolderSealed: sealed, Digest: digest,
		VerifyToken: base64.RawURLEncoding.EncodeToString(token), PolicyVersion: o.PolicyVersion,
		IssuedOn: o.Facts.IssuedOn, RecordedAt: o.At,
	}
	if err := tx.InsertCertificate(c, o.Actor); err != nil {
		return store.Certificate{}, err
	}
	return c, tx.Audit(store.AuditEntry{
		Actor: o.Actor, Action: "certificate.issue", Subject: "certificate:" + id, Reason: o.Reason, At: o.At,
	})
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
