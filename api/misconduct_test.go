package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

func (w *world) misconductOf(tasks ...string) object {
	return object{
		"task_ids": tasks, "act": "cheating", "occurred_on": w.today(), "account": "从口袋中取出手机，与其准考证一并登记", "evidence": "考场记录第3号",
	}
}

// accuses records misconduct and has a colleague confirm it.
func (w *world) accuses(staff, colleague string, tasks ...string) (all []MisconductView) {
	w.t.Helper()
	r := w.post("/v1/misconduct", staff, w.misconductOf(tasks...))
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var list struct{ Misconduct []MisconductView }
	r.into(w.t, &list)
	for i, m := range list.Misconduct {
		list.Misconduct[i] = w.steps(colleague, m.ID, "confirmation", object{"agrees": true, "reason": "seen too"})
	}
	return list.Misconduct
}

// steps takes a step of misconduct that must be taken.
func (w *world) steps(token, id, step string, body object) (view MisconductView) {
	w.t.Helper()
	r := w.post("/v1/misconduct/"+id+"/"+step, token, body)
	require.Equal(w.t, http.StatusOK, r.status, "%s: %s", step, r.body)
	r.into(w.t, &view)
	return view
}

func TestX32MisconductIsRecordedByTwoHeardReviewedDecidedAndDeliveredEachByWhoMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var mine struct{ ID string }
	w.register(w.trainee, "own", registrationOf(1, nil)).into(t, &mine)
	caseID := mine.ID
	task := w.issue(caseID, contract.TheoryTask, evaluationBodyID)
	staff, colleague, third := w.institution(evaluationBodyID), w.institution(evaluationBodyID), w.institution(evaluationBodyID)

	r := w.post("/v1/misconduct", staff, w.misconductOf(task))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var list struct{ Misconduct []MisconductView }
	r.into(t, &list)
	id := list.Misconduct[0].ID
	require.Equal(t, []string{"recorded", "assumed"}, []string{list.Misconduct[0].State.Code, list.Misconduct[0].Citation.Basis})
	w.post("/v1/misconduct", colleague, w.misconductOf(task)).refused(t, http.StatusConflict, misconductOpen)
	w.get("/v1/misconduct/"+id, w.trainee).refused(t, http.StatusNotFound, notFound)
	path := "/v1/misconduct/" + id
	w.post(path+"/confirmation", staff, object{"agrees": true, "reason": "r"}).refused(t, http.StatusConflict, otherPersonNeeded)
	require.Equal(t, 0, w.count("SELECT count(*) FROM case_events WHERE kind = 'misconduct_noticed'"), "one person's word is nothing yet")

	noticed := w.steps(colleague, id, "confirmation", object{"agrees": true, "reason": "seen too"})
	require.NotNil(t, noticed.StatementUntil)
	last := w.relay.items[len(w.relay.items)-1]
	require.Equal(t, []string{caseID, store.InboxMisconduct, id}, []string{last.CaseID, last.Kind, last.SubjectID})
	w.post(path+"/review", colleague, object{"reason": "r"}).refused(t, http.StatusConflict, misconductWindow)
	w.post(path+"/decision", third, object{"founded": true, "reason": "r"}).refused(t, http.StatusConflict, misconductStep)

	// The trainee reads what was seen, and says what is to be said to it. It is kept sealed, and reading it is written down.
	var seen struct {
		MisconductView

		Account, Statement string
	}
	w.get(path, w.trainee).into(t, &seen)
	require.Equal(t, "从口袋中取出手机，与其准考证一并登记", seen.Account)
	require.Equal(t, "statement", seen.Steps[0].Step)
	w.steps(w.trainee, id, "statement", object{"statement": "手机已经关机"})
	w.post(path+"/statement", third, object{"statement": "另一份"}).refused(t, http.StatusConflict, misconductStated)
	require.NotContains(t, w.dump("misconduct_cases"), "手机")
	require.NotContains(t, w.dump("audit_entries"), "手机")
	w.get(path, third).into(t, &seen)
	require.Equal(t, "手机已经关机", seen.Statement)

	w.post(path+"/review", staff, object{"reason": "r"}).refused(t, http.StatusConflict, otherPersonNeeded)
	w.steps(colleague, id, "review", object{"reason": "the record of the room says the same"})
	for _, accuser := range []string{staff, colleague} {
		w.post(path+"/decision", accuser, object{"founded": true, "reason": "r"}).refused(t, http.StatusConflict, otherPersonNeeded)
	}
	w.post(path+"/decision", w.operator, object{"founded": true, "reason": "r"}).refused(t, http.StatusConflict, misconductNotJudge)
	decided := w.steps(third, id, "decision", object{"founded": true, "reason": "as recorded"})
	require.Equal(t, []any{true, "attempt", "第七条"}, []any{decided.Decision.Founded, decided.Decision.Voids.Code, decided.Decision.Citation.Clause})
	require.NotNil(t, decided.Decision.BarredUntil)
	require.Equal(t, "delivered", w.steps(staff, id, "delivery", object{"how": "in_person"}).State.Code)
	w.post(path+"/delivery", staff, object{"how": "by_mail"}).refused(t, http.StatusConflict, misconductStep)
	for step, n := range map[string]int{"record": 1, "confirm": 1, "state": 1, "review": 1, "decide": 1, "deliver": 1, "read": 2} {
		require.Equal(t, n, w.count("SELECT count(*) FROM audit_entries WHERE action = $1 AND actor <> ''", "misconduct."+step), step)
	}
	var told []string
	for _, kind := range []string{"noticed", "stated", "reviewed", "founded_barred", "delivered"} {
		if w.count("SELECT count(*) FROM case_events WHERE case_id = $1 AND kind = $2", caseID, "misconduct_"+kind) == 1 {
			told = append(told, kind)
		}
	}
	require.Len(t, told, 5, "the trainee's timeline says each step")
	exported := string(w.post("/v1/me/export", w.trainee, nil).body)
	require.Contains(t, exported, "从口袋中取出手机")
	require.Contains(t, exported, "手机已经关机")
}

