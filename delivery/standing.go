package delivery

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/dengpan/dengpan/store"
)

const (
	// ProbeAfter is after how many failures, one after another, an endpoint is sent a single event at a time, until it takes one.
	ProbeAfter = 3
	// GiveUpAfter is after how long of nothing but failure an endpoint is disabled.
	GiveUpAfter = 5 * 24 * time.Hour

	// An endpoint that fails is left alone for a while, by its schedule within these bounds. So however much waits for it, a dead
	// one costs a handful of attempts an hour, and one that is back is found within minutes.
	shortestPatience = time.Second
	longestPatience  = 15 * time.Minute

	shortestSpell = time.Hour
)

// Overloaded reports whether an attempt failed in a way that any event would have: nobody answered, or the answer was to come
// again later. What else is sent at the same time would only add to it.
func (a Attempt) Overloaded() bool {
	switch a.Status {
	case 0, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return !a.Accepted
	}
	return false
}

// TakesNothing reports whether an endpoint takes nothing, and is to be looked at: it was disabled, an operator stopped it, or it has
// failed for a while. One that its own institution paused is the institution's business.
func TakesNothing(e store.Endpoint) bool {
	switch e.State {
	case store.EndpointActive:
		return e.NotBefore != nil && e.Failures >= ProbeAfter
	case store.EndpointPaused:
		return e.StateReason == store.StoppedByOperator
	}
	return true
}

// Tried is an attempt to deliver, as far as it bears on the endpoint.
type Tried struct {
	Attempt

	Began, Ended time.Time
	Again        bool // the event had failed before
}

// After is an endpoint after an attempt: how often it has failed since it last took anything, how long it is left alone, and
// whether it is disabled.
//
// Attempts that were under way together fail as one. An event that is refused again and again says nothing new of the
// endpoint, which may take every other; so only what any event would have met with is counted each time. And a spell of
// failure that nobody saw the middle of is two.
func After(e store.Endpoint, tried Tried, schedule Schedule) store.Endpoint {
	if tried.Accepted {
		e.Failures, e.FailingSince, e.FailedAt, e.NotBefore = 0, nil, nil, nil
		return e
	}
	together := e.FailedAt != nil && tried.Began.Before(*e.FailedAt)
	if e.FailedAt == nil || tried.Ended.Sub(*e.FailedAt) > max(2*slices.Max(schedule), shortestSpell) {
		e.FailingSince, e.Failures = &tried.Ended, 0
	}
	e.FailedAt = later(e.FailedAt, tried.Ended)
	if !together && (tried.Overloaded() || !tried.Again) {
		e.Failures++
	}
	if tried.Overloaded() || e.Failures >= ProbeAfter {
		wait := max(patience(e, schedule), tried.RetryAfter)
		e.NotBefore = later(e.NotBefore, tried.Ended.Add(wait))
	}
	if e.State != store.EndpointActive {
		return e
	}
	switch {
	case tried.Gone:
		e.State, e.StateReason, e.StateSince = store.EndpointDisabled, store.StoppedGone, tried.Ended
	case tried.Ended.Sub(*e.FailingSince) >= GiveUpAfter:
		e.State, e.StateReason, e.StateSince = store.EndpointDisabled, store.StoppedFailing, tried.Ended
	}
	return e
}

// patience is how long an endpoint is left alone after so many failures.
func patience(e store.Endpoint, schedule Schedule) time.Duration {
	wait, _ := schedule.Next(min(e.Failures, len(schedule)-1), e.ID+"/"+strconv.Itoa(e.Failures))
	return min(max(wait, shortestPatience), longestPatience)
}

func later(a *time.Time, b time.Time) *time.Time {
	if a != nil && a.After(b) {
		return a
	}
	return &b
}

// Health is how much of what is sent to an endpoint fails.
type Health int

// The ladder of health, from the best to the worst.
const (
	Steady       Health = iota
	Unsteady            // half of the attempts fail
	Failing             // 70 of 100: the institution is told
	BadlyFailing        // 90 of 100: the operators are told
	Down                // all
)

const (
	// HealthWindow is the time whose attempts say how an endpoint is.
	HealthWindow = 24 * time.Hour
	fewAttempts  = 5 // say nothing
)

var healthNames = [...]string{"steady", "unsteady", "failing", "badly_failing", "down"}

func (h Health) String() string { return healthNames[h] }

// HealthOf is an endpoint's health by its attempts within the window.
func HealthOf(share store.AttemptShare) Health {
	failed, all := share.Failed*100, share.Attempts
	switch {
	case all < fewAttempts || failed < 50*all:
		return Steady
	case failed < 70*all:
		return Unsteady
	case failed < 90*all:
		return Failing
	case failed < 100*all:
		return BadlyFailing
	}
	return Down
}

// healthNamed is the health of a name; steady for any other.
func healthNamed(name string) Health { return Health(max(0, slices.Index(healthNames[:], name))) }

// Told is whom to tell of an endpoint's health, once in a spell, and the worst that was told of then. A spell ends when the
// endpoint is steady.
func Told(before string, now Health) (institution, operators bool, after string) {
	was := healthNamed(before)
	if now == Steady {
		return false, false, ""
	}
	institution = was < Failing && now >= Failing
	operators = was < BadlyFailing && now >= BadlyFailing
	return institution, operators, max(was, now).String()
}
