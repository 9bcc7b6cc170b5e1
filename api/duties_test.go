package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// declares has an account declare the person of a registration.
func (w *world) declares(token string, registration object, relation string) dutyView {
	w.t.Helper()
	r := w.post("/v1/me/duties", token, object{"relation": relation, "id_type": "resident_id", "id_number": registration["id_number"]})
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var view dutyView
	r.into(w.t, &view)
	return view
}

func TestX50NobodyActsOnACaseOfAPersonWhomTheyDeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, other := w.token(store.Account{Role: store.RoleOperator}), w.operator
	// The declaration comes first: the person registers later.
	view := w.declares(mine, registrationOf(1, nil), "self")
	require.NotContains(t, view.IDNumber, "19900517")
	w.register(mine, "self", registrationOf(1, nil)).refused(t, http.StatusForbidden, ownCase)
	caseID := w.newCase(1)
	incident := w.stick(caseID, progress.Training, contract.TaskOverdue, store.Incident{})
	retry := object{"verb": "retry", "reason": "r"}
	w.post("/v1/incidents/"+incident+"/resolution", mine, retry).refused(t, http.StatusForbidden, ownCase)
	w.post("/v1/cases/"+caseID+"/withdrawal", mine, object{"reason": "r"}).refused(t, http.StatusForbidden, ownCase)
	w.post("/v1/cases/"+caseID+"/unmasking", mine, object{"reason": "r"}).refused(t, http.StatusForbidden, ownCase)
	require.Equal(t, http.StatusOK, w.get("/v1/cases/"+caseID, mine).status, "reading changes nothing, and shows nothing personal")
	require.Less(t, w.post("/v1/incidents/"+incident+"/resolution", other, retry).status, 300)
	another := w.stick(w.newCase(2), progress.Training, contract.TaskOverdue, store.Incident{})
	require.Less(t, w.post("/v1/incidents/"+another+"/resolution", mine, retry).status, 300)

	var list struct{ Declarations []dutyView }
	w.get("/v1/me/duties", mine).into(t, &list)
	require.Len(t, list.Declarations, 1)
	require.Equal(t, "self", list.Declarations[0].Relation.Code)
	require.Equal(t, 1, w.audited("duty.declare"))
}

func TestX50NobodyDecidesOnWhatAColleagueAsksForAboutAPersonWhomTheyDeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID := w.waiting(1)
	approval, relative := w.giving(caseID), w.second()
	w.declares(relative, registrationOf(1, nil), "relative")
	for _, decision := range []string{"approve", "reject"} {
		w.decidesOn(approval, relative, decision).refused(t, http.StatusForbidden, ownCase)
	}
	w.get("/v1/approvals/"+approval, w.trainee).refused(t, http.StatusForbidden, forbidden)
	require.Equal(t, http.StatusOK, w.decidesOn(approval, w.second(), "approve").status)
}

func TestX50WhoMarksAttendanceOrScoresIsNotTheTrainee(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	caseID := w.admitted(1, nil)
	require.Equal(t, http.StatusOK, w.post("/v1/attendance", c.token, object{"sessions": []object{w.sessionOn(nil, caseID)}}).status)
	signIn := object{"sign_ins": []object{w.signIn(caseID, nil)}}
	w.declares(c.token, registrationOf(1, nil), "self")
	w.post("/v1/attendance", c.token, signIn).refused(t, http.StatusForbidden, ownCase)
	colleague := w.institution(trainingBodyID)
	require.Equal(t, http.StatusOK, w.post("/v1/attendance", colleague, signIn).status)

	examiner := w.institution(evaluationBodyID)
	w.declares(examiner, registrationOf(1, nil), "relative")
	task := w.issue(caseID, contract.TheoryTask, evaluationBodyID)
	w.post("/v1/tasks/"+task+"/result", examiner, w.markOf(nil)).refused(t, http.StatusForbidden, ownCase)
	require.Equal(t, http.StatusOK, w.post("/v1/tasks/"+task+"/result", w.institution(evaluationBodyID), w.markOf(nil)).status)
}
