package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// close has a task taken back, as a step of its case would.
func (w *world) close(taskID, reason string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		task, err := tx.Task(taskID)
		if err != nil {
			return err
		}
		return tx.CloseTask(task, store.TaskCancelled, reason, time.Now().UTC())
	}))
}

// reissue asks an institution once more for what a task asked for.
func (w *world) reissue(taskID, institution string) string {
	w.t.Helper()
	id := uuid.NewString()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		task, err := tx.Task(taskID)
		if err != nil {
			return err
		}
		task.ID, task.InstitutionID, task.Issue, task.Seq = id, institution, task.Issue+1, 0
		task.ClosedAt, task.CloseReason, task.IssuedAt = nil, "", time.Now().UTC()
		return tx.InsertTask(task)
	}))
	return id
}

// kept is the letter of a refusal.
func (r reply) kept(t *testing.T, status int, code, reason string) string {
	t.Helper()
	r.refused(t, status, code)
	p := r.problem(t)
	require.NotEmpty(t, p.LetterID, "%s", r.body)
	require.Equal(t, reason, p.LetterReason)
	require.NotContains(t, p.Detail, "letter.told")
	return p.LetterID
}

// letters is the list of letters as somebody reads it.
func (w *world) letters(token, query string) []LetterView {
	w.t.Helper()
	var page struct{ Letters []LetterView }
	w.get("/v1/dead-letters"+query, token).into(w.t, &page)
	return page.Letters
}

func (w *world) letter(id string) (view struct {
	LetterView
	Content   object
	OpenTasks []letterTask `json:"open_tasks"`
},
) {
	w.t.Helper()
	r := w.get("/v1/dead-letters/"+id, w.operator)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	r.into(w.t, &view)
	return view
}

