package api

import (
	"fmt"
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

func (w *world) sessionOf(changes object) object {
	s := object{
		"ref": "s-1", "date": w.today(), "module": trainingModules[0], "mode": "offline",
		"planned_hours": 8, "attended_hours": 7.5,
	}
	for field, value := range changes {
		if value == nil {
			delete(s, field)
			continue
		}
		s[field] = value
	}
	return s
}

func (w *world) trainingOf(changes object) object {
	return object{"sessions": []object{w.sessionOf(changes)}, "completed_modules": []string{trainingModules[0]}}
}

func (w *world) markOf(changes object) object {
	m := object{"score": 88.5, "absent": false, "held_on": w.today()}
	for field, value := range changes {
		m[field] = value
	}
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
	require.JSONEq(t, `{"tasks":[]}`, string(r.body))

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
		w.post("/v1/tasks/"+task+"/result", token, w.trainingOf(nil)).refused(t, http.StatusNotFound, notFound)
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
		{contract.TrainingTask, trainingBodyID, trainer, w.trainingOf(nil)},
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

func TestTheSameResultTenTimesAtOnceHasOneEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	task := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	before := w.counts()
	replies := w.each(10, func(int) call {
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
	replies[1].refused(t, http.StatusConflict, resultConflict)
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
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		task, err := tx.Task(cancelled)
		if err != nil {
			return err
		}
		return tx.CloseTask(task, store.TaskCancelled, "reassigned", time.Now().UTC())
	}))
	before := w.counts()
	w.post("/v1/tasks/"+cancelled+"/result", token, result).refused(t, http.StatusConflict, taskClosed)
	w.post("/v1/tasks/"+cancelled+"/rejection", token, refusal).refused(t, http.StatusConflict, taskClosed)
	require.Equal(t, before, w.counts())
}

func TestABadResultIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	token, evaluator := w.institution(trainingBodyID), w.institution(evaluationBodyID)
	enrolment, training := w.issue(c, contract.EnrolmentTask, trainingBodyID), w.issue(c, contract.TrainingTask, trainingBodyID)
	exam, theory := w.issue(c, contract.ExamTask, trainingBodyID), w.issue(c, contract.TheoryTask, evaluationBodyID)
	tasks := map[string]string{enrolment: token, training: token, exam: token, theory: evaluator}
	before := w.counts()
	twice := object{"sessions": []object{w.sessionOf(nil), w.sessionOf(nil)}, "completed_modules": []string{}}
	many := make([]object, 1001)
	for i := range many {
		many[i] = w.sessionOf(object{"ref": fmt.Sprint(i)})
	}
	for name, bad := range map[string]struct {
		task   string
		body   any
		status int
		code   string
		fields map[string]string
	}{
		"no JSON":       {exam, `{"score":`, 400, malformedJSON, nil},
		"no body":       {exam, ``, 400, malformedJSON, nil},
		"two values":    {exam, `{} {}`, 400, malformedJSON, nil},
		"no UTF-8":      {exam, "{\"score\":\"\xff\"}", 400, malformedJSON, nil},
		"NUL":           {training, `{"sessions":[{"ref":"a\u0000b"}]}`, 400, malformedJSON, nil},
		"huge number":   {exam, `{"score":1e999}`, 400, malformedJSON, nil},
		"array":         {exam, `[]`, 422, validationFailed, map[string]string{"$": "wrong_type"}},
		"null":          {exam, `null`, 422, validationFailed, map[string]string{"$": "wrong_type"}},
		"empty":         {exam, `{}`, 422, validationFailed, map[string]string{"held_on": "required", "score": "score_or_absent"}},
		"unknown":       {exam, w.markOf(object{"grade": "A"}), 422, unknownField, map[string]string{"grade": "unknown_field"}},
		"other case":    {exam, w.markOf(object{"Score": 1}), 422, unknownField, map[string]string{"Score": "unknown_field"}},
		"below 0":       {exam, w.markOf(object{"score": -1}), 422, validationFailed, map[string]string{"score": "out_of_range"}},
		"above 100":     {exam, w.markOf(object{"score": 101}), 422, validationFailed, map[string]string{"score": "out_of_range"}},
		"just above":    {exam, w.markOf(object{"score": 100.01}), 422, validationFailed, map[string]string{"score": "out_of_range"}},
		"3 decimals":    {exam, w.markOf(object{"score": 59.999}), 422, validationFailed, map[string]string{"score": "score_precision"}},
		"text":          {exam, w.markOf(object{"score": "88"}), 422, validationFailed, map[string]string{"score": "wrong_type"}},
		"absent too":    {exam, w.markOf(object{"absent": true}), 422, validationFailed, map[string]string{"score": "score_or_absent"}},
		"neither":       {exam, w.markOf(object{"score": nil}), 422, validationFailed, map[string]string{"score": "score_or_absent"}},
		"tomorrow":      {exam, w.markOf(object{"held_on": w.day(1)}), 422, validationFailed, map[string]string{"held_on": "date_future"}},
		"too early":     {exam, w.markOf(object{"held_on": w.day(-1)}), 422, validationFailed, map[string]string{"held_on": "out_of_range"}},
		"no date":       {exam, w.markOf(object{"held_on": "2026-02-30"}), 422, validationFailed, map[string]string{"held_on": "date"}},
		"year 0":        {exam, w.markOf(object{"held_on": "0000-01-01"}), 422, validationFailed, map[string]string{"held_on": "date"}},
		"number form":   {exam, w.markOf(object{"certificate_number": "a b"}), 422, validationFailed, map[string]string{"certificate_number": "format"}},
		"number failed": {exam, w.markOf(object{"certificate_number": "A1", "score": 59}), 422, validationFailed, map[string]string{"certificate_number": "conflict"}},
		"number theory": {theory, w.markOf(object{"certificate_number": "A1"}), 422, unknownField, map[string]string{"certificate_number": "unknown_field"}},
		"other kind":    {exam, object{"accepted_on": w.today()}, 422, taskKindMismatch, nil},
		"mark for training": {
			training, w.markOf(nil), 422, taskKindMismatch, nil,
		},
		"training for enrolment": {enrolment, w.trainingOf(nil), 422, taskKindMismatch, nil},
		"accepted tomorrow":      {enrolment, object{"accepted_on": w.day(1)}, 422, validationFailed, map[string]string{"accepted_on": "date_future"}},
		"hours above session": {
			training, w.trainingOf(object{"attended_hours": 8.5}), 422, validationFailed,
			map[string]string{"sessions[0].attended_hours": "hours_exceed_session"},
		},
		"long session": {
			training, w.trainingOf(object{"planned_hours": 12.5}), 422, validationFailed,
			map[string]string{"sessions[0].planned_hours": "out_of_range"},
		},
		"no session hours": {
			training, w.trainingOf(object{"planned_hours": 0}), 422, validationFailed,
			map[string]string{"sessions[0].planned_hours": "out_of_range"},
		},
		"negative hours": {
			training, w.trainingOf(object{"attended_hours": -1}), 422, validationFailed,
			map[string]string{"sessions[0].attended_hours": "out_of_range"},
		},
		"fine hours": {
			training, w.trainingOf(object{"attended_hours": 7.25}), 422, validationFailed,
			map[string]string{"sessions[0].attended_hours": "precision"},
		},
		"session tomorrow": {
			training, w.trainingOf(object{"date": w.day(1)}), 422, validationFailed,
			map[string]string{"sessions[0].date": "session_date"},
		},
		"session before the case": {
			training, w.trainingOf(object{"date": w.day(-1)}), 422, validationFailed,
			map[string]string{"sessions[0].date": "session_date"},
		},
		"unknown module": {
			training, w.trainingOf(object{"module": "太极拳"}), 422, validationFailed,
			map[string]string{"sessions[0].module": "unknown_module"},
		},
		"unknown completed module": {
			training,
			object{"sessions": []object{}, "completed_modules": []string{"太极拳"}},
			422, validationFailed,
			map[string]string{"completed_modules[0]": "unknown_module"},
		},
		"completed twice": {
			training,
			object{"sessions": []object{}, "completed_modules": []string{trainingModules[0], trainingModules[0]}},
			422, validationFailed,
			map[string]string{"completed_modules[1]": "duplicate"},
		},
		"mode": {
			training, w.trainingOf(object{"mode": "dream"}), 422, validationFailed,
			map[string]string{"sessions[0].mode": "unknown_value"},
		},
		"no ref": {
			training, w.trainingOf(object{"ref": ""}), 422, validationFailed, map[string]string{"sessions[0].ref": "too_short"},
		},
		"ref of two lines": {
			training, w.trainingOf(object{"ref": "a\nb"}), 422, validationFailed, map[string]string{"sessions[0].ref": "format"},
		},
		"one ref twice": {training, twice, 422, validationFailed, map[string]string{"sessions[1].ref": "duplicate_session"}},
		"too many sessions": {
			training,
			object{"sessions": many, "completed_modules": []string{}},
			422, validationFailed,
			map[string]string{"sessions": "too_many"},
		},
		"sessions of null": {
			training,
			object{"sessions": nil, "completed_modules": []string{}},
			422, validationFailed,
			map[string]string{"sessions": "wrong_type"},
		},
		"unknown in a session": {
			training, w.trainingOf(object{"teacher": "x"}), 422, unknownField,
			map[string]string{"sessions[0].teacher": "unknown_field"},
		},
	} {
		r := w.post("/v1/tasks/"+bad.task+"/result", tasks[bad.task], bad.body)
		require.Equal(t, bad.status, r.status, "%s: %s", name, r.body)
		fields := r.refused(t, bad.status, bad.code)
		if bad.fields != nil {
			require.Equal(t, bad.fields, fields, name)
		}
	}
	for name, bad := range map[string]struct {
		body   any
		fields map[string]string
	}{
		"no reason":      {object{}, map[string]string{"reason_code": "required"}},
		"unknown reason": {object{"reason_code": "tired"}, map[string]string{"reason_code": "unknown_value"}},
	} {
		require.Equal(t, bad.fields, w.post("/v1/tasks/"+exam+"/rejection", token, bad.body).
			refused(t, 422, validationFailed), name)
	}
	w.post("/v1/tasks/"+uuid.NewString()+"/result", token, w.markOf(nil)).refused(t, 404, notFound)
	w.post("/v1/tasks/nonsense/result", token, w.markOf(nil)).refused(t, 404, notFound)
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
