package integration_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
)

// another is a program that carries cases otherwise than ours: what it writes into a history ours cannot have done.
func another(ctx workflow.Context, _ contract.CaseInput) error {
	for _, nap := range []time.Duration{time.Second, time.Hour} {
		if err := workflow.Sleep(ctx, nap); err != nil {
			return err
		}
	}
	return nil
}

// begunByAnother registers a case whose history was begun by another program.
func (s *system) begunByAnother(t *testing.T, n int) trainee {
	t.Helper()
	require.NoError(t, s.worker.Stop())
	theirs := worker.New(s.engine, contract.CaseQueue, worker.Options{})
	theirs.RegisterWorkflowWithOptions(another, workflow.RegisterOptions{Name: contract.CaseWorkflow})
	require.NoError(t, theirs.Start())
	who := s.register(t, n)
	eventually(t, time.Minute, func() bool {
		for _, event := range s.historyOf(t, contract.CaseWorkflowID(who.caseID)).GetEvents() {
			if event.GetEventType() == enumspb.EVENT_TYPE_TIMER_STARTED {
				return true
			}
		}
		return false
	}, func() string { return "the other program does not begin" })
	theirs.Stop()
	require.NoError(t, s.worker.Start(t.Context()))
	return who
}

// found waits for the open incident of a cause that a case has, and that says why.
func (s *system) found(t *testing.T, who trainee, cause contract.Cause, failure string) map[string]any {
	t.Helper()
	var open []any
	eventually(t, 5*time.Minute, func() bool {
		_, answer := s.call(t, http.MethodGet, "/v1/incidents?case_id="+who.caseID+"&cause="+string(cause), s.operator, nil)
		open, _ = answer["incidents"].([]any)
		return len(open) == 1 && open[0].(map[string]any)["params"].(map[string]any)["failure"] == failure
	}, func() string { return "no incident " + string(cause) + " of what " + failure })
	return open[0].(map[string]any)
}

// standsIn waits until a case stands in a queue, and nothing is wrong with its execution unless the queue says so.
func (s *system) standsIn(t *testing.T, who trainee, in queue.Queue) {
	t.Helper()
	var c store.Case
	eventually(t, time.Minute, func() bool {
		var err error
		c, err = s.store.Read(t.Context()).Case(who.caseID)
		return err == nil && c.Queue == in
	}, func() string { return "the case stands in " + string(c.Queue) })
}

// execution is what Temporal does for a case.
func (s *system) execution(t *testing.T, who trainee) document {
	t.Helper()
	status, answer := s.call(t, http.MethodGet, "/v1/cases/"+who.caseID+"/execution", s.operator, nil)
	require.Equal(t, http.StatusOK, status, answer)
	return answer
}

func (s *system) repair(t *testing.T, who trainee, what string, body document) (int, document) {
	t.Helper()
	body["reason"] = "测试"
	return s.call(t, http.MethodPost, "/v1/cases/"+who.caseID+"/execution/"+what, s.operator, body)
}

