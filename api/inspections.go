package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/redact"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/supervision"
)

type inspectionBody struct {
	InstitutionID string `json:"institution_id" minLength:"1" maxLength:"48"`
	Role          string `json:"role" enum:"training,evaluation" doc:"In which it is inspected. Districts inspect training bodies."`
	PlannedOn     string `json:"planned_on" format:"date"`
	Scope         string `json:"scope" minLength:"1" maxLength:"1000" doc:"What is looked at."`
}

type visitBody struct {
	VisitedOn string        `json:"visited_on" format:"date"`
	Report    string        `json:"report" minLength:"1" maxLength:"4000"`
	Findings  []findingBody `json:"findings" maxItems:"50" doc:"None: the inspection is closed."`
}

type findingBody struct {
	Severity string `json:"severity" enum:"minor,major,grave"`
	What     string `json:"what" minLength:"1" maxLength:"2000"`
	Citation string `json:"citation" minLength:"1" maxLength:"500" doc:"The rule that it offends against."`
	Evidence string `json:"evidence,omitempty" maxLength:"1000" doc:"What it rests on."`
	DueOn    string `json:"due_on" format:"date" doc:"By when it is to be put right."`
}

type findingAnswerBody struct {
	Text     string `json:"text" minLength:"1" maxLength:"4000" doc:"How it was put right."`
	Evidence string `json:"evidence,omitempty" maxLength:"1000"`
}

type findingDecisionBody struct {
	Decision   string `json:"decision" enum:"accept,return,extend,escalate"`
	Reason     string `json:"reason" minLength:"1" maxLength:"500"`
	DueOn      string `json:"due_on,omitempty" format:"date" doc:"The next deadline, with return and extend."`
	LegalBasis string `json:"legal_basis,omitempty" maxLength:"500" doc:"With escalate: what the proposed suspension rests on."`
}

