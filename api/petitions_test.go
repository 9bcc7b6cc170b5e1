package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// marked is a case of the trainee's with a mark of its evaluation, published some days ago.
func (w *world) marked(score float64, daysAgo int) (caseID, task string) {
	w.t.Helper()
	var mine struct{ ID string }
	w.register(w.trainee, "own", registrationOf(1, nil)).into(w.t, &mine)
	task = w.issue(mine.ID, contract.TheoryTask, evaluationBodyID)
	w.exec(`INSERT INTO assessments (task_id, case_id, kind, attempt, score, pass_mark, passed, assessed_on, recorded_at)
		VALUES ($1, $2, 'theory', 1, $3::numeric, 60, $3::numeric >= 60, current_date, now() - make_interval(days => $4))`, task, mine.ID, score, daysAgo)
	return mine.ID, task
}

func reviewOf(text string) object { return object{"part": "theory", "attempt": 1, "text": text} }

// takes takes a step of a petition that must be taken.
func (w *world) takes(token, id, step string, body any) (view PetitionView) {
	w.t.Helper()
	r := w.post("/v1/petitions/"+id+"/"+step, token, body)
	require.Equal(w.t, http.StatusOK, r.status, "%s: %s", step, r.body)
	r.into(w.t, &view)
	return view
}

// puts asks for something that must be taken.
func (w *world) puts(path string, body any) (view PetitionView) {
	w.t.Helper()
	r := w.post(path, w.trainee, body)
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	r.into(w.t, &view)
	return view
}

func stepsOf(view PetitionView) (steps []string) {
	for _, s := range view.Steps {
		steps = append(steps, s.Step)
	}
	return steps
}

func TestX34AMarkIsReviewedOnceByTwoWhoDidNotGiveItAndIsCorrectedToTheTrueOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, task := w.marked(61, 3)
	giver, one, two := w.institution(evaluationBodyID), w.institution(evaluationBodyID), w.institution(evaluationBodyID)
	w.exec(`INSERT INTO task_answers (task_id, kind, body, digest, received_by) VALUES ($1, 'result', '{}', '\x01', $2)`, task, w.accountOf(giver))
	asked := w.puts("/v1/cases/"+caseID+"/score-reviews", reviewOf("请核对合分"))
	require.Equal(t, []string{"score_review", "institution", "asked"}, []string{asked.Kind.Code, asked.HandledBy.Code, asked.State.Code})
	require.InDelta(t, 61, *asked.Mark.ScoreWas, 0)
	require.NotContains(t, w.dump("petitions"), "合分")
	require.Equal(t, 1, w.count("SELECT count(*) FROM outbox WHERE kind = 'petition.asked' AND institution_id = $1 AND subject_id = $2",
		evaluationBodyID, asked.ID))
	w.post("/v1/cases/"+caseID+"/score-reviews", w.trainee, reviewOf("再核对")).refused(t, http.StatusConflict, petitionAsked)
	w.get("/v1/petitions/"+asked.ID, w.institution(trainingBodyID)).refused(t, http.StatusNotFound, notFound)

	var seen struct {
		PetitionView

		Text string
	}
	w.get("/v1/petitions/"+asked.ID, one).into(t, &seen)
	require.Equal(t, "请核对合分", seen.Text)
	require.Equal(t, []string{"answer"}, stepsOf(seen.PetitionView))
	answer := object{"outcome": "corrected", "score": 58.5, "answer": "有一题重复计分"}
	path := "/v1/petitions/" + asked.ID
	w.post(path+"/answer", giver, answer).refused(t, http.StatusConflict, petitionMarker)
	w.post(path+"/answer", w.operator, answer).refused(t, http.StatusConflict, petitionNotHandler)
	for field, wrong := range map[string]object{
		"outcome": {"outcome": "founded", "answer": "x"},
		"score":   {"outcome": "corrected", "score": 61, "answer": "x"},
	} {
		require.Contains(t, w.post(path+"/answer", one, wrong).refused(t, 422, validationFailed), field)
	}
	require.Equal(t, "proposed", w.takes(one, asked.ID, "answer", answer).State.Code)
	var own PetitionView
	w.get(path, w.trainee).into(t, &own)
	require.Nil(t, own.Outcome, "what is proposed is nothing yet")
	confirm := object{"agrees": true, "reason": "核对无误"}
	w.post(path+"/confirmation", one, confirm).refused(t, http.StatusConflict, otherPersonNeeded)
	w.post(path+"/confirmation", giver, confirm).refused(t, http.StatusConflict, petitionMarker)
	require.Equal(t, "asked", w.takes(two, asked.ID, "confirmation", object{"agrees": false, "reason": "再查"}).State.Code)
	w.takes(one, asked.ID, "answer", answer)
	done := w.takes(two, asked.ID, "confirmation", confirm)
	require.Equal(t, []any{"answered", "corrected", 58.5}, []any{done.State.Code, done.Outcome.Code, *done.Score})
	last := w.relay.items[len(w.relay.items)-1]
	require.Equal(t, []string{caseID, store.InboxMark, asked.ID}, []string{last.CaseID, last.Kind, last.SubjectID})
	require.Equal(t, 1, w.count("SELECT count(*) FROM mark_replacements WHERE task_id = $1 AND petition_id = $2 AND score = 58.5", task, asked.ID))
	require.Equal(t, 1, w.count("SELECT count(*) FROM notifications WHERE kind = 'score_review_corrected' AND act = 'read_answer'"))
	for step, n := range map[string]int{"ask": 1, "answer": 2, "decline": 1, "confirm": 1, "read": 2} {
		require.Equal(t, n, w.count("SELECT count(*) FROM audit_entries WHERE action = $1 AND actor <> ''", "petition."+step), step)
	}
	require.Contains(t, string(w.post("/v1/me/export", w.trainee, nil).body), "请核对合分")
}

