// Package retention says what becomes of each kind of personal data when its person asks to be forgotten: what is erased,
// and what is kept, while what lasts and by which text. The rules are data (retention.yaml); the reasons in words are in the
// catalogue, under retention.
package retention

import (
	_ "embed" // the rules
	"slices"

	"github.com/dengpan/dengpan/datafile"
)

// Ground is what keeps data from being erased.
type Ground string

// The grounds.
const (
	Always           Ground = "always"
	Certificate      Ground = "certificate"       // of any kind, on the register
	GradeCertificate Ground = "grade_certificate" // which prints a photo
	CEHours          Ground = "ce_hours"          // in the ledger of a year
)

// Kinds of data that are erased by themselves; what only has to be explained has no name here.
const (
	Contacts    = "contacts"
	Photo       = "photo"
	LogIn       = "log_in"
	WorkingData = "working_data"
	Evidence    = "evidence" // files about tasks of theirs; what names several people is kept
	Facts       = "facts"
	Identity    = "identity"

	// Notifications are what somebody was told of, how it was sent, and how they want to be told.
	Notifications = "notifications"
)

// Rule is what becomes of one kind of data.
type Rule struct {
	Item string `yaml:"item"`
	// Keep is the grounds on which it is kept; on none of them it is erased.
	Keep []Ground `yaml:"keep"`
	// By is the text that asks for it, and Basis how well that text is known: see docs/policy-data.md.
	By    string `yaml:"by"`
	Basis string `yaml:"basis"`
}

// Outcome is what becomes of one kind of a person's data.
type Outcome struct {
	Item string `json:"item"`
	Kept bool   `json:"kept"`
	// Ground is why it is kept; empty when it is erased.
	Ground Ground `json:"ground,omitempty"`
	By     string `json:"by"`
	Basis  string `json:"basis"`
}

//go:embed retention.yaml
var file []byte

var rules = datafile.MustRead[struct {
	Rules []Rule `yaml:"rules"`
}]("retention/retention.yaml", file).Rules

// Rules are all rules, in the order in which they are shown.
func Rules() []Rule { return slices.Clone(rules) }

// Decide says what becomes of a person's data, given the grounds that hold for them.
func Decide(holding []Ground) []Outcome {
	outcomes := make([]Outcome, len(rules))
	for i, rule := range rules {
		outcomes[i] = Outcome{Item: rule.Item, By: rule.By, Basis: rule.Basis}
		for _, ground := range rule.Keep {
			if ground == Always || slices.Contains(holding, ground) {
				outcomes[i].Kept, outcomes[i].Ground = true, ground
				break
			}
		}
	}
	return outcomes
}

// Erased reports whether a kind of data is to be erased.
func Erased(outcomes []Outcome, item string) bool {
	return slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Item == item && !o.Kept })
}
