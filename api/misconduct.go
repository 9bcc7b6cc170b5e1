package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/misconduct"
	"github.com/dengpan/dengpan/store"
)

// misconductBodies read what is sent about misconduct.
type misconductBodies struct {
	report       body[misconductBody]
	confirmation body[misconductConfirmationBody]
	statement    body[misconductStatementBody]
	decision     body[misconductDecisionBody]
	delivery     body[misconductDeliveryBody]
}

// registerMisconduct adds the steps of handling misconduct at evaluations.
func (s *service) registerMisconduct(api huma.API) {
	const tag = "misconduct"
	schemas := api.OpenAPI().Components.Schemas
	s.misconduct = misconductBodies{
		report: bodyFor[misconductBody](schemas), confirmation: bodyFor[misconductConfirmationBody](schemas),
		statement: bodyFor[misconductStatementBody](schemas), decision: bodyFor[misconductDecisionBody](schemas),
		delivery: bodyFor[misconductDeliveryBody](schemas),
	}
	sent(api, "POST /v1/misconduct", tag, "Record what was seen at an evaluation, of one person or of several", s.misconduct.report.schema,
		http.StatusCreated, s.recordMisconduct)
	read(api, "GET /v1/misconduct", tag, "Misconduct, and how far each is", s.listMisconduct)
	read(api, "GET /v1/misconduct-rules", tag, "What counts as misconduct, what follows of it, and who decides", s.misconductRules)
	read(api, "GET /v1/misconduct/{id}", tag, "What was seen, what the trainee says to it, and what became of it", s.getMisconduct)
	sent(api, "POST /v1/misconduct/{id}/confirmation", tag, "Confirm, as the second person, what a colleague recorded; or drop it",
		s.misconduct.confirmation.schema, http.StatusOK, s.confirmMisconduct)
	sent(api, "POST /v1/misconduct/{id}/statement", tag, "Make a statement, or write down the trainee's", s.misconduct.statement.schema,
		http.StatusOK, s.stateMisconduct)
	sent(api, "POST /v1/misconduct/{id}/review", tag, "Write what came of looking at it again", s.bodies.reason.schema,
		http.StatusOK, s.reviewMisconduct)
	sent(api, "POST /v1/misconduct/{id}/decision", tag, "Decide whether it is founded", s.misconduct.decision.schema,
		http.StatusOK, s.decideMisconduct)
	sent(api, "POST /v1/misconduct/{id}/delivery", tag, "Write how the decision was delivered", s.misconduct.delivery.schema,
		http.StatusOK, s.deliverMisconduct)
}

// misconductBody is what one person saw.
type misconductBody struct {
	TaskIDs    []string `json:"task_ids" minItems:"1" maxItems:"200" doc:"The parts of evaluations that it is about. Several, for what people did together, such as identical papers."`
	Act        string   `json:"act" enum:"rule_breach,cheating,impersonation,identical_papers"`
	OccurredOn string   `json:"occurred_on" format:"date"`
	Account    string   `json:"account" minLength:"1" maxLength:"4000" doc:"What was seen. Kept sealed; the trainee reads it once it is confirmed."`
	Evidence   string   `json:"evidence,omitempty" maxLength:"500" doc:"What it rests on, such as the number of the record of the room."`
}

