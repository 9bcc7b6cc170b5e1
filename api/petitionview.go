package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/store"
)

// PetitionView is what a trainee asks for, and how far it is. (Exported because it is embedded.)
type PetitionView struct {
	ID          string    `json:"id"`
	Kind        coded     `json:"kind"`
	Topic       *coded    `json:"topic,omitempty" doc:"Of a complaint."`
	CaseID      *string   `json:"case_id,omitempty"`
	Institution bodyView  `json:"institution" doc:"That it is about."`
	HandledBy   coded     `json:"handled_by" doc:"Who answers it."`
	AskedAt     time.Time `json:"asked_at"`
	State       coded     `json:"state"`
	DueAt       time.Time `json:"due_at" doc:"Of the answer. When it passes, people are told; nothing is decided by it."`
	Overdue     bool      `json:"overdue"`

	Mark    *petitionMark `json:"mark,omitempty" doc:"That it is about."`
	Follows *string       `json:"follows,omitempty" doc:"Of an appeal, the review; of a review that is done again, the appeal."`

	Paused bool `json:"paused" doc:"Its case is held until it is answered."`

	StatementDueAt *time.Time `json:"statement_due_at,omitempty" doc:"The institution was asked for a statement."`
	StatedAt       *time.Time `json:"stated_at,omitempty"`

	Proposed   *time.Time `json:"proposed_at,omitempty" doc:"When the answer was proposed."`
	Outcome    *coded     `json:"outcome,omitempty" doc:"The trainee sees it once it is confirmed."`
	Score      *float64   `json:"score,omitempty" doc:"That the mark is corrected to."`
	Answer     string     `json:"answer,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`

	Carried *carriedView `json:"carried,omitempty" doc:"Of what was agreed to: what carries it out."`

	Steps []petitionStepOption `json:"steps" doc:"What the reader may do next."`
}

type petitionMark struct {
	Part        coded         `json:"part"`
	Attempt     int           `json:"attempt"`
	ScoreWas    *float64      `json:"score_was,omitempty" doc:"When it was asked for; missing: absent."`
	PublishedOn calendar.Date `json:"published_on" doc:"Of an appeal, when the review was answered."`
	LastDay     calendar.Date `json:"last_day" doc:"The last day on which it could be asked for."`
}

// carriedView is what carries out what was agreed to, and how far that is.
type carriedView struct {
	State       coded     `json:"state" doc:"done; pending: a second person or the case has yet to see to it; not_done: it was refused, and may be done once more."`
	At          time.Time `json:"at"`
	Certificate string    `json:"certificate_request,omitempty" doc:"The request for a certificate's correction, on which another decides."`
}

type petitionStepOption struct {
	Step     string         `json:"step" enum:"withdrawal,appeal,answer,confirmation,hearing,pause,statement,carrying_out"`
	WhyNot   *coded         `json:"why_not,omitempty" doc:"Why the reader may not, yet or at all; missing when they may."`
	Outcomes []coded        `json:"outcomes,omitempty" doc:"Of an answer."`
	Until    *calendar.Date `json:"until,omitempty" doc:"The last day on which it may be done."`
}

func petitionPosition(p store.Petition) (time.Time, string) { return p.AskedAt, p.ID }

func (s *service) onePetition(tx *store.Tx, r *request, p store.Petition) (PetitionView, error) {
	views, err := s.viewPetitions(tx, r, p)
	if err != nil {
		return PetitionView{}, err
	}
	return views[0], nil
}

// petitionReader is a reader who knows what petitions are about, and what became of them.
type petitionReader struct {
	reader

	tasks    map[string]store.Task
	marked   map[string]string // whose account the answer to a task came with
	followed map[string]bool
	carried  map[string]store.PetitionCarrying
}

func newPetitionReader(tx *store.Tx, r *request, rows []store.Petition) (v petitionReader, err error) {
	ids, bodies, tasks := make([]string, len(rows)), make([]string, len(rows)), []string{}
	for i, p := range rows {
		ids[i], bodies[i] = p.ID, p.InstitutionID
		if p.TaskID != nil {
			tasks = append(tasks, *p.TaskID)
		}
	}
	if v.reader, err = newReader(tx, r, bodies...); err != nil {
		return v, err
	}
	if v.tasks, err = tx.TasksByID(tasks); err != nil {
		return v, err
	}
	if v.marked, err = tx.MarkedBy(tasks...); err != nil {
		return v, err
	}
	if v.carried, err = tx.Carryings(ids); err != nil {
		return v, err
	}
	v.followed, err = tx.Followed(ids)
	return v, err
}

