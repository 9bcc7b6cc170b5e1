package acting

import (
	_ "embed" // what trainees do by themselves
	"slices"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/datafile"
	"github.com/dengpan/dengpan/store"
)

// OwnRules are what trainees do to their own cases by themselves, and how far.
type OwnRules struct {
	Pause struct {
		MostDays int      `yaml:"most_days"`
		Times    int      `yaml:"times"`
		Reasons  []string `yaml:"reasons"`
	} `yaml:"pause"`
	Move struct {
		Times int `yaml:"times"`
	} `yaml:"move"`
}

//go:embed own.yaml
var ownWritten []byte

var own = datafile.MustRead[OwnRules]("acting/own.yaml", ownWritten)

// Own are what trainees do by themselves.
func Own() OwnRules { return own }

// ownReturn is what a trainee who goes on again gives as the reason.
const ownReturn = "return"

// AskPause asks for the trainee's own case to be held until a day.
func (d Desk) AskPause(tx *store.Tx, a Asking, reason string, until calendar.Date) (Asked, error) {
	a.Verb, a.Params = contract.Hold, store.ActParams{Until: &until, Own: reason}
	return d.askOwn(tx, a)
}

// AskReturn asks for the trainee's own case to go on, which they had paused.
func (d Desk) AskReturn(tx *store.Tx, a Asking) (Asked, error) {
	a.Verb, a.Params = contract.Release, store.ActParams{Own: ownReturn}
	return d.askOwn(tx, a)
}

func (d Desk) askOwn(tx *store.Tx, a Asking) (Asked, error) {
	f, err := d.Open(tx, a.CaseID)
	if err != nil {
		return Asked{}, err
	}
	a.Reason = a.Params.Own // words for it are shown in its place
	return f.ask(a)
}

// WhyNotOwn is why a trainee cannot do a verb to their own case as it stands; empty when they can.
func (f *File) WhyNotOwn(verb contract.Verb) (string, error) {
	s, err := f.scene()
	if err != nil {
		return "", err
	}
	why, err := f.whyNot(verb, s)
	if err != nil || why != "" {
		return why, err
	}
	if s.way {
		return ActPending, nil
	}
	return f.refusesOwn(verb)
}

// refusesOwn is why a verb is not the trainee's: they have paused often enough, or somebody else paused the case.
func (f *File) refusesOwn(verb contract.Verb) (string, error) {
	switch verb {
	case contract.Hold:
		n, err := f.Tx.OwnPauses(f.ID)
		if err == nil && n >= int64(own.Pause.Times) {
			return PausedOften, nil
		}
		return "", err
	case contract.Release:
		last, err := f.Tx.LastPause(f.ID)
		if err == nil && last.Params.Own == "" {
			return NotOwnPause, nil
		}
		return "", err
	default:
		return NotOwn, nil
	}
}

// PauseReason reports whether trainees pause their cases for a reason.
func PauseReason(reason string) bool { return slices.Contains(own.Pause.Reasons, reason) }