func TestX35AReviewThatIsAskedForTooLateIsRefusedWithItsDaysAndTheWayThatIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, task := w.marked(59, 31)
	today := calendar.Real().Today(time.Now())
	var marks struct {
		Marks []struct {
			PublishedOn calendar.Date `json:"published_on"`
			LastDay     calendar.Date `json:"last_day"`
			Today       calendar.Date
			WhyNot      *coded `json:"why_not"`
		}
		Citation citationView
	}
	w.get("/v1/cases/"+caseID+"/score-reviews", w.trainee).into(t, &marks)
	require.Equal(t, []calendar.Date{today.AddDays(-31), today.AddDays(-1), today},
		[]calendar.Date{marks.Marks[0].PublishedOn, marks.Marks[0].LastDay, marks.Marks[0].Today})
	require.Equal(t, []string{petitionLate, "assumed"}, []string{marks.Marks[0].WhyNot.Code, marks.Citation.Basis})
	r := w.post("/v1/cases/"+caseID+"/score-reviews", w.trainee, reviewOf("x"))
	r.refused(t, http.StatusConflict, petitionLate)
	var p Problem
	r.into(t, &p)
	require.Equal(t, lateView{From: today.AddDays(-31), Last: today.AddDays(-1), Today: today}, *p.Late)
	require.Contains(t, p.Detail, today.String())
	require.Contains(t, p.Detail, "投诉")
	// On the last day it is in time.
	w.exec("ALTER TABLE assessments DISABLE TRIGGER append_only")
	w.exec("UPDATE assessments SET recorded_at = now() - interval '30 days' WHERE task_id = $1", task)
	w.puts("/v1/cases/"+caseID+"/score-reviews", reviewOf("x"))
}