func (s *service) viewPetitions(tx *store.Tx, r *request, rows ...store.Petition) ([]PetitionView, error) {
	v, err := newPetitionReader(tx, r, rows)
	if err != nil {
		return nil, err
	}
	views := make([]PetitionView, len(rows))
	for i, p := range rows {
		views[i] = s.viewPetition(v, r, p)
	}
	return views, nil
}

func (s *service) viewPetition(v petitionReader, r *request, p store.Petition) PetitionView {
	view := PetitionView{
		ID: p.ID, Kind: v.coded("petition_kind", p.Kind), Topic: v.codedIf("petition_topic", p.Topic), CaseID: p.CaseID,
		Institution: v.institution(p.InstitutionID), HandledBy: v.coded("petition_handler", p.HandledBy), AskedAt: p.AskedAt,
		State: v.coded("petition_state", p.State), DueAt: p.DueAt, Overdue: p.Open() && s.Now().After(p.DueAt), Follows: p.Follows,
		Paused: p.PauseAct != nil && p.Open(), StatementDueAt: p.StatementDueAt, StatedAt: p.StatedAt, AnsweredAt: p.AnsweredAt,
		Steps: s.petitionSteps(v, r, p),
	}
	if p.TaskID != nil {
		task := v.tasks[*p.TaskID]
		view.Mark = &petitionMark{
			Part: v.coded("part", task.Kind), Attempt: task.Attempt, ScoreWas: p.ScoreWas, PublishedOn: *p.PublishedOn, LastDay: *p.LastDay,
		}
	}
	if last, is := v.carried[p.ID]; is {
		view.Carried = &carriedView{State: v.coded("petition_carried", carriedState(last)), At: last.CarriedAt}
		if r.account.Role != store.RoleTrainee {
			view.Carried.Certificate = deref(last.RequestID)
		}
	}
	if p.State == store.PetitionAnswered || petition.Handles(p, r.account) {
		view.Proposed, view.Outcome, view.Score, view.Answer = p.ProposedAt, v.codedIf("petition_outcome", p.Outcome), p.Score, p.Answer
	}
	return view
}

// carriedState is how far something is that carries out what was agreed to.
func carriedState(c store.PetitionCarrying) string {
	switch {
	case c.Done():
		return "done"
	case c.OnItsWay():
		return "pending"
	}
	return "not_done"
}

// petitionSteps is what a reader may do next, or why not.
func (s *service) petitionSteps(v petitionReader, r *request, p store.Petition) []petitionStepOption {
	if r.account.Role == store.RoleTrainee {
		return s.ownPetitionSteps(v, p)
	}
	handles, steps := petition.Handles(p, r.account), []petitionStepOption{}
	switch {
	case handles && p.State == store.PetitionProposed:
		steps = append(steps, petitionStepOption{Step: "confirmation", WhyNot: v.whyNot(when(*p.ProposedBy == r.account.ID, otherPersonNeeded))})
	case handles && p.State == store.PetitionAsked:
		rule, answer := petition.RuleOf(p.Kind), petitionStepOption{Step: "answer"}
		if p.Kind == store.PetitionScoreReview {
			answer.WhyNot = v.whyNot(when(v.marked[*p.TaskID] == r.account.ID, petitionMarker))
		}
		answer.Outcomes = v.codedAll("petition_outcome", rule.Outcomes)
		steps = append(steps, answer)
		if rule.StatementDays > 0 && p.StatementDueAt == nil {
			steps = append(steps, petitionStepOption{Step: "hearing"})
		}
		if mayPause(p, r.account) {
			steps = append(steps, petitionStepOption{Step: "pause"})
		}
	case handles && petition.Agreed(p):
		if last, is := v.carried[p.ID]; !is || !last.Done() && !last.OnItsWay() {
			steps = append(steps, petitionStepOption{Step: "carrying_out"})
		}
	case p.State == store.PetitionAsked && p.StatementDueAt != nil && p.StatedAt == nil && r.account.Role == store.RoleInstitution:
		steps = append(steps, petitionStepOption{Step: "statement"})
	}
	return steps
}

