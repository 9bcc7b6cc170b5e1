package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// stick opens an incident as a step of the case would, and returns its id.
func (w *world) stick(caseID string, stage progress.Stage, cause contract.Cause, about store.Incident) string {
	w.t.Helper()
	var id string
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		f, err := tx.OpenCase(caseID)
		if err != nil {
			return err
		}
		incident, err := f.OpenIncident(stage, cause, about)
		if err != nil {
			return err
		}
		id = incident.ID
		return f.Save()
	}))
	return id
}

// carryOut answers resolutions as a case would, when they are forwarded to it.
func (w *world) carryOut(refusal string) {
	w.relay.mu.Lock()
	defer w.relay.mu.Unlock()
	w.relay.then = func(item store.InboxItem) {
		if item.Kind != store.InboxResolution {
			return
		}
		require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
			r, err := tx.Resolution(item.SubjectID)
			if err != nil {
				return err
			}
			if refusal == "" {
				f, err := tx.OpenCase(item.CaseID)
				if err != nil {
					return err
				}
				if err := f.CloseIncident(store.ClosedByResolution); err != nil {
					return err
				}
			}
			return tx.AnswerResolution(r, refusal)
		}))
	}
}

func TestAStuckCaseSaysWhyAndWhatCanBeDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	at := trainingBodyID
	incident := w.stick(c, progress.Training, contract.TaskOverdue, store.Incident{
		InstitutionID: &at, Params: map[string]any{"task": "training", "institution": trainingBodyID, "due": "2026-12-01"},
	})
	var shown caseView
	w.get("/v1/cases/"+c, w.operator).into(t, &shown)
	require.Equal(t, "stuck", shown.Status)
	require.Equal(t, "operator", shown.Owes.Kind)
	require.NotNil(t, shown.Incident)
	require.Equal(t, incident, shown.Incident.ID)
	require.Equal(t, "国家开放大学未在期限（2026-12-01）内答复“规范化培训”任务。逾期不影响学员成绩，答复到达后即可继续办理。", shown.Incident.Explanation)
	require.Equal(t, contract.TaskOverdue.Verbs(), shown.Incident.Verbs)

	var one listedIncident
	w.get("/v1/incidents/"+incident, w.operator).into(t, &one)
	require.Equal(t, shown.Incident.Explanation, one.Explanation)
	require.Equal(t, "国家开放大学", one.Institution.Name)
	require.Nil(t, one.Resolution)
}

