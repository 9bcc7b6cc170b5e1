package handbook_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/handbook"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
)

const person = "0b6f8f9e-0000-4000-8000-000000000001"

// book is a person's ledger of credits as settlements write it.
type book struct {
	entries []handbook.Entry
	at      time.Time
}

// settle writes what one settlement does: reversals, and credits in their place.
func (b *book) settle(entries ...handbook.Entry) {
	b.at = b.at.Add(time.Hour)
	for _, e := range entries {
		e.ID, e.Recorded, e.Subject = int64(len(b.entries)+1), b.at, "professional"
		if e.TakenYear == 0 {
			e.TakenYear = e.Year
		}
		b.entries = append(b.entries, e)
	}
}

func credit(earnedIn string, year int, hours float64, from, to string) handbook.Entry {
	h, err := ledger.FromFloat(hours)
	if err != nil {
		panic(err)
	}
	return handbook.Entry{
		EarnedIn: earnedIn, Year: year, Hours: h, From: calendar.MustParseDate(from), To: calendar.MustParseDate(to),
		Institutions: []string{"ouc"},
	}
}

func reversal(of handbook.Entry, id int64) handbook.Entry {
	of.Reverses, of.Hours = id, -of.Hours
	return of
}

func statement(t *testing.T, b *book, year, version int) handbook.Statement {
	t.Helper()
	s, err := handbook.Of(person, "王小明", b.entries, year, version)
	require.NoError(t, err)
	return s
}

func rules(t *testing.T) policy.HoursRule {
	t.Helper()
	p, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	return p.Hours()
}

func TestAStatementIsSummedUpAgainstNinetyHoursAndTwoThirds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hours                        float64
		total, professional          bool
		missing, professionalMissing float64
	}{
		{0.5, false, false, 89.5, 59.5},
		{59.9, false, false, 30.1, 0.1},
		{60, false, true, 30, 0},
		{89.9, false, true, 0.1, 0},
		{90, true, true, 0, 0},
		{120, true, true, 0, 0},
	} {
		b := &book{}
		b.settle(credit("a", 2026, c.hours, "2026-03-01", "2026-05-01"))
		sum, _ := statement(t, b, 2026, 0).Totals(rules(t))
		require.Equal(t, c.total, sum.Total.Met, "%v", c)
		require.Equal(t, c.professional, sum.Professional.Met, "%v", c)
		require.InDelta(t, c.missing, sum.Total.Missing.Float(), 0, "%v", c)
		require.InDelta(t, c.professionalMissing, sum.Professional.Missing.Float(), 0, "%v", c)
	}
}

func TestX21ACourseOverNewYearIsSplitAndBothAllocationsAreShown(t *testing.T) {
	t.Parallel()
	b := &book{}
	b.settle(
		credit("over", 2025, 40, "2025-12-01", "2025-12-31"), credit("over", 2026, 24, "2026-01-01", "2026-01-20"))
	b.settle(credit("within", 2026, 10, "2026-06-01", "2026-06-02"))
	before, after := statement(t, b, 2025, 0), statement(t, b, 2026, 0)
	require.True(t, before.Lines[0].CrossYear)
	require.True(t, after.Lines[0].CrossYear)
	require.False(t, after.Lines[1].CrossYear)
	for _, c := range []struct {
		s                       handbook.Statement
		bySession, byCompletion int
	}{{before, 40, 0}, {after, 34, 74}} {
		session, completion := c.s.Totals(rules(t))
		require.Equal(t, ledger.Whole(c.bySession), session.Total.Have)
		require.Equal(t, ledger.Whole(c.byCompletion), completion.Total.Have)
	}
}