// ownPetitionSteps is what the trainee may do next.
func (s *service) ownPetitionSteps(v petitionReader, p store.Petition) []petitionStepOption {
	switch {
	case p.State == store.PetitionAsked && p.TextSealed != nil:
		return []petitionStepOption{{Step: "withdrawal"}}
	case petition.Appealable(p) && !v.followed[p.ID]:
		_, last := s.petitioning().AppealWindow(p)
		return []petitionStepOption{{Step: "appeal", WhyNot: v.whyNot(when(s.today().After(last), petitionLate)), Until: &last}}
	}
	return []petitionStepOption{}
}

type petitionsInput struct {
	NumberedInput
	FilteredInput

	Kind        string `query:"kind" enum:"score_review,appeal,complaint,identity_correction,body_move,identity_check"`
	State       string `query:"state" enum:"asked,proposed,answered,withdrawn"`
	Open        bool   `query:"open" doc:"Not answered yet."`
	Overdue     bool   `query:"overdue" doc:"Whose answer is overdue."`
	Case        string `query:"case" format:"uuid"`
	Institution string `query:"institution" maxLength:"64" doc:"That it is about."`
	Sort        string `query:"sort" enum:"asked_at,-asked_at,due_at,-due_at" doc:"With page: the order, the newest first unless said otherwise."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type petitionsOutput struct {
	Body struct {
		Petitions []PetitionView `json:"petitions"`
		Next      *string        `json:"next,omitempty" doc:"The after of the next page; missing when there is none."`
		Total     *int64         `json:"total,omitempty" doc:"Of a page that was asked for by its number: how many there are."`
	}
}

// listPetitions lists what the trainee who asks asked for, what is put to the caller's institution, or what an operator's bureau
// handles.
func (s *service) listPetitions(ctx context.Context, in *petitionsInput) (*petitionsOutput, error) {
	r, found := requestOf(ctx), &faults{}
	within := r.within("")
	filter := store.PetitionFilter{
		InstitutionID: within.InstitutionID, District: within.District, About: in.Institution, Kind: in.Kind, State: in.State, Open: in.Open,
		Where: s.expression(found, r, in.FilteredInput, store.PetitionFields()), CaseID: in.Case, After: position(found, in.After),
		Numbered: in.numbered(found, in.Sort, in.After), Limit: in.Limit,
	}
	if in.Overdue {
		now := s.Now()
		filter.Overdue = &now
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &petitionsOutput{}
	out.Body.Petitions = []PetitionView{}
	if r.account.Role == store.RoleTrainee {
		if r.account.PersonID == nil {
			return out, nil
		}
		filter.PersonID = *r.account.PersonID
	}
	tx := s.Store.Read(ctx)
	var err error
	if out.Body.Total, err = in.total(&filter.Limit, func() (int64, error) { return tx.CountPetitions(filter) }); err != nil {
		return nil, err
	}
	rows, err := tx.Petitions(filter)
	if err != nil {
		return nil, err
	}
	rows, out.Body.Next = upTo(in.Limit, rows, petitionPosition)
	out.Body.Petitions, err = s.viewPetitions(tx, r, rows...)
	return out, err
}

type petitionRulesOutput struct {
	Body struct {
		Kinds []petitionRuleView `json:"kinds"`
	}
}

type petitionRuleView struct {
	Kind       coded        `json:"kind"`
	By         coded        `json:"by" doc:"Who answers it."`
	Second     bool         `json:"second" doc:"A second person confirms the answer."`
	WindowDays int          `json:"window_days,omitempty" doc:"For how many days it may be asked for; missing: at any time."`
	AnswerDays int          `json:"answer_days" doc:"Working days there are to answer it."`
	Outcomes   []coded      `json:"outcomes"`
	Topics     []coded      `json:"topics" doc:"Of complaints."`
	Citation   citationView `json:"citation"`
}

// petitionRules shows what may be asked for.
func (*service) petitionRules(ctx context.Context, _ *struct{}) (*petitionRulesOutput, error) {
	v, out := reader{lang: requestOf(ctx).lang}, &petitionRulesOutput{}
	for _, rule := range petition.Rules() {
		out.Body.Kinds = append(out.Body.Kinds, petitionRuleView{
			Kind: v.coded("petition_kind", rule.Kind), By: v.coded("petition_handler", rule.By), Second: rule.Second, WindowDays: rule.WindowDays,
			AnswerDays: rule.AnswerDays, Outcomes: v.codedAll("petition_outcome", rule.Outcomes),
			Topics: v.codedAll("petition_topic", rule.Topics), Citation: v.citation(rule.Cited()),
		})
	}
	return out, nil
}