func TestAnAppealGoesToTheCityOnceAndMayHaveTheReviewDoneAgainWhichIsFinal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.marked(59, 3)
	one, two := w.institution(evaluationBodyID), w.institution(evaluationBodyID)
	review := w.puts("/v1/cases/"+caseID+"/score-reviews", reviewOf("x"))
	path := "/v1/petitions/" + review.ID
	w.post(path+"/appeal", w.trainee, object{"text": "too soon"}).refused(t, http.StatusConflict, petitionStep)
	upheld, agreed := object{"outcome": "upheld", "answer": "as it was"}, object{"agrees": true, "reason": "r"}
	w.takes(one, review.ID, "answer", upheld)
	w.takes(two, review.ID, "confirmation", agreed)
	var own PetitionView
	w.get(path, w.trainee).into(t, &own)
	require.Equal(t, []string{"appeal"}, stepsOf(own))
	require.NotNil(t, own.Steps[0].Until)

	appeal := w.puts(path+"/appeal", object{"text": "nobody looked at page two"})
	require.Equal(t, []string{"appeal", "city"}, []string{appeal.Kind.Code, appeal.HandledBy.Code})
	w.post(path+"/appeal", w.trainee, object{"text": "once more"}).refused(t, http.StatusConflict, petitionAsked)
	district := "haidian"
	w.get("/v1/petitions/"+appeal.ID, w.token(store.Account{Role: store.RoleOperator, District: &district})).refused(t, http.StatusNotFound, notFound)
	second := w.second()
	w.takes(w.operator, appeal.ID, "answer", object{"outcome": "again", "answer": "page two is to be looked at"})
	w.post("/v1/petitions/"+appeal.ID+"/confirmation", w.operator, agreed).refused(t, http.StatusConflict, otherPersonNeeded)
	w.takes(second, appeal.ID, "confirmation", agreed)

	var list struct{ Petitions []PetitionView }
	w.get("/v1/petitions?kind=score_review&open=true", one).into(t, &list)
	require.Len(t, list.Petitions, 1)
	again := list.Petitions[0]
	require.Equal(t, appeal.ID, *again.Follows)
	w.takes(one, again.ID, "answer", object{"outcome": "corrected", "score": 62, "answer": "page two was not counted"})
	w.takes(two, again.ID, "confirmation", agreed)
	w.get("/v1/petitions/"+again.ID, w.trainee).into(t, &own)
	require.Empty(t, own.Steps, "what was done again is final")
	w.post("/v1/petitions/"+again.ID+"/appeal", w.trainee, object{"text": "x"}).refused(t, http.StatusConflict, petitionStep)
	require.Equal(t, 1, w.count("SELECT count(*) FROM mark_replacements WHERE score = 62"))
}

func TestAnAppealThatComesTooLateIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.marked(59, 3)
	review := w.puts("/v1/cases/"+caseID+"/score-reviews", reviewOf("x"))
	w.takes(w.institution(evaluationBodyID), review.ID, "answer", object{"outcome": "upheld", "answer": "as it was"})
	w.takes(w.institution(evaluationBodyID), review.ID, "confirmation", object{"agrees": true, "reason": "r"})
	w.exec("ALTER TABLE petitions DISABLE TRIGGER frozen")
	w.exec("UPDATE petitions SET answered_at = now() - interval '16 days' WHERE id = $1", review.ID)
	w.post("/v1/petitions/"+review.ID+"/appeal", w.trainee, object{"text": "x"}).refused(t, http.StatusConflict, petitionLate)
}

