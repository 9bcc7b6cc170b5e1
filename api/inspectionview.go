package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/store"
)

// InspectionSummary is an inspection in a list. (Exported because it is embedded.)
type InspectionSummary struct {
	ID          string         `json:"id"`
	Institution bodyView       `json:"institution"`
	Role        coded          `json:"role"`
	District    *coded         `json:"district,omitempty" doc:"Whose it is; absent: the city bureau's."`
	Scope       string         `json:"scope"`
	PlannedOn   calendar.Date  `json:"planned_on"`
	VisitedOn   *calendar.Date `json:"visited_on,omitempty"`
	State       coded          `json:"state" doc:"planned, visited, closed, cancelled."`
	Findings    int            `json:"findings"`
	Unsettled   int            `json:"unsettled" doc:"Findings that are not accepted as put right."`
	Overdue     int            `json:"overdue" doc:"Of these, whose deadline has passed and that wait for the institution."`
	Published   bool           `json:"published"`
}

type inspectionView struct {
	InspectionSummary

	Report      string         `json:"report,omitempty"`
	Notice      string         `json:"notice,omitempty" doc:"What is published of it."`
	PublishedAt *time.Time     `json:"published_at,omitempty"`
	Details     []findingView  `json:"details" doc:"What was found."`
	History     []entryView    `json:"history"`
	Proposals   []proposalView `json:"proposals" doc:"To suspend the institution, that were open at some time. For operators."`
}

type findingView struct {
	ID       string        `json:"id"`
	Number   int           `json:"number"`
	Severity coded         `json:"severity"`
	What     string        `json:"what"`
	Citation string        `json:"citation"`
	Evidence string        `json:"evidence,omitempty"`
	DueOn    calendar.Date `json:"due_on"`
	State    coded         `json:"state" doc:"open, answered, accepted, escalated."`
	Overdue  bool          `json:"overdue"`
}

type entryView struct {
	At       time.Time      `json:"at"`
	Kind     coded          `json:"kind"`
	Finding  int            `json:"finding,omitempty" doc:"The number of the finding that it is about."`
	By       coded          `json:"by" doc:"operator, institution, system."`
	Text     string         `json:"text,omitempty"`
	Evidence string         `json:"evidence,omitempty"`
	DueOn    *calendar.Date `json:"due_on,omitempty"`
}

type proposalView struct {
	ID             string     `json:"id"`
	Institution    bodyView   `json:"institution"`
	InspectionID   string     `json:"inspection_id"`
	Reason         string     `json:"reason"`
	LegalBasis     string     `json:"legal_basis"`
	ProposedAt     time.Time  `json:"proposed_at"`
	Mine           bool       `json:"mine" doc:"You proposed it, and somebody else decides."`
	State          coded      `json:"state" doc:"open, approved, rejected."`
	DecidedAt      *time.Time `json:"decided_at,omitempty"`
	DecisionReason string     `json:"decision_reason,omitempty"`
}

type (
	inspectionOutput struct {
		Status int
		Body   inspectionView
	}
	inspectionsOutput struct {
		Body struct {
			Inspections []InspectionSummary `json:"inspections"`
			Total       int64               `json:"total"`
			Today       calendar.Date       `json:"today"`
		}
	}
	proposalOutput  struct{ Body proposalView }
	proposalsOutput struct {
		Body struct {
			Proposals []proposalView `json:"proposals"`
		}
	}
)

type inspectionsInput struct {
	NumberedInput
	FilteredInput

	Institution string `query:"institution" maxLength:"64" doc:"For operators; an institution sees its own."`
	State       string `query:"state" enum:"planned,visited,closed,cancelled"`
	Role        string `query:"role" enum:"training,evaluation"`
	Overdue     bool   `query:"overdue" doc:"Only those with a finding that waits for the institution past its deadline."`
	Sort        string `query:"sort" enum:"planned_on,-planned_on"`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// listInspections lists inspections. An institution sees those that were made; a district those of training bodies in it.
func (s *service) listInspections(ctx context.Context, in *inspectionsInput) (*inspectionsOutput, error) {
	r, out, found := requestOf(ctx), &inspectionsOutput{}, &faults{}
	filter := r.inspections(in.Institution)
	filter.Role, filter.Limit, filter.Numbered = in.Role, in.Limit, store.Numbered{Sort: in.Sort, Page: in.Page}
	filter.Where = s.expression(found, r, in.FilteredInput, store.InspectionFields())
	if err := found.err(); err != nil {
		return nil, err
	}
	if in.State != "" {
		filter.States = []string{in.State}
	}
	out.Body.Today = s.today()
	if in.Overdue {
		filter.Overdue = &out.Body.Today
	}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		all, total, err := tx.Inspections(filter)
		if err != nil {
			return err
		}
		out.Body.Total = total
		out.Body.Inspections, err = s.summariseInspections(tx, r, all...)
		return err
	})
	return out, err
}

// inspections are those that the caller may see of an institution, or of all.
func (r *request) inspections(of string) store.InspectionFilter {
	return store.InspectionFilter{
		Within: r.within(of), Trainers: r.account.Caller().District != "", Made: r.account.InstitutionID != nil,
	}
}