func TestACorrectionMakesANewVersionAndTheOldOneStays(t *testing.T) {
	t.Parallel()
	b := &book{}
	first := credit("a", 2026, 20, "2026-03-01", "2026-03-04")
	b.settle(first)
	one := statement(t, b, 2026, 0)
	b.settle(credit("b", 2027, 8, "2027-02-01", "2027-02-02")) // says nothing of 2026
	require.Equal(t, one, statement(t, b, 2026, 0))
	smaller := credit("a", 2026, 16, "2026-03-01", "2026-03-03")
	b.settle(reversal(first, 1), smaller)
	two := statement(t, b, 2026, 0)
	require.Equal(t, 2, two.Version)
	require.Equal(t, ledger.Whole(16), two.Lines[0].Hours)
	require.Equal(t, one.Number, two.Number)
	old := statement(t, b, 2026, 1)
	require.Equal(t, 2, old.Latest)
	require.Equal(t, one.Lines, old.Lines)
	require.Equal(t, digest(t, one), digest(t, old))
	require.NotEqual(t, digest(t, one), digest(t, two))
	b.settle(reversal(smaller, 4))
	require.Empty(t, statement(t, b, 2026, 0).Lines)
	require.Equal(t, 3, statement(t, b, 2026, 0).Version)
	for _, none := range []int{-1, 4} {
		_, err := handbook.Of(person, "王小明", b.entries, 2026, none)
		require.ErrorIs(t, err, handbook.ErrNoVersion)
	}
	require.Zero(t, statement(t, b, 2020, 0).Version)
}

// The other reading of a course over New Year shows on the earlier year's statement too.
func TestHoursInTheNextYearChangeWhatTheEarlierYearSays(t *testing.T) {
	t.Parallel()
	b := &book{}
	b.settle(credit("over", 2025, 40, "2025-12-01", "2025-12-31"))
	require.Equal(t, ledger.Whole(40), statement(t, b, 2025, 0).Lines[0].ByCompletion)
	b.settle(credit("over", 2026, 24, "2026-01-01", "2026-01-20"))
	s := statement(t, b, 2025, 0)
	require.Equal(t, 2, s.Version)
	require.Zero(t, s.Lines[0].ByCompletion)
	require.True(t, s.Lines[0].CrossYear)
}

func TestHoursThatWereMovedSayWhereTheyWereTaken(t *testing.T) {
	t.Parallel()
	b := &book{}
	moved := credit("a", 2026, 20, "2025-03-01", "2025-03-04")
	moved.TakenYear = 2025
	b.settle(moved)
	require.Equal(t, 2025, statement(t, b, 2026, 0).Lines[0].TakenYear)
	require.Empty(t, statement(t, b, 2025, 0).Lines)
}

func digest(t require.TestingT, s handbook.Statement) string {
	d, err := s.Digest()
	require.NoError(t, err)
	require.Len(t, d, 64)
	return d
}

// Whatever is credited and taken back later, a version that was once given out stays as it was; the hours of the latest
// are what stands.
func TestAVersionNeverChanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := &book{}
		standing := map[string]handbook.Entry{}
		ids := map[string]int64{}
		given := map[string]string{}
		for range rapid.IntRange(1, 12).Draw(t, "settlements") {
			in := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "in")
			year := rapid.IntRange(2025, 2027).Draw(t, "year")
			key := fmt.Sprint(in, year)
			hours := rapid.IntRange(0, 40).Draw(t, "hours")
			var entries []handbook.Entry
			if old, stands := standing[key]; stands {
				entries = append(entries, reversal(old, ids[key]))
				delete(standing, key)
			}
			if hours > 0 {
				e := credit(in, year, float64(hours), fmt.Sprintf("%d-03-01", year), fmt.Sprintf("%d-03-05", year))
				standing[key], ids[key] = e, int64(len(b.entries)+len(entries)+1)
				entries = append(entries, e)
			}
			if len(entries) == 0 {
				continue
			}
			b.settle(entries...)
			for year := 2025; year <= 2027; year++ {
				latest, err := handbook.Of(person, "x", b.entries, year, 0)
				require.NoError(t, err)
				for v := 1; v <= latest.Latest; v++ {
					s, err := handbook.Of(person, "x", b.entries, year, v)
					require.NoError(t, err)
					name := fmt.Sprint(year, "/", v)
					if d, known := given[name]; known {
						require.Equal(t, d, digest(t, s), name)
					}
					given[name] = digest(t, s)
				}
				var have, want ledger.Hours
				for _, line := range latest.Lines {
					have += line.Hours
				}
				for _, e := range standing {
					if e.Year == year {
						want += e.Hours
					}
				}
				require.Equal(t, want, have)
			}
		}
	})
}
