// Package ledger is the arithmetic of hours: how attendance becomes credit, online from heartbeats and offline from
// sign-ins, and what a case's entries add up to, by module, by mode of attendance and by the calendar year in which the
// hours were taken. It is pure, and no result depends on the order of what it is given.
//
// The ledger is append-only. A correction is an entry of negative hours that reverses an earlier one, with that entry's
// session, date, module and mode, so that every sum below is right without a special case.
package ledger

import (
	"cmp"
	"slices"

	"github.com/dengpan/dengpan/calendar"
)

// Mode is how a session was attended. Online and offline hours are counted apart because a standard may cap either.
type Mode string

// The modes of attendance (notice, section 三（一）: 线上和线下).
const (
	Online  Mode = "online"
	Offline Mode = "offline"
)

// Modes lists the modes in the order they are shown.
func Modes() []Mode { return []Mode{Online, Offline} }

// Valid reports whether m is a mode of attendance.
func (m Mode) Valid() bool { return m == Online || m == Offline }

// Entry is one line of the ledger: the hours credited to a person for one session.
type Entry struct {
	// SessionRef is the institution's own name for the session.
	SessionRef string        `json:"session_ref"`
	Date       calendar.Date `json:"date"`
	Module     string        `json:"module"`
	Mode       Mode          `json:"mode"`
	// Hours is negative in an entry that reverses another.
	Hours Hours `json:"hours"`
}

// Reversed is the entry that takes an entry back.
func (e Entry) Reversed() Entry {
	e.Hours = -e.Hours
	return e
}

// ModuleHours is the hours of one module.
type ModuleHours struct {
	Module string `json:"module"`
	Hours  Hours  `json:"hours"`
}

// YearHours is the hours taken in one calendar year.
type YearHours struct {
	Year  int   `json:"year"`
	Hours Hours `json:"hours"`
}

// ModeHours is the hours attended in one mode.
type ModeHours struct {
	Mode  Mode  `json:"mode"`
	Hours Hours `json:"hours"`
}

// Total is the sum of all entries.
func Total(entries []Entry) Hours {
	var total Hours
	for _, e := range entries {
		total += e.Hours
	}
	return total
}

// ByModule sums the entries by module, in the order of the modules' names. A module whose entries were all reversed is
// listed with no hours.
func ByModule(entries []Entry) []ModuleHours {
	return sumBy(entries, func(e Entry) string { return e.Module },
		func(module string, h Hours) ModuleHours { return ModuleHours{Module: module, Hours: h} })
}

// ByYear sums the entries by the calendar year of their dates, the earliest first. A course over New Year is thereby
// split by session.
func ByYear(entries []Entry) []YearHours {
	return sumBy(entries, func(e Entry) int { return e.Date.Year() },
		func(year int, h Hours) YearHours { return YearHours{Year: year, Hours: h} })
}

// ByMode sums the entries by mode of attendance, in the order of Modes; every mode is listed.
func ByMode(entries []Entry) []ModeHours {
	sums := make([]ModeHours, 0, len(Modes()))
	for _, mode := range Modes() {
		var sum Hours
		for _, e := range entries {
			if e.Mode == mode {
				sum += e.Hours
			}
		}
		sums = append(sums, ModeHours{Mode: mode, Hours: sum})
	}
	return sums
}

// MissingModules lists the required modules that are not among the completed ones, in the order required.
func MissingModules(required, completed []string) []string {
	var missing []string
	for _, module := range required {
		if !slices.Contains(completed, module) {
			missing = append(missing, module)
		}
	}
	return missing
}

// Shortfall is what is missing to the required hours; nothing when they are reached.
func Shortfall(required Hours, entries []Entry) Hours { return max(0, required-Total(entries)) }

// sumBy sums entries by a key, in the order of the keys.
func sumBy[K cmp.Ordered, R any](entries []Entry, key func(Entry) K, row func(K, Hours) R) []R {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b Entry) int { return cmp.Compare(key(a), key(b)) })
	rows := []R{}
	for start := 0; start < len(sorted); {
		end := start
		for end < len(sorted) && key(sorted[end]) == key(sorted[start]) {
			end++
		}
		rows = append(rows, row(key(sorted[start]), Total(sorted[start:end])))
		start = end
	}
	return rows
}
