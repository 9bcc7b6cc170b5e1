package api

import (
	"errors"
	"slices"

	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// effects are what stands on a certificate: its case with what was applied for in it, the title, and the CE hours.
func (s *service) effects(tx *store.Tx, r *request, c store.Certificate) (effectsView, error) {
	view := effectsView{CEHours: []ceEffect{}}
	entries, err := tx.CEEntriesOf(c.CaseID, c.PlaceID)
	if err != nil {
		return view, err
	}
	view.CEHours = ceEffects(entries)
	if c.CaseID == nil {
		return view, nil
	}
	of, err := tx.Case(*c.CaseID)
	if err != nil {
		return view, err
	}
	v, err := newReader(tx, r, of.TrainingBody, of.EvaluationBody)
	if err != nil {
		return view, err
	}
	decisions, err := tx.Decisions(of.ID)
	if err != nil {
		return view, err
	}
	if view.Title, err = v.title(decisions); err != nil {
		return view, err
	}
	view.Case, err = v.caseEffect(tx, of)
	return view, err
}

// caseEffect is how a case stands in what comes after its training.
func (v reader) caseEffect(tx *store.Tx, of store.Case) (*caseEffect, error) {
	effect := &caseEffect{
		ID: of.ID, Status: v.coded("status", string(of.Status)), Stage: v.coded("stage", string(of.Stage)), Stages: []stageEffect{},
	}
	if of.Outcome != nil {
		outcome := v.coded("outcome", string(*of.Outcome))
		effect.Outcome = &outcome
	}
	stages, err := tx.Stages(of.ID)
	if err != nil {
		return nil, err
	}
	for _, stage := range stages {
		if slices.Contains([]progress.Stage{progress.Exam, progress.Evaluation, progress.Certificate, progress.Title}, stage.Stage) {
			effect.Stages = append(effect.Stages, stageEffect{
				Stage: v.coded("stage", string(stage.Stage)), State: v.coded("stage_state", string(stage.State)),
			})
		}
	}
	incident, err := tx.OpenIncidentOf(of.ID)
	if errors.Is(err, store.ErrNotFound) {
		return effect, nil
	}
	if err != nil {
		return nil, err
	}
	open := v.incident(incident)
	effect.Incident = &open
	return effect, nil
}

// ceEffects sums entries by year: what stands, and what was taken back.
func ceEffects(entries []store.CEEntry) []ceEffect {
	effects := []ceEffect{}
	for _, e := range entries {
		i := slices.IndexFunc(effects, func(f ceEffect) bool { return f.Year == e.Year })
		if i < 0 {
			effects = append(effects, ceEffect{Year: e.Year})
			i = len(effects) - 1
		}
		effects[i].Standing += e.Hours
		if e.Reverses != nil {
			effects[i].Reversed -= e.Hours
		}
	}
	return effects
}
