package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// trainedEarlier has an institution have trained the person of a case, as under an earlier list.
func (w *world) trainedEarlier(caseID, institution string) {
	w.t.Helper()
	task := w.issue(caseID, contract.TrainingTask, institution)
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		asked, err := tx.LockTask(task)
		if err != nil {
			return err
		}
		return tx.CloseTask(asked, store.TaskAnswered, "", time.Now().UTC())
	}))
}

func TestX12NobodyIsEvaluatedByABodyThatHadTrainedThemForTheOccupation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := func(n int) object { return registrationOf(n, object{"level": "intermediate"}) }
	earlier, stranger := w.newCase(1), w.newCase(2)
	w.trainedEarlier(earlier, evaluationBodyID)
	w.issue(stranger, contract.TrainingTask, evaluationBodyID) // was asked, and never did it
	before := w.counts()
	for _, token := range []string{w.operator, w.trainee} {
		require.Equal(t, map[string]string{"evaluation_body": "trained_by_evaluator"},
			w.register(token, "1", asked(1)).refused(t, http.StatusUnprocessableEntity, validationFailed))
	}
	require.Equal(t, before, w.counts(), "nothing is kept of what was refused, not even whose account it is")
	require.Equal(t, http.StatusCreated, w.register(w.operator, "2", asked(2)).status)

	// Nor is the work of another evaluation body given to it. (Which it would have to be from one that is not on the list.)
	_, err := w.sql.ExecContext(t.Context(), "UPDATE cases SET evaluation_body = $1 WHERE id IN ($2, $3)", unlistedID, earlier, stranger)
	require.NoError(t, err)
	for id, status := range map[string]int{earlier: http.StatusUnprocessableEntity, stranger: http.StatusAccepted} {
		incident := w.stick(id, progress.Evaluation, contract.InstitutionNotListed, store.Incident{})
		r := w.post("/v1/incidents/"+incident+"/resolution", w.operator,
			object{"verb": "reassign", "institution": evaluationBodyID, "reason": "listed for it"})
		require.Equal(t, status, r.status, "%s", r.body)
		if status != http.StatusAccepted {
			require.Equal(t, map[string]string{"institution": "trained_by_evaluator"}, r.refused(t, status, validationFailed))
		}
	}
}

func TestX12ARowOfAnIntakeIsRefusedWhoseEvaluationBodyHadTrainedThePerson(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 50)
	s.agree()
	var earlier struct{ ID string }
	s.register(s.operator, "earlier", merge(registrationOf(1, nil), object{"name": "李一", "level": "intermediate"})).into(t, &earlier)
	s.trainedEarlier(earlier.ID, evaluationBodyID)
	shown, _ := s.upload(s.sponsor, list(t, somebody(1, nil), somebody(2, nil)))
	require.Equal(t, http.StatusOK, s.start(shown.ID, store.ModeRows, 0).status)
	s.turn(shown.ID)
	require.Equal(t, intakeTotals{Rows: 2, Refused: 1, Registered: 1}, s.intake(shown.ID).Totals)
	require.Contains(t, string(s.get("/v1/intakes/"+shown.ID+"/rows?state=refused", s.sponsor).body), "trained_by_evaluator")
}

func TestX12ATransferGivesNobodyToABodyThatHadTrainedThem(t *testing.T) {
	t.Parallel()
	const taker = "miit-education-exam" // listed for another occupation; here for this one, too
	w := newWorld(t)
	w.exec(`INSERT INTO institution_roles (institution_id, occupation, role, list_year, source_document, valid_from)
		VALUES ($1, $2, 'evaluation', 2022, 'x', '2022-01-01')`, taker, occupation)
	r := w.post("/v1/capacities", w.institution(taker), object{"capacities": []object{
		{"role": "evaluation", "occupation": occupation, "level": "junior", "places": 9},
	}})
	require.Less(t, r.status, 300, "%s", r.body)
	trained := w.newCase(1)
	w.newCase(2)
	w.trainedEarlier(trained, taker)
	var plan transferView
	w.post("/v1/institutions/"+evaluationBodyID+"/transfer-plan", w.operator, object{"role": "evaluation"}).into(t, &plan)
	require.Equal(t, 2, plan.Cases)
	require.Equal(t, []int{1, 1}, []int{plan.Targets[0].Cases, plan.Unplaced[0].Cases})
}
