// Package intake registers the people of a workbook: what its rows say is sealed, and registered row by row while no more of the
// cases are at their registration at once than was said. What stands where is in the record: whoever goes on with an intake goes
// on where it was left, and a row is registered in the transaction that says so.
package intake

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
)

const (
	// MostWhole is how many can be registered all or none: they are one transaction.
	MostWhole = 500
	// Abreast is how many cases are at their registration at once, unless somebody says otherwise.
	Abreast = 200
	// MostAbreast is the most that can be said: as many as a workbook of people can have.
	MostAbreast = 12_000
	// Declaration is the version of the words by which who starts an intake declares that everybody in it consented.
	Declaration = "1"
	// DeclaredConsent is the kind of what is kept of it with each person: that others declared it. No text that people are asked to
	// consent to is called so.
	DeclaredConsent = "declared_by_list"
)

// Person is who a row names, as it was read.
type Person struct {
	Name      string `json:"name"`
	IDType    string `json:"id_type"`
	IDNumber  string `json:"id_number"`
	IDCountry string `json:"id_country,omitempty"`
}

// given is the person with the document read.
func (p Person) given() (people.Given, error) {
	document, err := identity.ParseDocument(people.DocumentType(p.IDType), p.IDNumber)
	return people.Given{Name: p.Name, IDType: p.IDType, Country: p.IDCountry, Document: document}, err
}

// Content is what a row says: as it was written, and, unless it is at fault, what is asked for.
type Content struct {
	Values map[string]string        `json:"values"`
	Person Person                   `json:"person"`
	Asked  registering.Registration `json:"asked"`
	Phone  string                   `json:"phone,omitempty"`
	Email  string                   `json:"email,omitempty"`
}

func seal(r store.IntakeRow) string { return store.IntakeRowSeal(r.IntakeID, strconv.Itoa(r.Number)) }

// Seal seals what a row says.
func Seal(keys *identity.Keyring, r store.IntakeRow, c Content) ([]byte, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode a row of an intake: %w", err)
	}
	return keys.Seal(plain, seal(r))
}

// Open opens what a row says; nothing when it was forgotten.
func Open(keys *identity.Keyring, r store.IntakeRow) (c Content, err error) {
	if r.ContentSealed == nil {
		return c, nil
	}
	plain, err := keys.Open(r.ContentSealed, seal(r))
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	if err != nil {
		return c, fmt.Errorf("open a row of an intake: %w", err)
	}
	return c, nil
}

// Key tells people of one intake from each other.
func Key(keys *identity.Keyring, p Person, document identity.Document) []byte {
	return keys.Fingerprint("intake/person", []byte(document.Number()+"\x1f"+p.IDCountry))
}
