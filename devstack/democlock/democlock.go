// Package democlock keeps the demonstration's calendar: its days are short, and they pass only while
// the stack runs. A machine that was off overnight would otherwise come back centuries later.
package democlock

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/dengpan/dengpan/calendar"

	"github.com/dengpan/dengpan/devstack/files"
)

// Beat is how often Keep must be called while the stack runs.
const Beat = 3 * time.Second

// Clock is the calendar of one run of the stack.
type Clock struct {
	path     string
	calendar calendar.Calendar
}

// state is what is kept from run to run.
type state struct {
	// Date is one that no reader has seen pass: the next run begins with it.
	Date calendar.Date `json:"date"`
}

// Open begins a run whose days have the given length. Its first date is the last one of the run
// before, or for a first run the one given.
func Open(path string, day time.Duration, first calendar.Date, now time.Time) (*Clock, error) {
	saved := state{Date: first}
	if err := files.ReadJSON(path, &saved); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	c := &Clock{path: path, calendar: calendar.Calendar{
		Day: day,
		// The anchor is handed on in whole seconds; every process must count from the same instant.
		AnchorWall: now.UTC().Truncate(time.Second),
		AnchorDate: saved.Date,
	}}
	if _, err := calendar.Parse(day.String(), c.calendar.Anchor()); err != nil {
		return nil, fmt.Errorf("begin the demonstration's calendar: %w", err)
	}
	return c, c.Keep(now)
}

// Calendar is the run's calendar.
func (c *Clock) Calendar() calendar.Calendar { return c.calendar }

// Keep saves how far the calendar has come. It saves a little more than that, so that after a crash
// no date comes a second time.
func (c *Clock) Keep(now time.Time) error {
	return c.save(now.Add(2 * Beat))
}

// Close saves where the calendar stopped.
func (c *Clock) Close(now time.Time) error {
	return c.save(now)
}

func (c *Clock) save(at time.Time) error {
	return files.WriteJSON(c.path, state{Date: c.calendar.Today(at)})
}
