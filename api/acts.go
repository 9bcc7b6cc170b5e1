package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// registerActs adds the operations by which operators act on cases, and decide on what needs two of them.
func (s *service) registerActs(api huma.API) {
	const tag, approvals = "cases", "approvals"
	schemas := api.OpenAPI().Components.Schemas
	s.acts = actBodies{act: bodyFor[actBody](schemas), approval: bodyFor[approvalDecisionBody](schemas)}
	read(api, "GET /v1/cases/{id}/acts", tag, "What operators did to a case, and what they may do now", s.listActs)
	sent(api, "POST /v1/cases/{id}/acts", tag, "Act on a case", s.acts.act.schema, http.StatusOK, s.postAct)
	sent(api, "POST /v1/cases/{id}/acts/preview", tag, "What an act would do; nothing is done", s.acts.act.schema, http.StatusOK, s.previewAct)

	read(api, "GET /v1/approvals", approvals, "What waits for a second person, and what was decided", s.listApprovals)
	read(api, "GET /v1/approvals/{id}", approvals, "What somebody asked for, and what it would do", s.getApproval)
	sent(api, "POST /v1/approvals/{id}/decision", approvals, "Approve or reject what somebody else asked for", s.acts.approval.schema,
		http.StatusOK, s.decideApproval)
	bare(api, "POST /v1/approvals/{id}/withdrawal", approvals, "Take back what one asked for", s.withdrawApproval)
}

// actBodies read what is sent about acts.
type actBodies struct {
	act      body[actBody]
	approval body[approvalDecisionBody]
}

// actBody is what an operator does to a case.
type actBody struct {
	Verb        string         `json:"verb" enum:"extend,reassign,return,pause,resume,correct,waive,override,cancel,withdraw,retry"`
	Reason      string         `json:"reason,omitempty" maxLength:"500" doc:"Kept with the operator's name. A preview needs none."`
	LegalBasis  string         `json:"legal_basis,omitempty" maxLength:"500" doc:"To waive, override or cancel: the text that it rests on. A second person decides."`
	Seen        int            `json:"seen" minimum:"0" doc:"The case's last_event as it was seen."`
	Institution string         `json:"institution,omitempty" maxLength:"64" doc:"To reassign to."`
	Days        int            `json:"days,omitempty" minimum:"1" maximum:"365" doc:"To extend by."`
	Stage       string         `json:"stage,omitempty" enum:"registration,training,exam,evaluation" doc:"To return to."`
	Until       *string        `json:"until,omitempty" format:"date" doc:"The day on which a paused case goes on by itself."`
	Evidence    string         `json:"evidence,omitempty" maxLength:"1000" doc:"What waiving or overriding rests on."`
	Applicant   *applicantBody `json:"applicant,omitempty" doc:"To correct the facts to, all of them."`
	Marks       []newMarkBody  `json:"marks,omitempty" maxItems:"3" doc:"To override the last marks with."`
	Petition    string         `json:"petition,omitempty" format:"uuid" doc:"To reassign: the request for another training body that was agreed to, and is carried out by it."`
}

type newMarkBody struct {
	Part  string  `json:"part" enum:"exam,theory,practical"`
	Score float64 `json:"score" minimum:"0" maximum:"100"`
}

