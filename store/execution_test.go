package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
)

func TestWhatIsWrongWithAnExecutionIsOneIncidentAndOneQueueUntilItIsNot(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	workflow, at := contract.CaseWorkflowID(c.ID), time.Now().UTC().Truncate(time.Second)
	trouble := func(cause contract.Cause, attempt int) store.Trouble {
		next := at.Add(time.Duration(attempt) * time.Minute)
		return store.Trouble{
			WorkflowID: workflow, Cause: cause, CaseID: c.ID, Params: map[string]any{"attempt": attempt, "run": "r"}, NextAttemptAt: &next,
		}
	}
	settle := func(want bool, now ...store.Trouble) {
		t.Helper()
		r.write(func(tx *store.Tx) error {
			changed, err := tx.SettleTroubles(workflow, c.ID, now, at)
			require.Equal(t, want, changed)
			return err
		})
	}
	stands := func(want queue.Queue, incidents int) []store.Incident {
		t.Helper()
		got, err := r.store.Read(t.Context()).Case(c.ID)
		require.NoError(t, err)
		require.Equal(t, want, got.Queue)
		open, err := r.store.Read(t.Context()).OpenTroubles(workflow)
		require.NoError(t, err)
		require.Len(t, open, incidents)
		return open
	}
	settle(true, trouble(contract.ActivityFailing, 2))
	first := stands(queue.External, 1)[0]
	require.False(t, first.Holds)
	settle(false, trouble(contract.ActivityFailing, 3))
	kept := stands(queue.External, 1)[0]
	require.Equal(t, first.ID, kept.ID)
	require.InEpsilon(t, 3, kept.Params["attempt"], 0)
	require.True(t, kept.NextAttemptAt.Equal(at.Add(3*time.Minute)))

	settle(true, trouble(contract.ActivityFailing, 4), trouble(contract.WorkflowFailing, 2))
	stands(queue.Program, 2)
	settle(true, trouble(contract.ActivityFailing, 5))
	stands(queue.External, 1)
	suspects, err := r.store.Read(t.Context()).Suspects(at, 10)
	require.NoError(t, err)
	require.Contains(t, suspects, workflow)

	r.write(func(tx *store.Tx) error {
		return tx.ResolveFinding(store.Resolution{
			ID: uuid.NewString(), IncidentID: first.ID, Verb: contract.Retry, Reason: "the signer is back",
			RequestedBy: c.RegisteredBy, RequestedAt: at,
		})
	})
	stands(queue.External, 0) // the case leaves it once Temporal says so, not before
	suspects, err = r.store.Read(t.Context()).Suspects(at, 10)
	require.NoError(t, err)
	require.Contains(t, suspects, workflow)
	pending, err := r.store.Read(t.Context()).PendingRepairs(at.Add(time.Second), 10)
	require.NoError(t, err)
	require.Len(t, pending, 1)
	require.Equal(t, contract.RetryActivity, pending[0].Verb)
	require.Equal(t, "r", pending[0].RunID)
	settle(true)
	stands(queue.Running, 0)

	settle(true, trouble(contract.WorkflowFailing, 2))
	r.write(func(tx *store.Tx) error {
		f, err := tx.OpenCase(c.ID)
		if err != nil {
			return err
		}
		f.End(progress.Withdrawn)
		return f.Save()
	})
	settle(true)
	stands(queue.None, 0)
}

func TestOneWorkerLooksAtExecutionsAtATime(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	at := time.Now().UTC()
	claim := func(at time.Time, want bool) {
		t.Helper()
		mine, err := r.store.Read(t.Context()).ClaimWatch(at, 3*time.Second)
		require.NoError(t, err)
		require.Equal(t, want, mine)
	}
	claim(at, true)
	claim(at.Add(time.Second), false)
	claim(at.Add(3*time.Second), true)
	w, err := r.store.Read(t.Context()).ExecutionWatch()
	require.NoError(t, err)
	require.Nil(t, w.LookedAt, "a turn that was taken is not yet a look")
}

func TestARepairThatIsSettledStaysSo(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	at, id := time.Now().UTC(), uuid.NewString()
	r.write(func(tx *store.Tx) error {
		return tx.InsertRepair(store.Repair{
			ID: id, WorkflowID: contract.CaseWorkflowID(c.ID), RunID: "r", CaseID: &c.ID, Verb: contract.PauseExecution, Reason: "x",
			RequestedBy: c.RegisteredBy, RequestedAt: at,
		})
	})
	tx := r.store.Read(t.Context())
	require.NoError(t, tx.SettleRepair(id, "run_changed", "", at))
	require.NoError(t, tx.SettleRepair(id, "", "another", at))
	settled, err := tx.Repair(id)
	require.NoError(t, err)
	require.Equal(t, store.RepairRefused, settled.State)
	require.Equal(t, "run_changed", settled.Refusal)
	require.Empty(t, settled.NewRunID)
}
