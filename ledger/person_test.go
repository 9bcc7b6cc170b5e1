package ledger_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

func credit(session string, from, to int) ledger.Credit {
	return ledger.Credit{
		Interval: span(from, to), Session: session,
		Evidence: []ledger.Evidence{{Interval: span(from, to), First: "1", Last: "2"}},
	}
}

func settledTimes(settled []ledger.DayCredit) (all []ledger.Interval) {
	for _, c := range settled {
		all = append(all, c.Interval)
	}
	return all
}

func total(settled []ledger.DayCredit) (length time.Duration) {
	for _, c := range settled {
		length += c.Length()
	}
	return length
}

func TestTwoSessionsAtOnceAreCreditedOnceAcrossInstitutions(t *testing.T) {
	t.Parallel()
	settled := rule.Settle([]ledger.Credit{credit("b/1", 1800, 5400), credit("a/1", 0, 3600), credit("c/1", 600, 1200)})
	require.Len(t, settled, 2, "what lies within another session is credited there")
	require.Equal(t, "a/1", settled[0].Session)
	require.Equal(t, span(0, 3600), settled[0].Interval)
	require.Equal(t, "b/1", settled[1].Session)
	require.Equal(t, span(3600, 5400), settled[1].Interval)
	require.Equal(t, rule.Settle([]ledger.Credit{credit("x", 0, 60)}), rule.Settle([]ledger.Credit{credit("x", 0, 60), credit("x", 0, 60)}))
}

func TestAVideoThatRunsDayAndNightIsCreditedUpToTheDailyCap(t *testing.T) {
	t.Parallel()
	const hour = 3600
	settled := rule.Settle([]ledger.Credit{credit("s", 0, 72*hour)}) // from noon to noon
	var days []string
	for _, c := range settled {
		days = append(days, c.Date.String()+" "+c.Length().String())
	}
	require.Equal(t, []string{"2026-11-23 8h0m0s", "2026-11-24 8h0m0s", "2026-11-25 8h0m0s", "2026-11-26 8h0m0s"}, days)
	require.Equal(t, span(12*hour, 20*hour), settled[1].Interval, "a day begins at midnight in Beijing, and its end is over the cap")
}

func TestASessionOverNewYearIsSplitAtMidnightInBeijing(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, time.December, 31, 16, 0, 0, 0, time.UTC)
	over := ledger.Interval{From: midnight.Add(-45 * time.Minute), To: midnight.Add(90 * time.Minute)}
	rows := rule.BySession(rule.Settle([]ledger.Credit{{Interval: over, Session: "s"}}))
	require.Len(t, rows, 2)
	require.Equal(t, "2026-12-31", rows[0].Date.String())
	require.Equal(t, ledger.Whole(1), rows[0].Hours)
	require.Equal(t, "2027-01-01", rows[1].Date.String())
	require.Equal(t, ledger.Whole(2), rows[1].Hours)
}

func TestWhatIsLeftOfACreditRestsOnWhatConcernsIt(t *testing.T) {
	t.Parallel()
	long := credit("b", 0, 3600)
	long.Evidence = []ledger.Evidence{{Interval: span(0, 1800), First: "1", Last: "2"}, {Interval: span(1800, 3600), First: "2", Last: "3"}}
	settled := rule.Settle([]ledger.Credit{long, credit("a", 0, 2000)})
	require.Equal(t, long.Evidence[1:], settled[1].Evidence)

	interrupted := []ledger.Credit{credit("a", 0, 10), credit("a", 20, 30)} // by a challenge
	interrupted[0].Evidence[0].Interval = span(0, 30)
	interrupted[1].Evidence[0].Interval = span(0, 30)
	rows := rule.BySession(rule.Settle(interrupted))
	require.Len(t, rows, 1)
	require.Equal(t, interrupted[0].Evidence, rows[0].Evidence, "evidence is named once")
	require.Equal(t, 20*time.Second, rows[0].Length)
}

func TestTheDayIsBeijingsWhereverTheServerStands(t *testing.T) {
	t.Parallel()
	evening := time.Date(2026, time.December, 31, 17, 0, 0, 0, time.UTC)
	settled := rule.Settle([]ledger.Credit{{Interval: ledger.Interval{From: evening, To: evening.Add(9 * time.Hour)}, Session: "s"}})
	require.Len(t, settled, 1)
	require.Equal(t, "2027-01-01", settled[0].Date.String())
	require.Equal(t, 8*time.Hour, settled[0].Length())
}

