package integration_test

import (
	"net/http"
	"testing"

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
