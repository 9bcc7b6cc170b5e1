package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// casework is two operators of the city and one of a district in which the case does not lie.
type casework struct {
	*world

	caseID                string
	second, elsewhere     string // tokens
	secondID, elsewhereID string
	operatorID            string
}

func newCasework(t *testing.T) casework {
	t.Helper()
	w := newWorld(t)
	far := "yanqing"
	o := casework{
		world: w, caseID: w.newCase(1), second: w.token(store.Account{Role: store.RoleOperator}),
		elsewhere: w.token(store.Account{Role: store.RoleOperator, District: &far}),
	}
	w.exec("UPDATE accounts SET label = '一组' WHERE id = $1", w.accountOf(w.operator))
	w.exec("UPDATE accounts SET label = '二组' WHERE id = $1", w.accountOf(o.second))
	o.operatorID, o.secondID, o.elsewhereID = w.accountOf(w.operator), w.accountOf(o.second), w.accountOf(o.elsewhere)
	return o
}

func (o casework) assigns(token string, body object) reply {
	o.t.Helper()
	return o.post("/v1/cases/"+o.caseID+"/assignment", token, body)
}

func (o casework) notes(token string) (all struct {
	Notes       []caseNoteView
	Assignments []assignedView
},
) {
	o.t.Helper()
	r := o.get("/v1/cases/"+o.caseID+"/notes", token)
	require.Equal(o.t, http.StatusOK, r.status, "%s", r.body)
	r.into(o.t, &all)
	return all
}

func (o casework) noted(token string, body object) caseNoteView {
	o.t.Helper()
	r := o.post("/v1/cases/"+o.caseID+"/notes", token, body)
	require.Equal(o.t, http.StatusCreated, r.status, "%s", r.body)
	var view caseNoteView
	r.into(o.t, &view)
	return view
}

func (o casework) waits(caseID string) (view struct {
	Queue    string
	Stuck    string
	Assignee *operatorView
	Waits    []waitView
},
) {
	o.t.Helper()
	r := o.get("/v1/cases/"+caseID+"/waits", o.operator)
	require.Equal(o.t, http.StatusOK, r.status, "%s", r.body)
	r.into(o.t, &view)
	return view
}

func TestACaseIsClaimedTakenOverAndGivenBackAndEachLeavesATrace(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	require.Equal(t, map[string]string{"assignee": fieldRequired}, o.assigns(o.operator, object{}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	for range 2 { // the second time it changes nothing
		require.Equal(t, http.StatusOK, o.assigns(o.operator, object{"assignee": "me"}).status)
	}
	require.Equal(t, o.operatorID, o.waits(o.caseID).Assignee.ID)
	o.assigns(o.second, object{"assignee": "me"}).refused(t, http.StatusConflict, caseAssigned)
	o.assigns(o.second, object{"assignee": nil}).refused(t, http.StatusConflict, caseAssigned)
	require.Equal(t, http.StatusOK, o.assigns(o.second, object{"assignee": "me", "reason": "休假代办"}).status)
	fields := o.assigns(o.second, object{"assignee": o.operatorID}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"reason": fieldRequired}, fields, "who hands a case on says why")
	require.Equal(t, http.StatusOK, o.assigns(o.second, object{"assignee": o.operatorID, "reason": "已返岗 11010519491231002X"}).status)
	require.Equal(t, http.StatusOK, o.assigns(o.operator, object{"assignee": nil}).status, "one gives back one's own as one likes")
	require.Nil(t, o.waits(o.caseID).Assignee)

	handed := o.notes(o.operator).Assignments
	require.Len(t, handed, 4)
	require.Nil(t, handed[0].Assignee)
	require.Equal(t, "一组", handed[1].Assignee.Label)
	require.Equal(t, "二组", handed[1].Before.Label)
	require.NotContains(t, handed[1].Reason, "11010519491231002X")
	require.Equal(t, 4, o.audited("case.assign"))
	o.end(o.caseID, "withdrawn")
	o.assigns(o.operator, object{"assignee": "me"}).refused(t, http.StatusConflict, alreadyEnded)
	require.Equal(t, o.count("SELECT last_event FROM cases WHERE id = $1", o.caseID),
		o.count("SELECT count(*) FROM case_events WHERE case_id = $1", o.caseID), "who sees to a case does not move it")
}

func TestWhoDoesNotReachACaseIsNeitherGivenItNorMentionedInItsNotes(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	for _, nobody := range []string{o.elsewhereID, uuid.NewString(), o.accountOf(o.trainee), "x"} {
		fields := o.assigns(o.operator, object{"assignee": nobody, "reason": "r"}).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{"assignee": fieldUnknownOperator}, fields)
		fields = o.post("/v1/cases/"+o.caseID+"/notes", o.operator, object{"note": "n", "mentions": []string{o.secondID, nobody}}).
			refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{"mentions[1]": fieldUnknownOperator}, fields)
	}
	var list struct{ Operators []operatorView }
	o.get("/v1/operators?case_id="+o.caseID, o.operator).into(t, &list)
	require.Len(t, list.Operators, 2)
	o.get("/v1/operators", o.operator).into(t, &list)
	require.Len(t, list.Operators, 3)
	o.get("/v1/operators?case_id="+o.caseID, o.elsewhere).refused(t, http.StatusNotFound, notFound)
}

