package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

type incidentsInput struct {
	FilteredInput
	NumberedInput

	State       string `query:"state" enum:"open,resolving,closed" doc:"Open and resolving, when neither it nor the filter says another."`
	Cause       string `query:"cause" maxLength:"64"`
	Stage       string `query:"stage" enum:"registration,training,exam,evaluation,certificate,title,ce_hours"`
	Institution string `query:"institution" maxLength:"64"`
	CaseID      string `query:"case_id" maxLength:"64"`
	Sort        string `query:"sort" enum:"since,-since" doc:"The order of numbered pages."`
	GroupBy     string `query:"group_by" enum:"cause" doc:"Count by cause, stage and institution instead of listing."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type incidentsOutput struct {
	Body struct {
		Incidents    []listedIncident `json:"incidents,omitzero"`
		Groups       []incidentGroup  `json:"groups,omitzero"`
		Next         *string          `json:"next" doc:"The after of the next page; null when there is none."`
		Total        *int64           `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
		TotalIsLeast bool             `json:"total_is_least" doc:"There are more than the total: it is not counted further."`
	}
}

// listedIncident is an incident with the latest resolution of it.
type listedIncident struct {
	IncidentView
	Resolution *resolutionView `json:"resolution,omitempty" doc:"The latest."`
}

type resolutionView struct {
	ID          string        `json:"id"`
	Verb        contract.Verb `json:"verb"`
	Reason      string        `json:"reason"`
	RequestedAt time.Time     `json:"requested_at"`
	Outcome     string        `json:"outcome" enum:"awaiting_approval,pending,applied,refused,rejected,withdrawn,overtaken"`
	Refusal     string        `json:"refusal,omitempty" doc:"Why the case would not have it."`
}

type incidentGroup struct {
	Cause       string          `json:"cause"`
	Kind        contract.Kind   `json:"kind" enum:"external,program,business,overdue"`
	Title       string          `json:"title"`
	Stage       string          `json:"stage" doc:"Empty when the cause is of no stage."`
	Institution *bodyView       `json:"institution,omitempty"`
	EndpointID  string          `json:"endpoint_id,omitempty" doc:"Of the cause endpoint_down: the endpoint that takes nothing."`
	Count       int             `json:"count" doc:"Incidents; events that wait, behind an endpoint."`
	Cases       int             `json:"cases" doc:"That are stuck on it, or of which events wait."`
	Claimed     int             `json:"claimed" doc:"Of how many of them somebody is in charge."`
	Mine        int             `json:"mine" doc:"Of how many of them the reader is."`
	Oldest      time.Time       `json:"oldest"`
	Explanation string          `json:"explanation"`
	Verbs       []contract.Verb `json:"verbs"`
}

func (s *service) incidentFilter(in *incidentsInput, r *request) (store.IncidentFilter, *faults) {
	found := &faults{}
	f := store.IncidentFilter{
		Cause: in.Cause, Stage: in.Stage, Within: r.within(in.Institution), CaseID: in.CaseID,
		Where: s.expression(found, r, in.FilteredInput, store.IncidentFields(s.Policy)),
		After: position(found, in.After), Limit: in.Limit, Numbered: in.numbered(found, in.Sort, in.After),
	}
	in.bounded(found, in.Limit)
	switch {
	case in.State != "":
		f.States = []string{in.State}
	case !filter.Names(f.Where, "state"):
		f.States = []string{store.IncidentOpen, store.IncidentResolving}
	}
	if in.Cause != "" && in.Cause != endpointDown && contract.Cause(in.Cause).Verbs() == nil {
		found.add("cause", fieldUnknownValue)
	}
	if in.CaseID != "" && !isID(in.CaseID) {
		found.add("case_id", fieldFormat)
	}
	if in.GroupBy != "" && in.After != "" && !found.has("after") {
		found.add("after", fieldConflict)
	}
	if in.GroupBy != "" && in.Page != 0 {
		found.add("page", fieldConflict)
	}
	return f, found
}

