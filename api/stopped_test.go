package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// wait puts events of a case behind an institution's endpoint.
func (w *world) wait(n int, institution, caseID string) {
	w.t.Helper()
	w.exec(`INSERT INTO outbox (id, institution_id, case_id, kind, subject_id, payload, next_attempt_at)
		SELECT gen_random_uuid(), $1, $2, 'task.issued', gen_random_uuid(), '{}', now() + interval '10 hours' FROM generate_series(1, $3)`,
		institution, caseID, n)
}

func (w *world) groups(query, token string) []incidentGroup {
	w.t.Helper()
	var page struct{ Groups []incidentGroup }
	r := w.get("/v1/incidents?group_by=cause"+query, token)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	r.into(w.t, &page)
	return page.Groups
}

func TestAThousandTasksBehindADeadEndpointAreOneGroupUntilItIsEnabled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	e := w.endpoint(staff)
	for n := range 4 {
		w.wait(250, trainingBodyID, w.newCase(n))
	}
	require.Empty(t, w.groups("", w.operator), "an endpoint that works has nothing behind it that anybody should look at")
	w.stick(w.newCase(5), progress.Training, contract.TaskOverdue, store.Incident{})
	w.exec("UPDATE endpoints SET state = 'disabled', state_reason = 'failing'")

	groups := w.groups("", w.operator)
	require.Len(t, groups, 2)
	down := groups[0]
	require.Equal(t, []any{"endpoint_down", contract.External, 1000, 4, e.ID}, []any{down.Cause, down.Kind, down.Count, down.Cases, down.EndpointID})
	require.Equal(t, trainingBodyID, down.Institution.ID)
	require.Contains(t, down.Explanation, "国家开放大学")
	require.Empty(t, down.Verbs, "what is to be done is done to the endpoint")
	require.Equal(t, "task_overdue", groups[1].Cause)
	require.Equal(t, contract.Overdue, groups[1].Kind)
	for query, n := range map[string]int{
		"&cause=endpoint_down": 1, "&cause=task_overdue": 1, "&institution=" + otherTrainerID: 0, "&stage=training": 1,
		"&state=closed": 0, "&limit=1": 1,
	} {
		require.Len(t, w.groups(query, w.operator), n, query)
	}
	elsewhere := "xicheng"
	require.Empty(t, w.groups("", w.token(store.Account{Role: store.RoleOperator, District: &elsewhere})))

	r := w.post("/v1/endpoints/"+e.ID+"/enabling", w.operator, object{"reason": "机构已修复", "catch_up": true})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Len(t, w.groups("", w.operator), 1)
	require.NoError(t, w.store.LineUp(t.Context(), ""))
	due, err := w.store.Read(t.Context()).DueEvents(store.DueQuery{InstitutionID: trainingBodyID, Now: time.Now(), Limit: 2000})
	require.NoError(t, err)
	require.Len(t, due, 1000, "all of it is due at once")
}

func TestAnEndpointIsLookedAtWhenItFailsOrAnOperatorStoppedIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint(w.institution(trainingBodyID))
	w.wait(1, trainingBodyID, w.newCase(1))
	for _, at := range []struct {
		state, reason string
		failures      int
		shown         bool
	}{
		{"active", "", 0, false},
		{"active", "", delivery.ProbeAfter - 1, false},
		{"active", "", delivery.ProbeAfter, true},
		{"paused", "by_institution", 0, false},
		{"paused", "by_operator", 0, true},
		{"disabled", "by_institution", 0, true},
		{"disabled", "by_operator", 0, true},
		{"disabled", "gone", 0, true},
		{"disabled", "failing", 0, true},
	} {
		w.exec(`UPDATE endpoints SET state = $1, state_reason = $2, failures = $3::int,
			not_before = CASE WHEN $3::int > 0 THEN now() + interval '1 minute' END`, at.state, at.reason, at.failures)
		groups := w.groups("", w.operator)
		require.Equal(t, at.shown, len(groups) == 1, "%v", at)
		if at.shown {
			require.NotContains(t, groups[0].Explanation, endpointDown, "it is said in words")
		}
	}
	w.exec("UPDATE outbox SET state = 'delivered'")
	require.Empty(t, w.groups("", w.operator), "nothing waits behind it")
}
