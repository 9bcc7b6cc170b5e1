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

// executed is whose execution is looked at and repaired: a workflow's, and the case that it is of if it is one's.
type executed struct {
	workflow string
	caseID   *string
	subject  string // as the audit log names it
}

// executedOf finds what a request names.
type executedOf func(tx *store.Tx, id string) (executed, error)

// ofCase is the workflow of a case.
func ofCase(tx *store.Tx, id string) (executed, error) {
	_, err := tx.Case(id)
	return executed{contract.CaseWorkflowID(id), &id, "case:" + id}, err
}

// ofIncident is the workflow that an incident was found of: of deliveries to an institution, of a batch, of a procedure, as well as of a case.
func ofIncident(tx *store.Tx, id string) (executed, error) {
	i, err := tx.Incident(id)
	if err == nil && i.WorkflowID == "" {
		err = problem(notFound)
	}
	e := executed{workflow: i.WorkflowID, subject: "incident:" + id}
	if i.CaseID != "" {
		e.caseID = &i.CaseID
	}
	return e, err
}

// registerExecutions adds the operations on what Temporal does for a case, or for what else an incident was found of.
func (s *service) registerExecutions(api huma.API) {
	const tag, ok = "executions", http.StatusOK
	schemas := api.OpenAPI().Components.Schemas
	s.repairing = executionBodies{
		run: bodyFor[runBody](schemas), reset: bodyFor[resetBody](schemas), options: bodyFor[optionsBody](schemas),
	}
	run := s.repairing.run.schema
	read(api, "GET /v1/executions/watch", tag, "When executions were last looked at, and how many are in trouble", s.executionWatch)
	for _, subject := range []struct {
		at string
		of executedOf
	}{{"/v1/cases/{id}/execution", ofCase}, {"/v1/incidents/{id}/execution", ofIncident}} {
		at, of := subject.at, subject.of
		read(api, "GET "+at, tag, "What Temporal does for it now", s.showExecution(of))
		sent(api, "POST "+at+"/pause", tag, "Have the workflow take no further step", run, ok, s.repairRun(of, contract.PauseExecution))
		sent(api, "POST "+at+"/unpause", tag, "Have the workflow go on", run, ok, s.repairRun(of, contract.ResumeExecution))
		sent(api, "POST "+at+"/reset", tag, "Run the workflow again from a point of its history", s.repairing.reset.schema, ok, s.resetRun(of))
		sent(api, "POST "+at+"/activities/{ref}/pause", tag, "Have an activity not be tried again", run, ok,
			s.repairActivity(of, contract.PauseActivity))
		sent(api, "POST "+at+"/activities/{ref}/unpause", tag, "Have an activity be tried again", run, ok,
			s.repairActivity(of, contract.ResumeActivity))
		sent(api, "POST "+at+"/activities/{ref}/reset", tag, "Try an activity now, with its attempts counted anew", run, ok,
			s.repairActivity(of, contract.RetryActivity))
		sent(api, "POST "+at+"/activities/{ref}/options", tag, "Change how long an activity is tried", s.repairing.options.schema, ok,
			s.reoptionActivity(of))
	}
}

func (s *service) repairRun(of executedOf, verb contract.Repair) func(context.Context, *idBodyInput) (*repairOutput, error) {
	return func(ctx context.Context, in *idBodyInput) (*repairOutput, error) {
		body, err := s.repairing.run.readAll(in.RawBody)
		if err != nil {
			return nil, err
		}
		return s.repair(ctx, of, in.ID, store.Repair{Verb: verb, RunID: body.RunID, Reason: body.Reason})
	}
}

func (s *service) repairActivity(of executedOf, verb contract.Repair) func(context.Context, *activityInput) (*repairOutput, error) {
	return func(ctx context.Context, in *activityInput) (*repairOutput, error) {
		body, err := s.repairing.run.readAll(in.RawBody)
		if err != nil {
			return nil, err
		}
		return s.repair(ctx, of, in.ID, store.Repair{
			Verb: verb, RunID: body.RunID, Reason: body.Reason, Params: store.RepairParams{Activity: in.Ref},
		})
	}
}

func (s *service) resetRun(of executedOf) func(context.Context, *idBodyInput) (*repairOutput, error) {
	return func(ctx context.Context, in *idBodyInput) (*repairOutput, error) {
		body, err := s.repairing.reset.readAll(in.RawBody)
		if err != nil {
			return nil, err
		}
		return s.repair(ctx, of, in.ID, store.Repair{
			Verb: contract.ResetExecution, RunID: body.RunID, Reason: body.Reason, Params: store.RepairParams{To: body.To},
		})
	}
}

func (s *service) reoptionActivity(of executedOf) func(context.Context, *activityInput) (*repairOutput, error) {
	return func(ctx context.Context, in *activityInput) (*repairOutput, error) {
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
		return s.repair(ctx, of, in.ID, store.Repair{
			Verb: contract.ReoptionActivity, RunID: body.RunID, Reason: body.Reason, Params: store.RepairParams{
				Activity: in.Ref, Attempt: body.Attempt, Interval: body.Interval, Patience: body.Patience,
			},
		})
	}
}

// repair does something to an execution, on the run that was seen. It is written down with its reason before it is done; when
// Temporal does not answer meanwhile, the watcher does it.
func (s *service) repair(ctx context.Context, find executedOf, id string, r store.Repair) (*repairOutput, error) {
	if r.Reason = strings.TrimSpace(r.Reason); r.Reason == "" {
		found := &faults{}
		found.add("reason", fieldRequired)
		return nil, found.err()
	}
	e, now, err := s.executionOf(ctx, find, id)
	switch {
	case errors.Is(err, execution.ErrNone):
		return nil, problem(executionOver)
	case err != nil:
		return nil, err
	case now.RunID != r.RunID:
		return nil, problem(runChanged)
	}
	of := requestOf(ctx)
	r.ID, r.WorkflowID, r.CaseID, r.RequestedBy, r.RequestedAt = uuid.NewString(), e.workflow, e.caseID, of.account.ID, s.Now().UTC()
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.InsertRepair(r); err != nil {
			return err
		}
		return s.audit(tx, of, "execution."+string(r.Verb), e.subject, r.Reason,
			map[string]any{"repair": r.ID, "workflow": e.workflow, "run": r.RunID, "params": r.Params})
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

// executionOf asks Temporal about a workflow. That it does not answer is said as it is.
func (s *service) executionOf(ctx context.Context, find executedOf, id string) (e executed, v execution.View, err error) {
	if s.Executions == nil {
		return e, v, problem(unavailable)
	}
	if e, err = find(s.Store.Read(ctx), id); err != nil {
		return e, v, err
	}
	ctx, cancel := context.WithTimeout(ctx, executionPatience)
	defer cancel()
	v, err = s.Executions.Describe(ctx, e.workflow)
	if err != nil && !errors.Is(err, execution.ErrNone) {
		requestOf(ctx).log.WarnContext(ctx, "Temporal does not say how an execution is", "error", err)
		return e, v, problem(unavailable)
	}
	return e, v, err
}
