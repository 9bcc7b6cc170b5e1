package workbook

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
)

// read reads what somebody filled into a cell; or it says by a code what is wrong with it. Nothing at all is what says nothing:
// a no.
func (b *book) read(c column, value, day string) (any, string) {
	plain := strings.TrimSpace(norm.NFKC.String(value)) // full-width digits are what Chinese input methods give
	switch c.holds {
	case digit:
		n, err := strconv.ParseFloat(plain, 64)
		if err != nil || !decimal.MatchString(plain) {
			return nil, CellType
		}
		return n, ""
	case date:
		if at, ok := b.date(plain); ok {
			return at.Format(time.DateOnly), ""
		}
		return nil, CellDate
	case clock:
		if at, ok := b.clock(plain, norm.NFKC.String(day)); ok {
			return at.Format(time.RFC3339), ""
		}
		return nil, CellClock
	case yes:
		if said, known := answers[strings.ToLower(plain)]; known {
			if said {
				return true, ""
			}
			return nil, ""
		}
		return nil, CellChoice
	case choice:
		return c.chosen(value)
	case list:
		return split(value), ""
	case text:
	}
	return value, ""
}

// decimal is a number as people write it, or as Excel does who counts in binary: 8.8000000000000007E1.
var decimal = regexp.MustCompile(`^[+-]?\d{1,12}(\.\d{1,20})?(E[+-]?\d{1,2})?$`)

var answers = map[string]bool{
	"是": true, "yes": true, "y": true, "true": true, "1": true, "√": true, "✓": true,
	"否": false, "no": false, "n": false, "false": false, "0": false, "×": false,
}

// chosen is the code of what was chosen by its words, in whichever language; what has no words stands for itself.
func (c column) chosen(value string) (any, string) {
	if c.family == "" {
		return value, ""
	}
	for _, code := range c.choices {
		for _, lang := range []message.Lang{message.Chinese, message.English} {
			if strings.EqualFold(value, message.Text(lang, c.family+"."+code, nil)) {
				return code, ""
			}
		}
		if value == code {
			return code, ""
		}
	}
	return nil, CellChoice
}

// split takes texts apart that stand one after another.
func split(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool {
		return strings.ContainsRune("、,，;；|", r) || unicode.IsControl(r)
	})
}

// meansAll reports whether a word stands for all there is.
func meansAll(value string) bool {
	for _, lang := range []message.Lang{message.Chinese, message.English} {
		if strings.EqualFold(value, message.Text(lang, "workbook.all", nil)) {
			return true
		}
	}
	return false
}

// dateForms are the forms of dates that cannot be misread. What puts the day or the month first can.
var dateForms = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"}

// date reads a day: as Excel counts it, or as a text.
func (b *book) date(plain string) (time.Time, bool) {
	if at, ok := b.serial(plain); ok {
		return at, true
	}
	if day, rest, timed := strings.Cut(plain, "T"); timed && strings.HasPrefix(rest, "00:00") {
		plain = day // as ISO 8601 cells have it
	}
	for _, form := range dateForms {
		if at, err := time.Parse(form, plain); err == nil && plausible(at) {
			return at, true
		}
	}
	return time.Time{}, false
}

// shown is what was filled in as its reader saw it: Excel keeps days and times as numbers, and numbers in binary.
func (b *book) shown(c column, value string) string {
	number, err := strconv.ParseFloat(value, 64)
	if err != nil || !decimal.MatchString(value) {
		return value
	}
	at, counted := b.serial(value)
	switch {
	case c.holds == digit:
		return strconv.FormatFloat(number, 'f', -1, 64)
	case c.holds == date && counted:
		return at.Format(time.DateOnly)
	case c.holds == clock && counted:
		return at.Format("2006-01-02 15:04:05")
	case c.holds == clock && number >= 0 && number < 1:
		return time.Time{}.Add(ofDay(number)).Format(time.TimeOnly)
	}
	return value
}

// ofDay is a fraction of a day, to the second.
func ofDay(fraction float64) time.Duration {
	return time.Duration(fraction * float64(24*time.Hour)).Round(time.Second)
}

func plausible(at time.Time) bool { return at.Year() >= 1950 && at.Year() < 2200 }

// serial reads an instant as Excel counts it: in days, with the time of the day as the fraction.
func (b *book) serial(plain string) (time.Time, bool) {
	days, err := strconv.ParseFloat(plain, 64)
	if err != nil || !decimal.MatchString(plain) || days < 1 {
		return time.Time{}, false
	}
	at, err := excelize.ExcelDateToTime(days, b.date1904)
	return at.Round(time.Second), err == nil && plausible(at)
}

// clockForms are the forms of a time of the day.
var clockForms = []string{"15:04", "15:04:05", "15时4分", "15点4分", "3:04PM", "3:04 PM"}

// clock reads a time of a day, in Beijing: of the day that the row names, unless it names one of its own.
func (b *book) clock(plain, day string) (time.Time, bool) {
	if at, ok := b.serial(plain); ok {
		return inBeijing(at, sinceMidnight(at)), true
	}
	if first, rest, dated := strings.Cut(plain, " "); dated {
		if at, ok := b.date(first); ok {
			return onDay(at, strings.TrimSpace(rest))
		}
	}
	on, ok := b.date(strings.TrimSpace(day))
	if !ok {
		return time.Time{}, false
	}
	return onDay(on, plain)
}

func onDay(day time.Time, plain string) (time.Time, bool) {
	for _, form := range clockForms {
		if at, err := time.Parse(form, strings.ToUpper(plain)); err == nil {
			return inBeijing(day, sinceMidnight(at)), true
		}
	}
	return time.Time{}, false
}

func sinceMidnight(at time.Time) time.Duration {
	return at.Sub(time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC))
}

func inBeijing(day time.Time, since time.Duration) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, calendar.Beijing).Add(since)
}
