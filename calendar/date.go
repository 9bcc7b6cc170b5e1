package calendar

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// layout is how a date is written everywhere: JSON, YAML, SQL, the screen.
const layout = "2006-01-02"

// ErrDate is the reason a text is not a date.
var ErrDate = errors.New("not a date of the form YYYY-MM-DD")

// Date is a civil date: a square on the calendar, without a clock or a time zone. The zero Date is no date at all
// (IsZero); it prints as an empty string and is stored as null.
//
// Dates are comparable with == and usable as map keys.
type Date struct {
	year  int16
	month int8
	day   int8
}

// NewDate returns the date of a year, month and day. Days and months out of range roll over, as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the date an instant falls on, in the instant's own time zone.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year: int16(year), month: int8(month), day: int8(day)}
}

// ParseDate reads a date of the form 2006-01-02. The date must exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() == 0 {
		// The text is not repeated: it may be somebody's date of birth, and errors are logged.
		return Date{}, ErrDate
	}
	return DateOf(t), nil
}

// MustParseDate is ParseDate for dates written in the program; it panics when the text is not a date.
func MustParseDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(fmt.Sprintf("calendar: %q: %v", s, err))
	}
	return d
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Year is the calendar year.
func (d Date) Year() int { return int(d.year) }

// Month is the month of the year.
func (d Date) Month() time.Month { return time.Month(d.month) }

// Day is the day of the month.
func (d Date) Day() int { return int(d.day) }

func (d Date) utc() time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
}

// AddDays returns the date n days later.
func (d Date) AddDays(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// AddYears returns the anniversary n years later. 29 February has its anniversary on 1 March in a common year: of the
// two readings the stricter, so that nobody is let in a day early.
func (d Date) AddYears(n int) Date { return DateOf(d.utc().AddDate(n, 0, 0)) }

// Sub is the number of days from other to d.
func (d Date) Sub(other Date) int {
	const daySeconds = 24 * 60 * 60 // of UTC; a time.Duration would end after 292 years
	return int((d.utc().Unix() - other.utc().Unix()) / daySeconds)
}

// Compare returns -1, 0 or +1 as d is before, on or after other.
func (d Date) Compare(other Date) int {
	a, b := d.ordinal(), other.ordinal()
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// ordinal grows with the date; it is no count of days.
func (d Date) ordinal() int { return (int(d.year)*16+int(d.month))*32 + int(d.day) }

// Before reports whether d is before other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is after other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// String is the date as 2006-01-02, or nothing for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(layout)
}

// MarshalText writes the date as 2006-01-02, or nothing for no date; it serves JSON, YAML and map keys.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date of the form 2006-01-02; nothing reads as no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value is the date as PostgreSQL takes it.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil // SQL's null
	}
	return d.String(), nil
}

// Scan reads a PostgreSQL date.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = DateOf(v) // the driver gives midnight UTC
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("read date: from %T", src)
}

// GormDataType tells gorm which column type a date is.
func (Date) GormDataType() string { return "date" }
