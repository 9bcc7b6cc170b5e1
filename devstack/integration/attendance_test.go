package integration_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

// kinds lists the kinds of a case's timeline, in order.
func (s *system) kinds(t *testing.T, who trainee) []string {
	t.Helper()
	status, timeline := s.call(t, http.MethodGet, "/v1/cases/"+who.caseID+"/events?limit=200", who.token, nil)
	require.Equal(t, http.StatusOK, status, timeline)
	var kinds []string
	for _, event := range timeline["events"].([]any) {
		kinds = append(kinds, event.(map[string]any)["kind"].(string))
	}
	return kinds
}

func TestAVoidedSessionSendsTheCaseBackAndItRecovers(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	var who trainee
	s.still(t, func() {
		who = s.register(t, 1)
		s.script(t, who, contract.ExamTask, 1, "silent") // so that it is in its exam still
	})
	exam := s.task(t, who, contract.ExamTask)

	status, sessions := s.call(t, http.MethodGet, "/v1/sessions?attendee="+who.caseID, s.operator, nil)
	require.Equal(t, http.StatusOK, status, sessions)
	held := sessions["sessions"].([]any)
	require.Len(t, held, 10)
	path := "/v1/sessions/" + held[3].(map[string]any)["id"].(string) + "/voiding"
	reason := document{"reason": "签到表为事后补签"}
	status, voided := s.call(t, http.MethodPost, path, s.operator, reason)
	require.Equal(t, http.StatusOK, status, voided)
	require.InDelta(t, 360, voided["minutes"], 0)
	status, voided = s.call(t, http.MethodPost, path, s.operator, reason)
	require.Equal(t, http.StatusOK, status, voided)
	require.Equal(t, true, voided["repeated"])

	s.script(t, who, contract.ExamTask, 1, "normal")
	again := s.task(t, who, contract.TrainingTask)
	back := s.await(t, who, "back in its training", func(c document) bool { return c["stage"] == "training" })
	require.InDelta(t, 72, back["hours"].(map[string]any)["recorded"], 0)
	require.Nil(t, back["incident"])
	status, taken := s.call(t, http.MethodGet, "/v1/tasks/"+exam, s.operator, nil)
	require.Equal(t, http.StatusOK, status, taken)
	require.Equal(t, "cancelled", taken["state"], "the exam is taken back")
	status, asked := s.call(t, http.MethodGet, "/v1/tasks/"+again, s.operator, nil)
	require.Equal(t, http.StatusOK, status, asked)
	require.InDelta(t, 72, asked["details"].(map[string]any)["recorded_hours"], 0)

	c := s.ended(t, who)
	require.Equal(t, "mapped", c["outcome"], c)
	require.InDelta(t, 80, c["hours"].(map[string]any)["recorded"], 0)
	s.requireLedger(t, who, 80)
	status, ledger := s.call(t, http.MethodGet, "/v1/cases/"+who.caseID+"/hours", who.token, nil)
	require.Equal(t, http.StatusOK, status, ledger)
	lines := ledger["lines"].([]any)
	require.Len(t, lines, 12, "ten lessons, a reversal, and the lesson that made up for it")
	reversals := slices.DeleteFunc(lines, func(line any) bool { return line.(map[string]any)["reverses"] == nil })
	require.Len(t, reversals, 1)
	require.Equal(t, reason["reason"], reversals[0].(map[string]any)["reason"], "whoever lost hours can read why")

	kinds := s.kinds(t, who)
	for _, once := range []string{"training_reopened", "case_ended"} {
		require.Equal(t, 1, count(kinds, once), "%s in %v", once, kinds)
	}
	require.Equal(t, 2, count(kinds, "training_completed"), kinds)
	require.Equal(t, 2, count(kinds, "certificate_issued"), kinds)
	s.keep(t, "histories/voided", s.history(t, who))
}

func count(all []string, one string) int {
	n := 0
	for _, each := range all {
		if each == one {
			n++
		}
	}
	return n
}

func TestHoursAreNotHadByReportingThemWrongly(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	behaviours := []string{"claims_twice", "outside_window", "wrong_score", "wrong_institution", "duplicate"}
	var all []trainee
	s.still(t, func() {
		all = s.registerMany(t, 1, len(behaviours))
		for i, behaviour := range behaviours {
			s.script(t, all[i], contract.TrainingTask, 1, behaviour)
		}
	})
	for _, who := range all {
		s.ended(t, who)
	}
	s.requireRightEnd(t, all)

	response, err := http.Get(s.simulator + "/control/log")
	require.NoError(t, err)
	defer response.Body.Close()
	var did struct {
		Counters map[string]int `json:"counters"`
		Entries  []struct {
			Action string `json:"action"`
			Code   string `json:"code"`
		} `json:"entries"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&did))
	require.Zero(t, did.Counters["misstep_taken"], did.Counters)
	var refused []string
	for _, entry := range did.Entries {
		if entry.Action == "misstep_refused" {
			refused = append(refused, entry.Code)
		}
	}
	for _, code := range []string{"time_taken", "outside_window", "sign_out_first", "attendee_unknown", "not_found"} {
		require.Contains(t, refused, code)
	}
}
