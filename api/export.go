package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// exportView is everything that is kept of a person.
type exportView struct {
	MadeAt   time.Time           `json:"made_at"`
	Person   exportedPerson      `json:"person"`
	Sections []exportSectionView `json:"sections"`
}

// exportedPerson is what is kept sealed of a person, opened for them.
type exportedPerson struct {
	Name     string `json:"name"`
	IDType   coded  `json:"id_type"`
	IDNumber string `json:"id_number"`
	Phone    string `json:"phone"`
	Email    string `json:"email"`
	Address  string `json:"address"`
	Photo    []byte `json:"photo" doc:"JPEG, in base64; null: there is none."`
}

// exportSectionView is one part of the record, as it is kept.
type exportSectionView struct {
	Code string          `json:"code"`
	Name string          `json:"name"`
	Rows json.RawMessage `json:"rows" doc:"The rows of the record, one object each."`
}

type exportOutput struct {
	Disposition string `header:"Content-Disposition"`
	Body        exportView
}

// export gives the trainee who asks everything that is kept of them. It is one state of the record; that it was given out
// is written down before it is.
func (s *service) export(ctx context.Context, _ *struct{}) (*exportOutput, error) {
	r := requestOf(ctx)
	id, err := r.person()
	if err != nil {
		return nil, err
	}
	out := &exportOutput{Disposition: `attachment; filename="dengpan-export.json"`}
	out.Body.MadeAt = s.Now().UTC()
	err = s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		if out.Body.Person, err = s.exportPerson(tx, reader{lang: r.lang}, id); err != nil {
			return err
		}
		for _, section := range store.ExportSections() {
			rows, err := tx.Export(section, id)
			if open, sealed := s.openers()[section.Code]; err == nil && sealed {
				rows, err = opened(rows, open)
			}
			if err != nil {
				return err
			}
			view := exportSectionView{Code: section.Code, Name: reader{lang: r.lang}.say("export", section.Code), Rows: rows}
			out.Body.Sections = append(out.Body.Sections, view)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error { return s.auditSelf(tx, r, "person.export", id, nil) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// opener opens a sealed field of a row of an export.
type opener struct {
	field, into string
	open        func(id string, sealed []byte) (any, error)
}

// openers are the parts of an export that have sealed content in them, by how it is opened.
func (s *service) openers() map[string][]opener {
	text := func(purpose func(string) string) func(string, []byte) (any, error) {
		return func(id string, sealed []byte) (any, error) {
			plain, err := s.Keys.Open(sealed, purpose(id))
			return string(plain), err
		}
	}
	return map[string][]opener{
		"identity": {{"name", "name", text(store.NameSeal)}, {"id_number", "id_number", text(store.IDNumberSeal)}},
		"letters": {{"sealed", "body", func(id string, sealed []byte) (any, error) {
			plain, err := s.Keys.Open(sealed, store.LetterSeal(id))
			return json.RawMessage(plain), err
		}}},
		"petitions": {{"text", "text", text(store.PetitionSeal)}, {"statement", "statement", text(store.PetitionStatementSeal)}},
		"drafts": {{"sealed", "contents", func(id string, sealed []byte) (any, error) {
			plain, err := s.Keys.Open(sealed, store.DraftSeal(id))
			return json.RawMessage(plain), err
		}}, {"photo", "photo", func(id string, sealed []byte) (any, error) { return s.Keys.Open(sealed, store.DraftPhotoSeal(id)) }}},
		"misconduct": {{"account", "account", text(store.MisconductSeal)}, {"statement", "statement", text(store.StatementSeal)}},
	}
}

// opened puts what is said in the place of what is kept sealed of it. A field without content stands elsewhere, or was not written.
func opened(section json.RawMessage, openers []opener) (json.RawMessage, error) {
	var rows []map[string]any
	if err := json.Unmarshal(section, &rows); err != nil {
		return nil, fmt.Errorf("export sealed content: %w", err)
	}
	for _, row := range rows {
		for _, o := range openers {
			sealed, _ := row[o.field].(string)
			delete(row, o.field)
			if sealed == "" {
				continue
			}
			id, _ := row["id"].(string)
			content, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(sealed, "\n", ""))
			if err == nil {
				row[o.into], err = o.open(id, content)
			}
			if err != nil {
				return nil, fmt.Errorf("export sealed content: %w", err)
			}
		}
	}
	return json.Marshal(rows)
}

func (s *service) exportPerson(tx *store.Tx, v reader, id string) (view exportedPerson, err error) {
	person, err := tx.Person(id)
	if err != nil {
		return view, err
	}
	view.IDType = v.coded("id_type", person.IDType)
	if view.Name, err = people.Name(s.Keys, person); err != nil {
		return view, err
	}
	if view.IDNumber, err = people.Number(s.Keys, person); err != nil {
		return view, err
	}
	reach, _, err := s.openContacts(tx, id)
	if err != nil {
		return view, err
	}
	view.Phone, view.Email, view.Address = reach.Phone.Number(), reach.Email.Address(), reach.Address
	if view.Photo, err = s.openPhoto(tx, id); errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return view, fmt.Errorf("export a person: %w", err)
	}
	return view, nil
}