func TestIncidentsAreListedFilteredAndGrouped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at, other := trainingBodyID, otherTrainerID
	overdue := func(n int, institution *string) string {
		return w.stick(w.newCase(n), progress.Training, contract.TaskOverdue, store.Incident{InstitutionID: institution})
	}
	ids := []string{overdue(0, &at), overdue(1, &at), overdue(2, &other)}
	ids = append(ids, w.stick(w.newCase(3), progress.Registration, contract.EligibilityNotMet, store.Incident{}))

	var all []string
	after := ""
	for {
		var page struct {
			Incidents []listedIncident
			Next      string
		}
		w.get("/v1/incidents?limit=3&after="+after, w.operator).into(t, &page)
		for _, i := range page.Incidents {
			all = append(all, i.ID)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	require.Equal(t, ids, all)

	var groups struct{ Groups []incidentGroup }
	w.get("/v1/incidents?group_by=cause&state=open", w.operator).into(t, &groups)
	require.Len(t, groups.Groups, 3)
	require.Equal(t, "task_overdue", groups.Groups[0].Cause)
	require.Equal(t, 2, groups.Groups[0].Count)
	require.Equal(t, trainingBodyID, groups.Groups[0].Institution.ID)
	require.Contains(t, groups.Groups[0].Explanation, "国家开放大学")
	require.Equal(t, contract.TaskOverdue.Verbs(), groups.Groups[0].Verbs)

	for query, n := range map[string]int{
		"cause=task_overdue": 3, "cause=task_overdue&institution=" + otherTrainerID: 1, "stage=registration": 1, "state=closed": 0,
		"state=resolving": 0, "case_id=" + uuid.NewString(): 0,
	} {
		var page struct{ Incidents []listedIncident }
		r := w.get("/v1/incidents?"+query, w.operator)
		r.into(t, &page)
		require.Len(t, page.Incidents, n, query)
		require.Contains(t, string(r.body), `"incidents":`)
	}
	for query, fields := range map[string]map[string]string{
		"cause=boredom":              {"cause": "unknown_value"},
		"state=ajar":                 {"state": "unknown_value"},
		"limit=0":                    {"limit": "out_of_range"},
		"limit=201":                  {"limit": "out_of_range"},
		"limit=x":                    {"limit": "wrong_type"},
		"case_id=1":                  {"case_id": "format"},
		"after=nonsense":             {"after": "format"},
		"colour=red":                 {"colour": "unknown_field"},
		"group_by=cause&after=MjAyN": {"after": "format"},
	} {
		r := w.get("/v1/incidents?"+query, w.operator)
		code := validationFailed
		if query == "colour=red" {
			code = unknownField
		}
		require.Equal(t, fields, r.refused(t, 422, code), query)
	}
}

func TestAResolutionIsAnsweredByWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	incident := w.stick(c, progress.Registration, contract.EligibilityNotMet, store.Incident{})
	path := "/v1/incidents/" + incident + "/resolution"
	retry := object{"verb": "retry", "reason": "核对后重试"}
	type answer struct {
		IncidentState string `json:"incident_state"`
		Applied       bool
		Resolution    resolutionView
	}

	w.carryOut("not_listed_for_role")
	var a answer
	r := w.post(path, w.operator, retry)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	r.into(t, &a)
	require.False(t, a.Applied)
	require.Equal(t, "open", a.IncidentState)
	require.Equal(t, "refused", a.Resolution.Outcome)
	require.Equal(t, "not_listed_for_role", a.Resolution.Refusal)

	w.relay.set(true)
	r = w.post(path, w.operator, retry)
	require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	r.into(t, &a)
	require.Equal(t, "resolving", a.IncidentState)
	require.Equal(t, "pending", a.Resolution.Outcome)
	before := w.counts()
	w.post(path, w.operator, retry).refused(t, http.StatusConflict, resolutionPending)
	require.Equal(t, before, w.counts())

	w.relay.set(false)
	w.carryOut("")
	item := store.InboxItem{}
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		item, err = tx.InboxItemOf(store.InboxResolution, a.Resolution.ID)
		return err
	}))
	require.NoError(t, w.relay.Forward(t.Context(), item))
	before = w.counts()
	w.post(path, w.operator, retry).refused(t, http.StatusConflict, incidentClosed)
	w.post("/v1/incidents/"+uuid.NewString()+"/resolution", w.operator, retry).refused(t, http.StatusNotFound, notFound)
	w.post("/v1/incidents/x/resolution", w.operator, retry).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, before, w.counts())
	require.Equal(t, 2, w.audited("incident.resolve"))

	again := w.stick(c, progress.Registration, contract.EligibilityNotMet, store.Incident{})
	r = w.post("/v1/incidents/"+again+"/resolution", w.operator, retry)
	r.into(t, &a)
	require.True(t, a.Applied, "%s", r.body)
	require.Equal(t, "closed", a.IncidentState)
	var listed listedIncident
	w.get("/v1/incidents/"+again, w.operator).into(t, &listed)
	require.Equal(t, "applied", listed.Resolution.Outcome)
	require.Equal(t, "核对后重试", listed.Resolution.Reason)
}

func TestABadResolutionIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := trainingBodyID
	overdue := w.stick(w.newCase(1), progress.Training, contract.TaskOverdue, store.Incident{InstitutionID: &at})
	unmet := w.stick(w.newCase(2), progress.Registration, contract.EligibilityNotMet, store.Incident{})
	evaluated := w.stick(w.newCase(3), progress.Evaluation, contract.TaskOverdue, store.Incident{})
	listedElsewhere := w.stick(w.newCase(4), progress.Registration, contract.InstitutionNotListed,
		store.Incident{Params: map[string]any{"role": policy.RoleEvaluation}})
	before := w.counts()
	for name, bad := range map[string]struct {
		incident string
		body     object
		code     string
		fields   map[string]string
	}{
		"empty": {overdue, object{}, validationFailed, map[string]string{"verb": "required", "reason": "required"}},
		"no reason": {
			overdue, object{"verb": "retry", "reason": "  "}, validationFailed, map[string]string{"reason": "required"},
		},
		"long reason": {
			overdue, object{"verb": "retry", "reason": strings.Repeat("长", 501)}, validationFailed, map[string]string{"reason": "too_long"},
		},
		"unknown verb": {
			overdue, object{"verb": "pray", "reason": "x"}, validationFailed, map[string]string{"verb": "unknown_value"},
		},
		"unknown field": {
			overdue, object{"verb": "retry", "reason": "x", "force": true}, unknownField, map[string]string{"force": "unknown_field"},
		},
		"verb of another cause": {
			overdue, object{"verb": "override", "reason": "x", "evidence": "y", "legal_basis": "z"}, verbNotAllowed, map[string]string{"verb": "verb_not_allowed"},
		},
		"extend by nothing": {
			overdue, object{"verb": "extend", "reason": "x"}, validationFailed, map[string]string{"days": "required"},
		},
		"extend by 366 days": {
			overdue, object{"verb": "extend", "reason": "x", "days": 366}, validationFailed, map[string]string{"days": "out_of_range"},
		},
		"extend by half a day": {
			overdue, object{"verb": "extend", "reason": "x", "days": 0.5}, validationFailed, map[string]string{"days": "wrong_type"},
		},
		"retry with days": {
			overdue, object{"verb": "retry", "reason": "x", "days": 3}, validationFailed, map[string]string{"days": "conflict"},
		},
		"reassign to nobody": {
			overdue, object{"verb": "reassign", "reason": "x"}, validationFailed, map[string]string{"institution": "required"},
		},
		"reassign to the unknown": {
			overdue,
			object{"verb": "reassign", "reason": "x", "institution": "nowhere"},
			validationFailed,
			map[string]string{"institution": "unknown_institution"},
		},
		"reassign to the unlisted": {
			overdue,
			object{"verb": "reassign", "reason": "x", "institution": unlistedID},
			validationFailed,
			map[string]string{"institution": "not_listed_for_role"},
		},
		"reassign training to the evaluation body": {
			overdue,
			object{"verb": "reassign", "reason": "x", "institution": evaluationBodyID},
			sameBody,
			map[string]string{"institution": "same_body"},
		},
		"reassign evaluation to the training body": {
			evaluated,
			object{"verb": "reassign", "reason": "x", "institution": trainingBodyID},
			sameBody,
			map[string]string{"institution": "same_body"},
		},
		"reassign evaluation to a trainer": {
			listedElsewhere,
			object{"verb": "reassign", "reason": "x", "institution": otherTrainerID},
			validationFailed,
			map[string]string{"institution": "not_listed_for_role"},
		},
		"correct nothing": {
			unmet, object{"verb": "correct", "reason": "x"}, validationFailed, map[string]string{"applicant": "required"},
		},
		"correct to nonsense": {
			unmet,
			object{"verb": "correct", "reason": "x", "applicant": object{"category": "skilled_worker"}},
			validationFailed,
			map[string]string{"applicant.skill_grade": "required"},
		},
		"override without evidence": {
			unmet, object{"verb": "override", "reason": "x", "evidence": " ", "legal_basis": "z"}, validationFailed, map[string]string{"evidence": "required"},
		},
		"override without a text": {
			unmet, object{"verb": "override", "reason": "x", "evidence": "y"}, validationFailed, map[string]string{"legal_basis": "required"},
		},
		"retry with a text": {
			unmet, object{"verb": "retry", "reason": "x", "legal_basis": "z"}, validationFailed, map[string]string{"legal_basis": "conflict"},
		},
	} {
		r := w.post("/v1/incidents/"+bad.incident+"/resolution", w.operator, bad.body)
		require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s: %s", name, r.body)
		require.Equal(t, bad.fields, r.refused(t, http.StatusUnprocessableEntity, bad.code), name)
	}
	require.Equal(t, before, w.counts())
}

func TestEveryVerbIsTakenWithWhatItNeeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryOut("")
	other := w.second()
	for n, good := range []struct {
		stage progress.Stage
		cause contract.Cause
		body  object
	}{
		{progress.Training, contract.TaskOverdue, object{"verb": "retry", "reason": "x"}},
		{progress.Training, contract.TaskOverdue, object{"verb": "extend", "reason": "x", "days": 365}},
		{progress.Training, contract.TaskOverdue, object{"verb": "reassign", "reason": "x", "institution": otherTrainerID}},
		{progress.Training, contract.TaskOverdue, object{"verb": "cancel", "reason": "x", "legal_basis": "y"}},
		{progress.Registration, contract.EligibilityNotMet, object{"verb": "override", "reason": "x", "evidence": "批复 12 号", "legal_basis": "y"}},
		{progress.Registration, contract.EligibilityNotMet, object{
			"verb": "correct", "reason": "x", "applicant": registrationOf(1, nil)["applicant"],
		}},
	} {
		incident := w.stick(w.newCase(n), good.stage, good.cause, store.Incident{})
		r := w.post("/v1/incidents/"+incident+"/resolution", w.operator, good.body)
		if good.body["legal_basis"] != nil {
			w.approves(r, other)
		} else {
			require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		}
		var resolved listedIncident
		w.get("/v1/incidents/"+incident, w.operator).into(t, &resolved)
		require.Equal(t, "applied", resolved.Resolution.Outcome)
	}
}
