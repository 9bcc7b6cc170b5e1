package deadline

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/datafile"
	"github.com/dengpan/dengpan/policy"
)

//go:embed ladder.yaml
var ladder []byte

// What has a deadline.
const (
	OfTask     = "task"     // an institution's answer
	OfIncident = "incident" // an operator's decision on an incident
	OfApproval = "approval" // a second person's decision
	OfCase     = "case"     // the whole case
)

// Whom a step tells.
const (
	Institution = "institution" // that owes the answer
	Operators   = "operators"   // in whose area it lies
	City        = "city"        // the operators of the city
)

// Ladder says who is told of a deadline when.
type Ladder struct {
	Citation policy.Citation `json:"citation" yaml:"citation"`
	// NearDue is from how many working days before it a deadline is near.
	NearDue int    `json:"near_due" yaml:"near_due"`
	Waits   Waits  `json:"waits"    yaml:"waits"`
	Steps   []Step `json:"steps"    yaml:"steps"`
}

// Waits are how many days of the calendar there are for what the rules of a case do not say.
type Waits struct {
	Approval int `json:"approval" yaml:"approval"` // for a second person's decision
	Case     int `json:"case"     yaml:"case"`     // for a whole case, from its registration
}

// Step is one time of telling.
type Step struct {
	Code string `json:"code" yaml:"code"`
	Of   string `json:"of"   yaml:"of"`
	// WorkingDays after the deadline that it is taken on, and the next working day for 0; before it, when negative, and then not
	// in the first half of the time that was given.
	WorkingDays int    `json:"working_days" yaml:"working_days"`
	Tell        string `json:"tell"         yaml:"tell"`
}

// Steps is the ladder. It panics when the embedded data are not in order, which a test sees first.
var Steps = sync.OnceValue(func() Ladder {
	l, err := readLadder(ladder)
	if err != nil {
		panic(fmt.Sprintf("deadline: ladder.yaml: %v", err))
	}
	return l
})

func readLadder(data []byte) (Ladder, error) {
	var l Ladder
	if err := datafile.Read(data, &l); err != nil {
		return Ladder{}, err
	}
	if l.NearDue < 1 || l.Waits.Approval < 1 || l.Waits.Case < 1 {
		return Ladder{}, errors.New("near_due and waits are numbers of days")
	}
	for i, s := range l.Steps {
		twice := slices.ContainsFunc(l.Steps[:i], func(other Step) bool { return other.Code == s.Code })
		switch {
		case s.Code == "" || twice:
			return Ladder{}, fmt.Errorf("step %d: its code is its own", i+1)
		case !slices.Contains([]string{OfTask, OfIncident, OfApproval, OfCase}, s.Of):
			return Ladder{}, fmt.Errorf("%s: nothing of that kind has a deadline", s.Code)
		case !slices.Contains([]string{Institution, Operators, City}, s.Tell), s.Tell == Institution && s.Of != OfTask:
			return Ladder{}, fmt.Errorf("%s: nobody is told", s.Code)
		}
	}
	return l, nil
}

// NearBy is the instant before which a deadline must lie to be near now.
func (l Ladder) NearBy(o Office, cal calendar.Calendar, now time.Time) time.Time {
	return o.Shift(cal, now, l.NearDue)
}

// Until is the last day that a deadline may lie on for a step to be due on a working day.
func (s Step) Until(o Office, today calendar.Date) calendar.Date {
	if s.WorkingDays == 0 {
		return o.Add(today, -1)
	}
	return o.Add(today, -s.WorkingDays)
}

// On is the working day on which a step is taken about a deadline.
func (s Step) On(o Office, deadline calendar.Date) calendar.Date {
	deadline = o.On(deadline)
	if s.WorkingDays == 0 {
		return o.Add(deadline, 1)
	}
	return o.Add(deadline, s.WorkingDays)
}

// Span is how long there is for what does not keep the day it is due on itself: a decision on an incident, by the rules; a
// second person's, and a whole case, by the ladder. A task keeps its own.
func Span(cal calendar.Calendar, rules *policy.Policy, of string) time.Duration {
	days := map[string]int{
		OfIncident: rules.Deadline(policy.WaitIncident), OfApproval: Steps().Waits.Approval, OfCase: Steps().Waits.Case,
	}[of]
	return time.Duration(days) * cal.Day
}
