package integration_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/consent"
	"github.com/dengpan/dengpan/devstack/portrait"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// document is a JSON object as the API sent it.
type document map[string]any

// trainee is a registered person's access.
type trainee struct {
	token  string
	caseID string
}

// call sends a request and reads the answer.
func (s *system) call(t testing.TB, method, path, token string, body any) (int, document) {
	t.Helper()
	status, answer, err := s.try(t, method, path, token, body)
	require.NoError(t, err)
	return status, answer
}

// try is call for an API that may be away.
func (s *system) try(t testing.TB, method, path, token string, body any) (int, document, error) {
	t.Helper()
	var content io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		require.NoError(t, err)
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, content)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Idempotency-Key", uuid.NewString())
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, err
	}
	var answer document
	if len(text) > 0 {
		require.NoError(t, json.Unmarshal(text, &answer), string(text))
	}
	return response.StatusCode, answer, nil
}

// register registers a synthetic trainee whose title follows at once.
func (s *system) register(t testing.TB, n int) trainee {
	t.Helper()
	token := s.token(t, store.Account{Role: store.RoleTrainee})
	status, answer := s.call(t, http.MethodPost, "/v1/cases", token, document{
		"name":            "测试学员",
		"id_number":       identity.Synthetic(n, born).Number(),
		"occupation":      "big-data",
		"level":           "junior",
		"training_body":   "ouc",
		"evaluation_body": "miit-education-exam",
		"consents":        consent.ToAll(consent.Registration),
		"applicant": document{
			"category": "in_post",
			"education": []document{
				{"degree": "bachelor", "related_major": true, "full_time": true, "graduated_on": "2012-07-01"},
			},
		},
	})
	require.Equal(t, http.StatusCreated, status, answer)
	s.pose(t, token, n)
	return trainee{token: token, caseID: answer["id"].(string)}
}

// pose sends a trainee's photo, which the grade certificate bears.
func (s *system) pose(t testing.TB, token string, n int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.url+"/v1/me/photo", bytes.NewReader(portrait.PNG(n)))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "image/png")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

// registerMany registers trainees n, n+1, and so on.
func (s *system) registerMany(t testing.TB, n, count int) []trainee {
	t.Helper()
	all := make([]trainee, count)
	for i := range all {
		all[i] = s.register(t, n+i)
	}
	return all
}

// await waits until a condition on a case holds.
func (s *system) await(t testing.TB, who trainee, what string, holds func(document) bool) document {
	t.Helper()
	var last document
	eventually(t, 5*time.Minute, func() bool {
		status, answer, err := s.try(t, http.MethodGet, "/v1/cases/"+who.caseID, who.token, nil)
		if err != nil || status != http.StatusOK {
			return false
		}
		last = answer
		return holds(answer)
	}, func() string { return fmt.Sprintf("case %s is not %s: %v", who.caseID, what, last) })
	return last
}

// ended waits until a case is over.
func (s *system) ended(t testing.TB, who trainee) document {
	t.Helper()
	return s.await(t, who, "over", func(c document) bool { return c["status"] == "ended" || c["status"] == "withdrawn" })
}

// task waits for a case's open task of a kind, and returns its id.
func (s *system) task(t testing.TB, who trainee, kind string) string {
	t.Helper()
	var id string
	eventually(t, time.Minute, func() bool {
		open, err := s.store.Read(t.Context()).OpenTasks(who.caseID)
		if err != nil {
			return false
		}
		for _, task := range open {
			if task.Kind == kind {
				id = task.ID
			}
		}
		return id != ""
	}, func() string { return "no open task of kind " + kind })
	return id
}

// eventually asks until something holds. It looks at the world, so it has to wait by the clock.
func eventually(t testing.TB, within time.Duration, holds func() bool, otherwise func() string) {
	t.Helper()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline.C:
			require.FailNow(t, otherwise())
		case <-t.Context().Done():
			require.FailNow(t, otherwise())
		case <-tick.C:
		}
	}
}

// still has no case go on while something is prepared for them: nobody is answered before the institutions know how they are to
// misbehave.
func (s *system) still(t testing.TB, prepare func()) {
	t.Helper()
	require.NoError(t, s.worker.Stop())
	prepare()
	require.NoError(t, s.worker.Start(t.Context()))
}

// script makes the simulated institutions misbehave over a task of a case.
func (s *system) script(t testing.TB, who trainee, kind string, attempt int, behaviour string) {
	t.Helper()
	encoded, err := json.Marshal(document{
		"case_id": who.caseID, "task_kind": kind, "attempt": attempt, "behaviour": behaviour,
	})
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.simulator+"/control/scripts",
		strings.NewReader(string(encoded)))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Less(t, response.StatusCode, 300)
}