func TestNoRoundingCreditsMoreThanWasAttended(t *testing.T) {
	t.Parallel()
	for length, want := range map[time.Duration]int{
		0: 0, -time.Hour: 0, 45 * time.Minute: 10, 45*time.Minute - 1: 9, 4*time.Minute + 30*time.Second: 1,
		4*time.Minute + 30*time.Second - 1: 0, time.Hour: 13, 8 * time.Hour: 106,
	} {
		require.Equal(t, ledger.Tenths(want), rule.Hours(length), length)
	}
	require.Equal(t, ledger.Whole(1), ledger.CreditRule{MinutesPerHour: 60}.Hours(time.Hour))
	rapid.Check(t, func(t *rapid.T) {
		some := time.Duration(rapid.Int64Range(0, int64(1000*time.Hour)).Draw(t, "some"))
		more := time.Duration(rapid.Int64Range(0, int64(1000*time.Hour)).Draw(t, "more"))
		worth := ledger.CreditRule{MinutesPerHour: rapid.IntRange(1, 120).Draw(t, "minutes")}
		hour := time.Duration(worth.MinutesPerHour) * time.Minute
		hours := worth.Hours(some)
		if hours < ledger.Tenths(99_999) {
			require.LessOrEqual(t, time.Duration(hours.Tenths())*hour/10, some)
			require.Greater(t, time.Duration(hours.Tenths()+1)*hour/10, some, "less than a tenth is lost")
		}
		if together := worth.Hours(some + more); together < ledger.Tenths(99_999) {
			require.LessOrEqual(t, worth.Hours(some)+worth.Hours(more), together, "splitting time gains nothing")
		}
	})
}

func anyCredits(t *rapid.T, name string) []ledger.Credit {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ledger.Credit {
		from := rapid.IntRange(0, 72).Draw(t, "from") * 1800
		return credit("s"+strconv.Itoa(rapid.IntRange(0, 5).Draw(t, "session")), from, from+1800*rapid.IntRange(1, 30).Draw(t, "length"))
	}), 0, 12).Draw(t, name)
}

func TestOverlappingSessionsNeverCreditMoreThanTheWallClockOrTheCap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		credits := anyCredits(t, "credits")
		settled := rule.Settle(credits)
		var claimed []ledger.Interval
		for _, c := range credits {
			claimed = append(claimed, c.Interval)
		}
		counted := ledger.Union(settledTimes(settled)...)
		require.Equal(t, counted.Length(), total(settled), "no instant twice")
		require.Empty(t, counted.Subtract(ledger.Union(claimed...)), "nothing that nobody claimed")

		perDay := map[calendar.Date]time.Duration{}
		for _, c := range settled {
			perDay[c.Date] += c.Length()
			require.Equal(t, c.Date, calendar.DateOf(c.From.In(calendar.Beijing)))
			require.Equal(t, c.Date, calendar.DateOf(c.To.Add(-1).In(calendar.Beijing)))
			require.NotEmpty(t, c.Evidence)
			for _, e := range c.Evidence {
				require.True(t, e.Overlaps(c.Interval), "what is left of a credit rests on what concerns it")
			}
		}
		for date := calendar.DateOf(noon); date.Before(calendar.DateOf(noon).AddDays(4)); date = date.AddDays(1) {
			day := ledger.Interval{From: calendar.Real().Wall(date), To: calendar.Real().Wall(date.AddDays(1))}
			outside := ledger.Union(ledger.Interval{From: noon.AddDate(-1, 0, 0), To: day.From}, ledger.Interval{From: day.To, To: noon.AddDate(1, 0, 0)})
			require.Equal(t, min(rule.DailyCap, ledger.Union(claimed...).Subtract(outside).Length()), perDay[date])
		}
	})
}

func TestTheOrderInWhichSessionsAreSettledChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		credits, more := anyCredits(t, "credits"), anyCredits(t, "more")
		settled := rule.Settle(credits)
		require.Equal(t, settled, rule.Settle(rapid.Permutation(credits).Draw(t, "shuffled")))
		require.Equal(t, settled, rule.Settle(slices.Concat(credits, credits)))
		require.LessOrEqual(t, total(settled), total(rule.Settle(slices.Concat(credits, more))))

		var hours time.Duration
		for _, row := range rule.BySession(settled) {
			require.Equal(t, rule.Hours(row.Length), row.Hours)
			require.NotEmpty(t, row.Evidence)
			hours += row.Length
		}
		require.Equal(t, total(settled), hours)
	})
}
