package ledger_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

func entry(ref, date, module string, mode ledger.Mode, minutes int) ledger.Entry {
	return ledger.Entry{
		SessionRef: ref, Date: calendar.MustParseDate(date), Module: module, Mode: mode, Credited: time.Duration(minutes) * time.Minute,
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
	require.Equal(t, 200*time.Minute, ledger.Total(entries))
	require.Equal(t, []ledger.ModuleTime{{Module: "基础", Credited: 80 * time.Minute}, {Module: "实训", Credited: 120 * time.Minute}}, ledger.ByModule(entries))
	require.Equal(t, []ledger.YearTime{{Year: 2023, Credited: 115 * time.Minute}, {Year: 2024, Credited: 85 * time.Minute}}, ledger.ByYear(entries))
	require.Equal(t, []ledger.ModeTime{{Mode: ledger.Online, Credited: 80 * time.Minute}, {Mode: ledger.Offline, Credited: 120 * time.Minute}}, ledger.ByMode(entries))
}

func TestAnEmptyLedgerHasNoHours(t *testing.T) {
	t.Parallel()
	require.Zero(t, ledger.Total(nil))
	require.Empty(t, ledger.ByModule(nil))
	require.NotNil(t, ledger.ByYear(nil), "an empty list, not null, in JSON")
	require.Equal(t, []ledger.ModeTime{{Mode: ledger.Online}, {Mode: ledger.Offline}}, ledger.ByMode(nil))
}

func TestContentIsAskedForByModule(t *testing.T) {
	t.Parallel()
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
			Credited:   time.Duration(rapid.IntRange(1, 480).Draw(t, "minutes")) * time.Minute,
		}
	})).Draw(t, "entries")
}

func TestEveryWayOfSummingComesToTheTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := entries(t)
		var byModule, byYear, byMode time.Duration
		for _, m := range ledger.ByModule(all) {
			byModule += m.Credited
		}
		for _, y := range ledger.ByYear(all) {
			byYear += y.Credited
		}
		for _, m := range ledger.ByMode(all) {
			byMode += m.Credited
		}
		total := ledger.Total(all)
		require.Equal(t, []time.Duration{total, total, total}, []time.Duration{byModule, byYear, byMode})
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
		require.True(t, slices.IsSortedFunc(years, func(a, b ledger.YearTime) int { return a.Year - b.Year }))
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
