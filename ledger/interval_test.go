package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// noon is a Monday's in Beijing.
var noon = time.Date(2026, time.November, 23, 12, 0, 0, 0, calendar.Beijing)

func after(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

func span(from, to int) ledger.Interval { return ledger.Interval{From: after(from), To: after(to)} }

func spans(t *rapid.T, name string) []ledger.Interval {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ledger.Interval {
		from := rapid.IntRange(0, 60).Draw(t, "from")
		return span(from, from+rapid.IntRange(-3, 20).Draw(t, "length"))
	}), 0, 12).Draw(t, name)
}

func TestTimeIsAddedAndTakenAwayInstantByInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		some, others := spans(t, "some"), spans(t, "others")
		union, cut := ledger.Union(some...), ledger.Union(others...)
		rest := union.Subtract(cut)
		in := func(all []ledger.Interval, second int) bool {
			for _, i := range all {
				if i.Contains(after(second)) {
					return true
				}
			}
			return false
		}
		var have, left int
		for second := range 90 {
			require.Equal(t, in(some, second), union.Contains(after(second)))
			require.Equal(t, in(some, second) && !in(others, second), rest.Contains(after(second)))
			if in(some, second) {
				have++
			}
			if rest.Contains(after(second)) {
				left++
			}
		}
		require.Equal(t, time.Duration(have)*time.Second, union.Length())
		require.Equal(t, time.Duration(left)*time.Second, rest.Length())
		require.Equal(t, left < have, union.Overlaps(cut))
		require.Equal(t, union.Overlaps(cut), cut.Overlaps(union))
		for _, set := range []ledger.Times{union, rest} {
			require.Equal(t, set, ledger.Union(set...), "a set is in order, and nothing in it touches")
		}
	})
}

func TestAnIntervalThatEndsBeforeItBeginsIsNoTime(t *testing.T) {
	t.Parallel()
	require.Zero(t, span(5, 1).Length())
	require.Empty(t, ledger.Union(span(5, 1), span(7, 7)))
	require.False(t, span(0, 5).Overlaps(span(5, 9)), "touching is not overlapping")
	require.True(t, span(0, 6).Overlaps(span(5, 9)))
	require.Equal(t, ledger.Times{span(0, 9)}, ledger.Union(span(5, 9), span(0, 5)))
}
