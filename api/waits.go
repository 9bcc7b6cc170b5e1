package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// waitView is one condition that is not met yet: what is missing, since when, who can move it, until when, and what happens
// by itself.
type waitView struct {
	Code       string        `json:"code" enum:"approval,paused,withdrawal,execution,incident,task,issuance,review,calendar,stage"`
	Stage      string        `json:"stage,omitempty"`
	StageName  string        `json:"stage_name,omitempty"`
	Title      string        `json:"title"`
	Text       string        `json:"text,omitempty"`
	Missing    []string      `json:"missing" doc:"What is missing, a sentence each."`
	Since      *time.Time    `json:"since,omitempty"`
	Who        *partyView    `json:"who,omitempty" doc:"Who can move it."`
	Until      *time.Time    `json:"until,omitempty" doc:"Its deadline. Nothing is passed or failed by it."`
	Next       *followUp     `json:"next,omitempty" doc:"What happens by itself."`
	Citation   *citationView `json:"citation,omitempty" doc:"Where it is written that this is needed."`
	IncidentID string        `json:"incident_id,omitempty"`
	TaskID     string        `json:"task_id,omitempty"`
}

// followUp is what happens by itself, and when.
type followUp struct {
	Text string     `json:"text"`
	At   *time.Time `json:"at,omitempty" doc:"Left out: as soon as it can."`
}

type waitsOutput struct {
	Body struct {
		CaseID     string        `json:"case_id"`
		Queue      string        `json:"queue" doc:"Where the case stands among the operators' queues; empty when it has ended."`
		QueueName  string        `json:"queue_name,omitempty"`
		Stuck      string        `json:"stuck,omitempty" enum:"external,program,business,overdue" doc:"Which of the four ways of being stuck."`
		Assignee   *operatorView `json:"assignee" doc:"Who sees to the case; null: nobody."`
		AssignedAt *time.Time    `json:"assigned_at,omitempty"`
		LastEvent  int           `json:"last_event" doc:"The number of the timeline's newest line."`
		Waits      []waitView    `json:"waits" doc:"What the case waits for, the most pressing first."`
	}
}

// caseWaits says what a case waits for, from the record alone.
func (s *service) caseWaits(ctx context.Context, in *idInput) (*waitsOutput, error) {
	r, out := requestOf(ctx), &waitsOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		w, err := s.waiting(tx, r, in.ID)
		if err != nil {
			return err
		}
		c := w.c
		out.Body.CaseID, out.Body.LastEvent, out.Body.AssignedAt = c.ID, c.LastEvent, c.AssignedAt
		if c.Queue != "" {
			out.Body.Queue, out.Body.QueueName = string(c.Queue), w.say("queue", string(c.Queue))
			out.Body.Stuck = string(c.Queue.Stuck())
		}
		if c.Assignee != nil {
			accounts, err := tx.AccountsOf([]string{*c.Assignee})
			if err != nil {
				return err
			}
			view := viewOperator(r, accounts[*c.Assignee])
			out.Body.Assignee = &view
		}
		out.Body.Waits = w.list()
		return nil
	})
	return out, err
}

// waiting is all that is looked at to say what a case waits for.
type waiting struct {
	reader

	c          store.Case
	rules      *policy.Policy
	stages     []store.CaseStage
	incident   *store.Incident
	tasks      []store.Task
	events     map[string]store.OutboxEvent // the newest of each task
	endpoints  map[string]store.Endpoint
	prepared   []store.Certificate
	decisions  []decisionView
	withdrawal *store.Withdrawal
	pause      *pauseView
}

func (s *service) waiting(tx *store.Tx, r *request, id string) (*waiting, error) {
	c, err := tx.Case(id)
	if err != nil {
		return nil, err
	}
	w := &waiting{c: c, reader: reader{lang: r.lang}}
	if w.rules, err = policy.ByID(c.PolicyVersion); err != nil {
		return nil, fmt.Errorf("read the case's rules: %w", err)
	}
	if c.Ended() {
		return w, nil
	}
	if err := w.read(tx); err != nil {
		return nil, err
	}
	institutions := bodiesOf(c)
	for _, t := range w.tasks {
		institutions = append(institutions, t.InstitutionID)
	}
	for _, stage := range w.stages {
		institutions = append(institutions, deref(stage.OwesID))
	}
	if w.incident != nil {
		institutions = append(institutions, incidentInstitutions(*w.incident)...)
	}
	if w.reader, err = newReader(tx, r, institutions...); err != nil {
		return nil, err
	}
	decided, err := tx.Decisions(c.ID)
	if err != nil {
		return nil, err
	}
	w.decisions, err = w.reader.decisions(c, decided)
	return w, err
}

