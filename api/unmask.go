package api

import (
	"context"
	"errors"

	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// What can be unmasked of a person.
const (
	unmaskName    = "name"
	unmaskNumber  = "id_number"
	unmaskPhone   = "phone"
	unmaskEmail   = "email"
	unmaskAddress = "address"
	unmaskPhoto   = "photo"
)

type unmaskingBody struct {
	Fields []string `json:"fields" minItems:"1" maxItems:"6" uniqueItems:"true" enum:"name,id_number,phone,email,address,photo"`
	Reason string   `json:"reason" minLength:"1" maxLength:"500" doc:"Why it has to be seen. It is written down with who asked for what."`
}

// unmaskedView is what was asked for; null where nothing is known.
type unmaskedView struct {
	Name     *string `json:"name,omitempty"`
	IDNumber *string `json:"id_number,omitempty"`
	Phone    *string `json:"phone,omitempty"`
	Email    *string `json:"email,omitempty"`
	Address  *string `json:"address,omitempty"`
	Photo    []byte  `json:"photo,omitempty" doc:"JPEG, in base64."`
}

type unmaskingOutput struct{ Body unmaskedView }

// unmask shows an operator what is masked of a case's person, once. That it was seen, by whom and why, is written down in
// the transaction that reads it: what cannot be written down is not shown.
func (s *service) unmask(ctx context.Context, in *idBodyInput) (*unmaskingOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.privacy.unmasking.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &unmaskingOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Case(in.ID)
		if err != nil {
			return err
		}
		if out.Body, err = s.unmasked(tx, c.PersonID, body.Fields); err != nil {
			return err
		}
		return s.audit(tx, r, "person.unmask", personSubject(c.PersonID), reason, map[string]any{"case": c.ID, "fields": body.Fields})
	})
	return out, err
}

// unmasked opens some of what is known of a person.
func (s *service) unmasked(tx *store.Tx, personID string, fields []string) (view unmaskedView, err error) {
	person, err := tx.Person(personID)
	if err != nil {
		return view, err
	}
	reach, _, err := s.openContacts(tx, personID)
	if err != nil {
		return view, err
	}
	for _, field := range fields {
		var text string
		switch field {
		case unmaskName:
			text, err = people.Name(s.Keys, person)
			view.Name = &text
		case unmaskNumber:
			text, err = people.Number(s.Keys, person)
			view.IDNumber = &text
		case unmaskPhone:
			view.Phone = ref(reach.Phone.Number())
		case unmaskEmail:
			view.Email = ref(reach.Email.Address())
		case unmaskAddress:
			view.Address = ref(reach.Address)
		case unmaskPhoto:
			view.Photo, err = s.openPhoto(tx, personID)
			if errors.Is(err, store.ErrNotFound) {
				err = nil
			}
		}
		if err != nil {
			return unmaskedView{}, err
		}
	}
	return view, nil
}