func TestX37AComplaintIsAnsweredByTheBureauThatSupervisesTheInstitutionWhichIsHeard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.marked(80, 3)
	w.exec("UPDATE institutions SET district = 'haidian' WHERE id = $1", trainingBodyID)
	district, other := "haidian", "miyun"
	bureau, elsewhere := w.token(store.Account{Role: store.RoleOperator, District: &district}), w.token(store.Account{Role: store.RoleOperator, District: &other})
	complaint := object{"institution": trainingBodyID, "case_id": caseID, "topic": "teaching", "text": "教师多次缺课"}
	status := w.text("SELECT status FROM cases WHERE id = $1", caseID)
	asked := w.puts("/v1/complaints", complaint)
	require.Equal(t, status, w.text("SELECT status FROM cases WHERE id = $1", caseID), "the case is not held by it")
	require.Equal(t, "district", asked.HandledBy.Code)
	require.NotContains(t, w.dump("petitions"), "缺课")
	path, staff := "/v1/petitions/"+asked.ID, w.institution(trainingBodyID)
	w.get(path, elsewhere).refused(t, http.StatusNotFound, notFound)
	w.get(path, staff).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, []string{"answer"}, stepsOf(w.takes(bureau, asked.ID, "hearing", nil)), "it is asked once")
	w.post(path+"/hearing", bureau, nil).refused(t, http.StatusConflict, petitionStep)
	var heard struct {
		PetitionView

		Text, Statement string
	}
	w.get(path, staff).into(t, &heard)
	require.Equal(t, []string{"statement"}, stepsOf(heard.PetitionView))
	require.Equal(t, "教师多次缺课", heard.Text)
	w.takes(staff, asked.ID, "statement", object{"statement": "教师因病，已补课"})
	w.post(path+"/statement", staff, object{"statement": "另一份"}).refused(t, http.StatusConflict, petitionStep)
	w.post(path+"/answer", staff, object{"outcome": "unfounded", "answer": "x"}).refused(t, http.StatusConflict, petitionNotHandler)
	w.get(path, bureau).into(t, &heard)
	require.Equal(t, "教师因病，已补课", heard.Statement)
	w.get(path, w.trainee).into(t, &heard)
	require.Equal(t, "answered", w.takes(bureau, asked.ID, "answer", object{"outcome": "partly_founded", "answer": "已责成补课"}).State.Code)
	require.Equal(t, 1, w.count("SELECT count(*) FROM notifications WHERE kind = 'petition_answered'"))

	evaluator := w.puts("/v1/complaints", object{"institution": evaluationBodyID, "case_id": caseID, "topic": "evaluation", "text": "x"})
	require.Equal(t, "city", evaluator.HandledBy.Code, "evaluation bodies are the city's to supervise")
	require.Contains(t, w.post("/v1/complaints", w.trainee, object{
		"institution": unlistedID, "case_id": caseID, "topic": "other", "text": "x",
	}).refused(t, 422, validationFailed), "institution")
	require.Contains(t, w.post("/v1/complaints", w.trainee, object{
		"institution": trainingBodyID, "case_id": uuid.NewString(), "topic": "other", "text": "x",
	}).refused(t, 422, validationFailed), "case_id")
}

func TestX51AComplaintAboutARefundIsOfNoCaseIfItsTraineeSaysNoneAndIsToldAllTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.marked(80, 3)
	asked := w.puts("/v1/complaints", object{"institution": trainingBodyID, "topic": "refund", "text": "退费未到账"})
	require.Nil(t, asked.CaseID)
	w.takes(w.operator, asked.ID, "answer", object{"outcome": "founded", "answer": "已责成按公布的办法退费"})
	require.Equal(t, 1, w.count("SELECT count(*) FROM notifications WHERE kind = 'petition_answered' AND case_id IS NULL"))
}

