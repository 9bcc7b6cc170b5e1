package institution

import (
	"encoding/json"
	"time"
)

// beijing is where the programme's dates hold.
var beijing = time.FixedZone("+08:00", 8*60*60)

// clock is the programme's, by which lessons are held. In a demonstration its days are short.
type clock struct {
	moment func(wall time.Time) time.Time
	day    time.Duration // of the wall's time
}

// today is the programme's date.
func (c clock) today() date { return dateOf(c.moment(time.Now())) }

// until is how long on the wall it takes until an instant of the programme's time has come.
func (c clock) until(at time.Time) time.Duration {
	left := at.Sub(c.moment(time.Now()))
	if left < 0 {
		return 0
	}
	// A moment more, so that it has come by another's clock, too.
	return time.Duration(float64(left)*c.day.Hours()/24) + time.Millisecond
}

// date is a civil date.
type date struct{ time.Time }

// dateOf is the date in Beijing at an instant.
func dateOf(at time.Time) date {
	year, month, day := at.In(beijing).Date()
	return date{time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

func parseDate(text string) (date, error) {
	day, err := time.Parse(time.DateOnly, text)
	return date{day}, err
}

// MarshalJSON writes the date as 2006-01-02.
func (d date) MarshalJSON() ([]byte, error) { return json.Marshal(d.Format(time.DateOnly)) }

// UnmarshalJSON reads a date.
func (d *date) UnmarshalJSON(data []byte) error {
	var text string
	err := json.Unmarshal(data, &text)
	if err == nil {
		*d, err = parseDate(text)
	}
	return err
}

func (d date) add(days int) date { return date{d.AddDate(0, 0, days)} }

// at is the instant in Beijing so long after the date begins.
func (d date) at(after time.Duration) time.Time {
	year, month, day := d.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, beijing).Add(after)
}
