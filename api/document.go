package api

import (
	"errors"
	"regexp"
	"strings"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// personBody is who somebody is, as it is sent.
type personBody struct {
	Name, IDType, IDNumber, IDCountry string
}

// person is who somebody is, read.
type person struct {
	name     string
	idType   string
	country  string // of a passport
	document identity.Document
}

var countryForm = regexp.MustCompile(`^[A-Z]{3}$`)

// checkPerson reads who somebody is, and lists what is wrong.
func (s *service) checkPerson(body personBody, found *faults) person {
	who := person{idType: body.IDType}
	var fault identity.Fault
	var err error
	if who.name, err = identity.ParseName(body.Name); errors.As(err, &fault) {
		found.add("name", string(fault))
	}
	// A date of birth is judged by the wall's calendar, which is the one people are born by.
	today := calendar.Real().Today(s.Now())
	who.document, err = identity.ParseDocumentOn(people.DocumentType(body.IDType), body.IDNumber, today)
	if errors.As(err, &fault) && !found.has("id_type") {
		found.add("id_number", string(fault))
	}
	if permit, err := identity.ParseDocumentOn(identity.ResidencePermit, body.IDNumber, today); err == nil &&
		body.IDType == store.IDTypeResident {
		// Numbered like a resident card, and taken for one: annex 3 makes a difference.
		who.document, who.idType = permit, store.IDTypeResidencePermit
	}
	who.country = checkCountry(body.IDType, body.IDCountry, found)
	return who
}

// checkCountry reads the country of a document: a passport has one, others have none.
func checkCountry(idType, given string, found *faults) string {
	country := strings.ToUpper(strings.TrimSpace(given))
	switch passport := idType == store.IDTypePassport; {
	case passport && country == "":
		found.add("id_country", fieldRequired)
	case passport && !countryForm.MatchString(country):
		found.add("id_country", fieldFormat)
	case !passport && country != "":
		found.add("id_country", fieldConflict)
	}
	return country
}

// personOf finds the person a document belongs to, or writes them.
func (s *service) personOf(tx *store.Tx, who person) (store.Person, error) {
	return people.Enter(tx, s.Keys, people.Given{Name: who.name, IDType: who.idType, Country: who.country, Document: who.document}, s.Now())
}

// named is personOf for who knows the person already: the name must be theirs.
func (s *service) named(tx *store.Tx, who person) (store.Person, error) {
	known, err := s.personOf(tx, who)
	if err != nil {
		return known, err
	}
	same, err := s.sameName(known, who.name)
	if err == nil && !same {
		err = problem(validationFailed, FieldError{Field: "name", Code: fieldNameMismatch})
	}
	return known, err
}
