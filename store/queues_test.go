package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
)

func TestACaseStandsInTheFirstQueueThatItsStateCallsFor(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	change := func(do func(*store.CaseFile) error) {
		t.Helper()
		r.write(func(tx *store.Tx) error {
			f, err := tx.OpenCase(c.ID)
			if err != nil {
				return err
			}
			if err := do(f); err != nil {
				return err
			}
			return f.Save()
		})
	}
	stands := func(want queue.Queue) {
		t.Helper()
		got, err := r.store.Read(t.Context()).Case(c.ID)
		require.NoError(t, err)
		require.Equal(t, want, got.Queue)
	}
	stands(queue.Running)
	for kind, want := range map[progress.PartyKind]queue.Queue{
		progress.ByInstitution: queue.Institution, progress.ByTrainee: queue.Trainee, progress.ByCalendar: queue.Calendar,
	} {
		change(func(f *store.CaseFile) error {
			return f.Move(progress.Registration, progress.Waiting, &progress.Party{Kind: kind}, nil)
		})
		stands(want)
	}
	for _, step := range []struct {
		cause contract.Cause
		want  queue.Queue
	}{
		{contract.EligibilityNotMet, queue.Decision},
		{contract.TaskOverdue, queue.Overdue},
		{contract.SigningFailed, queue.External},
		{contract.StepFailed, queue.Program},
	} {
		change(func(f *store.CaseFile) error {
			_, err := f.OpenIncident(progress.Registration, step.cause, store.Incident{})
			return err
		})
		stands(step.want)
		require.Equal(t, step.cause.Kind(), step.want.Stuck())
	}
	change(func(f *store.CaseFile) error {
		if err := f.CloseIncident(store.ClosedByArrival); err != nil {
			return err
		}
		return f.Move(progress.Registration, progress.Active, nil, nil)
	})
	stands(queue.Running)
	_, err := r.sql.ExecContext(t.Context(), `UPDATE cases SET untold = true WHERE id = $1`, c.ID)
	require.NoError(t, err)
	stands(queue.External)
	for _, step := range []struct {
		do   func(*store.CaseFile)
		want queue.Queue
	}{
		{func(f *store.CaseFile) { f.Trouble = contract.Program }, queue.Program},
		{func(f *store.CaseFile) { at := f.Now(); f.PausedAt = &at }, queue.Paused},
		{func(f *store.CaseFile) { f.AwaitsApproval = true }, queue.Approval},
		{func(f *store.CaseFile) { f.End(progress.Rejected) }, queue.None},
	} {
		change(func(f *store.CaseFile) error { step.do(f); return nil })
		stands(step.want)
	}
	_, err = r.sql.ExecContext(t.Context(), `UPDATE cases SET queue = 'running' WHERE id = $1`, c.ID)
	require.Error(t, err, "nobody writes it")
}