func (w *waiting) read(tx *store.Tx) (err error) {
	if w.stages, err = tx.Stages(w.c.ID); err != nil {
		return err
	}
	incident, err := tx.OpenIncidentOf(w.c.ID)
	if err == nil {
		w.incident = &incident
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	withdrawal, err := tx.Withdrawal(w.c.ID)
	if err == nil {
		w.withdrawal = &withdrawal
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if w.pause, err = w.reader.pause(tx, w.c); err != nil {
		return err
	}
	if w.tasks, err = tx.OpenTasks(w.c.ID); err != nil {
		return err
	}
	var ids, institutions []string
	for _, t := range w.tasks {
		ids, institutions = append(ids, t.ID), append(institutions, t.InstitutionID)
	}
	if w.events, err = tx.NewestEvents(ids); err != nil {
		return err
	}
	if w.endpoints, err = tx.EndpointsOf(institutions); err != nil {
		return err
	}
	all, err := tx.Certificates(w.c.ID)
	w.prepared = slices.DeleteFunc(all, func(c store.Certificate) bool { return c.Status != store.CertificatePrepared })
	return err
}

// list says what the case waits for: first what holds all of it, then what it is stuck on, then what is owed.
func (w *waiting) list() []waitView {
	if w.c.Ended() {
		return []waitView{}
	}
	waits := w.held()
	covered := map[progress.Stage]bool{}
	if w.incident != nil {
		covered[w.incident.Stage] = true
		waits = append(waits, w.stuck(*w.incident))
	}
	for _, t := range w.tasks {
		stage := contract.StageOf(t.Kind)
		covered[stage] = true
		waits = append(waits, w.owed(t, stage))
	}
	for _, stage := range progress.Stages() {
		i := slices.IndexFunc(w.stages, func(s store.CaseStage) bool { return s.Stage == stage })
		if i >= 0 && !covered[stage] && slices.Contains([]progress.State{progress.Active, progress.Waiting, progress.Stuck}, w.stages[i].State) {
			waits = append(waits, w.under(w.stages[i]))
		}
	}
	return waits
}

// held is what keeps the whole case where it is.
func (w *waiting) held() []waitView {
	waits := []waitView{}
	operators := &progress.Party{Kind: progress.ByOperator}
	add := func(code string, since *time.Time, who *progress.Party) *waitView {
		waits = append(waits, waitView{
			Code: code, Title: w.say("wait", code+".title"), Text: w.say("wait", code+".text"), Missing: []string{}, Since: since,
			Who: w.party(who, nil),
		})
		return &waits[len(waits)-1]
	}
	if w.c.AwaitsApproval {
		add("approval", nil, operators)
	}
	if w.pause != nil {
		wait := add("paused", w.c.PausedAt, operators)
		if w.pause.Own {
			wait.Title, wait.Who = w.say("wait", "paused.own"), w.party(&progress.Party{Kind: progress.ByTrainee}, nil)
		}
		if w.c.PausedUntil != nil {
			wait.Next = &followUp{Text: message.Text(w.lang, "wait.next.resumes", map[string]any{"date": w.c.PausedUntil.String()})}
		}
	}
	if w.withdrawal != nil {
		add("withdrawal", &w.withdrawal.RequestedAt, &progress.Party{Kind: progress.BySystem}).Next = w.next("withdrawal")
	}
	if w.c.Trouble != "" {
		wait := add("execution", nil, operators)
		wait.Text = w.say("wait", "execution."+string(w.c.Trouble))
		wait.Next = w.next("execution_" + string(w.c.Trouble))
	}
	return waits
}

// next is what happens by itself in a situation; nil when nothing does.
func (w *waiting) next(situation string) *followUp {
	if !message.Has("wait.next." + situation) {
		return nil
	}
	return &followUp{Text: w.say("wait", "next."+situation)}
}