func TestManyCasesAreAssignedAtOnceAndEachSaysWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	taken, ended, unknown := o.newCase(2), o.newCase(3), uuid.NewString()
	o.end(ended, "withdrawn")
	require.Equal(t, http.StatusOK, o.post("/v1/cases/"+taken+"/assignment", o.second, object{"assignee": "me"}).status)
	ids := []string{o.caseID, taken, ended, unknown, "x"}
	var answer struct {
		Assigned int
		Cases    []assignmentResult
	}
	o.post("/v1/assignments", o.operator, object{"assignee": "me", "cases": ids}).into(t, &answer)
	require.Equal(t, 1, answer.Assigned)
	outcomes := map[string]string{}
	for i, one := range answer.Cases {
		require.Equal(t, ids[i], one.CaseID)
		outcomes[one.CaseID] = one.Outcome
	}
	require.Equal(t, map[string]string{o.caseID: "assigned", taken: "case_assigned", ended: "already_ended", unknown: "not_found", "x": "not_found"}, outcomes)
	o.post("/v1/assignments", o.operator, object{"assignee": "me", "cases": []string{o.caseID}}).into(t, &answer)
	require.Equal(t, "unchanged", answer.Cases[0].Outcome)
	o.post("/v1/assignments", o.elsewhere, object{"assignee": "me", "cases": []string{o.caseID}}).into(t, &answer)
	require.Equal(t, "not_found", answer.Cases[0].Outcome, "outside one's area there is nothing")
}

func TestANoteIsReadByAnInstitutionOnlyIfItIsShownToItAndOnlyAsLongAsItStands(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	task := o.issue(o.caseID, contract.EnrolmentTask, trainingBodyID)
	body := o.institution(trainingBodyID)
	o.noted(o.operator, object{"note": "内部：与学员核实，电话 13812345678"})
	shown := o.noted(o.operator, object{"note": "请补充签到表", "shown_to": trainingBodyID})
	o.noted(o.operator, object{"note": "给评价机构", "shown_to": evaluationBodyID})
	fields := o.post("/v1/cases/"+o.caseID+"/notes", o.operator, object{"note": " ", "shown_to": otherTrainerID, "file": uuid.NewString()}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"note": fieldRequired, "shown_to": fieldNotOfCase, "file": fieldUnknownSubject}, fields)

	var seen struct{ Notes []NoteView }
	o.get("/v1/tasks/"+task+"/notes", body).into(t, &seen)
	require.Len(t, seen.Notes, 1)
	require.Equal(t, "请补充签到表", seen.Notes[0].Note)
	all := o.notes(o.second).Notes
	require.Len(t, all, 3)
	require.NotContains(t, all[2].Note, "13812345678", "numbers are masked before they are kept")
	require.Equal(t, "一组", all[2].Author.Label)

	strike := "/v1/notes/" + shown.ID + "/striking"
	o.post(strike, o.second, object{"reason": "r"}).refused(t, http.StatusConflict, notTheAuthor)
	for range 2 {
		require.Equal(t, http.StatusOK, o.post(strike, o.operator, object{"reason": "写错个案"}).status)
	}
	require.Equal(t, 1, o.audited("note.strike"))
	o.get("/v1/tasks/"+task+"/notes", body).into(t, &seen)
	require.True(t, seen.Notes[0].Struck)
	require.Empty(t, seen.Notes[0].Note)
	require.Equal(t, "请补充签到表", o.notes(o.operator).Notes[1].Note, "operators read what was struck out, and why")
	require.Equal(t, "写错个案", o.notes(o.operator).Notes[1].StruckWhy)
	_, err := o.sql.ExecContext(t.Context(), "DELETE FROM case_notes")
	require.ErrorContains(t, err, "case_notes")
}

