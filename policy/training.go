package policy

import (
	"errors"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// DecisionTraining is the kind of the decision that a training is complete: the gate between training and exam.
const DecisionTraining = "training_gate"

// TrainingRecord is what a person has done of a training.
type TrainingRecord struct {
	Online  ledger.Hours `json:"online"`
	Offline ledger.Hours `json:"offline"`
	// Modules is the content completed.
	Modules []string `json:"modules"`
}

// TrainingDecision is the decision whether a training is complete, both its hours and its content.
type TrainingDecision struct {
	Kind    string  `json:"kind,omitempty"`
	Outcome Outcome `json:"outcome,omitempty"`
	// Have is the hours that count: of those online no more than OnlineAtMost.
	Have ledger.Hours `json:"have"`
	Need ledger.Hours `json:"need"`
	// Online and Offline are the hours taken, whether they count or not.
	Online  ledger.Hours `json:"online,omitzero"`
	Offline ledger.Hours `json:"offline,omitzero"`
	// OnlineAtMost and OfflineAtLeast are 0 where the standard sets no shares.
	OnlineAtMost   ledger.Hours  `json:"online_at_most,omitzero"`
	OfflineAtLeast ledger.Hours  `json:"offline_at_least,omitzero"`
	MissingModules []string      `json:"missing_modules"`
	Citation       Citation      `json:"citation,omitzero"`
	AsOf           calendar.Date `json:"as_of,omitzero"`
}

// CompletesTraining decides whether a training is complete (notice 三（一）: 对完成规定学时和内容的学员). Where the standard has
// not been entered, nothing is decided.
func (p *Policy) CompletesTraining(r TrainingRecord, occupation, level string, asOf calendar.Date) TrainingDecision {
	d := TrainingDecision{
		Kind: DecisionTraining, Outcome: Met, Have: r.Online + r.Offline, Online: r.Online, Offline: r.Offline, AsOf: asOf,
	}
	standard, err := p.TrainingStandard(occupation, level)
	if errors.Is(err, ErrRuleMissing) {
		d.Outcome = InsufficientRule
		return d
	}
	d.Need, d.OnlineAtMost, d.OfflineAtLeast = standard.Hours, standard.OnlineAtMost, standard.OfflineAtLeast
	d.MissingModules, d.Citation = ledger.MissingModules(standard.Modules, r.Modules), standard.Citation
	if standard.OnlineAtMost > 0 {
		d.Have = r.Offline + min(r.Online, standard.OnlineAtMost)
	}
	if d.Have < d.Need || r.Offline < d.OfflineAtLeast || len(d.MissingModules) > 0 {
		d.Outcome = NotMet
	}
	return d
}
