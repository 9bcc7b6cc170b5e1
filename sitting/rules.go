package sitting

import (
	_ "embed" // the rules

	"github.com/dengpan/dengpan/datafile"
)

// Rules are for how long things about a sitting may take.
type Rules struct {
	MarkingDays         int `yaml:"marking_days"`
	DecisionWorkingDays int `yaml:"decision_working_days"`
}

//go:embed rules.yaml
var written []byte

var rules = datafile.MustRead[Rules]("sitting/rules.yaml", written)
