package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

// polled is a page of a feed.
type polledPage struct {
	Events []json.RawMessage
	Tasks  []TaskView
	Next   *string
	Cursor string
}

func (w *world) poll(path, token string) polledPage {
	w.t.Helper()
	r := w.get(path, token)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	var page polledPage
	r.into(w.t, &page)
	return page
}

func TestAnInstitutionPollsExactlyWhatItsCallbacksTell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	page := w.poll("/v1/events", token)
	require.Empty(t, page.Events)
	start := page.Cursor
	require.NotEmpty(t, start, "there is something to go on with from the first answer on")

	c := w.newCase(1)
	w.issue(c, contract.EnrolmentTask, trainingBodyID)
	cancelled := w.issue(c, contract.TrainingTask, trainingBodyID)
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		task, err := tx.Task(cancelled)
		if err != nil {
			return err
		}
		return tx.CloseTask(task, store.TaskCancelled, "reassigned", time.Now().UTC())
	}))
	w.issue(w.newCase(2), contract.EnrolmentTask, otherTrainerID)

	require.NoError(t, w.store.LineUp(t.Context(), trainingBodyID))
	due, err := w.store.Read(t.Context()).DueEvents(store.DueQuery{InstitutionID: trainingBodyID, Now: time.Now().Add(time.Minute), Limit: 100})
	require.NoError(t, err)
	var told []string
	for _, event := range due {
		body, err := delivery.EventOf(event).Body()
		require.NoError(t, err)
		told = append(told, string(body))
	}
	require.Len(t, told, 3)
	var polled []string
	first := w.poll("/v1/events?limit=2&after="+start, token)
	require.NotNil(t, first.Next)
	require.Equal(t, first.Cursor, *first.Next)
	second := w.poll("/v1/events?limit=2&after="+first.Cursor, token)
	require.Nil(t, second.Next)
	for _, event := range append(first.Events, second.Events...) {
		polled = append(polled, string(event))
	}
	require.Equal(t, told, polled, "byte by byte")

	last := w.poll("/v1/events?after="+second.Cursor, token)
	require.Empty(t, last.Events)
	require.Equal(t, second.Cursor, last.Cursor, "an answer without news gives back where to go on")
	w.issue(c, contract.ExamTask, trainingBodyID)
	require.Len(t, w.poll("/v1/events?after="+last.Cursor, token).Events, 1)
	require.Len(t, w.poll("/v1/events", token).Events, 4, "whoever begins anew gets everything")
}

func TestTasksAreReadOnFromACursorThatLasts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	empty := w.poll("/v1/tasks?state=open", token)
	require.Nil(t, empty.Next)
	first := w.issue(w.newCase(1), contract.EnrolmentTask, trainingBodyID)
	w.issue(w.newCase(2), contract.EnrolmentTask, otherTrainerID)
	second := w.issue(w.newCase(3), contract.EnrolmentTask, trainingBodyID)
	for _, after := range []string{"", empty.Cursor, "0"} {
		page := w.poll("/v1/tasks?limit=1&state=open&after="+after, token)
		require.Len(t, page.Tasks, 1)
		require.Equal(t, first, page.Tasks[0].ID)
		require.Equal(t, page.Cursor, *page.Next)
		for _, on := range []string{page.Cursor, fmt.Sprint(page.Tasks[0].Seq)} {
			rest := w.poll("/v1/tasks?limit=1&state=open&after="+on, token)
			require.Len(t, rest.Tasks, 1)
			require.Equal(t, second, rest.Tasks[0].ID, "a number of before cursors lasted is understood")
			require.Nil(t, rest.Next)
			end := w.poll("/v1/tasks?after="+rest.Cursor, token)
			require.Empty(t, end.Tasks)
			require.Equal(t, rest.Cursor, end.Cursor)
			require.Empty(t, w.poll("/v1/tasks?after="+fmt.Sprint(rest.Tasks[0].Seq), token).Tasks)
		}
	}
	require.Len(t, w.poll("/v1/tasks", w.operator).Tasks, 3)
}

// A record that is restored from a backup gives positions again that were given already. Nobody reads on from such a one
// unawares.
func TestACursorOfARecordThatIsNoMoreIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	w.issue(w.newCase(1), contract.EnrolmentTask, trainingBodyID)
	cursor := w.poll("/v1/events", token).Cursor
	w.exec("DELETE FROM outbox")
	for _, path := range []string{"/v1/events", "/v1/tasks"} {
		w.get(path+"?after="+cursor, token).refused(t, http.StatusGone, cursorUnknown)
	}
	w.issue(w.newCase(2), contract.EnrolmentTask, trainingBodyID)
	require.Equal(t, cursor[:3], w.poll("/v1/events", token).Cursor[:3], "the same position again")
	for _, path := range []string{"/v1/events", "/v1/tasks"} {
		w.get(path+"?after="+cursor, token).refused(t, http.StatusGone, cursorUnknown)
		for _, bad := range []string{"x", "p1", "p1-ABCDEF00", "p-1-00000000", "1e3"} {
			require.Equal(t, map[string]string{"after": "format"},
				w.get(path+"?after="+bad, token).refused(t, http.StatusUnprocessableEntity, validationFailed), bad)
		}
	}
}