func TestX32NobodyDecidesWhereNoRuleSaysWhoDoesAndATimeThatIsNotKnownIsNotOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID := w.newCase(1)
	w.exec("UPDATE cases SET policy_version = 'beijing-2023' WHERE id = $1", caseID)
	task := w.issue(caseID, contract.PracticalTask, evaluationBodyID)
	staff, colleague, third := w.institution(evaluationBodyID), w.institution(evaluationBodyID), w.institution(evaluationBodyID)
	m := w.accuses(staff, colleague, task)[0]
	require.Nil(t, m.StatementUntil)
	require.Nil(t, m.DueAt)
	path := "/v1/misconduct/" + m.ID
	w.post(path+"/review", colleague, object{"reason": "r"}).refused(t, http.StatusConflict, misconductWindow)
	w.steps(colleague, m.ID, "statement", object{"statement": "written down for the trainee"})
	w.steps(colleague, m.ID, "review", object{"reason": "r"})
	for _, token := range []string{third, w.operator} {
		w.post(path+"/decision", token, object{"founded": true, "reason": "r"}).refused(t, http.StatusConflict, misconductNoRule)
	}
}

func TestX33IdenticalPapersAreRecordedOfManyAtOnceAndDroppedWithoutAWordWhenNobodyConfirmsThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tasks := []string{
		w.issue(w.newCase(1), contract.TheoryTask, evaluationBodyID), w.issue(w.newCase(2), contract.TheoryTask, evaluationBodyID),
	}
	staff := w.institution(evaluationBodyID)
	require.Equal(t, map[string]string{"task_ids": "unknown_task"},
		w.post("/v1/misconduct", w.institution(trainingBodyID), w.misconductOf(tasks...)).refused(t, 422, validationFailed), "of its own tasks only")
	r := w.post("/v1/misconduct", staff, w.misconductOf(tasks...))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var list struct{ Misconduct []MisconductView }
	r.into(t, &list)
	require.Len(t, list.Misconduct, 2)
	require.Equal(t, list.Misconduct[0].ReportID, list.Misconduct[1].ReportID)
	for _, m := range list.Misconduct {
		require.Equal(t, "dropped", w.steps(staff, m.ID, "confirmation", object{"agrees": false, "reason": "another room"}).State.Code)
	}
	require.Equal(t, 0, w.count("SELECT count(*) FROM case_events WHERE kind LIKE 'misconduct%'"))
	w.get("/v1/misconduct?open=true", w.operator).into(t, &list)
	require.Empty(t, list.Misconduct)
	w.get("/v1/misconduct", w.trainee).into(t, &list)
	require.Empty(t, list.Misconduct)
}

