// Package deadline says when time is up: on working days of Beijing's offices, which public holidays move, and who is told
// before and after. Both are data with their sources. It is pure, and decides nothing: no deadline passes or fails anybody.
package deadline

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/datafile"
	"github.com/dengpan/dengpan/policy"
)

//go:embed holidays.yaml
var holidays []byte

// Office knows on which days Beijing's offices work.
type Office struct {
	years []Year
	days  map[calendar.Date]bool // of the years that were entered, where they differ from the week: whether it is worked on
}

// Year is how one year's public holidays were arranged.
type Year struct {
	Year     int             `json:"year"     yaml:"year"`
	Citation policy.Citation `json:"citation" yaml:"citation"`
	Free     []Holiday       `json:"free"     yaml:"free"`
	// Working are the Saturdays and Sundays that make up for days off.
	Working []calendar.Date `json:"working" yaml:"working"`
}

// Holiday is the days off for one public holiday, the first and the last of them.
type Holiday struct {
	Name policy.Text   `json:"name" yaml:"name"`
	From calendar.Date `json:"from" yaml:"from"`
	To   calendar.Date `json:"to"   yaml:"to"`
}

// Beijing is the office calendar of Beijing. It panics when the embedded data are not in order, which a test sees first.
var Beijing = sync.OnceValue(func() Office {
	office, err := readOffice(holidays)
	if err != nil {
		panic(fmt.Sprintf("deadline: holidays.yaml: %v", err))
	}
	return office
})

func readOffice(data []byte) (Office, error) {
	var file struct {
		Years []Year `yaml:"years"`
	}
	if err := datafile.Read(data, &file); err != nil {
		return Office{}, err
	}
	o := Office{years: file.Years, days: map[calendar.Date]bool{}}
	for i, y := range o.years {
		if y.Year == 0 || i > 0 && y.Year <= o.years[i-1].Year {
			return Office{}, fmt.Errorf("year %d: every year stands once, in order", y.Year)
		}
		if err := o.enter(y); err != nil {
			return Office{}, fmt.Errorf("year %d: %w", y.Year, err)
		}
	}
	return o, nil
}

// enter takes a year's days over, each of which must change something.
func (o Office) enter(y Year) error {
	for _, h := range y.Free {
		if h.From.Year() != y.Year || h.To.Before(h.From) || h.To.Year() != y.Year {
			return fmt.Errorf("%s: its days are not days of the year", h.Name.EN)
		}
		for d := h.From; !d.After(h.To); d = d.AddDays(1) {
			if _, twice := o.days[d]; twice {
				return fmt.Errorf("%s stands there twice", d)
			}
			o.days[d] = false
		}
	}
	for _, d := range y.Working {
		if _, twice := o.days[d]; twice || d.Year() != y.Year || !weekend(d) {
			return fmt.Errorf("%s is no day to make up on", d)
		}
		o.days[d] = true
	}
	return nil
}

func weekend(d calendar.Date) bool {
	day := calendar.Real().Wall(d).In(calendar.Beijing).Weekday()
	return day == time.Saturday || day == time.Sunday
}

// Years are the years that were entered, in order.
func (o Office) Years() []Year { return slices.Clone(o.years) }

// Known reports whether a year's public holidays were entered. Of another year, only its weekends are known.
func (o Office) Known(year int) bool {
	return slices.ContainsFunc(o.years, func(y Year) bool { return y.Year == year })
}

// Working reports whether Beijing's offices work on a day.
func (o Office) Working(d calendar.Date) bool {
	if worked, said := o.days[d]; said {
		return worked
	}
	return !weekend(d)
}

// On is a day if it is worked on, and the next that is if it is not: a period whose last day is a day off ends with the next
// working day (民法典第二百零三条).
func (o Office) On(d calendar.Date) calendar.Date {
	for !o.Working(d) {
		d = d.AddDays(1)
	}
	return d
}

// Add is the day a number of working days after another, which itself does not count; before it, for a negative number.
func (o Office) Add(d calendar.Date, working int) calendar.Date {
	step := 1
	if working < 0 {
		step, working = -1, -working
	}
	for working > 0 {
		d = d.AddDays(step)
		if o.Working(d) {
			working--
		}
	}
	return d
}

// Between is how many working days there are from one day to another, the last counted and the first not; the number is
// negative when the other lies before.
func (o Office) Between(from, to calendar.Date) int {
	if to.Before(from) {
		return -o.Between(to, from)
	}
	n := 0
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if o.Working(d) {
			n++
		}
	}
	return n
}

// Due is when a period of some days of the calendar ends that begins now: at the same time of its last day, or of the next
// working day after it.
func (o Office) Due(cal calendar.Calendar, now time.Time, days int) time.Time {
	last := cal.Today(cal.After(now, days))
	return cal.After(now, days+o.On(last).Sub(last))
}

// Shift is the instant a number of working days after another, or before it.
func (o Office) Shift(cal calendar.Calendar, at time.Time, working int) time.Time {
	day := cal.Today(at)
	return cal.After(at, o.Add(day, working).Sub(day))
}
