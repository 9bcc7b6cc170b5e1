package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/execution"
	"github.com/dengpan/dengpan/store"
)

// Executions shows what Temporal does for a workflow, and repairs it there.
type Executions interface {
	Describe(ctx context.Context, workflowID string) (execution.View, error)
	Points(ctx context.Context, workflowID, runID string) ([]execution.Point, error)
	Carry(ctx context.Context, repair store.Repair) (store.Repair, error)
	Link(v execution.View) string
}

// executionBodies are what repairs are sent.
type executionBodies struct {
	run     body[runBody]
	reset   body[resetBody]
	options body[optionsBody]
}

type (
	// runBody names the run that the operator saw: no other is touched.
	runBody struct {
		RunID  string `json:"run_id" minLength:"1" maxLength:"64" doc:"The run that was seen; another one is not touched."`
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Kept with the operator's name."`
	}
	resetBody struct {
		RunID  string `json:"run_id" minLength:"1" maxLength:"64" doc:"The run that was seen; another one is not touched."`
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Kept with the operator's name."`
		To     string `json:"to" minLength:"1" maxLength:"32" doc:"One of the run's points: start, a stage, or first_failure."`
	}
	optionsBody struct {
		RunID    string `json:"run_id" minLength:"1" maxLength:"64" doc:"The run that was seen; another one is not touched."`
		Reason   string `json:"reason" minLength:"1" maxLength:"500" doc:"Kept with the operator's name."`
		Attempt  int    `json:"attempt_seconds,omitempty" minimum:"1" maximum:"86400" doc:"What one attempt may take."`
		Interval int    `json:"interval_seconds,omitempty" minimum:"1" maximum:"86400" doc:"The longest time between attempts."`
		Patience int    `json:"patience_seconds,omitempty" minimum:"1" maximum:"2592000" doc:"How long it is tried altogether, from when it was asked for."`
	}
)

type activityInput struct {
	ID      string `path:"id"`
	Ref     string `path:"ref" maxLength:"64" doc:"The activity's id."`
	RawBody []byte
}

// registerExecutions adds the operations on what Temporal does for a case.
func (s *service) registerExecutions(api huma.API) {
	const tag, ok, at = "executions", http.StatusOK, "/v1/cases/{id}/execution"
	schemas := api.OpenAPI().Components.Schemas
	s.repairing = executionBodies{
		run: bodyFor[runBody](schemas), reset: bodyFor[resetBody](schemas), options: bodyFor[optionsBody](schemas),
	}
	run := s.repairing.run.schema
	read(api, "GET /v1/executions/watch", tag, "When executions were last looked at, and how many are in trouble", s.executionWatch)
	read(api, "GET "+at, tag, "What Temporal does for a case now", s.caseExecution)
	sent(api, "POST "+at+"/pause", tag, "Have the workflow take no further step", run, ok, s.repairRun(contract.PauseExecution))
	sent(api, "POST "+at+"/unpause", tag, "Have the workflow go on", run, ok, s.repairRun(contract.ResumeExecution))
	sent(api, "POST "+at+"/reset", tag, "Run the workflow again from a point of its history", s.repairing.reset.schema, ok, s.resetRun)
	sent(api, "POST "+at+"/activities/{ref}/pause", tag, "Have an activity not be tried again", run, ok, s.repairActivity(contract.PauseActivity))
	sent(api, "POST "+at+"/activities/{ref}/unpause", tag, "Have an activity be tried again", run, ok, s.repairActivity(contract.ResumeActivity))
	sent(api, "POST "+at+"/activities/{ref}/reset", tag, "Try an activity now, with its attempts counted anew", run, ok,
		s.repairActivity(contract.RetryActivity))
	sent(api, "POST "+at+"/activities/{ref}/options", tag, "Change how long an activity is tried", s.repairing.options.schema, ok, s.reoptionActivity)
}

func (s *service) repairRun(verb contract.Repair) func(context.Context, *idBodyInput) (*repairOutput, error) {
	return func(ctx context.Context, in *idBodyInput) (*repairOutput, error) {
		body, err := s.repairing.run.readAll(in.RawBody)
		if err != nil {
			return nil, err
		}
		return s.repair(ctx, in.ID, store.Repair{Verb: verb, RunID: body.RunID, Reason: body.Reason})
	}
}

