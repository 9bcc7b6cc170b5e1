package petition

import (
	_ "embed" // the rules
	"slices"

	"github.com/dengpan/dengpan/datafile"
	"github.com/dengpan/dengpan/policy"
)

// Who answers a kind of petition.
const (
	ByInstitution = "institution"
	ByCity        = "city"
	BySupervisor  = "supervisor" // the district's bureau for training bodies, the city's for evaluation bodies
)

// Rule is how one kind of petition is handled.
type Rule struct {
	Kind   string `yaml:"kind"`
	By     string `yaml:"by"`
	Second bool   `yaml:"second"` // one proposes the answer, and another confirms it
	// WindowDays are for how many days it may be asked for; 0: at any time.
	WindowDays int `yaml:"window_days"`
	// Demonstration is what holds of cases that are a demonstration's.
	Demonstration struct {
		CertificateAfterDays *int `yaml:"certificate_after_days"`
	} `yaml:"demonstration"`
	AnswerDays    int      `yaml:"answer_days"`
	RemindDays    int      `yaml:"remind_days"`
	StatementDays int      `yaml:"statement_days"` // 0: nobody is heard
	Outcomes      []string `yaml:"outcomes"`
	Topics        []string `yaml:"topics"`
	Citation      struct {
		Document string       `yaml:"document"`
		Basis    policy.Basis `yaml:"basis"`
		Note     policy.Text  `yaml:"note"`
	} `yaml:"citation"`
}

// Cited is where a rule is from.
func (r Rule) Cited() policy.Citation {
	return policy.Citation{Document: r.Citation.Document, Clause: "-", Basis: r.Citation.Basis, Note: r.Citation.Note}
}

// Rules are how each kind of petition is handled.
func Rules() []Rule { return slices.Clone(file.Kinds) }

// RuleOf is how a kind of petition is handled. Every kind that the record knows has one, which a test holds.
func RuleOf(kind string) Rule {
	i := slices.IndexFunc(file.Kinds, func(r Rule) bool { return r.Kind == kind })
	if i < 0 {
		return Rule{}
	}
	return file.Kinds[i]
}

//go:embed rules.yaml
var written []byte

var file = datafile.MustRead[rulesFile]("petition/rules.yaml", written)

type rulesFile struct {
	Kinds []Rule `yaml:"kinds"`
}
