package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// roleCEBase is the role of a base of continuing education, for those who look for one.
const roleCEBase = "ce_base"

type directoryInput struct {
	Text       string `query:"q" maxLength:"64" doc:"Within the name."`
	Role       string `query:"role" enum:"training,evaluation,ce_base"`
	Occupation string `query:"occupation" maxLength:"64"`
	Level      string `query:"level" enum:"junior,intermediate,senior"`
	District   string `query:"district" maxLength:"32"`
}

// foundView is an institution as the public finds it.
type foundView struct {
	ID             string      `json:"id"`
	Name           string      `json:"name" doc:"Exactly as published."`
	District       *coded      `json:"district" doc:"Null: not known."`
	SuspendedSince *time.Time  `json:"suspended_since" doc:"It may not act meanwhile; null: it is not suspended."`
	Roles          []foundRole `json:"roles"`
	CEBase         *foundBase  `json:"ce_base" doc:"Null: it is none."`
	Classes        int         `json:"classes" doc:"That can be joined."`
	Notices        int         `json:"notices" doc:"That were published of inspections."`

	Rating *publicRating `json:"rating,omitempty" doc:"What trainees thought of its training; missing while too few said so."`
}

type foundRole struct {
	Role       coded  `json:"role"`
	Occupation coded  `json:"occupation"`
	Level      *coded `json:"level" doc:"Null: the list names none, so all are assumed."`
	ListYear   int    `json:"list_year"`
}

type foundBase struct {
	Number    *int `json:"number" doc:"Null for the row that was published without one."`
	National  bool `json:"national"`
	Municipal bool `json:"municipal"`
	MayIssue  bool `json:"may_issue" doc:"False until the listing is confirmed."`
	ListYear  int  `json:"list_year"`
}

type directoryOutput struct {
	Body struct {
		Institutions []foundView `json:"institutions"`
	}
}

// directory finds institutions of the published lists as they hold today, those that are suspended too, which says so.
func (s *service) directory(ctx context.Context, in *directoryInput) (*directoryOutput, error) {
	var all []store.Found
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) (err error) { // the lists may be renewed meanwhile
		all, err = tx.Directory(s.today())
		return err
	})
	if err != nil {
		return nil, err
	}
	v := reader{lang: requestOf(ctx).lang}
	out := &directoryOutput{}
	out.Body.Institutions = []foundView{}
	for _, f := range all {
		if in.fits(f) {
			out.Body.Institutions = append(out.Body.Institutions, v.found(s.Policy, f))
		}
	}
	return out, nil
}

// fits reports whether an institution is one of those that are looked for.
func (in *directoryInput) fits(f store.Found) bool {
	if !strings.Contains(strings.ToLower(f.Name), strings.ToLower(strings.TrimSpace(in.Text))) ||
		in.District != "" && deref(f.District) != in.District {
		return false
	}
	if in.Role == roleCEBase || in.Role == "" && in.Occupation == "" && in.Level == "" {
		return in.Role == "" || f.Base != nil
	}
	return slices.ContainsFunc(f.Roles, func(r store.InstitutionRole) bool {
		return (in.Role == "" || r.Role == in.Role) && (in.Occupation == "" || r.Occupation == in.Occupation) &&
			(in.Level == "" || r.Level == "" || r.Level == in.Level)
	})
}

func (v reader) found(rules *policy.Policy, f store.Found) foundView {
	view := foundView{
		ID: f.ID, Name: f.Name, District: v.codedIf("district", deref(f.District)), SuspendedSince: f.SuspendedSince, Roles: []foundRole{},
		Classes: f.Classes, Notices: f.Notices, Rating: rated(f.Raters, f.RatingSum),
	}
	for _, r := range f.Roles {
		view.Roles = append(view.Roles, foundRole{
			Role: v.coded("role", r.Role), Occupation: v.occupation(rules, r.Occupation), Level: v.codedIf("level", r.Level), ListYear: r.ListYear,
		})
	}
	if b := f.Base; b != nil {
		view.CEBase = &foundBase{Number: b.Number, National: b.National, Municipal: b.Municipal, MayIssue: b.MayIssue, ListYear: b.ListYear}
	}
	return view
}
