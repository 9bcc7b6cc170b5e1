package api

import (
	"fmt"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

var trainingModules = []string{"专业基础", "工程实践"}

// issue issues a task as the case's workflow would, and returns its id.
func (w *world) issue(caseID, kind, institution string) string {
	w.t.Helper()
	id := uuid.NewString()
	details := store.TaskDetails{}
	switch kind {
	case contract.TrainingTask:
		details = store.TaskDetails{RequiredHours: "80", RecordedHours: "0", Modules: trainingModules}
	case contract.ExamTask, contract.TheoryTask, contract.PracticalTask:
		details = store.TaskDetails{PassMark: "60"}
	}
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		return tx.InsertTask(store.Task{
			ID: id, CaseID: caseID, InstitutionID: institution, Kind: kind, Attempt: 1, Issue: 1,
			IssuedAt: time.Now().UTC(), DueAt: time.Now().UTC().Add(time.Hour), Details: details,
		})
	}))
	return id
}

func (w *world) today() string { return w.calendar.Today(time.Now()).String() }

func (w *world) day(offset int) string { return w.calendar.Today(time.Now()).AddDays(offset).String() }

// trainingOf is the result of a training of which the first module is complete.
func trainingOf(changes object) object {
	return merge(object{"completed_modules": []string{trainingModules[0]}}, changes)
}

func (w *world) markOf(changes object) object {
	m := object{"score": 88.5, "absent": false, "held_on": w.today()}
	maps.Copy(m, changes)
	return m
}

func TestAnInstitutionSeesItsOwnTasksAndWhomTheyAreAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, theirs := w.institution(trainingBodyID), w.institution(otherTrainerID)
	task := w.issue(w.newCase(1), contract.TrainingTask, trainingBodyID)

	var page struct {
		Tasks []TaskView
		Next  string
	}
	r := w.get("/v1/tasks?state=open", mine)
	r.into(t, &page)
	require.Len(t, page.Tasks, 1, "%s", r.body)
	require.Equal(t, task, page.Tasks[0].ID)
	require.NotContains(t, string(r.body), "王", "a list names nobody")
	r = w.get("/v1/tasks", theirs)
	require.JSONEq(t, `{"tasks":[],"next":null,"cursor":"p0-00000000"}`, string(r.body))

	r = w.get("/v1/tasks/"+task, mine)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var shown struct {
		TaskView
		Trainee traineeView
	}
	r.into(t, &shown)
	require.Equal(t, "王小明", shown.Trainee.Name)
	require.Contains(t, shown.Trainee.IDNumberMasked, "****")
	require.Equal(t, w.today(), shown.Details.Today.String())
	require.InDelta(t, 80, *shown.Details.RequiredHours, 0)
	require.Equal(t, trainingModules, shown.Details.Modules)
	require.Equal(t, 1, w.audited("trainee.read"))

	for _, token := range []string{theirs, w.institution(evaluationBodyID)} {
		w.get("/v1/tasks/"+task, token).refused(t, http.StatusNotFound, notFound)
		w.post("/v1/tasks/"+task+"/result", token, trainingOf(nil)).refused(t, http.StatusNotFound, notFound)
		w.post("/v1/tasks/"+task+"/rejection", token, object{"reason_code": "other"}).refused(t, http.StatusNotFound, notFound)
	}
	require.Equal(t, 1, w.audited("trainee.read"))
}

func (w *world) audited(action string) int {
	w.t.Helper()
	var n int
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(),
		"SELECT count(*) FROM audit_entries WHERE action = $1", action).Scan(&n))
	return n
}

func TestTasksAreReadPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	var want, got []string
	for n := range 5 {
		want = append(want, w.issue(w.newCase(n), contract.EnrolmentTask, trainingBodyID))
	}
	after := ""
	for {
		var page struct {
			Tasks []TaskView
			Next  string
		}
		w.get("/v1/tasks?limit=2&after="+after, token).into(t, &page)
		for _, task := range page.Tasks {
			got = append(got, task.ID)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	require.Equal(t, want, got)
}

func TestTasksAreReadOfOneCaseEachReaderTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, other := w.newCase(1), w.newCase(2)
	training, theory := w.issue(one, contract.TrainingTask, trainingBodyID), w.issue(one, contract.TheoryTask, evaluationBodyID)
	w.issue(other, contract.TrainingTask, trainingBodyID)
	of := func(token, parameters string) []string {
		ids := []string{}
		for _, form := range []string{"", "&page=1"} { // the feed, and numbered pages
			var page struct{ Tasks []TaskView }
			r := w.get("/v1/tasks?"+parameters+form, token)
			require.Equal(t, http.StatusOK, r.status, "%s", r.body)
			r.into(t, &page)
			for _, task := range page.Tasks {
				ids = append(ids, task.ID)
			}
		}
		return ids
	}
	require.Equal(t, []string{training, training}, of(w.institution(trainingBodyID), "case_id="+one))
	require.Equal(t, []string{training, theory, training, theory}, of(w.operator, "case_id="+one))
	require.Equal(t, []string{theory, theory}, of(w.operator, "case_id="+one+"&kind="+contract.TheoryTask))
	require.Empty(t, of(w.institution(otherTrainerID), "case_id="+one))
	require.Equal(t, map[string]string{"case_id": fieldFormat},
		w.get("/v1/tasks?case_id=1", w.operator).refused(t, http.StatusUnprocessableEntity, validationFailed))
}

func TestEveryKindOfResultIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	trainer, evaluator := w.institution(trainingBodyID), w.institution(evaluationBodyID)
	for _, step := range []struct {
		kind, institution, token string
		body                     object
	}{
		{contract.EnrolmentTask, trainingBodyID, trainer, object{"accepted_on": w.today()}},
		{contract.TrainingTask, trainingBodyID, trainer, trainingOf(nil)},
		{contract.ExamTask, trainingBodyID, trainer, w.markOf(object{"certificate_number": "OUC-培训-2026-000001"})},
		{contract.TheoryTask, evaluationBodyID, evaluator, object{"absent": true, "held_on": w.today()}},
		{contract.PracticalTask, evaluationBodyID, evaluator, w.markOf(object{"score": 0})},
	} {
		task := w.issue(c, step.kind, step.institution)
		r := w.post("/v1/tasks/"+task+"/result", step.token, step.body)
		require.Equal(t, http.StatusOK, r.status, "%s: %s", step.kind, r.body)
		require.JSONEq(t, fmt.Sprintf(`{"task_id":%q,"state":"answered","forwarded":true,"repeated":false}`, task), string(r.body))
		require.Equal(t, task, w.relay.last(t).SubjectID)
		require.Equal(t, store.InboxAnswer, w.relay.last(t).Kind)
	}
	require.Equal(t, 5, w.audited("task.result"))
}

func (f *fakeRelay) last(t *testing.T) store.InboxItem {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	require.NotEmpty(t, f.items)
	return f.items[len(f.items)-1]
}

func TestAnAnswerThatCannotBeForwardedIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	task := w.issue(w.newCase(1), contract.EnrolmentTask, trainingBodyID)
	w.relay.set(true)
	body := object{"accepted_on": w.today()}
	r := w.post("/v1/tasks/"+task+"/result", token, body)
	require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	r = w.post("/v1/tasks/"+task+"/result", token, body)
	require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	w.relay.set(false)
	r = w.post("/v1/tasks/"+task+"/result", token, body)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.JSONEq(t, fmt.Sprintf(`{"task_id":%q,"state":"answered","forwarded":true,"repeated":true}`, task), string(r.body))
	require.Equal(t, task, w.relay.last(t).SubjectID)
	require.EqualValues(t, 1, w.counts()["task_answers"])
}

// each calls the API so often at once.
func (w *world) each(n int, c func(i int) call) []reply {
	replies := make([]reply, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			one := c(i)
			ready.Done()
			ready.Wait()
			replies[i] = w.do(one)
		})
	}
	done.Wait()
	return replies
}

