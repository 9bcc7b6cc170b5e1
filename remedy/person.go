package remedy

import (
	"fmt"
	"time"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// correctPerson corrects the record of who holds a certificate, where that is meant. Certificates that were issued to
// them before stay as they are. The number is corrected of the document that the person is known by, and of no other.
func (d Desk) correctPerson(
	tx *store.Tx, c store.Certificate, r store.CertificateRequest, document string, p Proposal,
) error {
	personID, err := tx.HolderOf(c)
	if err != nil {
		return err
	}
	return d.CorrectRecord(tx, Record{
		PersonID: personID, Document: document, Proposal: p, By: *r.DecidedBy, Reason: r.Reason, At: *r.DecidedAt,
	})
}

// Record is how the record of a person is to be corrected, and who does that, why.
type Record struct {
	PersonID string
	Document string // that the proposed number is of
	Proposal Proposal
	By       string
	Reason   string
	At       time.Time
}

// CorrectRecord corrects whom the record says somebody is.
func (d Desk) CorrectRecord(tx *store.Tx, r Record) error {
	person, err := tx.Person(r.PersonID)
	if err != nil {
		return err
	}
	if r.Proposal.Name != "" {
		if person.NameSealed, err = d.Keys.Seal([]byte(r.Proposal.Name), store.NameSeal(person.ID)); err != nil {
			return fmt.Errorf("seal a name: %w", err)
		}
	}
	if r.Proposal.IDNumber != "" && person.IDType == r.Document {
		if err := d.renumber(tx, &person, r.Proposal.IDNumber); err != nil {
			return err
		}
	}
	person.CorrectedAt = &r.At
	if err := tx.CorrectIdentity(person); err != nil {
		return err
	}
	return tx.Audit(store.AuditEntry{Actor: r.By, Action: "person.correct", Subject: "person:" + person.ID, Reason: r.Reason, At: r.At})
}

func (d Desk) renumber(tx *store.Tx, person *store.Person, number string) error {
	document, err := identity.ParseDocument(people.DocumentType(person.IDType), number)
	if err != nil {
		return fmt.Errorf("read a proposed number: %w", err)
	}
	country := ""
	if person.IDCountry != nil {
		country = *person.IDCountry
	}
	free, err := tx.SetPersonIndexes(person.ID, []string{store.IndexIDNumber}, people.ByDocument(d.Keys, document, country))
	if err != nil {
		return err
	}
	if !free {
		return ErrTaken
	}
	if person.IDNumberSealed, err = d.Keys.Seal([]byte(document.Number()), store.IDNumberSeal(person.ID)); err != nil {
		return fmt.Errorf("seal a number: %w", err)
	}
	return nil
}
