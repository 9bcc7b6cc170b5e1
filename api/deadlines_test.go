package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

type deadlinesPage struct {
	Deadlines []DeadlineView
	Total     int64
}

func (w *world) deadlines(query, token string) deadlinesPage {
	w.t.Helper()
	got := w.get("/v1/deadlines?"+query, token)
	require.Equal(w.t, http.StatusOK, got.status, "%s", got.body)
	var page deadlinesPage
	got.into(w.t, &page)
	return page
}

func TestAnOperatorSeesWhichDeadlinesAreNearOrHavePassedWhoWasToldAndWhatFollows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	passed, near := w.issue(c, contract.EnrolmentTask, trainingBodyID), w.issue(c, contract.TrainingTask, trainingBodyID)
	w.issue(c, contract.ExamTask, trainingBodyID)
	w.exec("UPDATE tasks SET due_at = now() - interval '30 days' WHERE id = $1", passed)
	w.exec("UPDATE tasks SET due_at = now() + interval '1 hour' WHERE id = $1", near)
	w.exec("UPDATE tasks SET due_at = now() + interval '60 days' WHERE kind = 'exam'")
	w.exec(`INSERT INTO reminders (step, subject_id, deadline, case_id, institution_id)
		SELECT 'task_overdue', id, due_at, case_id, institution_id FROM tasks WHERE id = $1`, passed)
	w.exec(`INSERT INTO reminders (step, subject_id, deadline, case_id) SELECT 'task_near_due', id, due_at - interval '1 day', case_id
		FROM tasks WHERE id = $1`, passed) // of a deadline that it has no more

	all := w.deadlines("page=1", w.operator)
	require.EqualValues(t, 3, all.Total)
	first := all.Deadlines[0]
	require.Equal(t, passed, first.ID)
	require.Equal(t, "passed", first.State)
	require.Less(t, first.WorkingDays, -15)
	require.Len(t, first.Told, 1)
	require.Equal(t, "task_overdue", first.Told[0].Step)
	require.Equal(t, "告知机构：任务已逾期", first.Told[0].Text)
	require.Equal(t, "task_long_overdue", first.Next.Step)
	require.True(t, deadline.Beijing().Working(first.Next.On))
	require.Equal(t, trainingBodyID, first.Institution.ID)
	require.Equal(t, "ahead", all.Deadlines[2].State)

	only := func(query string) string {
		page := w.deadlines(query, w.operator)
		require.EqualValues(t, 1, page.Total, query)
		return page.Deadlines[0].ID
	}
	require.Equal(t, passed, only("state=passed&page=1"))
	require.Equal(t, near, only("state=near&page=1"))
	require.Equal(t, c, only("of=case&page=1"))
	incident := w.stick(c, progress.Training, contract.TaskOverdue, store.Incident{})
	require.Equal(t, incident, only("of=incident&page=1"))
	require.Equal(t, http.StatusAccepted, w.post("/v1/incidents/"+incident+"/resolution", w.operator, object{
		"verb": "cancel", "reason": "本人书面申请", "legal_basis": "京人社专技字〔2023〕91号",
	}).status)
	asked := w.deadlines("of=approval&page=1", w.operator)
	require.EqualValues(t, 1, asked.Total)
	require.Equal(t, c, asked.Deadlines[0].CaseID)
	require.Equal(t, "approval_overdue", asked.Deadlines[0].Next.Step)
	w.exec("UPDATE cases SET paused_at = now() WHERE id = $1", c)
	for _, of := range []string{"task", "incident", "case"} {
		require.Zero(t, w.deadlines("page=1&of="+of, w.operator).Total, "a case that is paused has no deadlines: %s", of)
	}
	elsewhere := "xicheng"
	district := w.token(store.Account{Role: store.RoleOperator, District: &elsewhere})
	w.exec("UPDATE cases SET paused_at = NULL WHERE id = $1", c)
	require.Zero(t, w.deadlines("page=1", district).Total)
}

func TestTheDaysThatDeadlinesAreCountedByAreThereForAllWhoWorkByThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, token := range []string{w.operator, w.institution(trainingBodyID)} {
		got := w.get("/v1/office-calendar", token)
		require.Equal(t, http.StatusOK, got.status)
		var calendar struct {
			Years  []deadline.Year
			Ladder deadline.Ladder
		}
		got.into(t, &calendar)
		require.Equal(t, deadline.Beijing().Years(), calendar.Years)
		require.Equal(t, deadline.Steps(), calendar.Ladder)
	}
}