func TestTheSameResultAHundredTimesAtOnceHasOneEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	task := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	before := w.counts()
	replies := w.each(100, func(int) call {
		return call{method: http.MethodPost, path: "/v1/tasks/" + task + "/result", token: token, body: w.markOf(nil)}
	})
	fresh := 0
	for _, r := range replies {
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		var a answerView
		r.into(t, &a)
		if !a.Repeated {
			fresh++
		}
	}
	require.Equal(t, 1, fresh)
	after := w.counts()
	require.EqualValues(t, 1, after["task_answers"]-before["task_answers"])
	require.EqualValues(t, 1, after["inbox"]-before["inbox"])
	require.EqualValues(t, 1, after["audit_entries"]-before["audit_entries"])
}

func TestOfTwoDifferentResultsOneStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	task := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	replies := w.each(2, func(i int) call {
		return call{
			method: http.MethodPost, path: "/v1/tasks/" + task + "/result", token: token,
			body: w.markOf(object{"score": 50 + i}),
		}
	})
	if replies[0].status != http.StatusOK {
		replies[0], replies[1] = replies[1], replies[0]
	}
	require.Equal(t, http.StatusOK, replies[0].status, "%s", replies[0].body)
	replies[1].kept(t, http.StatusConflict, resultConflict, "second_opinion")
	require.EqualValues(t, 1, w.counts()["task_answers"])
}

func TestTheSameMarkWrittenDifferentlyIsTheSameResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	task := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	for i, body := range []string{
		`{"score":70,"absent":false,"held_on":"` + w.today() + `"}`,
		`{"held_on":"` + w.today() + `","score":70.00}`,
		`{"held_on":"` + w.today() + `","score":7e1,"certificate_number":""}`,
	} {
		r := w.post("/v1/tasks/"+task+"/result", token, body)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		var a answerView
		r.into(t, &a)
		require.Equal(t, i > 0, a.Repeated)
	}
}

func TestATaskThatIsClosedTakesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	c := w.newCase(1)
	result, refusal := object{"accepted_on": w.today()}, object{"reason_code": "class_full"}

	refused := w.issue(c, contract.EnrolmentTask, trainingBodyID)
	r := w.post("/v1/tasks/"+refused+"/rejection", token, refusal)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.JSONEq(t, fmt.Sprintf(`{"task_id":%q,"state":"rejected","forwarded":true,"repeated":false}`, refused), string(r.body))
	r = w.post("/v1/tasks/"+refused+"/rejection", token, refusal)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	w.post("/v1/tasks/"+refused+"/rejection", token, object{"reason_code": "wrong_person"}).
		refused(t, http.StatusConflict, resultConflict)
	w.post("/v1/tasks/"+refused+"/result", token, result).refused(t, http.StatusConflict, taskClosed)

	answered := w.issue(w.newCase(2), contract.EnrolmentTask, trainingBodyID)
	require.Equal(t, http.StatusOK, w.post("/v1/tasks/"+answered+"/result", token, result).status)
	w.post("/v1/tasks/"+answered+"/rejection", token, refusal).refused(t, http.StatusConflict, taskClosed)

	cancelled := w.issue(w.newCase(3), contract.EnrolmentTask, trainingBodyID)
	w.close(cancelled, "reassigned")
	before := w.counts()
	w.post("/v1/tasks/"+cancelled+"/result", token, result).refused(t, http.StatusConflict, taskClosed)
	w.post("/v1/tasks/"+cancelled+"/rejection", token, refusal).refused(t, http.StatusConflict, taskClosed)
	before["dead_letters"] += 2 // what was sent is kept, and that is written down
	before["audit_entries"] += 2
	require.Equal(t, before, w.counts())
}

func TestACertificateNumberIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	c := w.newCase(1)
	w.certify(c, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	task := w.issue(w.newCase(2), contract.ExamTask, trainingBodyID)
	before := w.counts()
	fields := w.post("/v1/tasks/"+task+"/result", token, w.markOf(object{"certificate_number": "OUC-1"})).
		refused(t, http.StatusConflict, certificateNumberTaken)
	require.Equal(t, map[string]string{"certificate_number": "certificate_number_taken"}, fields)
	require.Equal(t, before, w.counts())
	r := w.post("/v1/tasks/"+task+"/result", token, w.markOf(object{"certificate_number": "OUC-2"}))
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
}
