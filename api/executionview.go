package api

import (
	"context"
	"errors"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/execution"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

const (
	executionPatience = 5 * time.Second // with Temporal
	repairsShown      = 20
)

// executionView is what Temporal does for a workflow now.
type executionView struct {
	WorkflowID string           `json:"workflow_id"`
	Known      bool             `json:"known" doc:"Temporal knows the workflow. It forgets one some time after its end."`
	RunID      string           `json:"run_id,omitempty"`
	Running    bool             `json:"running"`
	Since      *time.Time       `json:"since,omitempty" doc:"Of the run."`
	Events     int64            `json:"events,omitempty" doc:"In its history."`
	PausedAt   *time.Time       `json:"paused_at,omitempty" doc:"It takes no step since then."`
	Task       *executionTask   `json:"task,omitempty" doc:"The workflow's own next step, when one is due."`
	Activities []activityView   `json:"activities" doc:"Work outside the workflow that is under way."`
	Points     []executionPoint `json:"points" doc:"Where the run can be taken back to."`
	Repairs    []repairView     `json:"repairs" doc:"What was done to it, the latest first."`
	HistoryURL string           `json:"history_url,omitempty" doc:"Its history in Temporal's own interface."`
}

type executionTask struct {
	Attempt int        `json:"attempt"`
	Since   time.Time  `json:"since"`
	Next    *time.Time `json:"next_attempt_at,omitempty"`
	Failing *coded     `json:"failing,omitempty" doc:"Why it fails."`
}

type activityView struct {
	ID       string      `json:"id"`
	Type     string      `json:"type"`
	State    coded       `json:"state"`
	Attempt  int         `json:"attempt"`
	Since    time.Time   `json:"since"`
	TakenAt  *time.Time  `json:"taken_at,omitempty" doc:"When somebody last took it."`
	Next     *time.Time  `json:"next_attempt_at,omitempty"`
	Until    *time.Time  `json:"until,omitempty" doc:"When it is given up."`
	Failing  *coded      `json:"failing,omitempty" doc:"Why its last attempt failed."`
	Failure  string      `json:"failure_type,omitempty" doc:"The type of that failure; its message stays sealed."`
	Attempts optionsView `json:"options"`
}

type optionsView struct {
	Attempt  int `json:"attempt_seconds" doc:"What one attempt may take."`
	Interval int `json:"interval_seconds" doc:"The longest time between attempts."`
	Patience int `json:"patience_seconds" doc:"How long it is tried altogether; 0: without end."`
}

type executionPoint struct {
	To     string    `json:"to"`
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
	Effect string    `json:"effect" doc:"What is done again from there."`
}

type repairView struct {
	ID          string             `json:"id"`
	Verb        contract.Repair    `json:"verb"`
	Name        string             `json:"name"`
	RunID       string             `json:"run_id"`
	Params      store.RepairParams `json:"params"`
	Reason      string             `json:"reason"`
	RequestedBy string             `json:"requested_by"`
	RequestedAt time.Time          `json:"requested_at"`
	State       string             `json:"state" enum:"pending,done,refused"`
	Refusal     *coded             `json:"refusal,omitempty"`
	NewRunID    string             `json:"new_run_id,omitempty" doc:"The run that a reset began."`
	SettledAt   *time.Time         `json:"settled_at,omitempty"`
}

type (
	executionOutput struct{ Body executionView }
	repairOutput    struct {
		Status int
		Body   repairView
	}
	executionWatchOutput struct {
		Body struct {
			LookedAt *time.Time `json:"looked_at" doc:"When Temporal was last asked; null: never."`
			Failing  int        `json:"failing" doc:"Executions in trouble, as of then."`
			Late     bool       `json:"late" doc:"Nobody has looked for a minute: what is shown of executions may be old."`
		}
	}
)

// executionWatch says how fresh is what lists show of executions.
func (s *service) executionWatch(ctx context.Context, _ *struct{}) (*executionWatchOutput, error) {
	w, err := s.Store.Read(ctx).ExecutionWatch()
	out := &executionWatchOutput{}
	out.Body.LookedAt, out.Body.Failing = w.LookedAt, w.Failing
	out.Body.Late = w.LookedAt == nil || time.Since(*w.LookedAt) > time.Minute
	return out, err
}

// showExecution shows what Temporal does for a workflow.
func (s *service) showExecution(of executedOf) func(context.Context, *idInput) (*executionOutput, error) {
	return func(ctx context.Context, in *idInput) (*executionOutput, error) {
		e, now, err := s.executionOf(ctx, of, in.ID)
		if err != nil && !errors.Is(err, execution.ErrNone) {
			return nil, err
		}
		return s.viewExecution(ctx, e.workflow, now)
	}
}

func (s *service) viewExecution(ctx context.Context, workflow string, now execution.View) (*executionOutput, error) {
	v := reader{lang: requestOf(ctx).lang}
	out := &executionOutput{Body: v.execution(workflow, now)}
	repairs, err := s.Store.Read(ctx).Repairs(workflow, repairsShown)
	if err != nil {
		return nil, err
	}
	for _, r := range repairs {
		out.Body.Repairs = append(out.Body.Repairs, v.repair(r))
	}
	if !now.Running {
		return out, nil
	}
	out.Body.HistoryURL = s.Executions.Link(now)
	ctx, cancel := context.WithTimeout(ctx, executionPatience)
	defer cancel()
	points, err := s.Executions.Points(ctx, now.WorkflowID, now.RunID)
	if err != nil {
		requestOf(ctx).log.WarnContext(ctx, "Temporal does not show a history", "error", err)
		return nil, problem(unavailable)
	}
	for _, p := range points {
		out.Body.Points = append(out.Body.Points, v.point(p))
	}
	return out, nil
}

func (v reader) execution(workflowID string, now execution.View) executionView {
	view := executionView{
		WorkflowID: workflowID, Known: now.RunID != "", RunID: now.RunID, Running: now.Running, Events: now.Events, PausedAt: now.PausedAt,
		Activities: []activityView{}, Points: []executionPoint{}, Repairs: []repairView{},
	}
	if view.Known {
		view.Since = &now.Since
	}
	if t := now.Task; t != nil {
		view.Task = &executionTask{Attempt: t.Attempt, Since: t.Since, Next: t.Next, Failing: v.codedIf("failing", t.Failing)}
	}
	for _, a := range now.Activities {
		view.Activities = append(view.Activities, activityView{
			ID: a.ID, Type: a.Type, State: v.coded("activity_state", a.State), Attempt: a.Attempt, Since: a.Since, TakenAt: a.Taken,
			Next: a.Next, Until: a.Until, Failing: v.codedIf("failing", a.Failing), Failure: a.Failure, Attempts: optionsView(a.Options),
		})
	}
	return view
}

func (v reader) point(p execution.Point) executionPoint {
	view := executionPoint{To: p.To, At: p.At, Effect: message.Text(v.lang, "repair_effect.reset_execution", map[string]any{
		"messages": p.Again.Messages, "steps": p.Again.Steps, "activities": p.Again.Activities,
	})}
	if p.To == execution.ToStart || p.To == execution.ToFailure {
		view.Name = v.say("execution_point", p.To)
	} else {
		view.Name = v.say("stage", string(progress.Stage(p.To)))
	}
	return view
}

func (v reader) repair(r store.Repair) repairView {
	view := repairView{
		ID: r.ID, Verb: r.Verb, Name: v.say("repair", string(r.Verb)), RunID: r.RunID, Params: r.Params, Reason: r.Reason,
		RequestedBy: r.RequestedBy, RequestedAt: r.RequestedAt, State: r.State, NewRunID: r.NewRunID, SettledAt: r.SettledAt,
	}
	view.Refusal = v.codedIf("repair_refusal", r.Refusal)
	return view
}

func (s *service) viewRepair(ctx context.Context, lang message.Lang, id string) (repairView, error) {
	r, err := s.Store.Read(ctx).Repair(id)
	return reader{lang: lang}.repair(r), err
}