func (s *service) repairActivity(verb contract.Repair) func(context.Context, *activityInput) (*repairOutput, error) {
	return func(ctx context.Context, in *activityInput) (*repairOutput, error) {
		body, err := s.repairing.run.readAll(in.RawBody)
		if err != nil {
			return nil, err
		}
		return s.repair(ctx, in.ID, store.Repair{
			Verb: verb, RunID: body.RunID, Reason: body.Reason, Params: store.RepairParams{Activity: in.Ref},
		})
	}
}

func (s *service) resetRun(ctx context.Context, in *idBodyInput) (*repairOutput, error) {
	body, err := s.repairing.reset.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.repair(ctx, in.ID, store.Repair{
		Verb: contract.ResetExecution, RunID: body.RunID, Reason: body.Reason, Params: store.RepairParams{To: body.To},
	})
}

func (s *service) reoptionActivity(ctx context.Context, in *activityInput) (*repairOutput, error) {
	body, found, err := s.repairing.options.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if body.Attempt == 0 && body.Interval == 0 && body.Patience == 0 && len(found.list) == 0 {
		found.add("attempt_seconds", fieldRequired)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.repair(ctx, in.ID, store.Repair{
		Verb: contract.ReoptionActivity, RunID: body.RunID, Reason: body.Reason, Params: store.RepairParams{
			Activity: in.Ref, Attempt: body.Attempt, Interval: body.Interval, Patience: body.Patience,
		},
	})
}

// repair does something to the execution of a case, on the run that was seen. It is written down with its reason before it is
// done; when Temporal does not answer meanwhile, the watcher does it.
func (s *service) repair(ctx context.Context, caseID string, r store.Repair) (*repairOutput, error) {
	if r.Reason = strings.TrimSpace(r.Reason); r.Reason == "" {
		found := &faults{}
		found.add("reason", fieldRequired)
		return nil, found.err()
	}
	now, err := s.executionOf(ctx, caseID)
	switch {
	case errors.Is(err, execution.ErrNone):
		return nil, problem(executionOver)
	case err != nil:
		return nil, err
	case now.RunID != r.RunID:
		return nil, problem(runChanged)
	}
	of := requestOf(ctx)
	r.ID, r.WorkflowID, r.CaseID, r.RequestedBy, r.RequestedAt = uuid.NewString(), now.WorkflowID, &caseID, of.account.ID, s.Now().UTC()
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.InsertRepair(r); err != nil {
			return err
		}
		return s.audit(tx, of, "execution."+string(r.Verb), "case:"+caseID, r.Reason,
			map[string]any{"repair": r.ID, "run": r.RunID, "params": r.Params})
	})
	if err != nil {
		return nil, err
	}
	done, err := s.Executions.Carry(ctx, r)
	if err != nil {
		of.log.WarnContext(ctx, "a repair is left to the watcher", "repair", r.ID, "error", err)
	}
	if code, refused := repairProblems[done.Refusal]; refused {
		return nil, problem(code)
	}
	out := &repairOutput{Status: http.StatusOK}
	if out.Body, err = s.viewRepair(ctx, of.lang, r.ID); out.Body.State == store.RepairPending {
		out.Status = http.StatusAccepted
	}
	return out, err
}

// repairProblems are the answers to repairs that are refused.
var repairProblems = map[string]string{
	execution.RunChanged: runChanged, execution.NotRunning: executionOver, execution.NoSuchPoint: pointUnknown,
	execution.ActivityGone: activityGone, execution.NotPossible: repairRefused,
}

// executionOf asks Temporal about a case. That it does not answer is said as it is.
func (s *service) executionOf(ctx context.Context, caseID string) (execution.View, error) {
	if s.Executions == nil {
		return execution.View{}, problem(unavailable)
	}
	if _, err := s.Store.Read(ctx).Case(caseID); err != nil {
		return execution.View{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, executionPatience)
	defer cancel()
	v, err := s.Executions.Describe(ctx, contract.CaseWorkflowID(caseID))
	if err != nil && !errors.Is(err, execution.ErrNone) {
		requestOf(ctx).log.WarnContext(ctx, "Temporal does not say how an execution is", "error", err)
		return v, problem(unavailable)
	}
	return v, err
}