// asking reads what an operator asks for: each verb comes with what it needs, and with nothing that belongs to another.
func (s *service) asking(caseID string, r *request, b actBody, found *faults) acting.Asking {
	verb := contract.Verb(b.Verb)
	a := acting.Asking{
		CaseID: caseID, Verb: verb, Reason: strings.TrimSpace(b.Reason), LegalBasis: strings.TrimSpace(b.LegalBasis), Seen: b.Seen,
		By: r.account.ID, At: s.moment(),
		Params: store.ActParams{
			Institution: b.Institution, Days: b.Days, Stage: progress.Stage(b.Stage), Evidence: strings.TrimSpace(b.Evidence),
		},
	}
	for _, param := range []struct {
		field  string
		given  bool
		needed bool
		of     []contract.Verb
	}{
		{"institution", b.Institution != "", true, []contract.Verb{contract.Reassign}},
		{"days", b.Days != 0, true, []contract.Verb{contract.Extend}},
		{"stage", b.Stage != "", true, []contract.Verb{contract.GoBack}},
		{"until", b.Until != nil, false, []contract.Verb{contract.Hold}},
		{"evidence", a.Params.Evidence != "", true, []contract.Verb{contract.Waive, contract.Override}},
		{"applicant", b.Applicant != nil, true, []contract.Verb{contract.Correct}},
		{"marks", len(b.Marks) > 0, true, []contract.Verb{contract.Override}},
		{"petition", b.Petition != "", false, []contract.Verb{contract.Reassign}},
		{"legal_basis", a.LegalBasis != "", false, []contract.Verb{contract.Waive, contract.Override, contract.Cancel}},
	} {
		fits := slices.Contains(param.of, verb)
		switch {
		case fits && param.needed && !param.given:
			found.add(param.field, fieldRequired)
		case !fits && param.given && !found.has("verb"):
			found.add(param.field, fieldConflict)
		}
	}
	if b.Until != nil && !found.has("until") {
		if day, err := calendar.ParseDate(*b.Until); err != nil {
			found.add("until", fieldDate)
		} else if !day.After(s.today()) {
			found.add("until", fieldDatePast)
		} else {
			a.Params.Until = &day
		}
	}
	if b.Applicant != nil {
		facts := b.Applicant.facts(found, later(s.today(), calendar.Real().Today(s.Now())))
		a.Params.Applicant = &facts
	}
	a.Params.Marks = marksIn(b.Marks, found)
	return a
}

// marksIn reads marks, one a part.
func marksIn(sent []newMarkBody, found *faults) []store.NewMark {
	var marks []store.NewMark
	for i, m := range sent {
		field := "marks[" + strconv.Itoa(i) + "]"
		if slices.ContainsFunc(marks, func(other store.NewMark) bool { return other.Part == m.Part }) {
			found.add(field+".part", fieldDuplicate)
		}
		if math.Round(m.Score*100)/100 != m.Score {
			found.add(field+".score", fieldScorePrecision)
		}
		marks = append(marks, store.NewMark{Part: m.Part, Score: m.Score})
	}
	return marks
}

func (s *service) acting() acting.Desk { return acting.Desk{Calendar: s.Calendar} }

// taker checks that there is an institution of that id. Whether it may take the work over is decided on the case.
func (s *service) taker(tx *store.Tx, a acting.Asking, found *faults) error {
	if a.Params.Institution == "" || found.has("institution") {
		return nil
	}
	known, err := tx.InstitutionNames([]string{a.Params.Institution})
	if err == nil && len(known) == 0 {
		found.add("institution", fieldNoInstitution)
	}
	return err
}

type actOutput struct {
	Status int
	Body   struct {
		Act ActView `json:"act"`
	}
}

// postAct takes what an operator does to a case, and answers with what became of it: applied, refused by the case, or still on
// its way or waiting for a second person (202).
func (s *service) postAct(ctx context.Context, in *idBodyInput) (*actOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.acts.act.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	a := s.asking(in.ID, r, body, found)
	if a.Reason == "" {
		found.add("reason", fieldRequired)
	}
	if a.Verb.NeedsApproval() && a.LegalBasis == "" {
		found.add("legal_basis", fieldRequired)
	}
	var asked acting.Asked
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := s.taker(tx, a, found); err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		if asked, err = s.acting().Ask(tx, a); err != nil {
			return err
		}
		if err := s.carriesMove(tx, r, body.Petition, in.ID, asked); err != nil {
			return err
		}
		return s.auditAsking(tx, r, a, asked)
	})
	if err != nil {
		return nil, refusedAct(refusedPetition(err))
	}
	return s.actOutcome(ctx, in.ID, asked)
}

// auditAsking writes what was asked for, and of what second person.
func (s *service) auditAsking(tx *store.Tx, r *request, a acting.Asking, asked acting.Asked) error {
	after := map[string]any{"verb": a.Verb, "params": a.Params, "seen": a.Seen}
	if asked.Approval != nil {
		after["approval"], after["legal_basis"] = asked.Approval.ID, a.LegalBasis
	}
	if asked.Act != nil {
		after["act"] = asked.Act.ID
	} else {
		after["resolution"], after["incident"] = asked.Resolution.ID, asked.Incident.ID
	}
	return s.audit(tx, r, "case.act", "case:"+a.CaseID, a.Reason, after)
}