type publicationBody struct {
	Text   string `json:"text" maxLength:"2000" doc:"What everybody may read of the inspection; empty: nothing any more."`
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type proposalDecisionBody struct {
	Decision     string `json:"decision" enum:"approve,reject"`
	Reason       string `json:"reason" minLength:"1" maxLength:"500"`
	PlannedUntil string `json:"planned_until,omitempty" format:"date" doc:"With approve: until when the suspension is planned to last."`
}

// supervisionBodies read what is sent about inspections.
type supervisionBodies struct {
	plan        body[inspectionBody]
	visit       body[visitBody]
	answer      body[findingAnswerBody]
	decision    body[findingDecisionBody]
	publication body[publicationBody]
	proposal    body[proposalDecisionBody]
	suspension  body[suspensionBody]
	plannedEnd  body[plannedEndBody]
	capacity    body[capacityBody]
	transfer    body[transferBody]

	transferring body[transferringBody]
}

// registerSupervision adds the operations of supervision, and of what institutions are besides what they are listed for.
func (s *service) registerSupervision(api huma.API) {
	const tag = "supervision"
	schemas := api.OpenAPI().Components.Schemas
	s.supervising = supervisionBodies{
		plan: bodyFor[inspectionBody](schemas), visit: bodyFor[visitBody](schemas), answer: bodyFor[findingAnswerBody](schemas),
		decision: bodyFor[findingDecisionBody](schemas), publication: bodyFor[publicationBody](schemas),
		proposal: bodyFor[proposalDecisionBody](schemas), suspension: bodyFor[suspensionBody](schemas),
		plannedEnd: bodyFor[plannedEndBody](schemas), capacity: bodyFor[capacityBody](schemas), transfer: bodyFor[transferBody](schemas),
		transferring: bodyFor[transferringBody](schemas),
	}
	b := s.supervising
	sent(api, "POST /v1/inspections", tag, "Plan an inspection", b.plan.schema, http.StatusCreated, s.planInspection)
	read(api, "GET /v1/inspections", tag, "Inspections", s.listInspections)
	read(api, "GET /v1/inspections/{id}", tag, "An inspection, what it found, and what happened since", s.getInspection)
	sent(api, "POST /v1/inspections/{id}/visit", tag, "Report what an inspection found", b.visit.schema, http.StatusOK, s.visitInspection)
	sent(api, "POST /v1/inspections/{id}/cancellation", tag, "Give up an inspection that was not made", s.bodies.reason.schema,
		http.StatusOK, s.cancelInspection)
	sent(api, "POST /v1/inspections/{id}/publication", tag, "Publish a notice of an inspection, or take it back", b.publication.schema,
		http.StatusOK, s.publishInspection)
	sent(api, "POST /v1/inspection-findings/{id}/answer", tag, "Say how a finding was put right", b.answer.schema, http.StatusOK, s.answerFinding)
	sent(api, "POST /v1/inspection-findings/{id}/decision", tag, "Accept an answer, return it, extend its deadline, or escalate",
		b.decision.schema, http.StatusOK, s.decideFinding)
	read(api, "GET /v1/suspension-proposals", tag, "Proposals to suspend institutions, the newest first", s.listProposals)
	sent(api, "POST /v1/suspension-proposals/{id}/decision", tag, "Suspend an institution as proposed, or do not", b.proposal.schema,
		http.StatusOK, s.decideProposal)

	read(api, "GET /v1/capacities", tag, "How many cases institutions say they can carry, and carry", s.listCapacities)
	sent(api, "POST /v1/capacities", tag, "Say how many cases you can carry", b.capacity.schema, http.StatusOK, s.declareCapacity)
	read(api, "GET /v1/institution-records", tag, "Institutions, with how they stand", s.listRecords)
	read(api, "GET /v1/institution-records/{ref}", tag, "How an institution stands: figures, capacity, suspension, supervision", s.getRecord)
	sent(api, "POST /v1/institutions/{ref}/suspension-end", tag, "Plan until when a suspension lasts", b.plannedEnd.schema,
		http.StatusOK, s.planSuspensionEnd)
	sent(api, "POST /v1/institutions/{ref}/transfer-plan", tag, "Spread an institution's cases over others by what these can carry",
		b.transfer.schema, http.StatusOK, s.planTransfer)
	sent(api, "POST /v1/institutions/{ref}/transfers", tag, "Have such a plan run as it was shown", b.transferring.schema,
		http.StatusCreated, s.runTransfer)
}

// supervisionRefusals are the problems of what is refused.
var supervisionRefusals = map[error]string{
	supervision.ErrEnded: inspectionPassed, supervision.ErrSettled: findingPassed, supervision.ErrDecided: requestDecided,
	supervision.ErrOwn: secondPersonNeeded, supervision.ErrProposed: suspensionProposed,
}

func refusedSupervision(err error) error {
	for refusal, code := range supervisionRefusals {
		if errors.Is(err, refusal) {
			return problem(code)
		}
	}
	return refusedList(err)
}

func (s *service) supervisionDesk(tx *store.Tx, r *request) supervision.Desk {
	return supervision.Desk{Tx: tx, Actor: r.account.ID, District: r.account.Caller().District, At: s.Now().UTC(), Today: s.today()}
}

// someDate reads a day that must be given.
func someDate(found *faults, field, text string) calendar.Date {
	d, err := calendar.ParseDate(text)
	if err != nil {
		found.add(field, fieldDate)
	}
	return d
}

// dateAhead reads a day that may be given, and lies not before today.
func dateAhead(found *faults, field, text string, today calendar.Date) *calendar.Date {
	if text == "" {
		return nil
	}
	d := someDate(found, field, text)
	if d.Before(today) {
		found.add(field, fieldDateOrder)
	}
	return &d
}

// wordsIn is what somebody wrote, without the numbers of persons.
func wordsIn(found *faults, field, text string) string {
	text = redact.Text(strings.TrimSpace(text))
	if text == "" {
		found.add(field, fieldRequired)
	}
	return text
}

// onInspection does something to an inspection in one transaction, and shows it as it stands then.
func (s *service) onInspection(ctx context.Context, status int, do func(supervision.Desk) (store.Inspection, error)) (*inspectionOutput, error) {
	r, out := requestOf(ctx), &inspectionOutput{Status: status}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		i, err := do(s.supervisionDesk(tx, r))
		if err != nil {
			return err
		}
		out.Body, err = s.viewInspection(tx, r, i.ID)
		return err
	})
	return out, refusedSupervision(err)
}