type misconductConfirmationBody struct {
	Agrees bool   `json:"agrees" doc:"False: it is dropped, and the trainee never hears of it."`
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type misconductStatementBody struct {
	Statement string `json:"statement" minLength:"1" maxLength:"4000" doc:"Kept sealed."`
}

type misconductDecisionBody struct {
	Founded bool   `json:"founded"`
	Reason  string `json:"reason" minLength:"1" maxLength:"500" doc:"The trainee reads it."`
}

type misconductDeliveryBody struct {
	How string `json:"how" enum:"in_person,by_mail,on_platform"`
}

func (s *service) conduct() misconduct.Desk {
	return misconduct.Desk{Keys: s.Keys, Calendar: s.Calendar, Remedies: s.mending()}
}

// refusedMisconduct is the problem that a refusal makes.
func refusedMisconduct(err error) error {
	return problemOf(err, map[error]string{
		misconduct.ErrOpen: misconductOpen, misconduct.ErrState: misconductStep, misconduct.ErrSame: otherPersonNeeded,
		misconduct.ErrStated: misconductStated, misconduct.ErrWindowOpen: misconductWindow, misconduct.ErrRuleMissing: misconductNoRule,
		misconduct.ErrNotJudge: misconductNotJudge,
	})
}

type misconductListOutput struct {
	Body struct {
		Misconduct []MisconductView `json:"misconduct"`
		Next       *string          `json:"next,omitempty" doc:"The after of the next page; missing when there is none."`
		Total      *int64           `json:"total,omitempty" doc:"Of a page that was asked for by its number: how many there are."`
	}
}

// recordMisconduct writes what somebody of the evaluation body saw. Nothing follows of it until a colleague confirms it.
func (s *service) recordMisconduct(ctx context.Context, in *bodyInput) (*misconductListOutput, error) {
	r, out := requestOf(ctx), &misconductListOutput{}
	body, found, err := s.misconduct.report.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	dates := dateReader{found: found, latest: s.Calendar.Today(s.Now())}
	report := misconduct.Report{
		TaskIDs: body.TaskIDs, Act: body.Act, Account: strings.TrimSpace(body.Account), Evidence: strings.TrimSpace(body.Evidence),
		By: r.account.ID, At: s.moment(),
	}
	if day := dates.optional("occurred_on", &body.OccurredOn); day != nil {
		report.OccurredOn = *day
	}
	if report.Account == "" {
		found.add("account", fieldRequired)
	}
	for i, id := range body.TaskIDs {
		if !isID(id) {
			found.add("task_ids["+strconv.Itoa(i)+"]", fieldUnknownTask)
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		all, err := s.conduct().Record(tx, *r.account.InstitutionID, report)
		switch {
		case errors.Is(err, store.ErrNotFound), errors.Is(err, misconduct.ErrNotPart):
			return problem(validationFailed, FieldError{Field: "task_ids", Code: fieldUnknownTask})
		case err != nil:
			return err
		}
		for _, m := range all {
			if err := s.auditMisconduct(tx, r, "record", m, ""); err != nil {
				return err
			}
		}
		if out.Body.Misconduct, err = s.viewMisconduct(tx, r, all...); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	if err != nil {
		return nil, refusedMisconduct(err)
	}
	return out, nil
}

// auditMisconduct writes a step; what was seen and said is not repeated.
func (s *service) auditMisconduct(tx *store.Tx, r *request, step string, m store.Misconduct, reason string) error {
	return s.audit(tx, r, "misconduct."+step, "case:"+m.CaseID, reason, map[string]any{"misconduct": m.ID, "act": m.Act, "state": m.State})
}

type misconductInput struct {
	NumberedInput
	FilteredInput

	State       string `query:"state" enum:"recorded,dropped,noticed,reviewed,decided,delivered"`
	Act         string `query:"act" enum:"rule_breach,cheating,impersonation,identical_papers"`
	Open        bool   `query:"open" doc:"Neither dropped nor delivered."`
	Overdue     bool   `query:"overdue" doc:"Whose next step is overdue."`
	Case        string `query:"case" format:"uuid"`
	Institution string `query:"institution" maxLength:"64" doc:"Whose staff recorded it; an institution sees its own."`
	Sort        string `query:"sort" enum:"recorded_at,-recorded_at,due_at,-due_at" doc:"With page: the order, the newest first unless said otherwise."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// listMisconduct lists what the caller's institution recorded, what was recorded of the trainee who asks, or what an operator
// reaches.
func (s *service) listMisconduct(ctx context.Context, in *misconductInput) (*misconductListOutput, error) {
	r, found := requestOf(ctx), &faults{}
	filter := store.MisconductFilter{
		Within: r.within(in.Institution), State: in.State, Act: in.Act, Open: in.Open, CaseID: in.Case, After: position(found, in.After),
		Where: s.expression(found, r, in.FilteredInput, store.MisconductFields()), Numbered: in.numbered(found, in.Sort, in.After), Limit: in.Limit,
	}
	if in.Overdue {
		now := s.Now()
		filter.Overdue = &now
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &misconductListOutput{}
	out.Body.Misconduct = []MisconductView{}
	if r.account.Role == store.RoleTrainee {
		if r.account.PersonID == nil {
			return out, nil
		}
		filter.PersonID = *r.account.PersonID
	}
	tx := s.Store.Read(ctx)
	var err error
	if out.Body.Total, err = in.total(&filter.Limit, func() (int64, error) { return tx.CountMisconduct(filter) }); err != nil {
		return nil, err
	}
	rows, err := tx.MisconductList(filter)
	if err != nil {
		return nil, err
	}
	rows, out.Body.Next = upTo(in.Limit, rows, misconductPosition)
	out.Body.Misconduct, err = s.viewMisconduct(tx, r, rows...)
	return out, err
}

type misconductRulesOutput struct {
	Body struct {
		Acts     []misconductActView `json:"acts"`
		Decides  *coded              `json:"decides,omitempty" doc:"Missing: it is not known, and nothing is decided."`
		Citation citationView        `json:"citation" doc:"Of the steps."`
	}
}

type misconductActView struct {
	Code     string       `json:"code"`
	Name     string       `json:"name"`
	Voids    coded        `json:"voids" doc:"What of the evaluation counts no longer."`
	BarDays  int          `json:"bar_days,omitempty" doc:"For how long the person may not be evaluated; missing when no rule is known."`
	Citation citationView `json:"citation"`
}

// misconductRules shows the rules that new cases are handled by.
func (s *service) misconductRules(ctx context.Context, _ *struct{}) (*misconductRulesOutput, error) {
	v, out := reader{lang: requestOf(ctx).lang}, &misconductRulesOutput{}
	rules := misconduct.RulesFor(s.Policy.Demonstration())
	out.Body.Citation = v.citation(rules.Citation)
	out.Body.Decides = v.codedIf("misconduct_judge", rules.Decides)
	for _, act := range rules.Acts {
		out.Body.Acts = append(out.Body.Acts, misconductActView{
			Code: act.Code, Name: v.say("misconduct_act", act.Code), Voids: v.coded("misconduct_voids", act.Voids), BarDays: act.BarDays,
			Citation: v.citation(act.Citation),
		})
	}
	return out, nil
}