// listIncidents lists incidents for an operator, the longest open first, or counts them by what they have in common.
func (s *service) listIncidents(ctx context.Context, in *incidentsInput) (*incidentsOutput, error) {
	r := requestOf(ctx)
	f, found := s.incidentFilter(in, r)
	if err := found.err(); err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	if in.GroupBy != "" {
		return groupIncidents(tx, r, f)
	}
	out := &incidentsOutput{}
	var err error
	var incidents []store.Incident
	read := func(limit int) ([]store.Incident, error) { f.Limit = limit; return tx.Incidents(f) }
	count := func(most int) (int64, error) { return tx.CountIncidents(f, most) }
	if incidents, out.Body.Total, out.Body.TotalIsLeast, err = readPage(in.NumberedInput, in.Limit, read, count); err != nil {
		return nil, err
	}
	incidents, out.Body.Next = upTo(in.Limit, incidents, func(i store.Incident) (time.Time, string) { return i.OpenedAt, i.ID })
	out.Body.Incidents, err = viewIncidents(tx, r, incidents...)
	return out, err
}

func viewIncidents(tx *store.Tx, r *request, incidents ...store.Incident) ([]listedIncident, error) {
	v, err := newReader(tx, r, incidentInstitutions(incidents...)...)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(incidents))
	for i, incident := range incidents {
		ids[i] = incident.ID
	}
	resolutions, err := tx.LatestResolutions(ids)
	if err != nil {
		return nil, err
	}
	views := make([]listedIncident, len(incidents))
	for i, incident := range incidents {
		views[i].IncidentView = v.incident(incident)
		if latest, had := resolutions[incident.ID]; had {
			shown := viewResolution(latest)
			views[i].Resolution = &shown
		}
	}
	return views, nil
}

func viewResolution(r store.Resolution) resolutionView {
	return resolutionView{
		ID: r.ID, Verb: r.Verb, Reason: r.Reason, RequestedAt: r.RequestedAt, Outcome: r.Outcome, Refusal: r.Refusal,
	}
}

func groupIncidents(tx *store.Tx, r *request, f store.IncidentFilter) (*incidentsOutput, error) {
	groups, err := tx.IncidentGroups(f, r.account.ID)
	if err != nil {
		return nil, err
	}
	stopped, err := stoppedEndpoints(tx, f)
	if err != nil {
		return nil, err
	}
	var institutions []string
	for _, e := range stopped {
		institutions = append(institutions, e.InstitutionID)
	}
	for _, g := range groups {
		if g.InstitutionID != nil {
			institutions = append(institutions, *g.InstitutionID)
		}
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	out := &incidentsOutput{}
	out.Body.Groups = make([]incidentGroup, len(groups))
	for i, g := range groups {
		view := incidentGroup{
			Cause: string(g.Cause), Kind: g.Cause.Kind(), Title: v.say("cause", string(g.Cause)+".title"), Stage: string(g.Stage),
			Count: g.Count, Cases: g.Cases, Claimed: g.Claimed, Mine: g.Mine, Oldest: g.Oldest, Verbs: g.Cause.Verbs(),
		}
		words := map[string]any{}
		if g.InstitutionID != nil {
			at := v.institution(*g.InstitutionID)
			view.Institution, words["institution"] = &at, at.Name
		}
		// What differs from case to case is left out of what is said of them all.
		explanation := "cause." + string(g.Cause) + ".group"
		if !message.Has(explanation) {
			explanation = "cause." + string(g.Cause) + ".explanation"
		}
		view.Explanation = message.Text(v.lang, explanation, words)
		out.Body.Groups[i] = view
	}
	out.Body.Groups, err = withEndpoints(tx, r, v, out.Body.Groups, stopped, f.Limit)
	return out, err
}

type incidentOutput struct{ Body listedIncident }

// getIncident shows one incident, and what became of its latest resolution.
func (s *service) getIncident(ctx context.Context, in *idInput) (*incidentOutput, error) {
	tx := s.Store.Read(ctx)
	incident, err := tx.Incident(in.ID)
	if err != nil {
		return nil, err
	}
	views, err := viewIncidents(tx, requestOf(ctx), incident)
	if err != nil {
		return nil, err
	}
	return &incidentOutput{Body: views[0]}, nil
}
