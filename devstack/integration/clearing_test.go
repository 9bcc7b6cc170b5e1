package integration_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"

	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/testbed"
)

const (
	behind = 1000 // cases whose training body cannot be told of them
	failed = 200  // cases of one session that was marked wrongly, once too often
	again  = 37   // of each, how many get stuck again
)

// TestOnePersonClearsAThousandCasesBehindADeadEndpointAndTwoHundredOfAWrongScore has an operator find, claim, repair and
// confirm both in a browser, in six clicks each. Every case has a workflow of its own.
func TestOnePersonClearsAThousandCasesBehindADeadEndpointAndTwoHundredOfAWrongScore(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{day: 20 * time.Minute})
	dead := "http://127.0.0.1:" + fmt.Sprint(free(t, 1)[0]) + "/"
	require.NoError(t, s.store.Read(t.Context()).SaveEndpoint(store.Endpoint{
		ID: uuid.NewString(), InstitutionID: "ouc", URL: dead, Schedule: []int{0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
	}))
	s.behave(t, document{"institution_id": "ouc", "behaviour": "away"})
	s.behave(t, document{"institution_id": "ouc", "task_kind": "enrolment", "behaviour": "silent"})
	for _, part := range []string{"theory", "practical"} {
		s.behave(t, document{"institution_id": "miit-education-exam", "task_kind": part, "behaviour": "fail"})
	}
	graduated := calendar.NewDate(2015, time.July, 1)
	graduate := policy.Applicant{
		Category:  policy.InPost,
		Education: []policy.Education{{Degree: policy.Bachelor, RelatedMajor: true, FullTime: true, GraduatedOn: &graduated}},
	}
	untold := s.plant(t, behind, graduate, start)
	examined := s.plant(t, failed, graduate, examined)
	s.sitLast(t, examined)

	db := s.database(t)
	var waiting, stuck int
	eventually(t, 10*time.Minute, func() bool {
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM cases WHERE untold").Scan(&waiting))
		require.NoError(t, db.QueryRowContext(t.Context(),
			"SELECT count(*) FROM incidents WHERE state = 'open' AND cause = 'evaluation_attempts_exhausted'").Scan(&stuck))
		return waiting == behind && stuck == failed
	}, func() string { return fmt.Sprintf("%d cases are behind the endpoint, and %d failed", waiting, stuck) })

	// What the institutions will do once they are asked again.
	s.behave(t, document{"institution_id": "miit-education-exam", "task_kind": "theory", "behaviour": "normal"})
	s.behave(t, document{"institution_id": "miit-education-exam", "task_kind": "practical", "behaviour": "silent"})
	for i := range again {
		s.behave(t, document{"case_id": untold[i], "task_kind": "enrolment", "behaviour": "reject"})
		s.behave(t, document{"case_id": examined[i], "behaviour": "fail"})
	}
	s.clear(t)
	for _, sum := range []struct {
		query string
		want  int
	}{
		{"SELECT count(*) FROM cases WHERE untold", 0},
		{"SELECT count(*) FROM incidents WHERE state = 'open' AND cause = 'class_full'", again},
		{"SELECT count(*) FROM incidents WHERE state = 'open' AND cause = 'evaluation_attempts_exhausted'", again},
		{"SELECT count(*) FROM resolutions", failed},
	} {
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), sum.query).Scan(&n))
		require.Equal(t, sum.want, n, sum.query)
	}
}

// behave has the simulated institutions misbehave.
func (s *system) behave(t testing.TB, script document) {
	t.Helper()
	other := *s
	other.url = s.simulator
	status, answer := other.call(t, http.MethodPost, "/control/scripts", "", script)
	require.Equal(t, http.StatusOK, status, answer)
}

// examined takes a case to where it is evaluated.
func examined(tx *store.Tx, caseID string) error {
	f, err := tx.OpenCase(caseID)
	if err != nil {
		return err
	}
	for _, stage := range []progress.Stage{progress.Registration, progress.Training, progress.Exam} {
		if err := f.Move(stage, progress.Done, nil, nil); err != nil {
			return err
		}
	}
	return f.Save()
}

// sitLast starts cases at the last attempt before an operator looks at them.
func (s *system) sitLast(t testing.TB, cases []string) {
	t.Helper()
	const last, atOnce = 3, 8
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, id := range cases {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			_, err := s.engine.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
				ID: contract.CaseWorkflowID(id), TaskQueue: contract.CaseQueue,
			}, contract.CaseWorkflow, contract.CaseInput{CaseID: id, Resume: &contract.Resume{
				Stage: string(progress.Evaluation), Attempt: last, Issue: 1, Round: 1,
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// clear has an operator do it in a browser.
func (s *system) clear(t testing.TB) {
	t.Helper()
	const login, password = "clearing", "eleven slow herons at the desk"
	require.NoError(t, s.product.Account(t.Context(), "operator", "", "", login, password))
	path := filepath.Join(s.logs, "world.json")
	require.NoError(t, files.WriteJSON(path, document{
		"url": s.url, "chromium": testbed.Chromium(t), "simulator": s.simulator, "behind": behind, "failed": failed, "again": again,
		"endpoint": s.simulator + "/institutions/ouc/callbacks",
		"logins":   []document{{"role": "operator", "login": login, "password": password}},
	}))
	web, err := filepath.Abs("../../web")
	require.NoError(t, err)
	node := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter=spec", filepath.Join(web, "e2e", "many", "clearing.test.mjs"))
	node.Dir, node.Env = web, append(os.Environ(), "DENGPAN_WORLD="+path)
	report, err := node.CombinedOutput()
	t.Logf("%s", report)
	require.NoError(t, err, "it did not go as it should in the browser: see above")
}