func TestAnAnswerThatFitsNoTaskIsRefusedWithItsReasonAndKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	enrolled := object{"accepted_on": w.today()}
	closed := func(n int, reason string) string {
		task := w.issue(w.newCase(n), contract.EnrolmentTask, trainingBodyID)
		w.close(task, reason)
		return task
	}
	answered := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	require.Equal(t, http.StatusOK, w.post("/v1/tasks/"+answered+"/result", token, w.markOf(nil)).status)
	refused := w.issue(w.newCase(2), contract.EnrolmentTask, trainingBodyID)
	require.Equal(t, http.StatusOK, w.post("/v1/tasks/"+refused+"/rejection", token, object{"reason_code": "class_full"}).status)
	foreign := w.issue(w.newCase(3), contract.ExamTask, otherTrainerID)
	before := w.counts()
	for name, sent := range map[string]struct {
		task, path string
		body       object
		status     int
		code       string
		told, kept store.LetterReason
	}{
		"another mark":             {answered, "result", w.markOf(object{"score": 70}), 409, resultConflict, "second_opinion", "second_opinion"},
		"a refusal after a result": {answered, "rejection", object{"reason_code": "other"}, 409, taskClosed, "second_opinion", "second_opinion"},
		"another refusal":          {refused, "rejection", object{"reason_code": "other"}, 409, resultConflict, "second_opinion", "second_opinion"},
		"a result after a refusal": {refused, "result", enrolled, 409, taskClosed, "second_opinion", "second_opinion"},
		"after reassignment":       {closed(4, "reassigned"), "result", enrolled, 409, taskClosed, "task_reassigned", "task_reassigned"},
		"after it was taken back":  {closed(5, "partner_rejected"), "result", enrolled, 409, taskClosed, "task_cancelled", "task_cancelled"},
		"after a withdrawal":       {closed(6, "case_ended"), "result", enrolled, 409, taskClosed, "case_ended", "case_ended"},
		"a refusal after the end":  {closed(7, "case_ended"), "rejection", object{"reason_code": "other"}, 409, taskClosed, "case_ended", "case_ended"},
		"nobody's task":            {uuid.NewString(), "result", w.markOf(nil), 404, notFound, "task_unknown", "task_unknown"},
		"a foreign task":           {foreign, "result", w.markOf(nil), 404, notFound, "task_unknown", "task_foreign"},
		"a foreign task refused":   {foreign, "rejection", object{"reason_code": "wrong_person"}, 404, notFound, "task_unknown", "task_foreign"},
	} {
		path := "/v1/tasks/" + sent.task + "/" + sent.path
		id := w.post(path, token, sent.body).kept(t, sent.status, sent.code, string(sent.told))
		require.Equal(t, id, w.post(path, token, sent.body).kept(t, sent.status, sent.code, string(sent.told)), "%s again", name)
		view := w.letter(id)
		require.Equal(t, string(sent.kept), view.Reason.Code, name)
		require.NotContains(t, view.Reason.Name, "letter.reason", name)
		require.Equal(t, []any{2, "open", sent.task, sent.path, trainingBodyID},
			[]any{view.Times, view.State, view.TaskID, view.Kind, view.Institution.ID}, name)
		require.Equal(t, sent.kept != store.LetterTaskUnknown && sent.kept != store.LetterTaskForeign, view.Task != nil, name)
		for field, value := range sent.body {
			require.EqualValues(t, value, view.Content[field], name)
		}
	}
	require.Len(t, w.letters(w.operator, ""), 11)
	require.Len(t, w.letters(w.operator, "?reason=second_opinion&state=open&institution="+trainingBodyID), 4)
	require.Empty(t, w.letters(w.operator, "?state=applied"))
	after := w.counts()
	for _, table := range []string{"task_answers", "resolutions", "assessments"} {
		require.Equal(t, before[table], after[table], table)
	}
	require.Equal(t, 11, w.audited("letter.keep"))
	var notices int
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM notices WHERE kind = 'letters_waiting'
		AND audience = 'operators' AND institution_id = $1`, trainingBodyID).Scan(&notices))
	require.Equal(t, 1, notices, "once a day, however many there are")
	require.Equal(t, 11, w.audited("letter.read"))
}

func TestWhoseAnUnknownTaskIsCannotBeTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	foreign := w.issue(w.newCase(1), contract.ExamTask, otherTrainerID)
	problemOf := func(task string, body any) Problem {
		p := withoutInstance(t, w.post("/v1/tasks/"+task+"/result", token, body))
		p.LetterID = strings.Repeat("x", len(p.LetterID))
		return p
	}
	for _, body := range []any{w.markOf(nil), object{}, `{"score":`, object{"score": "x"}, trainingOf(nil)} {
		require.Equal(t, problemOf(uuid.NewString(), body), problemOf(foreign, body))
	}
}

func TestWhatIsMalformedIsTheSendersToMendAndNoLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	closed := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	w.close(closed, "reassigned")
	before := w.counts()
	for _, body := range []any{object{}, `{`, `[]`, object{"accepted_on": 5}, object{"score": 1, "held_on": w.today(), "nickname": "x"}} {
		for _, task := range []string{closed, uuid.NewString()} {
			r := w.post("/v1/tasks/"+task+"/result", token, body)
			require.GreaterOrEqual(t, r.status, 400)
			require.Empty(t, r.problem(t).LetterID, "%s", r.body)
		}
	}
	w.post("/v1/tasks/nonsense/result", token, w.markOf(nil)).refused(t, http.StatusNotFound, notFound)
	w.post("/v1/tasks/"+closed+"/result", w.operator, w.markOf(nil)).refused(t, http.StatusForbidden, forbidden)
	require.Equal(t, before, w.counts())
}

func TestALetterThatIsAppliedAnswersATaskLikeAnyAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	first := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	w.exec("UPDATE tasks SET issued_at = now() - interval '40 days' WHERE id = $1", first)
	w.close(first, "partner_rejected")
	again := w.reissue(first, trainingBodyID)
	mark := w.markOf(object{"held_on": w.day(-10), "certificate_number": "OUC-1"}) // after the first asking, before the second
	id := w.post("/v1/tasks/"+first+"/result", token, mark).kept(t, http.StatusConflict, taskClosed, "task_cancelled")
	shown := w.letter(id)
	require.Len(t, shown.OpenTasks, 1)
	require.Equal(t, again, shown.OpenTasks[0].ID)

	path := "/v1/dead-letters/" + id + "/resolution"
	w.post(path, w.operator, object{"verb": "apply", "reason": "x"}).refused(t, http.StatusConflict, letterTaskClosed)
	r := w.post(path, w.operator, object{"verb": "apply", "task_id": again, "reason": "同一次考核"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var decided struct {
		Letter LetterView
		Answer answerView
	}
	r.into(t, &decided)
	require.Equal(t, answerView{TaskID: again, State: "answered", Forwarded: true}, decided.Answer)
	require.Equal(t, []string{"applied", again, "同一次考核"}, []string{decided.Letter.State, decided.Letter.AppliedTo, decided.Letter.Resolution})
	require.Equal(t, again, w.relay.last(t).SubjectID)
	answer, err := w.store.Read(t.Context()).Answer(again)
	require.NoError(t, err)
	require.Equal(t, id, *answer.LetterID)
	require.Equal(t, 1, w.audited("letter.apply"))
	require.Equal(t, 1, w.audited("task.result"))
	require.Equal(t, []string{again}, w.toldOf(id, "answer.applied"))

	w.post(path, w.operator, object{"verb": "discard", "reason": "x"}).refused(t, http.StatusConflict, letterResolved)
	require.Equal(t, id, w.post("/v1/tasks/"+first+"/result", token, mark).kept(t, http.StatusConflict, taskClosed, "task_cancelled"))
	require.Equal(t, "applied", w.letter(id).State, "what comes again does not open it again")
}

// toldOf is the tasks that an institution was told of with a letter.
func (w *world) toldOf(letterID, kind string) (tasks []string) {
	w.t.Helper()
	rows, err := w.sql.QueryContext(w.t.Context(), "SELECT payload->>'task_id' FROM outbox WHERE kind = $1 AND subject_id = $2", kind, letterID)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, rows.Close()) }()
	for rows.Next() {
		var task string
		require.NoError(w.t, rows.Scan(&task))
		tasks = append(tasks, task)
	}
	require.NoError(w.t, rows.Err())
	return tasks
}

func TestALetterIsAppliedOnlyWhereItFits(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	token := r.tokens["institution"]
	id := r.post("/v1/tasks/"+uuid.NewString()+"/result", token, r.markOf(nil)).kept(t, http.StatusNotFound, notFound, "task_unknown")
	district := "xicheng"
	exam := r.issue(r.newCase(21), contract.ExamTask, trainingBodyID)
	elsewhere := r.token(store.Account{Role: store.RoleOperator, District: &district})
	before := r.counts()
	path := "/v1/dead-letters/" + id + "/resolution"
	for name, bad := range map[string]struct {
		token  string
		body   object
		status int
		code   string
		fields map[string]string
	}{
		"no task":             {r.operator, object{"verb": "apply", "reason": "x"}, 422, validationFailed, map[string]string{"task_id": "required"}},
		"nobody's task":       {r.operator, object{"verb": "apply", "reason": "x", "task_id": uuid.NewString()}, 422, validationFailed, map[string]string{"task_id": "unknown_task"}},
		"another's task":      {r.operator, object{"verb": "apply", "reason": "x", "task_id": r.foreign["task"]}, 422, validationFailed, map[string]string{"task_id": "unknown_task"}},
		"a task of its kind":  {r.operator, object{"verb": "apply", "reason": "x", "task_id": r.own["task"]}, 422, taskKindMismatch, map[string]string{}},
		"no reason":           {r.operator, object{"verb": "discard", "reason": " "}, 422, validationFailed, map[string]string{"reason": "required"}},
		"a task, discarded":   {r.operator, object{"verb": "discard", "reason": "x", "task_id": exam}, 422, validationFailed, map[string]string{"task_id": "conflict"}},
		"no verb":             {r.operator, object{"reason": "x"}, 422, validationFailed, map[string]string{"verb": "required"}},
		"of another district": {elsewhere, object{"verb": "discard", "reason": "x"}, 404, notFound, map[string]string{}},
	} {
		require.Equal(t, bad.fields, r.post(path, bad.token, bad.body).refused(t, bad.status, bad.code), name)
	}
	require.Equal(t, before, r.counts())
	require.Equal(t, http.StatusOK, r.post(path, r.operator, object{"verb": "apply", "reason": "x", "task_id": exam}).status)
}

func TestALetterThatIsDiscardedStaysAndTheInstitutionIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	foreign := w.issue(w.newCase(1), contract.ExamTask, otherTrainerID)
	id := w.post("/v1/tasks/"+foreign+"/result", token, w.markOf(nil)).kept(t, http.StatusNotFound, notFound, "task_unknown")
	r := w.post("/v1/dead-letters/"+id+"/resolution", w.operator, object{"verb": "discard", "reason": "发错机构"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, "discarded", w.letter(id).State)
	require.Equal(t, 1, w.audited("letter.discard"))
	for of, there := range map[string]bool{trainingBodyID: true, otherTrainerID: false} { // to file evidence about
		has, err := w.store.Read(t.Context()).HasSubject(store.AboutDeadLetter, id, of)
		require.NoError(t, err)
		require.Equal(t, there, has, of)
	}
	require.Equal(t, []string{foreign}, w.toldOf(id, "answer.discarded"))
	var of int // whose case it is, is not theirs to know
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM outbox WHERE subject_id = $1
		AND (case_id IS NOT NULL OR payload ? 'case_id')`, id).Scan(&of))
	require.Zero(t, of)
	for _, statement := range []string{
		"DELETE FROM dead_letters", "UPDATE dead_letters SET state = 'open', resolved_at = NULL, resolved_by = NULL, resolution = ''",
		"UPDATE dead_letters SET digest = '\\x00'", "UPDATE dead_letters SET reason = 'task_unknown'",
	} {
		_, err := w.sql.ExecContext(t.Context(), statement)
		require.ErrorContains(t, err, "append-only", statement)
	}
}

func TestOfManyWhoDecideAboutALetterAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	id := w.post("/v1/tasks/"+uuid.NewString()+"/result", token, w.markOf(nil)).kept(t, http.StatusNotFound, notFound, "task_unknown")
	exam := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	decided := 0
	for _, r := range w.each(8, func(i int) call {
		body := object{"verb": "discard", "reason": "x"}
		if i%2 == 0 {
			body = object{"verb": "apply", "reason": "x", "task_id": exam}
		}
		return call{method: http.MethodPost, path: "/v1/dead-letters/" + id + "/resolution", token: w.operator, body: body}
	}) {
		if r.status == http.StatusOK {
			decided++
			continue
		}
		r.refused(t, http.StatusConflict, letterResolved)
	}
	require.Equal(t, 1, decided)
	require.Equal(t, 1, w.audited("letter.apply")+w.audited("letter.discard"))
}

func TestWhatComesAgainIsOneLetterHoweverManySendItAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	task := w.issue(w.newCase(1), contract.EnrolmentTask, trainingBodyID)
	w.close(task, "reassigned")
	ids := map[string]bool{}
	for _, r := range w.each(20, func(i int) call {
		body := fmt.Sprintf(`{%s"accepted_on":%q}`, strings.Repeat(" ", i), w.today()) // the same, written differently
		return call{method: http.MethodPost, path: "/v1/tasks/" + task + "/result", token: token, body: body}
	}) {
		ids[r.kept(t, http.StatusConflict, taskClosed, "task_reassigned")] = true
	}
	require.Len(t, ids, 1)
	letters := w.letters(w.operator, "")
	require.Len(t, letters, 1)
	require.Equal(t, 20, letters[0].Times)
	require.Equal(t, 1, w.audited("letter.keep"))
}

func TestLettersOfOneInstitutionAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	send := func(task string) reply { return w.post("/v1/tasks/"+task+"/result", token, w.markOf(nil)) }
	known := uuid.NewString()
	send(known).kept(t, http.StatusNotFound, notFound, "task_unknown")
	w.exec(`INSERT INTO dead_letters (id, institution_id, account_id, kind, named_task, reason, body_sealed, digest, received_at, last_at)
		SELECT gen_random_uuid(), institution_id, account_id, kind, gen_random_uuid(), reason, body_sealed, digest, received_at, last_at
		FROM dead_letters, generate_series(2, $1::int)`, mostLetters)
	full := send(uuid.NewString())
	full.refused(t, http.StatusTooManyRequests, lettersFull)
	require.Equal(t, "60", full.header.Get("Retry-After"))
	send(known).kept(t, http.StatusNotFound, notFound, "task_unknown") // it is there already
	w.post("/v1/tasks/"+uuid.NewString()+"/result", w.institution(otherTrainerID), w.markOf(nil)).
		kept(t, http.StatusNotFound, notFound, "task_unknown")
}

func TestLettersAreSealedAndNumbersInThemMasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	body := object{"reason_code": "wrong_person", "note": "请联系13812345678"}
	id := w.post("/v1/tasks/"+uuid.NewString()+"/rejection", token, body).kept(t, http.StatusNotFound, notFound, "task_unknown")
	var sealed string
	require.NoError(t, w.sql.QueryRowContext(t.Context(), "SELECT encode(body_sealed, 'escape') FROM dead_letters").Scan(&sealed))
	require.NotContains(t, sealed, "wrong_person")
	require.NotContains(t, sealed, "13812345678")
	require.Equal(t, "请联系138****5678", w.letter(id).Content["note"])
	require.NotContains(t, w.log.String(), "13812345678")
}

