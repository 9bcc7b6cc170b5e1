package api

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// numberedPage is a page of tasks or incidents that was asked for by its number.
type numberedPage struct {
	Tasks, Incidents, Accounts []struct{ ID string }
	Next                       *string
	Total                      *int64
}

func (w *world) page(path, token string) ([]string, *int64) {
	w.t.Helper()
	got := w.get(path, token)
	require.Equal(w.t, http.StatusOK, got.status, "%s", got.body)
	var page numberedPage
	got.into(w.t, &page)
	require.Nil(w.t, page.Next, "a page by its number has no next")
	var ids []string
	for _, row := range slices.Concat(page.Tasks, page.Incidents, page.Accounts) {
		ids = append(ids, row.ID)
	}
	return ids, page.Total
}

func TestTasksAreReadByNumberedPagesInEitherOrderWithTheirTotal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	c := w.newCase(1)
	late, soon, far := w.issue(c, contract.EnrolmentTask, trainingBodyID), w.issue(c, contract.TrainingTask, trainingBodyID),
		w.issue(c, contract.ExamTask, trainingBodyID)
	w.exec("UPDATE tasks SET due_at = now() - interval '1 hour' WHERE id = $1", late)
	w.exec("UPDATE tasks SET due_at = now() + interval '30 days' WHERE id = $1", far)
	w.issue(c, contract.TheoryTask, evaluationBodyID) // another's: in no page, and in no total

	for path, want := range map[string][]string{
		"?page=1&limit=2":                 {late, soon},
		"?page=2&limit=2":                 {far},
		"?page=3&limit=2":                 nil,
		"?page=1&limit=2&sort=-due_at":    {far, soon},
		"?page=2&limit=2&sort=-due_at":    {late},
		"?page=1&limit=2&sort=-issued_at": {far, soon},
	} {
		got, total := w.page("/v1/tasks"+path, token)
		require.Equal(t, want, got, path)
		require.Equal(t, int64(3), *total, path)
	}
	for path, want := range map[string][]string{
		"?page=1&due=overdue":                           {late},
		"?page=1&due=week&sort=due_at":                  {late, soon},
		"?page=1&kind=exam":                             {far},
		"?page=1&kind=exam&due=overdue":                 nil,
		"?page=1&state=answered":                        nil,
		"?page=1&state=open&kind=enrolment&due=overdue": {late},
	} {
		got, total := w.page("/v1/tasks"+path, token)
		require.Equal(t, want, got, path)
		require.Equal(t, int64(len(want)), *total, path)
	}
	w.exec("UPDATE tasks SET state = 'cancelled', closed_at = now(), close_reason = 'withdrawn' WHERE id = $1", late)
	got, _ := w.page("/v1/tasks?page=1&due=overdue", token)
	require.Empty(t, got, "what is closed is not overdue")
}

func TestIncidentsAreReadByNumberedPagesInEitherOrderWithTheirTotal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var opened []string
	for n := range 3 {
		opened = append(opened, w.stick(w.newCase(n), progress.Training, contract.TaskOverdue, store.Incident{}))
	}
	got, total := w.page("/v1/incidents?page=1&limit=2", w.operator)
	require.Equal(t, opened[:2], got)
	require.Equal(t, int64(3), *total)
	got, _ = w.page("/v1/incidents?page=2&limit=2&sort=-since", w.operator)
	require.Equal(t, opened[:1], got)
	got, total = w.page("/v1/incidents?page=1&cause=rule_missing", w.operator)
	require.Empty(t, got)
	require.Zero(t, *total)
}

func TestAccountsAreReadByNumberedPagesInEitherOrderWithTheirTotal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.institution(trainingBodyID)
	administrator := w.token(store.Account{Role: store.RoleAdministrator})
	made, total := w.page("/v1/accounts?page=1", administrator)
	require.Equal(t, int64(len(made)), *total)
	backwards := slices.Clone(made)
	slices.Reverse(backwards)
	got, _ := w.page("/v1/accounts?page=1&limit=2&sort=-created_at", administrator)
	require.Equal(t, backwards[:2], got)
	got, _ = w.page("/v1/accounts?page=1&limit=1&sort=-last_seen_at", administrator)
	require.Equal(t, backwards[:1], got, "the only one that was seen")
	got, total = w.page("/v1/accounts?page=1&role=institution", administrator)
	require.Len(t, got, 1)
	require.Equal(t, int64(1), *total)
}

func TestAListIsReadByNumbersOrByItsCursorAndNotByBoth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	for path, field := range map[string]string{
		"/v1/tasks?page=1&after=5":            "after",
		"/v1/tasks?sort=due_at":               "sort",
		"/v1/tasks?page=0":                    "page",
		"/v1/tasks?page=1&sort=name":          "sort",
		"/v1/incidents?sort=since":            "sort",
		"/v1/incidents?page=1&group_by=cause": "page",
	} {
		who := token
		if path[:5] == "/v1/i" {
			who = w.operator
		}
		require.Contains(t, w.get(path, who).refused(t, http.StatusUnprocessableEntity, validationFailed), field, path)
	}
}
