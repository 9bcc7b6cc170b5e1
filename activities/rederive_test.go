package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

func TestEveryDecisionInTheRecordIsDerivedAgainFromTheInputsKeptWithIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	_, err := b.EnterEvaluation(t.Context(), contract.EnterEvaluationRequest{CaseID: b.caseID, Try: 1})
	require.NoError(t, err)
	_, err = b.DecideTitle(t.Context(), contract.DecideTitleRequest{CaseID: b.caseID, Round: 1})
	require.NoError(t, err)
	c := b.file(t)
	decisions, err := b.Store.Read(t.Context()).Decisions(b.caseID)
	require.NoError(t, err)
	kinds := map[string]bool{}
	for _, d := range decisions {
		kinds[d.Kind] = true
		again, err := json.Marshal(derive(t, c, d))
		require.NoError(t, err)
		require.JSONEq(t, string(d.Body), string(again), d.Kind)
	}
	require.Len(t, kinds, 4, "admission, training, entry to the evaluation, title")
}

// derive decides once more, under the version and on the day of the decision.
func derive(t *testing.T, c store.Case, d store.Decision) any {
	t.Helper()
	rules, err := policy.ByID(d.PolicyVersion)
	require.NoError(t, err)
	read := func(into any) { require.NoError(t, json.Unmarshal(d.Inputs, into)) }
	switch d.Kind {
	case policy.DecisionTraining:
		var done policy.TrainingRecord
		read(&done)
		return rules.CompletesTraining(done, c.Occupation, c.Level, d.AsOf)
	case "title":
		var in struct {
			Applicant   policy.Applicant `json:"applicant"`
			Certificate calendar.Date    `json:"certificate_date"`
		}
		read(&in)
		return rules.MapTitle(in.Applicant, c.Occupation, c.Level, in.Certificate, d.AsOf)
	}
	var applicant policy.Applicant
	read(&applicant)
	if d.Kind == "admission" {
		return rules.MayJoin(applicant, c.Occupation, c.Level, d.AsOf)
	}
	return rules.MayEnterEvaluation(applicant, c.Occupation, c.Level, d.AsOf)
}
