package filter

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dengpan/dengpan/calendar"
)

var (
	ids   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	uuids = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// mostDays is how far from today a date may be counted, and the greatest age.
const mostDays = 36500

// read reads a value of a field, or says by a code what is wrong with it.
func (f Field) read(text string) (Value, string) {
	value := Value{Text: text}
	if f.Optional && text == None {
		return value, ""
	}
	switch f.Kind {
	case OneOf:
		if !slices.Contains(f.Codes, text) {
			return Value{}, UnknownValue
		}
	case ID:
		ours := uuids.MatchString(text) || f.Account && text == Me
		if (f.Account || f.Row) && !ours || !ids.MatchString(text) {
			return Value{}, WrongFormat
		}
	case Text:
		switch {
		case utf8.RuneCountInString(text) > longestOf:
			return Value{}, TooLong
		case text == "" || strings.ContainsFunc(text, unicode.IsControl):
			return Value{}, WrongFormat
		}
	case Date:
		return date(text)
	case Age:
		days, ok := number(text)
		if !ok {
			return Value{}, WrongNumber
		}
		return Value{Text: strconv.Itoa(days), Days: days}, ""
	}
	return value, ""
}

func number(text string) (int, bool) {
	for _, r := range text {
		if r < '0' || r > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n <= mostDays
}

// date reads a day, a month, a year, or a day counted from today.
func date(text string) (Value, string) {
	if rest, relative := strings.CutPrefix(text, "today"); relative {
		if rest == "" {
			return Value{Text: text, Relative: true}, ""
		}
		days, ok := number(rest[1:])
		if !ok || rest[0] != '+' && rest[0] != '-' || len(rest) == 1 {
			return Value{}, WrongDate
		}
		if days == 0 {
			return Value{Text: "today", Relative: true}, ""
		}
		text = "today" + rest[:1] + strconv.Itoa(days)
		if rest[0] == '-' {
			days = -days
		}
		return Value{Text: text, Relative: true, Days: days}, ""
	}
	for layout, after := range map[string]func(calendar.Date) calendar.Date{
		"2006":        func(d calendar.Date) calendar.Date { return calendar.NewDate(d.Year()+1, time.January, 1) },
		"2006-01":     func(d calendar.Date) calendar.Date { return calendar.NewDate(d.Year(), d.Month()+1, 1) },
		time.DateOnly: func(d calendar.Date) calendar.Date { return d.AddDays(1) },
	} {
		at, err := time.Parse(layout, text)
		const first, last = 1900, 2200
		if err == nil && at.Year() >= first && at.Year() < last {
			from := calendar.DateOf(at)
			return Value{Text: text, From: from, Until: after(from)}, ""
		}
	}
	return Value{}, WrongDate
}
