package activities_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

func TestAnAnswerAndAStepThatMeetNeverWaitForEachOther(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	extension := b.request(t, b.overdue(t), contract.Extend, store.ResolutionParams{Days: 7})
	open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
	require.NoError(t, err)
	step := make(chan error, 1)
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		// The API has locked the task, and is about to write what came in.
		locked, err := tx.LockTask(open[0].ID)
		require.NoError(t, err)
		// The step locks the case, and comes upon the task.
		go func() {
			_, err := b.ApplyResolution(t.Context(), contract.ApplyResolutionRequest{
				CaseID: b.caseID, ResolutionID: extension,
			})
			step <- err
		}()
		b.awaitBlocked(t, step)
		_, err = tx.InsertAnswer(locked, store.TaskAnswer{
			TaskID: locked.ID, Kind: store.AnswerResult, Body: json.RawMessage(`{}`), Digest: []byte{1},
			ReceivedBy: b.account, ReceivedAt: time.Now().UTC(),
		})
		return err
	}))
	require.NoError(t, <-step)
}

// awaitBlocked returns once somebody waits for a lock in the test's database.
func (b bundle) awaitBlocked(t *testing.T, ended <-chan error) {
	t.Helper()
	for {
		blocked, err := b.Store.Read(t.Context()).Blocked()
		require.NoError(t, err)
		if blocked > 0 {
			return
		}
		select {
		case err := <-ended:
			require.NoError(t, errors.Join(err, errors.New("the step did not wait")))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Hours that come in while it is decided whether the training is complete are counted, or the case is told of them.
func TestASignInAndTheGateThatMeetLoseNoHours(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	tasks := b.issue(t, "training", 1, 1, contract.TrainingTask)
	b.attend(t, calendar.NewDate(2026, time.March, 2), 9, modules(t)...)
	b.answer(t, tasks[0], store.AnswerResult, complete(modules(t)...))
	decided := make(chan error, 1)
	var reply contract.RecordReply
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		err := b.lesson(tx, calendar.NewDate(2026, time.April, 1), modules(t)[0])
		go func() {
			var err error
			reply, err = b.RecordTraining(t.Context(), b.recordRequest(tasks, 1))
			decided <- err
		}()
		b.awaitBlocked(t, decided)
		return err
	}))
	require.NoError(t, <-decided)
	require.Equal(t, contract.GoOn, reply.Next, "the tenth session was counted, because the gate waited for it")
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		return b.lesson(tx, calendar.NewDate(2026, time.April, 2), modules(t)[0])
	}))
	session, err := b.Store.Read(t.Context()).SessionNamed(trainer, "s-2026-04-02")
	require.NoError(t, err)
	item, err := b.Store.Read(t.Context()).InboxItemOf(store.InboxHours, session.ID)
	require.NoError(t, err)
	require.Equal(t, b.caseID, item.CaseID, "the eleventh came after it, and the case is told")
}
