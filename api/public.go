package api

import (
	"context"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

type catalogueOutput struct {
	Body policy.Catalogue
}

// catalogue shows the programme's occupations, levels, hours and conditions, each with where it is written.
func (s *service) catalogue(context.Context, *struct{}) (*catalogueOutput, error) {
	return &catalogueOutput{Body: s.Policy.Catalogue()}, nil
}

type institutionsInput struct {
	Occupation string `query:"occupation" maxLength:"64"`
	Role       string `query:"role" enum:"training,evaluation"`
}

type institutionsOutput struct {
	Body struct {
		Institutions []institutionView `json:"institutions"`
		CEBases      []ceBaseView      `json:"ce_bases"`
	}
}

type institutionView struct {
	ID         string `json:"id"`
	Name       string `json:"name" doc:"Exactly as published."`
	Occupation coded  `json:"occupation"`
	Role       string `json:"role" enum:"training,evaluation"`
	RoleName   string `json:"role_name"`
	ListYear   int    `json:"list_year"`
	Notices    int    `json:"notices" doc:"That were published of inspections; GET /v1/institutions/{ref} gives them, with its suspensions."`
}

type ceBaseView struct {
	ID        string `json:"id" doc:"Of the base as an institution."`
	Number    *int   `json:"number" doc:"Null for the row that was published without one."`
	Name      string `json:"name"`
	National  bool   `json:"national"`
	Municipal bool   `json:"municipal"`
	Note      string `json:"note,omitempty"`
	MayIssue  bool   `json:"may_issue" doc:"False until the listing is confirmed: no course is held meanwhile."`
	ListYear  int    `json:"list_year"`
}

// institutions shows the published lists as they hold today.
func (s *service) institutions(ctx context.Context, in *institutionsInput) (*institutionsOutput, error) {
	if _, known := s.Policy.Occupation(in.Occupation); in.Occupation != "" && !known {
		return nil, problem(validationFailed, FieldError{Field: "occupation", Code: fieldNoOccupation})
	}
	tx := s.Store.Read(ctx)
	listed, err := tx.ListedInstitutions(in.Occupation, in.Role, s.today())
	if err != nil {
		return nil, err
	}
	bases, err := tx.CEBases(s.today())
	if err != nil {
		return nil, err
	}
	out := &institutionsOutput{}
	out.Body.Institutions = s.viewListed(requestOf(ctx), listed)
	out.Body.CEBases = make([]ceBaseView, len(bases))
	for i, b := range bases {
		out.Body.CEBases[i] = ceBaseView{
			ID: deref(b.InstitutionID), MayIssue: b.MayIssue, Number: b.Number, Name: b.Name, National: b.National,
			Municipal: b.Municipal, Note: b.Note, ListYear: b.ListYear,
		}
	}
	return out, nil
}

func (s *service) viewListed(r *request, listed []store.ListedInstitution) []institutionView {
	v := reader{lang: r.lang}
	views := make([]institutionView, len(listed))
	for i, row := range listed {
		views[i] = institutionView{
			ID: row.InstitutionID, Name: row.Name, Occupation: v.occupation(s.Policy, row.Occupation),
			Role: row.Role, RoleName: v.say("role", row.Role), ListYear: row.ListYear, Notices: row.Notices,
		}
	}
	return views
}
