package api

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dengpan/dengpan/explain"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// title shows the latest decision about the title; nothing when there was none.
func (v reader) title(decisions []store.Decision) (*titleView, error) {
	for _, decision := range slices.Backward(decisions) {
		if decision.Kind == policy.DecisionTitleWithdrawal {
			return &titleView{
				Outcome: decision.Outcome, DecidedOn: decision.AsOf, Effects: []string{}, Text: explain.WithdrawalText(v.lang),
			}, nil
		}
		if decision.Kind != policy.DecisionTitle {
			continue
		}
		var d policy.TitleDecision
		if err := json.Unmarshal(decision.Body, &d); err != nil {
			return nil, fmt.Errorf("read a title decision: %w", err)
		}
		view := &titleView{
			Outcome: string(d.Outcome), Kind: string(d.Kind), Title: d.Title, EarliestDate: d.EarliestDate,
			DecidedOn: decision.AsOf, Effects: make([]string, len(d.Effects)),
			Text: explain.TitleText(v.lang, d),
		}
		for i, effect := range d.Effects {
			view.Effects[i] = effect.In(string(v.lang))
		}
		return view, nil
	}
	return nil, nil
}

// decisions shows all that was decided on the person's facts and hours, as it was decided: from the record, whatever the
// rules say now.
func (v reader) decisions(c store.Case, rows []store.Decision) ([]decisionView, error) {
	views := make([]decisionView, 0, len(rows))
	for _, row := range rows {
		said, err := v.explained(c, row)
		if err != nil {
			return nil, err
		}
		if said.Kind == "" {
			continue
		}
		citation := said.Citation
		views = append(views, decisionView{
			Kind: row.Kind, Name: said.Name, Outcome: row.Outcome, Text: said.Text, Lines: said.Lines,
			Citation: citationView{
				Document: citation.Document, Clause: citation.Clause, Basis: string(citation.Basis),
				Note: citation.Note.In(string(v.lang)),
			},
			EarliestDate: said.EarliestDate, AsOf: row.AsOf, PolicyVersion: row.PolicyVersion,
		})
	}
	return views, nil
}

// explained is a decision in the reader's language; of no kind for one that is not put into words.
func (v reader) explained(c store.Case, row store.Decision) (explain.Explanation, error) {
	var none explain.Explanation
	switch row.Kind {
	case policy.DecisionAdmission, policy.DecisionEvaluationEntry:
		var d policy.Decision
		if err := json.Unmarshal(row.Body, &d); err != nil {
			return none, fmt.Errorf("read a decision: %w", err)
		}
		return explain.Decision(v.lang, d), nil
	case policy.DecisionTitle:
		var d policy.TitleDecision
		if err := json.Unmarshal(row.Body, &d); err != nil {
			return none, fmt.Errorf("read a title decision: %w", err)
		}
		return explain.Title(v.lang, d), nil
	case policy.DecisionTitleWithdrawal:
		var d policy.Decision
		if err := json.Unmarshal(row.Body, &d); err != nil {
			return none, fmt.Errorf("read the withdrawal of a title: %w", err)
		}
		return explain.TitleWithdrawn(v.lang, d), nil
	case policy.DecisionTraining:
		var d policy.TrainingDecision
		if err := json.Unmarshal(row.Body, &d); err != nil {
			return none, fmt.Errorf("read a decision on a training: %w", err)
		}
		d.Outcome, d.AsOf = policy.Outcome(row.Outcome), row.AsOf
		if d.Citation.Document == "" {
			// The gate keeps numbers; the standard they are of is the version's, which never changes.
			rules, err := policy.ByID(row.PolicyVersion)
			if err != nil {
				return none, fmt.Errorf("read a decision's rules: %w", err)
			}
			if standard, err := rules.TrainingStandard(c.Occupation, c.Level); err == nil {
				d.Citation = standard.Citation
			}
		}
		return explain.Training(v.lang, d), nil
	}
	return none, nil
}
