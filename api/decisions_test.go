package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

func TestACaseShowsWhatWasDecidedAndWhyInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.newCase(1)
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	on, graduated := calendar.MustParseDate("2026-11-24"), calendar.MustParseDate("2026-07-01")
	facts := policy.Applicant{
		Category:  policy.InPost,
		Education: []policy.Education{{Degree: policy.Bachelor, RelatedMajor: true, GraduatedOn: &graduated, FullTime: true}},
	}
	title := rules.MapTitle(facts, occupation, policy.Junior, on, on)
	later := graduated.AddYears(1)
	mapped := rules.MapTitle(facts, occupation, policy.Junior, on, later)
	entry := rules.MayEnterEvaluation(facts, occupation, policy.Junior, on)
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		for i, made := range []struct {
			kind, outcome string
			asOf          calendar.Date
			body          any
		}{
			{entry.Kind, string(entry.Outcome), on, entry},
			{policy.DecisionTraining, "not_met", on, map[string]any{
				"have": 72.5, "need": 80, "missing_modules": []string{"项目实践"}, "sessions": []string{"of no concern here"},
			}},
			{policy.DecisionTitle, string(title.Outcome), on, title},
			{policy.DecisionTitle, string(mapped.Outcome), later, mapped},
		} {
			body, err := json.Marshal(made.body)
			if err != nil {
				return err
			}
			err = tx.InsertDecision(store.Decision{
				ID: uuid.NewString(), CaseID: id, Kind: made.kind, PolicyVersion: rules.ID(), AsOf: made.asOf,
				Inputs: json.RawMessage("{}"), Outcome: made.outcome, Body: body,
				DecidedAt: time.Date(2026, 11, 24, 0, 0, i, 0, time.UTC),
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))

	var view struct {
		Title     titleView
		Decisions []decisionView
	}
	w.get("/v1/cases/"+id, w.operator).into(t, &view)
	require.Len(t, view.Decisions, 4)
	first := view.Decisions[0]
	require.Equal(t, "评价申报条件", first.Name)
	require.Equal(t, "依据：具备相关专业大学本科及以上学历（含在读的应届毕业生）", first.Lines[0])
	require.Equal(t, citationView{Document: "人社厅发〔2021〕10号", Clause: "申报条件", Basis: "recalled"}, first.Citation)
	require.Equal(t, "beijing-2023+demo", first.PolicyVersion)
	training := view.Decisions[1]
	require.Equal(t, "training_gate", training.Kind)
	require.Equal(t, "not_met", training.Outcome)
	require.Equal(t, "尚未完成规定的培训学时和内容。", training.Text)
	require.Equal(t, []string{"学时：须满80学时，现有72.5学时", "尚未完成的内容：项目实践"}, training.Lines[:2])
	require.Equal(t, "演示数据", training.Citation.Document, "of the standard, by the version it was decided under")
	require.Equal(t, on, training.AsOf)
	waiting := view.Decisions[2]
	require.Equal(t, "not_met", waiting.Outcome)
	require.Equal(t, later, *waiting.EarliestDate)
	require.Equal(t, on, waiting.AsOf)
	require.Contains(t, waiting.Lines, "途径：大学本科毕业满1年。所缺：毕业须满1年，现满0年；最早2027-07-01符合")
	require.Contains(t, view.Decisions[3].Lines, "效力：无需换发北京市职称证书")
	require.Equal(t, view.Decisions[3].Text, view.Title.Text)

	english := w.do(call{
		method: http.MethodGet, path: "/v1/cases/" + id, token: w.operator, header: map[string]string{"Accept-Language": "en"},
	})
	english.into(t, &view)
	require.Equal(t, "Entering the evaluation", view.Decisions[0].Name)
	require.Equal(t, "Completing the training", view.Decisions[1].Name)
	require.Contains(t, view.Decisions[1].Lines, "Hours needed: 80; has: 72.5")
	require.Contains(t, view.Decisions[2].Lines,
		"Way: 1 year since a bachelor's degree. Missing: years since graduation needed: 1; has: 0; met on 2027-07-01 at the earliest")
}

func TestACaseOnWhichNothingWasDecidedHasAnEmptyListOfDecisions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var view struct{ Decisions json.RawMessage }
	w.get("/v1/cases/"+w.newCase(1), w.operator).into(t, &view)
	require.JSONEq(t, "[]", string(view.Decisions))
}
