package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

func TestACaseIsWithdrawnOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.register(w.trainee, "k", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var c caseView
	r.into(t, &c)
	path := "/v1/cases/" + c.ID + "/withdrawal"
	before := w.counts()
	require.Equal(t, map[string]string{"reason": "required"}, w.post(path, w.trainee, object{}).refused(t, 422, validationFailed))
	require.Equal(t, map[string]string{"reason": "required"}, w.post(path, w.trainee, object{"reason": " "}).refused(t, 422, validationFailed))
	require.Equal(t, before, w.counts())

	w.relay.set(true)
	r = w.post(path, w.trainee, object{"reason": "工作调动"})
	require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	w.relay.set(false)
	before = w.counts()
	r = w.post(path, w.trainee, object{"reason": "工作调动"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.JSONEq(t, `{"case_id":"`+c.ID+`","forwarded":true,"repeated":true}`, string(r.body))
	w.post(path, w.trainee, object{"reason": "别的原因"}).refused(t, http.StatusConflict, withdrawalPending)
	w.post(path, w.operator, object{"reason": "工作调动"}).refused(t, http.StatusConflict, withdrawalPending)
	require.Equal(t, before, w.counts())
	require.Contains(t, string(w.get("/v1/cases/"+c.ID, w.trainee).body), `"withdrawing":true`)

	w.end(c.ID, progress.Withdrawn)
	w.post(path, w.operator, object{"reason": "工作调动"}).refused(t, http.StatusConflict, alreadyEnded)
}

// end ends a case as its workflow would.
func (w *world) end(caseID string, outcome progress.Outcome) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		f, err := tx.OpenCase(caseID)
		if err != nil {
			return err
		}
		f.Note(progress.Registration, "case_ended", store.ActorSystem, map[string]any{"outcome": string(outcome)})
		f.End(outcome)
		return f.Save()
	}))
}

func TestCasesAreListedAndFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []string
	for n := range 5 {
		ids = append(ids, w.newCase(n))
	}
	w.end(ids[1], progress.Rejected)
	w.stick(ids[2], progress.Registration, contract.EligibilityNotMet, store.Incident{})
	list := func(query string) (got []string, next string) {
		var page struct {
			Cases []CaseSummary
			Next  string
		}
		r := w.get("/v1/cases?"+query, w.operator)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &page)
		got = []string{}
		for _, c := range page.Cases {
			got = append(got, c.ID)
		}
		return got, page.Next
	}
	first, next := list("limit=3")
	second, end := list("limit=3&after=" + next)
	require.Equal(t, ids, append(first, second...))
	require.Empty(t, end)
	for query, want := range map[string][]string{
		"status=ended": {ids[1]}, "status=stuck&stage=registration": {ids[2]}, "status=stuck&stage=title": {},
		"occupation=big-data": {}, "occupation=" + occupation + "&status=active": {ids[0], ids[3], ids[4]},
	} {
		got, _ := list(query)
		require.Equal(t, want, got, query)
	}
	require.Equal(t, map[string]string{"occupation": "unknown_occupation"},
		w.get("/v1/cases?occupation=alchemy", w.operator).refused(t, 422, validationFailed))
}

func TestTheTimelineIsReadOnFromWhereOneWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		f, err := tx.OpenCase(c)
		if err != nil {
			return err
		}
		f.Note(progress.Training, "task_issued", store.ActorSystem,
			map[string]any{"task": "training", "institution": trainingBodyID, "attempt": 1, "due": "2026-12-01"})
		f.Note(progress.Training, "enrolled", store.ActorInstitution(trainingBodyID), map[string]any{"institution": trainingBodyID})
		return f.Save()
	}))
	var page struct {
		Events []eventView
		Next   int
	}
	w.get("/v1/cases/"+c+"/events?limit=2", w.operator).into(t, &page)
	require.Len(t, page.Events, 2)
	require.Equal(t, "case_registered", page.Events[0].Kind)
	require.Equal(t, "已向国家开放大学发出“规范化培训”任务（第1次），期限为2026-12-01。", page.Events[1].Text)
	require.Equal(t, 2, page.Next)
	w.get("/v1/cases/"+c+"/events?after=2", w.operator).into(t, &page)
	require.Len(t, page.Events, 1)
	require.Equal(t, "institution:ouc", page.Events[0].Actor)
	require.Equal(t, "国家开放大学", page.Events[0].ActorName)
	require.Equal(t, 3, page.Next)
	w.get("/v1/cases/"+c+"/events?after=3", w.operator).into(t, &page)
	require.Empty(t, page.Events)
	require.Equal(t, 3, page.Next)
	require.Equal(t, map[string]string{"after": "out_of_range"},
		w.get("/v1/cases/"+c+"/events?after=-1", w.operator).refused(t, 422, validationFailed))
}

func TestHoursAreShownByModuleAndWhatTheStandardAsksForComesFirst(t *testing.T) {
	t.Parallel()
	rules, err := policy.ByID("beijing-2023+demo")
	require.NoError(t, err)
	standard, err := rules.TrainingStandard(occupation, "junior")
	require.NoError(t, err)
	c := store.Case{Occupation: occupation, Level: "junior"}
	first := standard.Modules[0]
	view := viewHours(rules, c, []ledger.Entry{
		{Module: "B", Credited: 45 * time.Minute}, {Module: first, Credited: 90 * time.Minute}, {Module: first, Credited: -45 * time.Minute},
	})
	require.Equal(t, moduleView{Name: first, Hours: view.Modules[0].Hours, Required: true}, view.Modules[0])
	require.Equal(t, view.Modules[len(view.Modules)-1].Hours, view.Modules[0].Hours, "what was taken back counts no more")
	require.Len(t, view.Modules, len(standard.Modules)+1)
	for _, ahead := range view.Modules[1:len(standard.Modules)] {
		require.True(t, ahead.Required)
		require.Zero(t, ahead.Hours)
	}
	require.False(t, view.Modules[len(standard.Modules)].Required)
	require.Empty(t, viewHours(rules, store.Case{Occupation: occupation, Level: "?"}, nil).Modules, "nothing is said where no standard is entered")
}