func TestExecutionsThatFailAreFoundAndRepaired(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{day: 4 * time.Second}) // so that no task is overdue while somebody looks at what waits for it
	broken := s.begunByAnother(t, 1)
	require.NoError(t, s.signer.Stop())
	unsigned := s.register(t, 2)

	t.Run("a history that the program cannot replay is found, and a run from its start goes on", func(t *testing.T) {
		t.Parallel()
		s.script(t, broken, contract.EnrolmentTask, 1, "silent")
		incident := s.found(t, broken, contract.WorkflowFailing, "nondeterministic")
		require.Equal(t, "program", incident["kind"])
		require.Equal(t, "engineer", incident["who_can_move"])
		s.standsIn(t, broken, queue.Program)
		seen := s.execution(t, broken)
		require.Equal(t, "nondeterministic", seen["task"].(map[string]any)["failing"].(map[string]any)["code"])

		status, answer := s.repair(t, broken, "reset", document{"run_id": incident["id"], "to": "start"})
		require.Equal(t, http.StatusConflict, status, answer)
		require.Equal(t, "run_changed", answer["code"])
		status, answer = s.repair(t, broken, "reset", document{"run_id": seen["run_id"], "to": "evaluation"})
		require.Equal(t, http.StatusConflict, status, answer)
		require.Equal(t, "reset_point_unknown", answer["code"])

		status, answer = s.repair(t, broken, "reset", document{"run_id": seen["run_id"], "to": "start"})
		require.Equal(t, http.StatusOK, status, answer)
		require.Equal(t, "done", answer["state"])
		s.standsIn(t, broken, queue.Institution)
		_, closed := s.call(t, http.MethodGet, "/v1/incidents/"+incident["id"].(string), s.operator, nil)
		require.Equal(t, "closed", closed["state"])
		require.Equal(t, "vanishing", closed["closed_by"])

		status, again := s.repair(t, broken, "reset", document{"run_id": seen["run_id"], "to": "start"})
		require.Equal(t, http.StatusConflict, status, again)
		require.Equal(t, "run_changed", again["code"], "the run that was seen is over")
		s.goesBackAndOn(t, broken, answer["new_run_id"])
	})
	t.Run("work that nobody takes is found, retried when somebody says so, and closed once it is done", func(t *testing.T) {
		t.Parallel()
		incident := s.found(t, unsigned, contract.ActivityFailing, "not_taken")
		require.Equal(t, "external", incident["kind"])
		require.Equal(t, "nobody", incident["who_can_move"])
		s.standsIn(t, unsigned, queue.External)
		seen := s.execution(t, unsigned)
		activity := seen["activities"].([]any)[0].(map[string]any)
		require.Equal(t, contract.SignCertificate.Name, activity["type"])

		at := "activities/" + activity["id"].(string) + "/"
		status, answer := s.repair(t, unsigned, at+"options", document{"run_id": seen["run_id"], "interval_seconds": 7})
		require.Equal(t, http.StatusOK, status, answer)
		status, answer = s.repair(t, unsigned, at+"pause", document{"run_id": seen["run_id"]})
		require.Equal(t, http.StatusOK, status, answer)
		s.standsIn(t, unsigned, queue.Running) // an operator holds it: it is no trouble
		changed := s.execution(t, unsigned)["activities"].([]any)[0].(map[string]any)
		require.InEpsilon(t, 7, changed["options"].(map[string]any)["interval_seconds"], 0)
		require.Equal(t, "paused", changed["state"].(map[string]any)["code"])
		status, answer = s.repair(t, unsigned, at+"unpause", document{"run_id": seen["run_id"]})
		require.Equal(t, http.StatusOK, status, answer)
		incident = s.found(t, unsigned, contract.ActivityFailing, "not_taken")

		status, answer = s.call(t, http.MethodPost, "/v1/incidents/"+incident["id"].(string)+"/resolution", s.operator,
			document{"verb": "retry", "reason": "签名服务已恢复"})
		require.Equal(t, http.StatusOK, status, answer)
		require.NoError(t, s.signer.Start(t.Context()))
		c := s.ended(t, unsigned)
		require.Equal(t, "mapped", c["outcome"], c)
		s.standsIn(t, unsigned, queue.None)
		eventually(t, time.Minute, func() bool {
			open, err := s.store.Read(t.Context()).OpenTroubles(contract.CaseWorkflowID(unsigned.caseID))
			return err == nil && len(open) == 0
		}, func() string { return "an incident is open of an execution that is over" })
	})
}

// goesBackAndOn answers a case's enrolment, pauses and resumes its run, takes it back to the stage of before, and has it go on
// from there: what it was told is told to the new run, and the record has everything once.
func (s *system) goesBackAndOn(t *testing.T, who trainee, run any) {
	t.Helper()
	enrolment := s.task(t, who, contract.EnrolmentTask)
	status, answer := s.repair(t, who, "pause", document{"run_id": run})
	require.Equal(t, http.StatusOK, status, answer)
	require.NotEmpty(t, s.execution(t, who)["paused_at"])
	status, answer = s.repair(t, who, "unpause", document{"run_id": run})
	require.Equal(t, http.StatusOK, status, answer)
	status, answer = s.call(t, http.MethodPost, "/v1/tasks/"+enrolment+"/result", s.apiKeys["ouc"], document{"accepted_on": "2026-03-02"})
	require.Equal(t, http.StatusOK, status, answer)
	s.task(t, who, contract.TrainingTask)
	status, answer = s.repair(t, who, "reset", document{"run_id": run, "to": "training"})
	require.Equal(t, http.StatusOK, status, answer)
	require.NotEqual(t, run, answer["new_run_id"])
	now := s.execution(t, who)
	require.Equal(t, answer["new_run_id"], now["run_id"])
	c := s.ended(t, who)
	require.Equal(t, "mapped", c["outcome"], c)
	_, answer = s.call(t, http.MethodGet, "/v1/cases/"+who.caseID+"/events?limit=200", s.operator, nil)
	written := map[string]int{}
	for _, event := range answer["events"].([]any) {
		written[event.(map[string]any)["kind"].(string)]++
	}
	for kind, times := range map[string]int{
		"case_registered": 1, "eligibility_met": 1, "enrolled": 1, "training_completed": 1, "exam_passed": 1, "evaluation_passed": 1,
		"certificate_issued": 2, "title_mapped": 1, "case_ended": 1, "task_issued": 5,
	} {
		require.Equal(t, times, written[kind], kind)
	}
}
