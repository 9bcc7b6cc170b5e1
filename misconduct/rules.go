package misconduct

import (
	_ "embed" // the rules
	"slices"

	"github.com/dengpan/dengpan/datafile"
	"github.com/dengpan/dengpan/policy"
)

// Who may decide.
const (
	ByEvaluationBody = "evaluation_body"
	ByCity           = "city"
)

// Rules are how misconduct is handled.
type Rules struct {
	Acts []Act
	// Decides is who may decide; empty when it is not known, and then nobody does.
	Decides string
	// Days are the days of each step. One that is not known is 0: the step has no deadline, and a window does not close.
	Days Days
	// Citation is where the steps are from.
	Citation policy.Citation
}

// Days are how long each step may take.
type Days struct {
	Statement int `yaml:"statement"`
	Review    int `yaml:"review"`
	Decision  int `yaml:"decision"`
	Delivery  int `yaml:"delivery"`
}

// Act is a kind of misconduct, and what follows of it.
type Act struct {
	Code string
	// Voids is what of the evaluation counts no longer: the part, or the attempt.
	Voids string
	// BarDays is for how long the person may not be evaluated; 0 when no rule is known.
	BarDays  int
	Citation policy.Citation
}

// Act finds a kind of misconduct.
func (r Rules) Act(code string) (Act, bool) {
	i := slices.IndexFunc(r.Acts, func(a Act) bool { return a.Code == code })
	if i < 0 {
		return Act{}, false
	}
	return r.Acts[i], true
}

// RulesFor are the rules of a case; a demonstration's are made up where the real ones are not known.
func RulesFor(demonstration bool) Rules {
	rules := Rules{Citation: file.Citation.at(file.Steps)}
	if demonstration {
		rules.Decides, rules.Days = file.Demonstration.Decides, file.Demonstration.Days
		rules.Citation = file.Demonstration.Citation.at("-")
	}
	for _, a := range file.Acts {
		act := Act{Code: a.Code, Voids: a.Voids, Citation: file.Citation.at(a.Clause)}
		if demonstration {
			act.BarDays = file.Demonstration.BarDays[a.Code]
		}
		rules.Acts = append(rules.Acts, act)
	}
	return rules
}

type rulesFile struct {
	Citation citation `yaml:"citation"`
	Acts     []struct {
		Code   string `yaml:"code"`
		Clause string `yaml:"clause"`
		Voids  string `yaml:"voids"`
	} `yaml:"acts"`
	Steps         string `yaml:"steps"`
	Demonstration struct {
		Citation citation       `yaml:"citation"`
		Decides  string         `yaml:"decides"`
		Days     Days           `yaml:"days"`
		BarDays  map[string]int `yaml:"bar_days"`
	} `yaml:"demonstration"`
}

type citation struct {
	Document string       `yaml:"document"`
	Basis    policy.Basis `yaml:"basis"`
	Note     policy.Text  `yaml:"note"`
}

func (c citation) at(clause string) policy.Citation {
	return policy.Citation{Document: c.Document, Clause: clause, Basis: c.Basis, Note: c.Note}
}

//go:embed rules.yaml
var written []byte

var file = datafile.MustRead[rulesFile]("misconduct/rules.yaml", written)
