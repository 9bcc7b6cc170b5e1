package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/store"
)

type casesInput struct {
	FilteredInput
	NumberedInput

	Status     string `query:"status" enum:"active,waiting,stuck,withdrawn,ended"`
	Stage      string `query:"stage" enum:"registration,training,exam,evaluation,certificate,title,ce_hours"`
	Occupation string `query:"occupation" maxLength:"64"`
	Sort       string `query:"sort" enum:"registered,-registered,since,-since,due,-due,stage,-stage,age,-age" doc:"The order of numbered pages."`
	GroupBy    string `query:"group_by" enum:"queue,stage,occupation,level,training,evaluation,institution,assignee,cause" doc:"Count the open cases that are picked instead of listing: by institution, a case counts with both of its bodies."`
	After      string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type casesOutput struct {
	Body struct {
		Cases        []listedCase `json:"cases" doc:"None when they are counted instead."`
		Groups       []caseGroup  `json:"groups,omitzero"`
		Next         *string      `json:"next" doc:"The after of the next page; null when there is none."`
		Total        *int64       `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
		TotalIsLeast bool         `json:"total_is_least" doc:"There are more than the total: it is not counted further."`
	}
}

// listedCase is a case in an operator's list.
type listedCase struct {
	CaseSummary

	Queue     string        `json:"queue,omitempty" doc:"The queue it stands in; none when it has ended."`
	QueueName string        `json:"queue_name,omitempty"`
	Assignee  *assigneeView `json:"assignee,omitempty" doc:"The operator who sees to it."`
	Cause     *coded        `json:"cause,omitempty" doc:"What it is stuck on."`
	Incident  string        `json:"incident_id,omitempty"`
	District  string        `json:"district,omitempty"`
	StandsAt  time.Time     `json:"stands_since" doc:"Since when it stands where it stands; its age counts from then."`
	NearDue   bool          `json:"near_due" doc:"Its deadline is near, and has not passed."`
}

// assigneeView is the operator who sees to a case.
type assigneeView struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// caseGroup is how many open cases have something in common.
type caseGroup struct {
	Value  string    `json:"value" doc:"A code or an id; none: nobody sees to them."`
	Name   string    `json:"name"`
	Count  int       `json:"count"`
	Oldest time.Time `json:"oldest" doc:"Since when the first of them stands where it stands."`
	Filter string    `json:"filter" doc:"The filter that lists them."`
}

func (s *service) caseFilter(in *casesInput, r *request) (store.CaseFilter, *faults) {
	found := &faults{}
	f := store.CaseFilter{
		Within: r.within(""), Status: in.Status, Stage: in.Stage, Occupation: in.Occupation,
		Where: s.expression(found, r, in.FilteredInput, store.CaseFields(s.Policy)),
		After: position(found, in.After), Limit: in.Limit, Numbered: in.numbered(found, in.Sort, in.After),
	}
	in.bounded(found, in.Limit)
	if _, known := s.Policy.Occupation(in.Occupation); in.Occupation != "" && !known {
		found.add("occupation", fieldNoOccupation)
	}
	if in.GroupBy != "" && in.After != "" {
		found.add("after", fieldConflict)
	}
	if in.GroupBy != "" && in.Page != 0 {
		found.add("page", fieldConflict)
	}
	return f, found
}

// listCases lists cases for an operator, in the order of their registration unless another is asked for, or counts the open
// ones by what they have in common.
func (s *service) listCases(ctx context.Context, in *casesInput) (*casesOutput, error) {
	r := requestOf(ctx)
	f, found := s.caseFilter(in, r)
	if err := found.err(); err != nil {
		return nil, err
	}
	tx, out := s.Store.Read(ctx), &casesOutput{}
	var err error
	if in.GroupBy != "" {
		out.Body.Cases = []listedCase{}
		out.Body.Groups, err = s.groupCases(tx, r, f, in)
		return out, err
	}
	var cases []store.Case
	read := func(limit int) ([]store.Case, error) { f.Limit = limit; return tx.Cases(f) }
	count := func(most int) (int64, error) { return tx.CountCases(f, most) }
	if cases, out.Body.Total, out.Body.TotalIsLeast, err = readPage(in.NumberedInput, in.Limit, read, count); err != nil {
		return nil, err
	}
	cases, out.Body.Next = upTo(in.Limit, cases, func(c store.Case) (time.Time, string) { return c.RegisteredAt, c.ID })
	out.Body.Cases, err = s.listedCases(tx, r, cases)
	return out, err
}

// listedCases shows cases as an operator's list has them.
func (s *service) listedCases(tx *store.Tx, r *request, cases []store.Case) ([]listedCase, error) {
	shown, err := summaries(tx, r, cases)
	if err != nil {
		return nil, err
	}
	var stuck, assignees []string
	for _, c := range cases {
		if c.Held != "" {
			stuck = append(stuck, c.ID)
		}
		if c.Assignee != nil {
			assignees = append(assignees, *c.Assignee)
		}
	}
	incidents, err := tx.OpenIncidentsOf(stuck)
	if err != nil {
		return nil, err
	}
	accounts, err := tx.AccountsOf(assignees)
	if err != nil {
		return nil, err
	}
	v, now := reader{lang: r.lang}, s.Now()
	near := deadline.Steps().NearBy(deadline.Beijing(), s.Calendar, now)
	views := make([]listedCase, len(cases))
	for i, c := range cases {
		view := listedCase{
			CaseSummary: shown[i], Queue: string(c.Queue), District: deref(c.District), StandsAt: c.StandsSince(),
			NearDue: c.DueAt != nil && c.DueAt.After(now) && c.DueAt.Before(near),
		}
		if c.Queue != "" {
			view.QueueName = v.say("queue", view.Queue)
		}
		if c.Assignee != nil {
			view.Assignee = &assigneeView{ID: *c.Assignee, Label: accounts[*c.Assignee].Label}
		}
		if incident, held := incidents[c.ID]; held {
			view.Incident, view.Cause = incident.ID, &coded{string(incident.Cause), v.say("cause", string(incident.Cause)+".title")}
		}
		views[i] = view
	}
	return views, nil
}

// groupCases counts the open cases that a filter picks. Each group comes with the filter that lists it.
func (s *service) groupCases(tx *store.Tx, r *request, f store.CaseFilter, in *casesInput) ([]caseGroup, error) {
	groups, err := tx.TallyCases(f, in.GroupBy)
	if err != nil {
		return nil, err
	}
	names, err := s.groupNames(tx, r, groups, in.GroupBy)
	if err != nil {
		return nil, err
	}
	fields := store.CaseFields(s.Policy)
	term := func(field, value string) filter.Expr {
		return filter.Term{Field: field, Kind: fields[field].Kind, Op: filter.Is, Values: []filter.Value{{Text: value}}}
	}
	written, err := filter.Parse(in.Filter, fields)
	if err != nil {
		return nil, err
	}
	for field, value := range map[string]string{"status": in.Status, "stage": in.Stage, "occupation": in.Occupation} {
		if value != "" {
			written = filter.And(written, term(field, value))
		}
	}
	if in.GroupBy != store.CasesByQueue {
		written = filter.And(written, term("status", store.StatusOpen))
	}
	views := make([]caseGroup, len(groups))
	for i, g := range groups {
		views[i] = caseGroup{
			Value: g.Value, Name: names(g.Value), Count: g.Count, Oldest: g.Oldest,
			Filter: filter.And(written, term(in.GroupBy, g.Value)).String(),
		}
	}
	return views, nil
}

// groupNames is how the values of groups are called.
func (s *service) groupNames(tx *store.Tx, r *request, groups []store.CaseTally, by string) (func(string) string, error) {
	v := reader{lang: r.lang}
	var ids []string
	for _, g := range groups {
		if g.Value != filter.None {
			ids = append(ids, g.Value)
		}
	}
	switch by {
	case store.CasesByTraining, store.CasesByEvaluation, store.CasesByInstitution:
		v, err := newReader(tx, r, ids...)
		return v.named, err
	case store.CasesByAssignee:
		accounts, err := tx.AccountsOf(ids)
		return func(id string) string {
			if id == filter.None {
				return v.say("assignee", id)
			}
			return accounts[id].Label
		}, err
	case store.CasesByOccupation:
		return func(code string) string { return v.occupation(s.Policy, code).Name }, nil
	case store.CasesByCause:
		return func(code string) string { return v.say("cause", code+".title") }, nil
	}
	return func(code string) string { return v.say(by, code) }, nil
}
