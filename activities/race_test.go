package activities_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
