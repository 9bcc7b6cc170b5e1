package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

// caseworkBodies read what is sent about who sees to cases, and what is noted about them.
type caseworkBodies struct {
	assignment  body[AssignmentBody]
	assignments body[assignmentsBody]
	note        body[noteBody]
}

// registerCasework adds the operations of how operators work on a case together.
func (s *service) registerCasework(api huma.API) {
	const cases, casework = "cases", "casework"
	schemas := api.OpenAPI().Components.Schemas
	s.casework = caseworkBodies{
		assignment: bodyFor[AssignmentBody](schemas), assignments: bodyFor[assignmentsBody](schemas), note: bodyFor[noteBody](schemas),
	}
	read(api, "GET /v1/cases/{id}/waits", cases, "What a case waits for, and who can move it", s.caseWaits)
	read(api, "GET /v1/operators", casework, "Operators who can see to cases", s.listOperators)
	sent(api, "POST /v1/cases/{id}/assignment", casework, "Have an operator see to a case", s.casework.assignment.schema, http.StatusOK, s.assign)
	sent(api, "POST /v1/assignments", casework, "Have an operator see to many cases", s.casework.assignments.schema, http.StatusOK, s.assignMany)
	read(api, "GET /v1/cases/{id}/notes", casework, "What was noted about a case, and who saw to it", s.listNotes)
	sent(api, "POST /v1/cases/{id}/notes", casework, "Note something about a case", s.casework.note.schema, http.StatusCreated, s.writeNote)
	sent(api, "POST /v1/notes/{id}/striking", casework, "Strike out what one noted", s.bodies.reason.schema, http.StatusOK, s.strikeNote)
	file(api, "GET /v1/notes/{id}/file", casework, "The file that belongs to a note", "application/octet-stream", s.noteFile)
	read(api, "GET /v1/tasks/{id}/notes", casework, "What operators noted for the institution of a task", s.taskNotes)
	read(api, "GET /v1/mentions", casework, "Notes that ask for one's attention, the newest first", s.listMentions)
	bare(api, "POST /v1/mentions/{id}/reading", casework, "One has seen it", s.readMention)
}

// me stands for the operator who asks.
const me = "me"

// AssignmentBody says who is to see to a case. (Exported because it is embedded: see CaseSummary.)
type AssignmentBody struct {
	Assignee *string `json:"assignee" required:"true" nullable:"true" maxLength:"64" doc:"An operator's account, or me; null: nobody."`
	Reason   string  `json:"reason,omitempty" maxLength:"500" doc:"Needed to hand a case to somebody, and to take it from somebody."`
}

type assignmentsBody struct {
	AssignmentBody

	Cases []string `json:"cases" minItems:"1" maxItems:"200" uniqueItems:"true" doc:"Ids of cases."`
}

// operatorView is an operator, by what the account is called; never by a name.
type operatorView struct {
	ID       string `json:"id"`
	Label    string `json:"label"`
	District string `json:"district,omitempty" doc:"Of an operator of one district."`
	Me       bool   `json:"me,omitempty" doc:"Who asks."`
}

func viewOperator(r *request, a store.Account) operatorView {
	return operatorView{ID: a.ID, Label: a.Label, District: deref(a.District), Me: a.ID == r.account.ID}
}

type assignmentView struct {
	CaseID     string        `json:"case_id"`
	Assignee   *operatorView `json:"assignee" doc:"Who sees to the case; null: nobody."`
	AssignedAt *time.Time    `json:"assigned_at,omitempty"`
}

type (
	assignmentOutput  struct{ Body assignmentView }
	assignmentsOutput struct {
		Body struct {
			Assigned int                `json:"assigned" doc:"How many cases changed hands."`
			Cases    []assignmentResult `json:"cases" doc:"In the order in which they were sent."`
		}
	}
	assignmentResult struct {
		CaseID  string `json:"case_id"`
		Outcome string `json:"outcome" enum:"assigned,unchanged,not_found,already_ended,case_assigned"`
	}
)

// transfer is who is to see to cases, and on whose word.
type transfer struct {
	assignee *store.Account // nil: nobody
	by       string
	reason   string
}

// transferOf reads who is to see to cases.
func (s *service) transferOf(tx *store.Tx, r *request, b AssignmentBody, found *faults) (transfer, error) {
	t := transfer{by: r.account.ID, reason: strings.TrimSpace(b.Reason)}
	switch {
	case b.Assignee == nil || found.has("assignee"):
		return t, nil
	case *b.Assignee == me:
		t.assignee = &r.account
		return t, nil
	}
	accounts, err := tx.AccountsOf(onlyIDs(*b.Assignee))
	if err != nil {
		return t, err
	}
	a, known := accounts[*b.Assignee]
	if !known || !worksOnCases(a) {
		found.add("assignee", fieldUnknownOperator)
		return t, nil
	}
	if a.ID != t.by && t.reason == "" {
		found.add("reason", fieldRequired)
	}
	t.assignee = &a
	return t, nil
}

