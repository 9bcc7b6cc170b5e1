// Package ledger is the arithmetic of hours: how attendance becomes credit, online from heartbeats and offline from
// sign-ins, and what a case's entries add up to, by module, by mode of attendance and by the calendar year in which the
// hours were taken. It is pure, and no result depends on the order of what it is given.
//
// What is credited is time. Hours (学时) are made of it once, of a sum, by [CreditRule.Hours], so that no attendance is
// lost to rounding because it was recorded in pieces.
//
// The ledger is append-only. A correction is an entry of negative time that reverses an earlier one, with that entry's
// session, date, module and mode, so that every sum below is right without a special case.
package ledger

import (
	"cmp"
	"slices"
	"time"

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

// Entry is one line of the ledger: time credited to a person for one session.
type Entry struct {
	// SessionRef is the institution's own name for the session.
	SessionRef string        `json:"session_ref"`
	Date       calendar.Date `json:"date"`
	Module     string        `json:"module"`
	Mode       Mode          `json:"mode"`
	// Credited is negative in an entry that reverses another.
	Credited time.Duration `json:"-"`
}

// Reversed is the entry that takes an entry back.
func (e Entry) Reversed() Entry {
	e.Credited = -e.Credited
	return e
}

// ModuleTime is the time credited for one module.
type ModuleTime struct {
	Module   string
	Credited time.Duration
}

// YearTime is the time taken in one calendar year.
type YearTime struct {
	Year     int
	Credited time.Duration
}

// ModeTime is the time attended in one mode.
type ModeTime struct {
	Mode     Mode
	Credited time.Duration
}

// Total is the sum of all entries.
func Total(entries []Entry) time.Duration {
	var total time.Duration
	for _, e := range entries {
		total += e.Credited
	}
	return total
}

// ByModule sums the entries by module, in the order of the modules' names. A module whose entries were all reversed is
// listed with no time.
func ByModule(entries []Entry) []ModuleTime {
	return sumBy(entries, func(e Entry) string { return e.Module },
		func(module string, d time.Duration) ModuleTime { return ModuleTime{Module: module, Credited: d} })
}

// ByYear sums the entries by the calendar year of their dates, the earliest first. A course over New Year is thereby
// split by session.
func ByYear(entries []Entry) []YearTime {
	return sumBy(entries, func(e Entry) int { return e.Date.Year() },
		func(year int, d time.Duration) YearTime { return YearTime{Year: year, Credited: d} })
}

// ByMode sums the entries by mode of attendance, in the order of Modes; every mode is listed.
func ByMode(entries []Entry) []ModeTime {
	sums := make([]ModeTime, 0, len(Modes()))
	for _, mode := range Modes() {
		var sum time.Duration
		for _, e := range entries {
			if e.Mode == mode {
				sum += e.Credited
			}
		}
		sums = append(sums, ModeTime{Mode: mode, Credited: sum})
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

// sumBy sums entries by a key, in the order of the keys.
func sumBy[K cmp.Ordered, R any](entries []Entry, key func(Entry) K, row func(K, time.Duration) R) []R {
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
