package deadline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
)

func date(s string) calendar.Date { return calendar.MustParseDate(s) }

func TestOfficesWorkOnWeekdaysButForHolidaysAndTheDaysThatMakeUpForThem(t *testing.T) {
	t.Parallel()
	o := Beijing()
	for day, works := range map[string]bool{
		"2026-11-26": true,  // a Thursday
		"2026-11-28": false, // a Saturday
		"2026-02-14": true,  // the Saturday before the Spring Festival, made up on
		"2026-02-15": false,
		"2026-02-23": false,
		"2026-02-24": true,
		"2026-02-28": true,  // the Saturday after it
		"2026-10-07": false, // a Wednesday, National Day's last
		"2026-10-10": true,  // a Saturday
		"2025-10-08": false,
		"2024-09-16": false, // Mid-Autumn's Monday
		"2023-10-08": true,  // a Sunday
		"2031-10-01": true,  // not entered: known by its week alone
		"2031-10-04": false,
	} {
		require.Equal(t, works, o.Working(date(day)), day)
	}
	require.True(t, o.Known(2026))
	require.False(t, o.Known(2031))
}

func TestEveryYearHasItsSevenHolidays(t *testing.T) {
	t.Parallel()
	for _, y := range Beijing().Years() {
		var free int
		for _, h := range y.Free {
			free += h.To.Sub(h.From) + 1
		}
		// National Day and Mid-Autumn are one holiday in some years. Days off and days to make up on: as arranged since 2023.
		require.Contains(t, []int{6, 7}, len(y.Free), y.Year)
		require.InDelta(t, 28, free, 5, y.Year)
		require.InDelta(t, 6, len(y.Working), 2, y.Year)
		require.NotEmpty(t, y.Citation.Document)
	}
}

func TestAPeriodThatWouldEndOnADayOffEndsWithTheNextWorkingDay(t *testing.T) {
	t.Parallel()
	cal, o := calendar.Real(), Beijing()
	at := func(s string) time.Time {
		moment, err := time.Parse(time.RFC3339, s)
		require.NoError(t, err)
		return moment
	}
	for _, c := range []struct {
		from, due string
		days      int
	}{
		{"2026-11-20T10:30:00+08:00", "2026-11-27T10:30:00+08:00", 7},
		{"2026-11-21T10:30:00+08:00", "2026-11-30T10:30:00+08:00", 7}, // a Saturday
		{"2026-02-09T17:00:00+08:00", "2026-02-24T17:00:00+08:00", 7}, // the Spring Festival
		{"2026-02-07T09:00:00+08:00", "2026-02-14T09:00:00+08:00", 7}, // a Saturday that is worked on
	} {
		require.True(t, o.Due(cal, at(c.from), c.days).Equal(at(c.due)), "%s + %d: %s", c.from, c.days, o.Due(cal, at(c.from), c.days))
	}
}

func TestWorkingDaysAreCountedThereAndBack(t *testing.T) {
	t.Parallel()
	o := Beijing()
	require.Equal(t, date("2026-02-25"), o.Add(date("2026-02-13"), 3)) // the 14th, the 24th, the 25th
	require.Equal(t, date("2026-02-13"), o.Add(date("2026-02-25"), -3))
	require.Equal(t, 3, o.Between(date("2026-02-13"), date("2026-02-25")))
	rapid.Check(t, func(t *rapid.T) {
		from := o.On(date("2023-01-01").AddDays(rapid.IntRange(0, 2000).Draw(t, "day")))
		n := rapid.IntRange(0, 300).Draw(t, "working")
		there := o.Add(from, n)
		require.Equal(t, from, o.Add(there, -n))
		require.Equal(t, n, o.Between(from, there))
		require.Equal(t, -n, o.Between(there, o.Add(there, -n)))
	})
}

func TestHolidaysThatAreNotInOrderAreRefused(t *testing.T) {
	t.Parallel()
	const head = "years:\n  - year: 2026\n    citation: {document: x, basis: recalled}\n"
	for name, data := range map[string]string{
		"a day of another year":       head + "    free: [{name: {zh: 甲, en: A}, from: 2025-12-31, to: 2026-01-01}]\n",
		"an end before its beginning": head + "    free: [{name: {zh: 甲, en: A}, from: 2026-01-02, to: 2026-01-01}]\n",
		"a day twice":                 head + "    free: [{name: {zh: 甲, en: A}, from: 2026-01-01, to: 2026-01-02}, {name: {zh: 乙, en: B}, from: 2026-01-02, to: 2026-01-02}]\n",
		"a weekday to make up on":     head + "    working: [2026-11-26]\n",
		"a year twice":                head + "  - year: 2026\n",
		"what is not known":           head + "    closed: []\n",
	} {
		_, err := readOffice([]byte(data))
		require.Error(t, err, name)
	}
}

func TestTheLadderTellsSomebodyOfWhatHasADeadline(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, Steps().Steps)
	const head = "near_due: 3\nwaits: {approval: 3, case: 400}\nsteps:\n"
	for name, data := range map[string]string{
		"nothing near":      "near_due: 0\nwaits: {approval: 3, case: 400}\n",
		"no end of a case":  "near_due: 3\nwaits: {approval: 3}\n",
		"a code twice":      head + "  - {code: a, of: task, tell: city}\n  - {code: a, of: task, tell: city}\n",
		"of nothing":        head + "  - {code: a, of: godot, tell: city}\n",
		"nobody told":       head + "  - {code: a, of: task, tell: godot}\n",
		"nobody who owes":   head + "  - {code: a, of: incident, tell: institution}\n",
		"what is not known": head + "  - {code: a, of: task, tell: city, fails: true}\n",
	} {
		_, err := readLadder([]byte(data))
		require.Error(t, err, name)
	}
}

func TestAStepIsTakenOnTheWorkingDayThatItIsDueOn(t *testing.T) {
	t.Parallel()
	o := Beijing()
	today := date("2026-02-25") // a Wednesday, the second working day after the Spring Festival
	for days, until := range map[int]string{2: "2026-02-14", 0: "2026-02-24", -3: "2026-02-28"} {
		require.Equal(t, date(until), Step{WorkingDays: days}.Until(o, today), days)
	}
	require.True(t, Ladder{NearDue: 3}.NearBy(o, calendar.Real(), calendar.Real().Wall(today)).Equal(calendar.Real().Wall(date("2026-02-28"))))
	rapid.Check(t, func(t *rapid.T) {
		s := Step{WorkingDays: rapid.IntRange(-10, 10).Draw(t, "days")}
		deadline := date("2026-01-01").AddDays(rapid.IntRange(0, 400).Draw(t, "deadline"))
		on := s.On(o, deadline)
		require.True(t, o.Working(on))
		require.False(t, deadline.After(s.Until(o, on)), "it is due on its day")
		if before := o.Add(on, -1); o.Working(deadline) {
			require.True(t, deadline.After(s.Until(o, before)), "and not on the working day before")
		}
	})
}