func TestAFileBelongsToOneNoteAndIsShownWithIt(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	content := scoreSheet(2000)
	about := object{"subject_kind": "case", "kind": "other"}
	a := o.askFor(o.operator, filing(o.caseID, content, about))
	r := o.sendFile(a.Upload, content)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	note := o.noted(o.operator, object{"note": "见附件", "file": a.ID, "shown_to": trainingBodyID})
	require.Equal(t, sheetName, note.File.Name)
	require.Empty(t, note.File.Institution.ID, "no institution filed it")
	fields := o.post("/v1/cases/"+o.caseID+"/notes", o.operator, object{"note": "再附一次", "file": a.ID}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"file": fieldUnknownSubject}, fields)

	path := "/v1/notes/" + note.ID + "/file"
	require.Equal(t, content, o.get(path, o.second).body)
	require.Equal(t, content, o.get(path, o.institution(trainingBodyID)).body)
	o.get(path, o.institution(evaluationBodyID)).refused(t, http.StatusNotFound, notFound)
	o.get("/v1/evidence/"+a.ID+"/file", o.institution(trainingBodyID)).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, http.StatusOK, o.post("/v1/notes/"+note.ID+"/striking", o.operator, object{"reason": "r"}).status)
	o.get(path, o.institution(trainingBodyID)).refused(t, http.StatusNotFound, notFound)

	o.post("/v1/evidence", o.institution(trainingBodyID), filing(o.caseID, content, about)).refused(t, http.StatusUnprocessableEntity, validationFailed)
	o.post("/v1/evidence", o.elsewhere, filing(o.caseID, content, about)).refused(t, http.StatusUnprocessableEntity, validationFailed)
	task := o.issue(o.caseID, contract.ExamTask, trainingBodyID)
	o.post("/v1/evidence", o.operator, filing(task, content, nil)).refused(t, http.StatusUnprocessableEntity, validationFailed)
}

func TestAMentionIsToldToWhomItNamesUntilTheyHaveSeenIt(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	o.noted(o.operator, object{"note": "请复核学历", "mentions": []string{o.secondID}})
	var mine struct {
		Mentions []mentionView
		Unread   int
	}
	o.get("/v1/mentions", o.operator).into(t, &mine)
	require.Empty(t, mine.Mentions)
	o.get("/v1/mentions", o.second).into(t, &mine)
	require.Len(t, mine.Mentions, 1)
	require.Equal(t, "请复核学历", mine.Mentions[0].Note)
	require.Equal(t, o.caseID, mine.Mentions[0].CaseID)
	require.Equal(t, 1, mine.Unread)
	path := "/v1/mentions/" + mine.Mentions[0].ID + "/reading"
	o.post(path, o.operator, nil).refused(t, http.StatusNotFound, notFound)
	for range 2 {
		require.Equal(t, http.StatusOK, o.post(path, o.second, nil).status)
	}
	o.get("/v1/mentions", o.second).into(t, &mine)
	require.Empty(t, mine.Mentions)
	require.Zero(t, mine.Unread)
	o.get("/v1/mentions?state=all", o.second).into(t, &mine)
	require.Len(t, mine.Mentions, 1)
	require.Equal(t, 1, o.audited("mention.read"))
	require.Equal(t, 1, o.count("SELECT count(*) FROM notices WHERE kind = 'operator_mentioned'"))
	require.NotContains(t, fmt.Sprint(o.text("SELECT params FROM notices WHERE kind = 'operator_mentioned'")), "学历", "the note stays here")
}