func TestTheRecordRefusesOnePersonInTwoPlacesAboutMisconduct(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	task := w.issue(w.newCase(1), contract.TheoryTask, evaluationBodyID)
	m := w.accuses(w.institution(evaluationBodyID), w.institution(evaluationBodyID), task)[0]
	err := w.store.Tx(t.Context(), func(tx *store.Tx) error {
		row, err := tx.LockMisconduct(m.ID)
		require.NoError(t, err)
		founded, now := true, time.Now().UTC()
		row.State, row.ReviewedBy, row.ReviewedAt, row.Review = store.MisconductReviewed, &row.RecordedBy, &now, "r"
		require.NoError(t, tx.SaveMisconduct(row))
		row.State, row.DecidedBy, row.DecidedAt, row.Founded = store.MisconductDecided, row.ConfirmedBy, &now, &founded
		row.DecisionReason, row.Citation = "r", []byte(`{}`)
		return tx.SaveMisconduct(row)
	})
	require.Equal(t, "misconduct_judges", store.Constraint(err))
}

func TestMisconductIsReadByNumberedPagesAndNarrowedByWhatItIsAndWhatIsOwed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff, colleague := w.institution(evaluationBodyID), w.institution(evaluationBodyID)
	var ids []string
	for n := range 3 {
		ids = append(ids, w.accuses(staff, colleague, w.issue(w.newCase(n+1), contract.TheoryTask, evaluationBodyID))[0].ID)
	}
	w.exec("UPDATE misconduct_cases SET due_at = now() - interval '1 day' WHERE id = $1", ids[0])
	w.exec("UPDATE misconduct_cases SET due_at = NULL WHERE id = $1", ids[1])
	for path, want := range map[string][]string{
		"?page=1&limit=2":                                          {ids[2], ids[1]},
		"?page=2&limit=2":                                          {ids[0]},
		"?page=1&limit=2&sort=recorded_at":                         {ids[0], ids[1]},
		"?page=1&limit=2&sort=due_at":                              {ids[0], ids[2]},
		"?page=1&sort=-due_at":                                     {ids[2], ids[0], ids[1]},
		"?page=1&overdue=true":                                     {ids[0]},
		"?page=1&sort=recorded_at&filter=-overdue:yes":             {ids[1], ids[2]},
		"?page=1&act=impersonation":                                nil,
		"?page=1&state=noticed&act=cheating&sort=recorded_at":      ids,
		"?page=1&sort=recorded_at&institution=" + evaluationBodyID: ids,
		"?page=1&institution=" + trainingBodyID:                    nil,
	} {
		var page struct {
			Misconduct []MisconductView
			Total      int64
			Next       *string
		}
		w.get("/v1/misconduct"+path, w.operator).into(t, &page)
		var got []string
		for _, m := range page.Misconduct {
			got = append(got, m.ID)
		}
		require.Equal(t, want, got, path)
		require.Nil(t, page.Next, path)
		if !strings.Contains(path, "limit") {
			require.Equal(t, int64(len(want)), page.Total, path)
		}
	}
	require.Contains(t, w.get("/v1/misconduct?page=1&after=x", w.operator).refused(t, 422, validationFailed), "after")
}
