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

func TestAWorkflowThatIsOfNoCaseIsRepairedFromTheIncidentThatItsFailureWasFoundAs(t *testing.T) {
	t.Parallel()
	temporal := &engine{runs: map[string]string{}}
	w := newWorldWith(t, func(c *Config) { c.Executions = temporal })
	temporal.store = w.store
	batch := contract.BatchWorkflowID(uuid.NewString())
	temporal.runs[batch] = uuid.NewString()
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.SettleTroubles(batch, "", []store.Trouble{{
			WorkflowID: batch, Cause: contract.WorkflowFailing, Params: map[string]any{"failure": "panicked", "attempt": 3, "run": temporal.runs[batch]},
		}}, time.Now().UTC())
		return err
	}))
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
