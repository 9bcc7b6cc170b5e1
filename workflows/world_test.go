package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/workflows"
)

const (
	caseID = "6f1f3a52-9a39-4a47-bb0e-0d2a4f5c9a11"
	day    = 24 * time.Hour
)

// world stands in for the record: it answers steps as a test scripts them, and remembers which were asked, in order.
type world struct {
	env     *testsuite.TestWorkflowEnvironment
	mu      sync.Mutex
	asked   []string
	replies map[string]any   // by step key; a step with none goes through
	broken  map[string]error // by step key: errors that a step returns once; the signer, until they are gone
	verbs   map[string]contract.ApplyResolutionReply
	wait    time.Duration                 // how long an institution has for a task
	over    map[string]contract.Overrides // by step key: what a step that was not scripted was to go on in spite of

	acts      map[string]contract.ApplyActReply // by the act's id: what becomes of it
	positions map[string]contract.Position      // where the case stood when it came
}

type key interface{ Key() string }

// newWorld prepares an environment in which every institution has ten days for a task.
func newWorld(t *testing.T) *world {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	w := &world{
		env: suite.NewTestWorkflowEnvironment(), replies: map[string]any{}, over: map[string]contract.Overrides{}, broken: map[string]error{},
		verbs: map[string]contract.ApplyResolutionReply{}, wait: 10 * day,
		acts: map[string]contract.ApplyActReply{}, positions: map[string]contract.Position{},
	}
	w.env.SetTestTimeout(20 * time.Second)
	w.env.SetStartTime(time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC))
	w.env.RegisterWorkflowWithOptions(workflows.Case, workflow.RegisterOptions{Name: contract.CaseWorkflow})
	workflows.RegisterIssuance(w.env)
	play(w, contract.Admit, func(r contract.AdmitRequest) (none contract.StepReply) {
		w.over[r.Key()] = r.Overrides
		return none
	})
	play(w, contract.EnterEvaluation, func(r contract.EnterEvaluationRequest) (none contract.StepReply) {
		w.over[r.Key()] = r.Overrides
		return none
	})
	play(w, contract.IssueCertificate, func(r contract.IssueCertificateRequest) contract.IssueCertificateReply {
		w.over[r.Key()] = r.Overrides
		if r.Change != "" {
			return contract.IssueCertificateReply{CertificateID: r.Kind + "-again"}
		}
		return contract.IssueCertificateReply{CertificateID: r.Kind}
	})
	play(w, contract.PrintCertificate, nil)
	play(w, contract.HoldCertificate, func(r contract.HoldCertificateRequest) contract.StepReply { return stuckOn(r.Cause, r.Key()) })
	play(w, contract.PublishCertificate, nil)
	w.env.RegisterActivityWithOptions(w.sign, activity.RegisterOptions{Name: contract.SignCertificate.Name})
	play(w, contract.DecideTitle, func(contract.DecideTitleRequest) contract.DecideTitleReply {
		return contract.DecideTitleReply{Mapped: true}
	})
	play(w, contract.CreditHours, func(r contract.CreditHoursRequest) (none contract.StepReply) {
		w.over[r.Key()] = r.Overrides
		return none
	})
	play(w, contract.ReviewHours, func(r contract.ReviewHoursRequest) contract.ReviewHoursReply {
		w.over[r.Key()] = r.Overrides
		return contract.ReviewHoursReply{}
	})
	play(w, contract.ReviewCertificates, nil)
	play(w, contract.TakeFacts, nil)
	play(w, contract.CloseCase, nil)
	for _, step := range []contract.Step[contract.RecordRequest, contract.RecordReply]{
		contract.RecordEnrolment, contract.RecordTraining, contract.RecordExam, contract.RecordEvaluation,
	} {
		play(w, step, func(contract.RecordRequest) contract.RecordReply {
			return contract.RecordReply{Next: contract.GoOn}
		})
	}
	play(w, contract.IssueTasks, func(r contract.IssueTasksRequest) contract.IssueTasksReply {
		reply := contract.IssueTasksReply{DueAt: w.env.Now().Add(w.wait)}
		for _, kind := range r.Kinds {
			reply.Tasks = append(reply.Tasks, contract.IssuedTask{ID: taskID(kind, r.Attempt, r.Issue), Kind: kind})
		}
		return reply
	})
	play(w, contract.MarkOverdue, func(r contract.MarkOverdueRequest) contract.MarkOverdueReply {
		return contract.MarkOverdueReply{StepReply: stuckOn(contract.TaskOverdue, r.Key())}
	})
	play(w, contract.OpenStepFailed, func(r contract.OpenStepFailedRequest) contract.StepReply {
		return stuckOn(contract.StepFailed, r.Key())
	})
	play(w, contract.ApplyResolution, func(r contract.ApplyResolutionRequest) contract.ApplyResolutionReply {
		reply := w.verbs[r.ResolutionID]
		if !reply.DueAt.IsZero() {
			return reply
		}
		reply.DueAt = w.env.Now().Add(w.wait)
		return reply
	})
	play(w, contract.ApplyAct, func(r contract.ApplyActRequest) contract.ApplyActReply {
		w.positions[r.ActID] = r.Position
		return w.acts[r.ActID]
	})
	play(w, contract.ResumeCase, func(contract.ResumeCaseRequest) contract.ApplyActReply {
		return contract.ApplyActReply{Applied: true, Verb: contract.Release, DueAt: w.env.Now().Add(w.wait)}
	})
	return w
}

