// Package calendar is the programme's calendar: the civil dates on which sessions are held, certificates issued and
// titles fall due, and their relation to the wall clock.
//
// In earnest a day lasts 24 hours and the date is the one in Beijing. In a demonstration a day may last a second, so
// that a case which takes a year can be watched; only this package knows the difference. Nothing in it reads the clock:
// the instant is always given.
package calendar

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// Beijing is the time zone in which the programme's dates hold. China has kept one offset without daylight saving since
// 1992, so a fixed zone is right and needs no zone database in the container.
var Beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// Calendar relates dates to instants: date AnchorDate begins at AnchorWall, and each date lasts Day.
type Calendar struct {
	Day        time.Duration
	AnchorWall time.Time
	AnchorDate Date
}

// Real is the calendar on the wall in Beijing.
func Real() Calendar {
	return Calendar{
		Day:        24 * time.Hour,
		AnchorWall: time.Date(2023, time.June, 30, 0, 0, 0, 0, Beijing), // the day the notice was issued
		AnchorDate: NewDate(2023, time.June, 30),
	}
}

// Errors of Parse.
var (
	ErrDay    = errors.New("the length of a day must be a duration between 1ms and 24h, such as 24h or 1s")
	ErrAnchor = errors.New("the anchor must be DATE@INSTANT, such as 2026-11-23@2026-11-23T08:00:00Z")
	// ErrAnchorNeeded says that a day of another length was asked for without saying which date begins when.
	ErrAnchorNeeded = errors.New("a calendar whose days do not last 24h needs an anchor")
)

// Parse makes a calendar from configuration: the length of a day, and "DATE@INSTANT" for an instant at which a date
// begins. With neither it is Real.
func Parse(day, anchor string) (Calendar, error) {
	c := Real()
	if day != "" {
		length, err := time.ParseDuration(day)
		if err != nil || length < time.Millisecond || length > 24*time.Hour {
			return Calendar{}, fmt.Errorf("parse calendar day %q: %w", day, ErrDay)
		}
		c.Day = length
	}
	if anchor == "" {
		if c.Day != 24*time.Hour {
			return Calendar{}, fmt.Errorf("parse calendar: %w", ErrAnchorNeeded)
		}
		return c, nil
	}
	dateText, wallText, found := strings.Cut(anchor, "@")
	date, dateErr := ParseDate(dateText)
	wall, wallErr := time.Parse(time.RFC3339, wallText)
	if !found || dateErr != nil || wallErr != nil {
		return Calendar{}, fmt.Errorf("parse calendar anchor %q: %w", anchor, ErrAnchor)
	}
	c.AnchorDate, c.AnchorWall = date, wall
	return c, nil
}

// Anchor is the calendar's anchor in the form Parse reads.
func (c Calendar) Anchor() string {
	return c.AnchorDate.String() + "@" + c.AnchorWall.UTC().Format(time.RFC3339)
}

// Today is the date at an instant.
func (c Calendar) Today(wall time.Time) Date {
	elapsed := wall.Sub(c.AnchorWall)
	days := elapsed / c.Day
	if elapsed%c.Day < 0 { // Go divides towards zero; before the anchor that would be a day late
		days--
	}
	return c.AnchorDate.AddDays(int(days))
}

// Wall is the instant at which a date begins.
func (c Calendar) Wall(d Date) time.Time {
	days := d.Sub(c.AnchorDate)
	if c.Day == 24*time.Hour { // in a zone of one offset a calendar day is 24h, and AddDate does not end after 292 years
		return c.AnchorWall.In(Beijing).AddDate(0, 0, days)
	}
	return c.AnchorWall.Add(time.Duration(days) * c.Day)
}

// Moment is the programme's time at an instant of the wall clock: its date, and as much of that day, in Beijing, as has
// gone by of the date's length on the wall. Sessions are held in the programme's time. In earnest the two are one.
func (c Calendar) Moment(wall time.Time) time.Time {
	gone := wall.Sub(c.AnchorWall) % c.Day
	if gone < 0 {
		gone += c.Day
	}
	// Nanoseconds times nanoseconds are more than 64 bits hold.
	high, low := bits.Mul64(uint64(gone), uint64(24*time.Hour))
	scaled, _ := bits.Div64(high, low, uint64(c.Day))
	return Real().Wall(c.Today(wall)).Add(time.Duration(scaled))
}

// When is the instant of the wall clock at which a moment of the programme's time comes: Moment the other way round.
func (c Calendar) When(moment time.Time) time.Time {
	day := DateOf(moment.In(Beijing))
	high, low := bits.Mul64(uint64(moment.Sub(Real().Wall(day))), uint64(c.Day))
	gone, _ := bits.Div64(high, low, uint64(24*time.Hour))
	return c.Wall(day).Add(time.Duration(gone))
}

// After is the instant a number of programme days after another.
func (c Calendar) After(wall time.Time, days int) time.Time {
	return wall.Add(time.Duration(days) * c.Day)
}