func TestAnAnswerThatNoCaseTookUpIsALetterToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	c := w.newCase(1)
	taken, ignored := w.issue(c, contract.EnrolmentTask, trainingBodyID), w.issue(c, contract.ExamTask, trainingBodyID)
	require.Equal(t, http.StatusOK, w.post("/v1/tasks/"+taken+"/result", token, object{"accepted_on": w.today()}).status)
	require.Equal(t, http.StatusOK, w.post("/v1/tasks/"+ignored+"/result", token, w.markOf(nil)).status)
	keep := func(ctx context.Context) error {
		return w.store.Tx(ctx, func(tx *store.Tx) error {
			if err := tx.MarkTaken([]string{taken}, time.Now().UTC()); err != nil {
				return err
			}
			return tx.KeepUntaken(c, store.LetterAskedAgain, time.Now().UTC())
		})
	}
	require.NoError(t, keep(t.Context()))
	require.NoError(t, keep(t.Context()))
	letters := w.letters(w.operator, "")
	require.Len(t, letters, 1)
	require.Equal(t, []any{ignored, true, "asked_again"}, []any{letters[0].TaskID, letters[0].Acknowledged, letters[0].Reason.Code})
	shown := w.letter(letters[0].ID)
	require.InDelta(t, 88.5, shown.Content["score"], 0)

	again := w.reissue(ignored, trainingBodyID)
	r := w.post("/v1/dead-letters/"+letters[0].ID+"/resolution", w.operator, object{"verb": "apply", "reason": "x", "task_id": again})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
}

func TestLettersAreReadByNumberedPagesOrByTheirCursor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	var sent []string
	for range 3 {
		sent = append(sent, w.post("/v1/tasks/"+uuid.NewString()+"/result", token, w.markOf(nil)).kept(t, 404, notFound, "task_unknown"))
	}
	var page struct {
		Letters []LetterView
		Next    string
		Total   int
	}
	w.get("/v1/dead-letters?limit=2", w.operator).into(t, &page)
	require.Len(t, page.Letters, 2)
	require.Equal(t, sent[0], page.Letters[0].ID)
	require.Equal(t, sent[1], page.Letters[1].ID)
	w.get("/v1/dead-letters?limit=2&after="+page.Next, w.operator).into(t, &page)
	require.Len(t, page.Letters, 1)
	require.Equal(t, sent[2], page.Letters[0].ID)
	w.get("/v1/dead-letters?limit=2&page=1&sort=-received_at", w.operator).into(t, &page)
	require.Equal(t, []any{3, sent[2]}, []any{page.Total, page.Letters[0].ID})
}
