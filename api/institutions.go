package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/store"
)

type refInput struct {
	Ref string `path:"ref" maxLength:"48" doc:"The institution's id."`
}

type refBodyInput struct {
	Ref     string `path:"ref" maxLength:"48" doc:"The institution's id."`
	RawBody []byte
}

// institutionDetail is an institution over time.
type institutionDetail struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Status      string           `json:"status" enum:"active,suspended"`
	Names       []nameView       `json:"names" doc:"The oldest first."`
	Roles       []roleView       `json:"roles" doc:"What it is or was listed for, the oldest first."`
	CEBase      []basePeriodView `json:"ce_base" doc:"Its listings as a base of continuing education."`
	Suspensions []suspensionView `json:"suspensions"`
	Supervision []noticeOfView   `json:"supervision" doc:"What the city bureau published of inspections, the latest first."`
}

// noticeOfView is what was published of an inspection.
type noticeOfView struct {
	VisitedOn   *calendar.Date `json:"visited_on"`
	PublishedAt *time.Time     `json:"published_at"`
	Text        string         `json:"text"`
}

// PeriodView is from when until when something holds. (Exported because it is embedded.)
type PeriodView struct {
	ValidFrom calendar.Date  `json:"valid_from"`
	ValidTo   *calendar.Date `json:"valid_to" doc:"The first day on which it no longer holds; null: until the next list."`
}

type nameView struct {
	PeriodView

	Name string `json:"name"`
	Kind string `json:"kind" enum:"legal,alias"`
}

type roleView struct {
	PeriodView

	Occupation coded  `json:"occupation"`
	Role       coded  `json:"role"`
	Level      *coded `json:"level" doc:"Null: all levels."`
	ListYear   int    `json:"list_year"`
	Document   string `json:"document"`
}

type basePeriodView struct {
	PeriodView

	Name     string `json:"name"`
	Number   *int   `json:"number"`
	MayIssue bool   `json:"may_issue"`
	ListYear int    `json:"list_year"`
}

type suspensionView struct {
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until" doc:"Null while it is suspended."`
}

type institutionOutput struct{ Body institutionDetail }

// getInstitution shows an institution over time.
func (s *service) getInstitution(ctx context.Context, in *refInput) (*institutionOutput, error) {
	r := requestOf(ctx)
	out := &institutionOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(in.Ref)
		if err != nil {
			return err
		}
		out.Body = institutionDetail{ID: i.ID, Name: i.Name, Status: i.Status}
		return s.overTime(tx, reader{lang: r.lang}, &out.Body)
	})
	return out, err
}

// overTime adds to an institution what it was and is.
func (s *service) overTime(tx *store.Tx, v reader, of *institutionDetail) error {
	names, err := tx.NamesOf(of.ID)
	if err != nil {
		return err
	}
	roles, err := tx.RolesOf(of.ID)
	if err != nil {
		return err
	}
	bases, err := tx.BasesOf(of.ID)
	if err != nil {
		return err
	}
	suspensions, err := tx.SuspensionsOf(of.ID)
	of.Names, of.Roles = make([]nameView, len(names)), make([]roleView, len(roles))
	of.CEBase, of.Suspensions = make([]basePeriodView, len(bases)), make([]suspensionView, len(suspensions))
	for i, n := range names {
		of.Names[i] = nameView{PeriodView{n.ValidFrom, n.ValidTo}, n.Name, n.Kind}
	}
	for i, l := range roles {
		of.Roles[i] = roleView{
			PeriodView: PeriodView{l.ValidFrom, l.ValidTo}, Occupation: v.occupation(s.Policy, l.Occupation), Role: v.coded("role", l.Role),
			Level: v.codedIf("level", l.Level), ListYear: l.ListYear, Document: l.SourceDocument,
		}
	}
	for i, b := range bases {
		of.CEBase[i] = basePeriodView{PeriodView{b.ValidFrom, b.ValidTo}, b.Name, b.Number, b.MayIssue, b.ListYear}
	}
	for i, p := range suspensions {
		of.Suspensions[i] = suspensionView{p.SuspendedAt, p.LiftedAt}
	}
	if err != nil {
		return err
	}
	published, err := tx.PublishedNotices(of.ID)
	of.Supervision = viewPublished(published)
	return err
}

func viewPublished(published []store.Inspection) []noticeOfView {
	views := make([]noticeOfView, len(published))
	for i, p := range published {
		views[i] = noticeOfView{p.VisitedOn, p.PublishedAt, p.Notice}
	}
	return views
}
