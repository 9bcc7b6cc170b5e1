package api

import (
	"bytes"
	"context"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// subsidyColumns are the facts that somebody names who applies for a training subsidy. None is of an amount: the notice sets none.
var subsidyColumns = []string{
	"trainee", "occupation", "level", "class", "training_body", "class_from", "class_to", "hours", "required_hours", "number", "issued_on",
	"certificate_state",
}

type subsidyInput struct {
	ID     string `path:"id"`
	Format string `query:"format" enum:"csv,xlsx" default:"xlsx"`
}

// subsidyFacts gives an employer what its people's applications for training subsidies name, of a class that it sponsors. Who
// consents no more is left out.
func (s *service) subsidyFacts(ctx context.Context, in *subsidyInput) (*fileOutput, error) {
	r, format := requestOf(ctx), formats[in.Format]
	var rows []map[string]any
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Class(in.ID)
		if err != nil {
			return err
		}
		class, err := s.viewClass(tx, r, c)
		if err != nil {
			return err
		}
		places, _, err := tx.SponsoredPlaces(c.ID, 0, mostExported)
		if err != nil {
			return err
		}
		staff, err := s.viewSponsoredStaff(tx, r, c, places)
		if err != nil {
			return err
		}
		for i := range staff {
			if !staff[i].Hidden {
				rows = append(rows, staff[i].subsidyRow(r, class))
			}
		}
		return s.audit(tx, r, "subsidy_facts.read", "class:"+c.ID, "", map[string]any{"rows": len(rows), "format": in.Format})
	})
	if err != nil {
		return nil, err
	}
	all := exportRows{total: len(rows), note: message.Text(r.lang, "export.subsidy", nil), next: func() ([]map[string]any, error) {
		batch := rows
		rows = nil
		return batch, nil
	}}
	var file bytes.Buffer
	if err := writeExport(&file, format.begin, r.lang, subsidyColumns, all); err != nil {
		return nil, err
	}
	name := "subsidy-facts-" + s.today().String() + "." + in.Format
	return &fileOutput{ContentType: format.media, Disposition: `attachment; filename="` + name + `"`, Body: file.Bytes()}, nil
}

// subsidyRow is one of an employer's people as an application names them.
func (m *staffMember) subsidyRow(r *request, class ClassView) map[string]any {
	row := map[string]any{
		"trainee": m.Name, "occupation": class.Occupation.Name, "level": class.Level.Name, "class": class.Name,
		"training_body": class.Institution.Name, "class_from": class.StartsOn.String(), "class_to": class.EndsOn.String(),
		"hours": m.Hours.String(), "certificate_state": message.Text(r.lang, "subsidy_certificate.none", nil),
	}
	if m.Required != nil {
		row["required_hours"] = m.Required.String()
	}
	if k := m.Certificate; k != nil {
		state := "invalid"
		if k.Valid {
			state = "valid"
		}
		row["number"], row["issued_on"] = k.Number, k.IssuedOn
		row["certificate_state"] = message.Text(r.lang, "subsidy_certificate."+state, nil)
	}
	return row
}