func (s *service) summariseInspections(tx *store.Tx, r *request, all ...store.Inspection) ([]InspectionSummary, error) {
	ids, bodies := make([]string, len(all)), make([]string, len(all))
	for n, i := range all {
		ids[n], bodies[n] = i.ID, i.InstitutionID
	}
	v, err := newReader(tx, r, bodies...)
	if err != nil {
		return nil, err
	}
	findings, err := tx.FindingsOf(ids...)
	if err != nil {
		return nil, err
	}
	views := make([]InspectionSummary, len(all))
	for n, i := range all {
		views[n] = InspectionSummary{
			ID: i.ID, Institution: v.institution(i.InstitutionID), Role: v.coded("role", i.Role), Scope: i.Scope, PlannedOn: i.PlannedOn,
			VisitedOn: i.VisitedOn, State: v.coded("inspection_state", i.State), Published: i.PublishedAt != nil,
		}
		if i.District != nil {
			district := v.coded("district", *i.District)
			views[n].District = &district
		}
		for _, f := range findings {
			if f.InspectionID != i.ID {
				continue
			}
			views[n].Findings++
			if f.State != store.FindingAccepted {
				views[n].Unsettled++
			}
			if s.overdue(f) {
				views[n].Overdue++
			}
		}
	}
	return views, nil
}

// overdue reports whether a finding waits for the institution past its deadline.
func (s *service) overdue(f store.Finding) bool {
	return f.DueOn.Before(s.today()) && (f.State == store.FindingOpen || f.State == store.FindingEscalated)
}

// getInspection shows an inspection.
func (s *service) getInspection(ctx context.Context, in *idInput) (*inspectionOutput, error) {
	out := &inspectionOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) (err error) {
		out.Body, err = s.viewInspection(tx, requestOf(ctx), in.ID)
		return err
	})
	return out, err
}

func (s *service) viewInspection(tx *store.Tx, r *request, id string) (inspectionView, error) {
	i, err := tx.Inspection(id)
	if err != nil {
		return inspectionView{}, err
	}
	summaries, err := s.summariseInspections(tx, r, i)
	if err != nil {
		return inspectionView{}, err
	}
	view := inspectionView{
		InspectionSummary: summaries[0], Report: i.Report, Notice: i.Notice, PublishedAt: i.PublishedAt, Details: []findingView{},
		History: []entryView{}, Proposals: []proposalView{},
	}
	v := reader{lang: r.lang}
	findings, err := tx.FindingsOf(id)
	if err != nil {
		return view, err
	}
	numbers := map[string]int{}
	for _, f := range findings {
		numbers[f.ID] = f.Number
		view.Details = append(view.Details, findingView{
			ID: f.ID, Number: f.Number, Severity: v.coded("severity", f.Severity), What: f.What, Citation: f.Citation, Evidence: f.Evidence,
			DueOn: f.DueOn, State: v.coded("finding_state", f.State), Overdue: s.overdue(f),
		})
	}
	entries, err := tx.EntriesOf(id)
	if err != nil {
		return view, err
	}
	for _, e := range entries {
		view.History = append(view.History, entryView{
			At: e.At, Kind: v.coded("inspection_entry", e.Kind), Finding: numbers[deref(e.FindingID)], By: v.coded("inspection_by", e.Actor),
			Text: e.Words, Evidence: e.Evidence, DueOn: e.DueOn,
		})
	}
	if r.account.InstitutionID != nil {
		return view, nil
	}
	proposals, err := tx.ProposalsOf(id)
	if err == nil {
		view.Proposals, err = viewProposals(tx, r, proposals)
	}
	return view, err
}

type proposalsInput struct {
	Open bool `query:"open" doc:"Only those that wait for a decision."`
}

// listProposals lists proposals to suspend institutions.
func (s *service) listProposals(ctx context.Context, in *proposalsInput) (*proposalsOutput, error) {
	r, out := requestOf(ctx), &proposalsOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		all, err := tx.Proposals(r.within(""), in.Open)
		if err == nil {
			out.Body.Proposals, err = viewProposals(tx, r, all)
		}
		return err
	})
	return out, err
}

func viewProposals(tx *store.Tx, r *request, all []store.ProposedSuspension) ([]proposalView, error) {
	ids := make([]string, len(all))
	for n, p := range all {
		ids[n] = p.InstitutionID
	}
	v, err := newReader(tx, r, ids...)
	views := make([]proposalView, len(all))
	for n, p := range all {
		views[n] = proposalView{
			ID: p.ID, Institution: v.institution(p.InstitutionID), InspectionID: p.InspectionID, Reason: p.Reason, LegalBasis: p.LegalBasis,
			ProposedAt: p.ProposedAt, Mine: p.ProposedBy == r.account.ID, State: v.coded("proposal_state", p.State),
			DecidedAt: p.DecidedAt, DecisionReason: p.DecisionReason,
		}
	}
	return views, err
}

// decideProposal suspends an institution as proposed, or does not.
func (s *service) decideProposal(ctx context.Context, in *idBodyInput) (*proposalOutput, error) {
	body, found, err := s.supervising.proposal.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason, until := reasonIn(found, body.Reason), dateAhead(found, "planned_until", body.PlannedUntil, s.today())
	if until != nil && body.Decision != "approve" {
		found.add("planned_until", fieldConflict)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &proposalOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := s.supervisionDesk(tx, r).Decide(in.ID, body.Decision == "approve", reason, until); err != nil {
			return err
		}
		p, err := tx.ProposalByID(in.ID)
		if err != nil {
			return err
		}
		views, err := viewProposals(tx, r, []store.ProposedSuspension{p})
		if err == nil {
			out.Body = views[0]
		}
		return err
	})
	return out, refusedSupervision(err)
}
