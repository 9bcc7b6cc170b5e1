package integration_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// byTwo has one operator ask for something that another one approves.
func (s *system) byTwo(t *testing.T, path string, body document) {
	t.Helper()
	status, answer := s.call(t, http.MethodPost, path, s.operator, body)
	require.Equal(t, http.StatusAccepted, status, answer)
	approval, waits := answer["approval"].(map[string]any)
	if !waits {
		id := answer["act"].(map[string]any)["approval_id"].(string)
		status, answer = s.call(t, http.MethodGet, "/v1/approvals/"+id, s.operator, nil)
		require.Equal(t, http.StatusOK, status, answer)
		approval = answer
	}
	status, answer = s.call(t, http.MethodPost, "/v1/approvals/"+approval["id"].(string)+"/decision",
		s.token(t, store.Account{Role: store.RoleOperator}), document{"decision": "approve", "reason": "已核对", "seen": approval["seen"]})
	require.Equal(t, http.StatusOK, status, answer)
}

// act acts on a case as it stands; it is applied when this returns.
func (s *system) act(t *testing.T, who trainee, body document) {
	t.Helper()
	status, c := s.call(t, http.MethodGet, "/v1/cases/"+who.caseID, s.operator, nil)
	require.Equal(t, http.StatusOK, status, c)
	body["reason"], body["seen"] = "经办核实", c["last_event"]
	if body["legal_basis"] != nil {
		s.byTwo(t, "/v1/cases/"+who.caseID+"/acts", body)
		return
	}
	status, answer := s.call(t, http.MethodPost, "/v1/cases/"+who.caseID+"/acts", s.operator, body)
	require.Equal(t, http.StatusOK, status, answer)
	require.Equal(t, "applied", answer["act"].(map[string]any)["state"], answer)
}

// played waits until a simulated institution has played its script on a task.
func (s *system) played(t *testing.T, task string) {
	t.Helper()
	eventually(t, time.Minute, func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.simulator+"/control/scripts", nil)
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		content, err := io.ReadAll(response.Body)
		return err == nil && strings.Contains(string(content), task)
	}, func() string { return "no script was played on the task" })
}