// planInspection plans an inspection. What a district may not inspect is, for it, no institution there is.
func (s *service) planInspection(ctx context.Context, in *bodyInput) (*inspectionOutput, error) {
	body, found, err := s.supervising.plan.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	planned := store.Inspection{
		InstitutionID: body.InstitutionID, Role: body.Role, Scope: wordsIn(found, "scope", body.Scope),
		PlannedOn: someDate(found, "planned_on", body.PlannedOn),
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out, err := s.onInspection(ctx, http.StatusCreated, func(d supervision.Desk) (store.Inspection, error) { return d.Plan(planned) })
	switch {
	case errors.Is(err, supervision.ErrElsewhere), errors.Is(err, store.ErrNotFound):
		found.add("institution_id", fieldNoInstitution)
	case errors.Is(err, supervision.ErrNotInRole):
		found.add("role", fieldNotListed)
	default:
		return out, err
	}
	return nil, found.err()
}

// visitInspection reports what an inspection found.
func (s *service) visitInspection(ctx context.Context, in *idBodyInput) (*inspectionOutput, error) {
	body, found, err := s.supervising.visit.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	on, report := someDate(found, "visited_on", body.VisitedOn), wordsIn(found, "report", body.Report)
	findings := make([]store.Finding, len(body.Findings))
	for n, f := range body.Findings {
		field := func(name string) string { return fmt.Sprintf("findings[%d].%s", n, name) }
		findings[n] = store.Finding{
			Severity: f.Severity, What: wordsIn(found, field("what"), f.What), Citation: wordsIn(found, field("citation"), f.Citation),
			Evidence: redact.Text(strings.TrimSpace(f.Evidence)), DueOn: someDate(found, field("due_on"), f.DueOn),
		}
		if findings[n].DueOn.Before(on) {
			found.add(field("due_on"), fieldDateOrder)
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out, err := s.onInspection(ctx, http.StatusOK, func(d supervision.Desk) (store.Inspection, error) {
		return d.Visit(in.ID, on, report, findings)
	})
	if errors.Is(err, supervision.ErrEarly) {
		found.add("visited_on", fieldDateFuture)
		return nil, found.err()
	}
	return out, err
}

func (s *service) cancelInspection(ctx context.Context, in *idBodyInput) (*inspectionOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.onInspection(ctx, http.StatusOK, func(d supervision.Desk) (store.Inspection, error) { return d.Cancel(in.ID, reason) })
}

func (s *service) publishInspection(ctx context.Context, in *idBodyInput) (*inspectionOutput, error) {
	body, found, err := s.supervising.publication.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	words, reason := redact.Text(strings.TrimSpace(body.Text)), reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.onInspection(ctx, http.StatusOK, func(d supervision.Desk) (store.Inspection, error) { return d.Publish(in.ID, words, reason) })
}

// answerFinding takes what an institution says of a finding.
func (s *service) answerFinding(ctx context.Context, in *idBodyInput) (*inspectionOutput, error) {
	body, found, err := s.supervising.answer.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	words := wordsIn(found, "text", body.Text)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.onInspection(ctx, http.StatusOK, func(d supervision.Desk) (store.Inspection, error) {
		return d.Answer(in.ID, words, redact.Text(strings.TrimSpace(body.Evidence)))
	})
}

// decideFinding decides what becomes of a finding.
func (s *service) decideFinding(ctx context.Context, in *idBodyInput) (*inspectionOutput, error) {
	body, found, err := s.supervising.decision.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason, basis := reasonIn(found, body.Reason), redact.Text(strings.TrimSpace(body.LegalBasis))
	due := dateAhead(found, "due_on", body.DueOn, s.today())
	later := body.Decision == "return" || body.Decision == "extend"
	for _, field := range []struct {
		name          string
		given, wanted bool
	}{{"due_on", due != nil, later}, {"legal_basis", basis != "", body.Decision == "escalate"}} {
		switch {
		case field.wanted && !field.given:
			found.add(field.name, fieldRequired)
		case field.given && !field.wanted:
			found.add(field.name, fieldConflict)
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.onInspection(ctx, http.StatusOK, func(d supervision.Desk) (store.Inspection, error) {
		switch body.Decision {
		case "accept":
			return d.Accept(in.ID, reason)
		case "return":
			return d.Return(in.ID, reason, *due)
		case "extend":
			return d.Extend(in.ID, reason, *due)
		}
		return d.Escalate(in.ID, reason, basis)
	})
}
