package notification

import (
	"time"

	"github.com/dengpan/dengpan/calendar"
)

// Reach is by which channels a person can be reached at all.
type Reach map[Channel]bool

// Channels are those by which a person can be reached and wants to be, the first first.
func (p Preferences) Channels(reach Reach) []Channel {
	var ways []Channel
	for _, c := range []Channel{p.First, p.First.Other()} {
		if reach[c] && p.Wants(c) {
			ways = append(ways, c)
		}
	}
	return ways
}

// Plan is what becomes of something that somebody is to be told of.
type Plan int

// The plans.
const (
	Send  Plan = iota // now
	Wait              // until a moment
	Stand             // on the product's own pages only
)

// Subject is something that somebody is to be told of.
type Subject struct {
	Urgency Urgency
	Due     calendar.Date // by which day something is to be done about it; zero: none
	At      time.Time     // when it happened
}

// When says what becomes of something at an instant. Time is the programme's, in which a demonstration's days are short. What has
// to be done before the quiet hours end does not wait for their end.
func (p Preferences) When(s Subject, cal calendar.Calendar, now time.Time) (Plan, time.Time) {
	if s.Urgency == Digest {
		switch p.Digest {
		case Never:
			return Stand, time.Time{}
		case Daily:
			if at := next(cal, s.At, p.DigestAt); now.Before(at) {
				return Wait, at
			}
		case Each:
		}
	}
	if end, quiet := p.quiet(cal, now); quiet && (s.Due.IsZero() || s.Due.Compare(cal.Today(end)) >= 0) {
		return Wait, end
	}
	return Send, time.Time{}
}

// quiet reports whether nothing is sent at an instant, and until when.
func (p Preferences) quiet(cal calendar.Calendar, now time.Time) (time.Time, bool) {
	minute, from, until := minuteOf(cal, now), p.QuietFrom, p.QuietUntil
	var inside bool
	switch {
	case from < until:
		inside = from <= minute && minute < until
	case from > until: // over midnight
		inside = minute >= from || minute < until
	}
	if !inside {
		return time.Time{}, false
	}
	return next(cal, now, until), true
}

func minuteOf(cal calendar.Calendar, at time.Time) Minute {
	moment := cal.Moment(at)
	return Minute(moment.Hour()*60 + moment.Minute())
}

// next is the first instant after another at which it is a time of the day.
func next(cal calendar.Calendar, after time.Time, at Minute) time.Time {
	today := cal.Today(after)
	offset := time.Duration(float64(cal.Day) * float64(at) / (24 * 60))
	instant := cal.Wall(today).Add(offset)
	if !instant.After(after) {
		instant = cal.Wall(today.AddDays(1)).Add(offset)
	}
	return instant
}
