package integration_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// plant writes cases as registering them does, many at a time, and has them started unless something else is to start them.
func (s *system) plant(t testing.TB, n int, applicant policy.Applicant, and func(*store.Tx, string) error) []string {
	t.Helper()
	ids := make([]string, n)
	const atOnce = 100
	for begin := 0; begin < n; begin += atOnce {
		require.NoError(t, s.store.Tx(t.Context(), func(tx *store.Tx) error {
			account, err := tx.AccountByToken(s.operator)
			require.NoError(t, err)
			for i := begin; i < min(n, begin+atOnce); i++ {
				ids[i] = uuid.NewString()
				person := uuid.NewString()
				name, err := s.keys.Seal([]byte("测试学员"), store.NameSeal(person))
				require.NoError(t, err)
				number, err := s.keys.Seal([]byte(identity.Synthetic(i, born).Number()), store.IDNumberSeal(person))
				require.NoError(t, err)
				_, err = tx.InsertPerson(store.Person{ID: person, IDType: store.IDTypeResident, IDNumberSealed: number, NameSealed: name})
				require.NoError(t, err)
				_, err = tx.InsertCase(store.Case{
					ID: ids[i], PersonID: person, Occupation: "big-data", Level: "junior", PolicyVersion: "beijing-2023+demo",
					TrainingBody: "ouc", EvaluationBody: "miit-education-exam", Applicant: applicant, RegisteredBy: account.ID,
					RegisteredAt: time.Now().UTC(), RegisteredOn: calendar.NewDate(2026, time.March, 2),
				}, store.ActorOperator)
				require.NoError(t, err)
				require.NoError(t, and(tx, ids[i]))
			}
			return nil
		}))
	}
	return ids
}

// start has the relay start a case.
func start(tx *store.Tx, caseID string) error {
	_, err := tx.InsertInbox(caseID, store.InboxStart, caseID)
	return err
}

func TestAWorkerThatIsKilledInTheMiddleOfABatchRepeatsNoCaseAndSkipsNone(t *testing.T) {
	t.Parallel()
	const many = 60
	s := newSystem(t, options{silent: true})
	db := s.database(t)
	count := func(query string) (n int) {
		require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
		return n
	}
	s.plant(t, many, policy.Applicant{Category: policy.FinalYearStudent}, start) // of no school: they are stuck at once, and again
	stuck := func() int {
		return count("SELECT count(*) FROM incidents WHERE state = 'open' AND cause = 'eligibility_not_met'")
	}
	eventually(t, 10*time.Minute, func() bool { return stuck() == many }, func() string { return "the cases are not stuck" })

	status, b := s.call(t, http.MethodPost, "/v1/incident-batches", s.operator, document{
		"name": "重新审核", "reason": "材料已补", "verb": "retry", "group": document{"cause": "eligibility_not_met"}, "expected": many,
		"per_minute": 600, "watch_seconds": 1,
	})
	require.Equal(t, http.StatusCreated, status, b)
	for _, at := range []int{10, 25, 45} {
		eventually(t, 10*time.Minute, func() bool { return count("SELECT count(*) FROM batch_items WHERE state <> 'waiting'") >= at },
			func() string { return "the batch does not go on" })
		s.worker.Kill9()
		require.NoError(t, s.worker.Start(t.Context()))
	}
	var shown document
	eventually(t, 10*time.Minute, func() bool {
		_, shown = s.call(t, http.MethodGet, "/v1/incident-batches/"+b["id"].(string), s.operator, nil)
		return shown["state"] == "done"
	}, func() string { return "the batch is not done" })
	require.EqualValues(t, many, shown["progress"].(map[string]any)["stuck_again"], "none of them is any better, and it says so: %v", shown)

	require.Equal(t, many, count("SELECT count(*) FROM resolutions"), "each was acted on once")
	require.Equal(t, many, count("SELECT count(DISTINCT i.case_id) FROM resolutions r JOIN incidents i ON i.id = r.incident_id WHERE r.outcome = 'applied'"))
	require.Equal(t, many, count("SELECT count(*) FROM case_events WHERE kind = 'incident_resolved'"), "and each has carried it out once")
	require.Equal(t, many, stuck())
}
