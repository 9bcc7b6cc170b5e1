package ledger_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

func entry(ref, date, module string, mode ledger.Mode, tenths int) ledger.Entry {
	return ledger.Entry{
		SessionRef: ref, Date: calendar.MustParseDate(date), Module: module, Mode: mode, Hours: ledger.Tenths(tenths),
	}
}

func TestHoursAreSummedByModuleYearAndMode(t *testing.T) {
	t.Parallel()
	entries := []ledger.Entry{
		entry("s3", "2024-01-02", "实训", ledger.Offline, 80),
		entry("s1", "2023-12-30", "基础", ledger.Online, 75),
		entry("s2", "2023-12-31", "实训", ledger.Offline, 40),
		entry("s4", "2024-01-03", "基础", ledger.Online, 5),
	}
	require.Equal(t, "20", ledger.Total(entries).String())
	require.Equal(t, []ledger.ModuleHours{{Module: "基础", Hours: 80}, {Module: "实训", Hours: 120}}, ledger.ByModule(entries))
	require.Equal(t, []ledger.YearHours{{Year: 2023, Hours: 115}, {Year: 2024, Hours: 85}}, ledger.ByYear(entries))
	require.Equal(t, []ledger.ModeHours{{Mode: ledger.Online, Hours: 80}, {Mode: ledger.Offline, Hours: 120}}, ledger.ByMode(entries))
}

func TestAnEmptyLedgerHasNoHours(t *testing.T) {
	t.Parallel()
	require.Zero(t, ledger.Total(nil))
	require.Empty(t, ledger.ByModule(nil))
	require.NotNil(t, ledger.ByYear(nil), "an empty list, not null, in JSON")
	require.Equal(t, []ledger.ModeHours{{Mode: ledger.Online}, {Mode: ledger.Offline}}, ledger.ByMode(nil))
	require.Equal(t, ledger.Whole(80), ledger.Shortfall(ledger.Whole(80), nil))
}

func TestTheGateAsksForHoursAndForContent(t *testing.T) {
	t.Parallel()
	entries := []ledger.Entry{entry("s1", "2024-03-01", "基础", ledger.Online, 799)}
	require.Equal(t, ledger.Tenths(1), ledger.Shortfall(ledger.Whole(80), entries))
	entries = append(entries, entry("s2", "2024-03-02", "基础", ledger.Online, 1))
	require.Zero(t, ledger.Shortfall(ledger.Whole(80), entries))
	entries = append(entries, entry("s3", "2024-03-03", "基础", ledger.Online, 1))
	require.Zero(t, ledger.Shortfall(ledger.Whole(80), entries), "more than enough is enough")

	require.Empty(t, ledger.MissingModules([]string{"甲", "乙"}, []string{"乙", "丙", "甲"}))
	require.Equal(t, []string{"丙", "甲"}, ledger.MissingModules([]string{"丙", "乙", "甲"}, []string{"乙"}))
}

func TestOnlyOnlineAndOfflineAreModes(t *testing.T) {
	t.Parallel()
	for _, mode := range ledger.Modes() {
		require.True(t, mode.Valid())
	}
	require.False(t, ledger.Mode("").Valid())
	require.False(t, ledger.Mode("live").Valid())
}

func entries(t *rapid.T) []ledger.Entry {
	start := calendar.MustParseDate("2023-06-30")
	return rapid.SliceOf(rapid.Custom(func(t *rapid.T) ledger.Entry {
		return ledger.Entry{
			SessionRef: rapid.StringMatching(`s[0-9]{1,3}`).Draw(t, "ref"),
			Date:       start.AddDays(rapid.IntRange(0, 2000).Draw(t, "day")),
			Module:     rapid.SampledFrom([]string{"甲", "乙", "丙"}).Draw(t, "module"),
			Mode:       rapid.SampledFrom(ledger.Modes()).Draw(t, "mode"),
			Hours:      ledger.Tenths(rapid.IntRange(1, 80).Draw(t, "tenths")),
		}
	})).Draw(t, "entries")
}

func TestEveryWayOfSummingComesToTheTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := entries(t)
		var byModule, byYear, byMode ledger.Hours
		for _, m := range ledger.ByModule(all) {
			byModule += m.Hours
		}
		for _, y := range ledger.ByYear(all) {
			byYear += y.Hours
		}
		for _, m := range ledger.ByMode(all) {
			byMode += m.Hours
		}
		total := ledger.Total(all)
		require.Equal(t, []ledger.Hours{total, total, total}, []ledger.Hours{byModule, byYear, byMode})
	})
}

func TestTheOrderOfEntriesChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := entries(t)
		before := slices.Clone(all)
		shuffled := rapid.Permutation(all).Draw(t, "shuffled")
		require.Equal(t, ledger.Total(all), ledger.Total(shuffled))
		require.Equal(t, ledger.ByModule(all), ledger.ByModule(shuffled))
		require.Equal(t, ledger.ByYear(all), ledger.ByYear(shuffled))
		require.Equal(t, ledger.ByMode(all), ledger.ByMode(shuffled))
		require.Equal(t, before, all, "summing leaves the entries as they were")

		years := ledger.ByYear(all)
		require.True(t, slices.IsSortedFunc(years, func(a, b ledger.YearHours) int { return a.Year - b.Year }))
	})
}

func TestReversingAnEntryLeavesNoTraceInAnySum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := entries(t)
		if len(all) == 0 {
			return
		}
		voided := rapid.SampledFrom(all).Draw(t, "voided")
		again := append(slices.Clone(all), voided.Reversed(), voided)
		require.Equal(t, ledger.Total(all), ledger.Total(again))
		require.Equal(t, ledger.ByModule(all), ledger.ByModule(again))
		require.Equal(t, ledger.ByYear(all), ledger.ByYear(again))
		require.Equal(t, ledger.ByMode(all), ledger.ByMode(again))

		var none []ledger.Entry
		for _, e := range all {
			none = append(none, e, e.Reversed())
		}
		require.Zero(t, ledger.Total(none))
	})
}