// onlyIDs keeps what can be an id.
func onlyIDs(texts ...string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return !isID(text) })
}

// worksOnCases reports whether an account is of an operator who can log in.
func worksOnCases(a store.Account) bool {
	return a.Role == operator && a.State == store.AccountActive && !a.Machine
}

// assign has an operator see to a case. Who takes it from somebody else says why.
func (s *service) assign(ctx context.Context, in *idBodyInput) (*assignmentOutput, error) {
	r, out := requestOf(ctx), &assignmentOutput{}
	body, found, err := s.casework.assignment.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		t, err := s.transferOf(tx, r, body, found)
		if err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		f, err := tx.OpenCase(in.ID)
		if err != nil {
			return err
		}
		if _, err := s.handOver(tx, r, f, t); err != nil {
			return err
		}
		out.Body = assignmentView{CaseID: f.ID, AssignedAt: f.AssignedAt}
		if t.assignee != nil {
			view := viewOperator(r, *t.assignee)
			out.Body.Assignee = &view
		}
		return nil
	})
	return out, err
}

// handOver has an operator see to a case from now on, and reports whether that changes anything.
func (s *service) handOver(tx *store.Tx, r *request, f *store.CaseFile, t transfer) (bool, error) {
	if err := s.mayActOn(tx, r.account, f.PersonID); err != nil {
		return false, err
	}
	var to *string
	if t.assignee != nil {
		owners, err := tx.Owners(authority.Case, f.ID)
		if err != nil {
			return false, err
		}
		if !authority.Area.Reaches(t.assignee.Caller(), owners) {
			return false, problem(validationFailed, FieldError{Field: "assignee", Code: fieldUnknownOperator})
		}
		to = &t.assignee.ID
	}
	before := f.Assignee
	switch {
	case f.Ended():
		return false, problem(alreadyEnded)
	case before != nil && *before != t.by && deref(before) != deref(to) && t.reason == "":
		return false, problem(caseAssigned, FieldError{Field: "reason", Code: fieldRequired})
	}
	changed, err := f.Assign(to, t.by, t.reason)
	if err != nil || !changed {
		return false, err
	}
	return true, s.auditChange(tx, r, "case.assign", "case:"+f.ID, t.reason,
		map[string]any{"assignee": before}, map[string]any{"assignee": to})
}

// assignMany has an operator see to many cases, each for itself: what becomes of one does not keep the others.
func (s *service) assignMany(ctx context.Context, in *bodyInput) (*assignmentsOutput, error) {
	r, out := requestOf(ctx), &assignmentsOutput{}
	body, found, err := s.casework.assignments.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		t, err := s.transferOf(tx, r, body.AssignmentBody, found)
		if err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		outcomes := make(map[string]string, len(body.Cases))
		// In the order of their ids, so that two who do this at once do not wait for each other.
		for _, id := range slices.Sorted(slices.Values(body.Cases)) {
			if outcomes[id], err = s.assignOne(tx, r, id, t); err != nil {
				return err
			}
			if outcomes[id] == "assigned" {
				out.Body.Assigned++
			}
		}
		for _, id := range body.Cases {
			out.Body.Cases = append(out.Body.Cases, assignmentResult{CaseID: id, Outcome: outcomes[id]})
		}
		return nil
	})
	return out, err
}

// assignOne is assign for one of many cases: it says what became of it.
func (s *service) assignOne(tx *store.Tx, r *request, id string, t transfer) (string, error) {
	if !isID(id) {
		return notFound, nil
	}
	reached, err := r.reaches(tx, id)
	if err != nil || !reached {
		return notFound, err
	}
	f, err := tx.OpenCase(id)
	if err != nil {
		return "", err
	}
	changed, err := s.handOver(tx, r, f, t)
	if refused := (*Problem)(nil); errors.As(err, &refused) && refused.Code != validationFailed {
		return refused.Code, nil
	}
	if !changed {
		return "unchanged", err
	}
	return "assigned", err
}

type operatorsInput struct {
	CaseID string `query:"case_id" format:"uuid" doc:"Only those who reach this case."`
}

type operatorsOutput struct {
	Body struct {
		Operators []operatorView `json:"operators"`
	}
}

// listOperators lists who can be mentioned, and who can see to cases.
func (s *service) listOperators(ctx context.Context, in *operatorsInput) (*operatorsOutput, error) {
	r, out := requestOf(ctx), &operatorsOutput{}
	tx := s.Store.Read(ctx)
	all, err := tx.Operators(deref(r.account.District))
	if err != nil {
		return nil, err
	}
	if in.CaseID != "" {
		owners, err := tx.Owners(authority.Case, in.CaseID)
		if err == nil && !authority.Area.Reaches(r.account.Caller(), owners) {
			err = store.ErrNotFound
		}
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(a store.Account) bool { return !authority.Area.Reaches(a.Caller(), owners) })
	}
	out.Body.Operators = make([]operatorView, len(all))
	for i, a := range all {
		out.Body.Operators[i] = viewOperator(r, a)
	}
	return out, nil
}