func TestTheOverviewCountsWhatTheReadersBureauHasYetToAnswerAndLeadsToIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.marked(80, 3)
	w.exec("UPDATE institutions SET district = 'haidian' WHERE id = $1", trainingBodyID)
	district := "haidian"
	bureau := w.token(store.Account{Role: store.RoleOperator, District: &district})
	first := w.puts("/v1/complaints", object{"institution": trainingBodyID, "topic": "refund", "text": "x"})
	late := w.puts("/v1/complaints", object{"institution": trainingBodyID, "topic": "fees", "text": "x"})
	w.puts("/v1/complaints", object{"institution": evaluationBodyID, "topic": "evaluation", "text": "x"})
	w.exec("UPDATE petitions SET due_at = now() - interval '1 day' WHERE id = $1", late.ID)
	counted := func(token string) (counts []int) {
		var o overviewAnswer
		w.get("/v1/overview", token).into(t, &o)
		for _, f := range o.Asked {
			var page struct{ Total int }
			w.list("/v1/"+f.List, token, "filter", f.Filter, "page", "1").into(t, &page)
			require.Equal(t, page.Total, f.Count, f.Filter)
			counts = append(counts, f.Count)
		}
		return counts
	}
	require.Equal(t, []int{2, 1}, counted(bureau))
	require.Equal(t, []int{1, 0}, counted(w.operator), "a district's is not the city's to answer")
	w.takes(bureau, first.ID, "answer", object{"outcome": "founded", "answer": "x"})
	require.Equal(t, []int{1, 1}, counted(bureau))

	rows := w.exportedRows("petitions", bureau, "filter", "topic:refund,fees", "sort", "asked_at", "columns", "id,topic,state,answer_outcome")
	require.Equal(t, [][]string{{first.ID, "退费", "已答复", "投诉属实"}, {late.ID, "收费", "待答复", ""}}, rows[1:])
	require.Len(t, w.exportedRows("petitions", bureau, "filter", "overdue:yes"), 2)
	require.Len(t, w.exportedRows("petitions", bureau, "filter", "answered:none"), 2)
}

func TestWhatATraineeAsksForIsTakenBackOnlyWhileNobodyHasAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.marked(59, 3)
	for kind, outcome := range map[string]string{"identity_correction": "agreed", "body_move": "refused"} {
		path := "/v1/cases/" + caseID + "/requests"
		asked := w.puts(path, object{"kind": kind, "text": "x"})
		w.post(path, w.trainee, object{"kind": kind, "text": "y"}).refused(t, http.StatusConflict, petitionAsked)
		require.Equal(t, "withdrawn", w.takes(w.trainee, asked.ID, "withdrawal", nil).State.Code)
		w.post("/v1/petitions/"+asked.ID+"/answer", w.operator, object{"outcome": outcome, "answer": "x"}).refused(t, http.StatusConflict, petitionStep)
		asked = w.puts(path, object{"kind": kind, "text": "y"})
		w.takes(w.operator, asked.ID, "answer", object{"outcome": outcome, "answer": "x"})
		w.post("/v1/petitions/"+asked.ID+"/withdrawal", w.trainee, nil).refused(t, http.StatusConflict, petitionStep)
	}
	var list struct {
		Petitions []PetitionView
		Total     int64
	}
	w.get("/v1/petitions?page=1&sort=asked_at", w.trainee).into(t, &list)
	require.Equal(t, int64(4), list.Total)
	w.get("/v1/petitions?page=1&state=withdrawn", w.operator).into(t, &list)
	require.Equal(t, int64(2), list.Total)
	w.get("/v1/petitions?page=1&overdue=true", w.operator).into(t, &list)
	require.Zero(t, list.Total)
}

func TestTheRecordRefusesOnePersonInTwoPlacesAboutAReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.marked(59, 3)
	one := w.institution(evaluationBodyID)
	review := w.puts("/v1/cases/"+caseID+"/score-reviews", reviewOf("x"))
	w.takes(one, review.ID, "answer", object{"outcome": "upheld", "answer": "as it was"})
	err := w.store.Tx(t.Context(), func(tx *store.Tx) error {
		p, err := tx.LockPetition(review.ID)
		require.NoError(t, err)
		now := time.Now().UTC()
		p.State, p.AnsweredBy, p.AnsweredAt = store.PetitionAnswered, p.ProposedBy, &now
		return tx.SavePetition(p)
	})
	require.Equal(t, "petitions_two_persons", store.Constraint(err))
}
