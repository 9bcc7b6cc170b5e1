package remedy

import (
	"fmt"

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
	person, err := tx.Person(personID)
	if err != nil {
		return err
	}
	if p.Name != "" {
		if person.NameSealed, err = d.Keys.Seal([]byte(p.Name), store.NameSeal(personID)); err != nil {
			return fmt.Errorf("seal a name: %w", err)
		}
	}
	if p.IDNumber != "" && person.IDType == document {
		if err := d.renumber(tx, &person, p.IDNumber); err != nil {
			return err
		}
	}
	person.CorrectedAt = r.DecidedAt
	if err := tx.CorrectIdentity(person); err != nil {
		return err
	}
	return tx.Audit(store.AuditEntry{
		Actor: *r.DecidedBy, Action: "person.correct", Subject: "person:" + personID, Reason: r.Reason, At: *r.DecidedAt,
	})
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
