package integration_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/devstack/process"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/playing"
)

// batch is how many cases are under way while something is killed.
const batch = 6

// blow is something that happens while cases are under way.
type blow struct {
	when   string
	strike func(t *testing.T, s *system)
}

func TestEveryCaseReachesItsRightEndThoughARoleOfTheProductIsKilled(t *testing.T) {
	t.Parallel()
	everyCaseReachesItsRightEnd(t, []blow{
		{"when the worker is killed again and again", func(t *testing.T, s *system) {
			t.Helper()
			for _, after := range []int{0, 200, 500, 350, 50, 700} {
				pause(t, after)
				s.worker.Kill9()
				require.NoError(t, s.worker.Start(t.Context()))
			}
		}},
		{"when the API is killed again and again", func(t *testing.T, s *system) {
			t.Helper()
			for _, after := range []int{100, 300, 200, 400} {
				pause(t, after)
				s.api.Kill9()
				require.NoError(t, s.api.Start(t.Context()))
			}
		}},
		{"when the institutions' own systems are killed", func(t *testing.T, s *system) {
			t.Helper()
			for range 3 {
				pause(t, 300)
				s.institution.Kill9()
				require.NoError(t, s.institution.Start(t.Context()))
			}
		}},
	})
}

func TestEveryCaseReachesItsRightEndThoughAServerIsKilled(t *testing.T) {
	t.Parallel()
	everyCaseReachesItsRightEnd(t, []blow{
		{"when Temporal is killed and comes back", func(t *testing.T, s *system) {
			t.Helper()
			pause(t, 500)
			s.temporal.Kill9()
			require.NoError(t, s.temporal.Start(t.Context()))
		}},
		{"when PostgreSQL is killed and comes back", func(t *testing.T, s *system) {
			t.Helper()
			pause(t, 500)
			s.cluster.Kill()
			require.NoError(t, s.cluster.Recover(t.Context()))
		}},
		{"when everything but PostgreSQL is killed at once", func(t *testing.T, s *system) {
			t.Helper()
			pause(t, 400)
			s.api.Kill9()
			s.worker.Kill9()
			s.temporal.Kill9()
			require.NoError(t, s.temporal.Start(t.Context()))
			require.NoError(t, s.worker.Start(t.Context()))
			require.NoError(t, s.api.Start(t.Context()))
		}},
	})
}

// everyCaseReachesItsRightEnd strikes one blow after another while cases are under way: when they have just begun, while attendance
// is reported, and again when the first of them are past their training.
func everyCaseReachesItsRightEnd(t *testing.T, blows []blow) {
	t.Helper()
	s := newSystem(t, options{day: 3 * time.Second}) // so that what is killed is back within five of them on a machine that does other things
	for n, blow := range blows {
		t.Run(blow.when, func(t *testing.T) {
			all := s.registerMany(t, 1+n*batch, batch)
			blow.strike(t, s)
			s.await(t, all[0], "in training", attended)
			blow.strike(t, s)
			s.await(t, all[0], "trained", trained)
			blow.strike(t, s)
			for _, who := range all {
				s.ended(t, who)
			}
			s.requireRightEnd(t, all)
		})
	}
}

// attended says whether some hours of a case are recorded.
func attended(c document) bool {
	hours, _ := c["hours"].(map[string]any)
	recorded, _ := hours["recorded"].(float64)
	return recorded > 0
}

// trained says whether the training of a case is complete.
func trained(c document) bool {
	for _, stage := range c["stages"].([]any) {
		if s := stage.(map[string]any); s["stage"] == "training" {
			return s["state"] == "done"
		}
	}
	return false
}

// pause lets the system work for a moment, so that the next blow falls somewhere else.
func pause(t *testing.T, milliseconds int) {
	t.Helper()
	playing.Wait(t.Context(), time.Duration(milliseconds)*time.Millisecond)
}

func TestAnAcknowledgedResultIsNeverLost(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{silent: true})
	who := s.register(t, 1)
	task := s.task(t, who, contract.EnrolmentTask)
	result := document{"accepted_on": "2026-03-02"}

	s.temporal.Kill9()
	status, answer := s.call(t, http.MethodPost, "/v1/tasks/"+task+"/result", s.apiKeys["ouc"], result)
	require.Equal(t, http.StatusAccepted, status, answer)
	require.Equal(t, false, answer["forwarded"])
	s.api.Kill9() // between accepting and forwarding
	s.worker.Kill9()

	require.NoError(t, s.temporal.Start(t.Context()))
	require.NoError(t, s.worker.Start(t.Context()))
	require.NoError(t, s.api.Start(t.Context()))
	s.task(t, who, contract.TrainingTask)
	status, answer = s.call(t, http.MethodPost, "/v1/tasks/"+task+"/result", s.apiKeys["ouc"], result)
	require.Equal(t, http.StatusOK, status, answer)
	require.Equal(t, true, answer["repeated"])
}

func TestTheSameResultSentTenTimesAtOnceHasOneEffect(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{silent: true})
	who := s.register(t, 1)
	task := s.task(t, who, contract.EnrolmentTask)
	var wg sync.WaitGroup
	statuses := make([]int, 10)
	for i := range statuses {
		wg.Go(func() {
			statuses[i], _, _ = s.try(t, http.MethodPost, "/v1/tasks/"+task+"/result", s.apiKeys["ouc"],
				document{"accepted_on": "2026-03-02"})
		})
	}
	wg.Wait()
	for _, status := range statuses {
		require.Contains(t, []int{http.StatusOK, http.StatusAccepted}, status)
	}
	s.task(t, who, contract.TrainingTask)
	_, events := s.call(t, http.MethodGet, "/v1/cases/"+who.caseID+"/events", who.token, nil)
	enrolled := 0
	for _, event := range events["events"].([]any) {
		if event.(map[string]any)["kind"] == "enrolled" {
			enrolled++
		}
	}
	require.Equal(t, 1, enrolled)

	t.Run("and a different one is refused", func(t *testing.T) {
		status, answer := s.call(t, http.MethodPost, "/v1/tasks/"+task+"/result", s.apiKeys["ouc"],
			document{"accepted_on": "2026-03-01"})
		require.Equal(t, http.StatusConflict, status)
		require.Equal(t, "result_conflict", answer["code"])
	})
	t.Run("and to another institution there is no such task", func(t *testing.T) {
		status, answer := s.call(t, http.MethodPost, "/v1/tasks/"+task+"/result", s.apiKeys["cacee"],
			document{"accepted_on": "2026-03-02"})
		require.Equal(t, http.StatusNotFound, status)
		require.Equal(t, "not_found", answer["code"])
	})
}

func TestARoleThatIsToldToStopEndsWithoutAFault(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	for _, role := range []string{stack.APIRole, stack.WorkerRole, stack.SignerRole, stack.InstitutionRole} {
		t.Run(role, func(t *testing.T) {
			running := map[string]*stack.Running{
				stack.APIRole: s.api, stack.WorkerRole: s.worker, stack.SignerRole: s.signer, stack.InstitutionRole: s.institution,
			}[role]
			require.NoError(t, running.Stop())
			spec := running.Spec()
			again, err := process.Start(spec)
			require.NoError(t, err)
			require.NoError(t, running.Ready(t.Context()))
			require.NoError(t, again.Stop(20*time.Second))
			require.NoError(t, again.Err(), s.log(t, role))
		})
	}
}
