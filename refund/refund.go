// Package refund says what who leaves a class is paid back, by the rule that its institution published: steps as data, so that
// everybody computes the same. Pure.
package refund

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dengpan/dengpan/ledger"
)

// BeforeStart is the end of the step that holds until the class begins.
const BeforeStart = "start"

// Portion is what is paid back until something is reached: the start of the class, or a share of the hours that it teaches.
type Portion struct {
	Until   string `json:"until"   pattern:"^(start|[1-9][0-9]?/[1-9][0-9]?)$" doc:"start: the first day of the class; or a share of its hours, as 1/3."`
	Percent int    `json:"percent" minimum:"0" maximum:"100" doc:"Of the fee."`
}

// Rule is the steps in their order. After the last nothing is paid back.
type Rule []Portion

// What is wrong with a rule.
var (
	ErrStep    = errors.New("a step ends at the start of the class, or at a share of its hours")
	ErrPercent = errors.New("a percentage is from 0 to 100")
	ErrOrder   = errors.New("each step ends later than the one before, and pays back no more")
)

var share = regexp.MustCompile(`^([1-9][0-9]?)/([1-9][0-9]?)$`)

// fraction is a share of the hours as two numbers; the start of the class is none of them.
func fraction(until string) (of, in int, err error) {
	if until == BeforeStart {
		return 0, 1, nil
	}
	parts := share.FindStringSubmatch(until)
	if parts == nil {
		return 0, 0, ErrStep
	}
	of, _ = strconv.Atoi(parts[1]) // both are digits
	in, _ = strconv.Atoi(parts[2])
	if of > in {
		return 0, 0, ErrStep
	}
	return of, in, nil
}

// Check says what is wrong with a rule, and with which of its steps. One without steps is none.
func (r Rule) Check() (int, error) {
	for i, s := range r {
		of, in, err := fraction(s.Until)
		switch {
		case err != nil:
			return i, err
		case s.Percent < 0 || s.Percent > 100:
			return i, ErrPercent
		case i == 0:
			continue
		}
		lastOf, lastIn, _ := fraction(r[i-1].Until)
		if of*lastIn <= lastOf*in || s.Percent > r[i-1].Percent {
			return i, ErrOrder
		}
	}
	return 0, nil
}

// Leaving is how somebody stands who leaves.
type Leaving struct {
	FeeFen   *int // nil: no fee was published
	Started  bool // the first day of the class has come
	Taken    ledger.Hours
	Required *ledger.Hours // nil: no standard says how many there are
}

// Return is what is paid back.
type Return struct {
	Percent int
	Fen     int // rounded up to the fen
}

// Reasons for which nothing can be computed: the institution has to be asked.
var (
	ErrNoFee   = errors.New("no fee was published")
	ErrNoRule  = errors.New("no refund rule was published")
	ErrNoHours = errors.New("no standard says how many hours there are")
)

// Of is what the rule pays back to who leaves now. An error says why nobody can compute that.
func (r Rule) Of(l Leaving) (Return, error) {
	switch {
	case l.FeeFen == nil:
		return Return{}, ErrNoFee
	case *l.FeeFen == 0:
		return Return{Percent: 100}, nil
	case len(r) == 0:
		return Return{}, ErrNoRule
	}
	percent := 0
	for _, s := range r {
		within, err := l.within(s)
		if err != nil {
			return Return{}, err
		}
		if within {
			percent = s.Percent
			break
		}
	}
	const hundred = 100
	return Return{Percent: percent, Fen: (*l.FeeFen*percent + hundred - 1) / hundred}, nil
}

// within reports whether a step holds still.
func (l Leaving) within(s Portion) (bool, error) {
	of, in, err := fraction(s.Until)
	switch {
	case err != nil:
		return false, err
	case !l.Started:
		return true, nil // whatever a step ends at, it has not come
	case s.Until == BeforeStart:
		return false, nil
	case l.Required == nil:
		return false, ErrNoHours
	}
	return int(l.Taken)*in < int(*l.Required)*of, nil
}

// String is the rule in one line, as audit rows have it.
func (r Rule) String() string {
	steps := make([]string, len(r))
	for i, s := range r {
		steps[i] = fmt.Sprintf("%s:%d%%", s.Until, s.Percent)
	}
	return cmp.Or(strings.Join(steps, " "), "none")
}
