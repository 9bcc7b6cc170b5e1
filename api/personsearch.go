package api

import (
	"cmp"
	"context"
	"errors"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// searchBody names a person by the exact number of a document or of a telephone. It is a body, so that neither is in an
// address.
type searchBody struct {
	IDType    string `json:"id_type,omitempty" enum:"resident_id,residence_permit,hong_kong_macao_permit,taiwan_permit,passport,permanent_resident_id" doc:"resident_id (居民身份证) unless it says otherwise."`
	IDNumber  string `json:"id_number,omitempty" maxLength:"64"`
	IDCountry string `json:"id_country,omitempty" maxLength:"3" doc:"Of a passport, and only of it."`
	Phone     string `json:"phone,omitempty" maxLength:"40" doc:"In place of the number of a document."`
}

// personView is a person as an operator sees them.
type personView struct {
	ID             string        `json:"id"`
	NameMasked     string        `json:"name_masked"`
	IDType         coded         `json:"id_type"`
	IDNumberMasked string        `json:"id_number_masked"`
	Contacts       contactsView  `json:"contacts"`
	Cases          []CaseSummary `json:"cases" doc:"As far as the operator reaches."`
}

type searchOutput struct {
	Body struct {
		People []personView `json:"people" doc:"More than one only of a telephone that is shared."`
	}
}

// searchPerson finds people, masked, with their cases. An operator of a district finds those who have a case there. Every
// search is written down, with whom it found; what was searched for is not.
func (s *service) searchPerson(ctx context.Context, in *bodyInput) (*searchOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.privacy.search.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	kinds, indexes := s.soughtBy(body, found)
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &searchOutput{}
	out.Body.People = []personView{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		matches, err := tx.PeopleByIndex(kinds, people.Hashes(indexes))
		if err != nil {
			return err
		}
		for _, person := range matches {
			view, reached, err := s.viewPerson(tx, r, person)
			if err != nil {
				return err
			}
			if !reached {
				continue
			}
			out.Body.People = append(out.Body.People, view)
			if err := s.audit(tx, r, "person.search", personSubject(person.ID), "", nil); err != nil {
				return err
			}
		}
		if len(out.Body.People) == 0 {
			return s.audit(tx, r, "person.search", "person:none", "", nil)
		}
		return nil
	})
	return out, err
}

// soughtBy reads what a person is sought by, and lists what is wrong with it.
func (s *service) soughtBy(body searchBody, found *faults) ([]string, []store.PersonIndex) {
	switch {
	case body.Phone == "" && body.IDNumber == "":
		found.add("id_number", fieldRequired)
		return nil, nil
	case body.Phone != "" && (body.IDNumber != "" || body.IDType != "" || body.IDCountry != ""):
		found.add("phone", fieldConflict)
		return nil, nil
	case body.Phone != "":
		phone, err := identity.ParsePhone(body.Phone)
		if fault := identity.Fault(""); errors.As(err, &fault) {
			found.add("phone", string(fault))
		}
		return []string{store.IndexMobile, store.IndexPhone}, people.ByPhone(s.Keys, phone)
	}
	kind := people.DocumentType(cmp.Or(body.IDType, store.IDTypeResident))
	document, err := identity.ParseDocumentOn(kind, body.IDNumber, calendar.Real().Today(s.Now()))
	if fault := identity.Fault(""); errors.As(err, &fault) && !found.has("id_type") {
		found.add("id_number", string(fault))
	}
	country := checkCountry(body.IDType, body.IDCountry, found)
	return []string{store.IndexIDNumber}, people.ByDocument(s.Keys, document, country)
}

// viewPerson shows a person with the cases that the reader reaches, and reports whether the reader reaches the person.
func (s *service) viewPerson(tx *store.Tx, r *request, person store.Person) (view personView, reached bool, err error) {
	const most = 50
	within := r.within("")
	cases, err := tx.Cases(store.CaseFilter{Within: within, PersonID: person.ID, Limit: most})
	if err != nil || len(cases) == 0 && within.District != "" {
		return view, false, err
	}
	who, err := s.trainee(tx, person.ID)
	if err != nil {
		return view, false, err
	}
	reach, known, err := s.openContacts(tx, person.ID)
	if err != nil {
		return view, false, err
	}
	v, err := newReader(tx, r, bodiesOf(cases...)...)
	if err != nil {
		return view, false, err
	}
	view = personView{
		ID: person.ID, NameMasked: maskName(who.Name), IDType: v.coded("id_type", person.IDType), IDNumberMasked: who.IDNumberMasked,
		Contacts: maskedContacts(reach, known), Cases: make([]CaseSummary, len(cases)),
	}
	for i, c := range cases {
		if view.Cases[i], err = summarise(v, c); err != nil {
			return view, false, err
		}
	}
	return view, true, nil
}