// actOutcome waits a moment for the case to carry an act out, so that the answer is what became of it.
func (s *service) actOutcome(ctx context.Context, caseID string, asked acting.Asked) (*actOutput, error) {
	tx := s.Store.Read(ctx)
	if asked.Item.ID != "" && s.forward(ctx, asked.Item) {
		err := s.settled(ctx, func() (string, error) {
			if asked.Resolution != nil {
				r, err := tx.Resolution(asked.Resolution.ID)
				return r.Outcome, err
			}
			act, err := tx.Act(asked.Act.ID)
			return act.State, err
		})
		if err != nil {
			return nil, err
		}
	}
	views, err := viewActs(tx, requestOf(ctx), caseID)
	if err != nil {
		return nil, err
	}
	id := ""
	if asked.Act != nil {
		id = asked.Act.ID
	} else {
		id = asked.Resolution.ID
	}
	out := &actOutput{Status: http.StatusOK}
	out.Body.Act = views[slices.IndexFunc(views, func(v ActView) bool { return v.ID == id })]
	if state := out.Body.Act.State; state == store.ActPending || state == store.ActAwaiting {
		out.Status = http.StatusAccepted
	}
	return out, nil
}

// settled waits a moment until something that was sent to a case is not pending any more.
func (s *service) settled(ctx context.Context, state func() (string, error)) error {
	const patience, interval = 2 * time.Second, 50 * time.Millisecond
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	until := time.Now().Add(patience)
	for {
		now, err := state()
		if err != nil || now != store.ActPending || !time.Now().Before(until) {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

type previewOutput struct {
	Body struct {
		Allowed       bool               `json:"allowed"`
		NeedsApproval bool               `json:"needs_approval" doc:"A second person decides on it."`
		Effects       []effectLine       `json:"effects" doc:"What it would do, in order."`
		Faults        []FieldError       `json:"faults" doc:"Why it would be refused."`
		InTheWay      []certificateBrief `json:"in_the_way,omitempty" doc:"Certificates in force that the case cannot go back behind."`
	}
}

// effectLine is one thing that an act does.
type effectLine struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// previewAct says what an act would do. It is done, and nothing of it is kept.
func (s *service) previewAct(ctx context.Context, in *idBodyInput) (*previewOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.acts.act.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	a := s.asking(in.ID, r, body, found)
	// What is kept with an act is asked for when it is done.
	a.Reason, a.LegalBasis = "preview", "preview"
	tx := s.Store.Read(ctx)
	if err := s.taker(tx, a, found); err != nil {
		return nil, err
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	preview, err := s.acting().Preview(ctx, s.Store, a)
	if err != nil {
		return nil, refusedAct(err)
	}
	out := &previewOutput{}
	out.Body.Allowed, out.Body.NeedsApproval = preview.Why == "", a.Verb.NeedsApproval()
	out.Body.Faults = []FieldError{}
	if preview.Why != "" {
		fault := faultOf(preview.Why)
		fault.Message = message.Text(r.lang, "field."+fault.Code, nil)
		out.Body.Faults = append(out.Body.Faults, fault)
	}
	for _, c := range preview.InTheWay {
		out.Body.InTheWay = append(out.Body.InTheWay, reader{lang: r.lang}.certificateBrief(c))
	}
	out.Body.Effects, err = viewEffects(tx, r, preview.Effects)
	return out, err
}

// faultOf is the fault of a verb that is not possible: of the verb, or of what it came with.
func faultOf(why string) FieldError {
	field := "verb"
	switch why {
	case fieldSameBody, fieldTrainedBy, fieldNotListed:
		field = "institution"
	case acting.StageNotEarlier, acting.InForce:
		field = "stage"
	case acting.NoMark:
		field = "marks"
	}
	return FieldError{Field: field, Code: why}
}

// refusedAct is the problem that a refusal makes.
func refusedAct(err error) error {
	if not, is := errors.AsType[*acting.NotPossibleError](err); is {
		fault := faultOf(not.Why)
		if fault.Field == "institution" {
			found := &faults{}
			found.add(fault.Field, fault.Code)
			return found.err()
		}
		return problem(actNotPossible, fault)
	}
	err = problemOf(err, map[error]string{
		acting.ErrChanged: caseChanged, acting.ErrClosed: incidentClosed, acting.ErrResolving: resolutionPending,
		acting.ErrPaused: casePaused, acting.ErrOpen: approvalPending, acting.ErrDecided: requestDecided,
		acting.ErrSame: secondPersonNeeded, acting.ErrNotAsker: notTheRequester,
	})
	if errors.Is(err, acting.ErrNotAllowed) {
		return problem(verbNotAllowed, FieldError{Field: "verb", Code: verbNotAllowed})
	}
	return err
}