// sign is the signer, which is another process's.
func (w *world) sign(_ context.Context, req contract.SignCertificateRequest) (struct{}, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := "sign/" + req.CertificateID
	if err := w.broken[key]; err != nil {
		return struct{}{}, err
	}
	w.asked = append(w.asked, key)
	return struct{}{}, nil
}

// slow has the signer take two hours.
func (w *world) slow() {
	w.env.OnActivity(contract.SignCertificate.Name, mock.Anything, mock.Anything).After(2*time.Hour).Return(struct{}{}, nil)
}

// mend has a step go through again.
func (w *world) mend(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.broken, key)
}

// play registers a step that remembers it was asked and replies as scripted, or else by default.
func play[Req key, Res any](w *world, step contract.Step[Req, Res], usual func(Req) Res) {
	w.env.RegisterActivityWithOptions(func(_ context.Context, req Req) (Res, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		var none Res
		if err := w.broken[req.Key()]; err != nil {
			delete(w.broken, req.Key())
			return none, err
		}
		w.asked = append(w.asked, req.Key())
		if reply, ok := w.replies[req.Key()].(Res); ok {
			return reply, nil
		}
		if usual == nil {
			return none, nil
		}
		return usual(req), nil
	}, activity.RegisterOptions{Name: step.Name})
}

func taskID(kind string, attempt, issue int) string {
	return fmt.Sprintf("%s-%d-%d", kind, attempt, issue)
}

// stuckOn is the reply of a step that opened an incident; its id is the name given.
func stuckOn(cause contract.Cause, id string) contract.StepReply {
	return contract.StepReply{Incident: &contract.Incident{ID: id, Cause: cause}}
}

// answer sends a task's answer some time after the case began.
func (w *world) answer(t *testing.T, at time.Duration, task string) {
	t.Helper()
	send(t, w, at, contract.AnswerTask, contract.TaskAnswered{TaskID: task})
}

// reject sends a task's refusal.
func (w *world) reject(t *testing.T, at time.Duration, task string) {
	t.Helper()
	send(t, w, at, contract.AnswerTask, contract.TaskAnswered{TaskID: task, Rejected: true})
}

// resolve sends an operator's resolution of an incident, which will be applied.
func (w *world) resolve(t *testing.T, at time.Duration, incident string, verb contract.Verb) {
	t.Helper()
	id := fmt.Sprintf("%s@%s", verb, at)
	w.verbs[id] = contract.ApplyResolutionReply{Applied: true, Verb: verb}
	send(t, w, at, contract.Resolve, contract.IncidentResolution{ResolutionID: id, IncidentID: incident})
}

// act sends what an operator does to the case, with what becomes of it.
func (w *world) act(t *testing.T, at time.Duration, reply contract.ApplyActReply) string {
	t.Helper()
	id := fmt.Sprintf("%s@%s", reply.Verb, at)
	reply.Applied = true
	w.acts[id] = reply
	send(t, w, at, contract.Act, contract.OperatorAct{ActID: id})
	return id
}

// withdraw sends the trainee's withdrawal.
func (w *world) withdraw(t *testing.T, at time.Duration) {
	t.Helper()
	send(t, w, at, contract.Withdraw, contract.WithdrawalRequest{})
}

// voids says that hours of the case were taken back.
func (w *world) voids(t *testing.T, at time.Duration, change string) {
	t.Helper()
	send(t, w, at, contract.HoursChanged, contract.HoursChange{ChangeID: change})
}

// gives says that the applicant's facts were given anew.
func (w *world) gives(t *testing.T, at time.Duration, facts string) {
	t.Helper()
	send(t, w, at, contract.FactsGiven, contract.NewFacts{FactsID: facts})
}

func send[Req, Res any](t *testing.T, w *world, at time.Duration, message contract.Update[Req, Res], req Req) {
	t.Helper()
	w.env.RegisterDelayedCallback(func() {
		w.env.UpdateWorkflowNoRejection(message.Name, fmt.Sprintf("%s@%s/%v", message.Name, at, req), t, req)
	}, at)
}

// pass answers every task of the main path on consecutive days, from one stage on.
func (w *world) pass(t *testing.T, from time.Duration, kinds ...string) {
	t.Helper()
	for i, kind := range kinds {
		w.answer(t, from+time.Duration(i)*day, taskID(kind, 1, 1))
	}
}

// run runs the case to its end and returns the outcome.
func (w *world) run(t *testing.T) string {
	t.Helper()
	return w.runWith(t, contract.CaseInput{CaseID: caseID})
}

// reopen runs the workflow of a case that had ended.
func (w *world) reopen(t *testing.T) string {
	t.Helper()
	return w.runWith(t, contract.CaseInput{CaseID: caseID, Reopened: true})
}

func (w *world) runWith(t *testing.T, in contract.CaseInput) string {
	t.Helper()
	w.env.ExecuteWorkflow(contract.CaseWorkflow, in)
	require.True(t, w.env.IsWorkflowCompleted())
	require.NoError(t, w.env.GetWorkflowError())
	var result contract.CaseResult
	require.NoError(t, w.env.GetWorkflowResult(&result))
	return result.Outcome
}

// lasted is how long the case took by the workflow's clock.
func (w *world) lasted() time.Duration {
	return w.env.Now().Sub(time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC))
}

var errDefect = temporal.NewNonRetryableApplicationError("defect", contract.StepFailedType, nil)

var errAway = errors.New("the database is away")
