package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/execution"
	"github.com/dengpan/dengpan/store"
)

// engine stands for Temporal, of which only the runs are known here; repairs on the real one are tried in integration.
type engine struct {
	runs    map[string]string // of workflows
	carried []store.Repair
	store   *store.Store
}

func (e *engine) Describe(_ context.Context, workflowID string) (execution.View, error) {
	run, known := e.runs[workflowID]
	if !known {
		return execution.View{}, execution.ErrNone
	}
	return execution.View{WorkflowID: workflowID, RunID: run, Running: true, Since: time.Now()}, nil
}

func (e *engine) Points(context.Context, string, string) ([]execution.Point, error) { return nil, nil }

func (e *engine) Link(execution.View) string { return "" }

func (e *engine) Carry(ctx context.Context, r store.Repair) (store.Repair, error) {
	e.carried = append(e.carried, r)
	tx := e.store.Read(ctx)
	if err := tx.SettleRepair(r.ID, "", "", time.Now().UTC()); err != nil {
		return r, err
	}
	return tx.Repair(r.ID)
}

// fails has a workflow's run be found to fail.
func (w *world) fails(workflow, caseID, run string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		_, err := tx.SettleTroubles(workflow, caseID, []store.Trouble{{
			WorkflowID: workflow, CaseID: caseID, Cause: contract.WorkflowFailing, Params: map[string]any{"failure": "panicked", "attempt": 3, "run": run},
		}}, time.Now().UTC())
		return err
	}))
}

func TestAWorkflowThatIsOfNoCaseIsRepairedFromTheIncidentThatItsFailureWasFoundAs(t *testing.T) {
	t.Parallel()
	temporal := &engine{runs: map[string]string{}}
	w := newWorldWith(t, func(c *Config) { c.Executions = temporal })
	temporal.store = w.store
	batch := contract.BatchWorkflowID(uuid.NewString())
	temporal.runs[batch] = uuid.NewString()
	w.fails(batch, "", temporal.runs[batch])
	var listed struct{ Incidents []listedIncident }
	w.get("/v1/incidents", w.operator).into(t, &listed)
	require.Len(t, listed.Incidents, 1)
	path := "/v1/incidents/" + listed.Incidents[0].ID + "/execution"
	var shown executionView
	w.get(path, w.operator).into(t, &shown)
	require.Equal(t, batch, shown.WorkflowID)
	require.True(t, shown.Running)

	body := object{"run_id": uuid.NewString(), "reason": "程序已回退"}
	w.post(path+"/pause", w.operator, body).refused(t, http.StatusConflict, runChanged)
	body["run_id"] = shown.RunID
	r := w.post(path+"/pause", w.operator, body)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Len(t, temporal.carried, 1)
	require.Equal(t, batch, temporal.carried[0].WorkflowID)
	require.Nil(t, temporal.carried[0].CaseID)
	require.Equal(t, 1, w.count(`SELECT count(*) FROM audit_entries WHERE action = 'execution.pause_execution' AND reason = '程序已回退'
		AND actor = $1 AND after->>'workflow' = $2`, w.accountOf(w.operator), batch))
	w.get(path, w.operator).into(t, &shown)
	require.Len(t, shown.Repairs, 1)

	other := w.find(store.Incident{Cause: contract.ChannelDown, Channel: "national"})
	w.get("/v1/incidents/"+other+"/execution", w.operator).refused(t, http.StatusNotFound, notFound)
	district := "haidian"
	w.post(path+"/pause", w.token(store.Account{Role: store.RoleOperator, District: &district}), body).refused(t, http.StatusForbidden, forbidden)
}

// Of a case, and of an incident that was found of a workflow.
func TestEveryRepairOfAWorkflowIsCarriedOutAndSaysWhoWantedItAndWhy(t *testing.T) {
	t.Parallel()
	temporal := &engine{runs: map[string]string{}}
	w := newWorldWith(t, func(c *Config) { c.Executions = temporal })
	temporal.store = w.store
	c, run := w.newCase(1), uuid.NewString()
	temporal.runs[contract.CaseWorkflowID(c)] = run
	w.fails(contract.CaseWorkflowID(c), c, run)
	incident := w.text("SELECT id FROM incidents")
	for subject, at := range map[string]string{
		"case:" + c: "/v1/cases/" + c + "/execution", "incident:" + incident: "/v1/incidents/" + incident + "/execution",
	} {
		for _, repair := range []struct {
			path string
			more object
			verb contract.Repair
		}{
			{"/pause", nil, contract.PauseExecution},
			{"/unpause", nil, contract.ResumeExecution},
			{"/reset", object{"to": "start"}, contract.ResetExecution},
			{"/activities/7/pause", nil, contract.PauseActivity},
			{"/activities/7/unpause", nil, contract.ResumeActivity},
			{"/activities/7/reset", nil, contract.RetryActivity},
			{"/activities/7/options", object{"attempt_seconds": 60}, contract.ReoptionActivity},
		} {
			r := w.post(at+repair.path, w.operator, merge(object{"run_id": run, "reason": "程序已修复"}, repair.more))
			require.Equal(t, http.StatusOK, r.status, "%s: %s", repair.path, r.body)
			last := temporal.carried[len(temporal.carried)-1]
			require.Equal(t, []any{repair.verb, run, contract.CaseWorkflowID(c)}, []any{last.Verb, last.RunID, last.WorkflowID})
			require.Equal(t, 1, w.count(`SELECT count(*) FROM audit_entries WHERE action = $1 AND subject = $2 AND reason = '程序已修复' AND actor = $3`,
				"execution."+string(repair.verb), subject, w.accountOf(w.operator)), repair.path)
		}
	}
}
