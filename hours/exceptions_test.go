package hours_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

func TestX01WhoWasAbsentMakesUpTheModuleAtAnotherSession(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	missed, madeUp := d.session(here, "class-1", span(9, 12)), d.session(here, "class-2", span(33, 36))
	d.list(missed, c)
	d.list(madeUp, c)
	recorded, err := d.record(d.signIn(c, missed), on(4))
	require.NoError(t, err)
	require.True(t, recorded.Fresh)
	require.Zero(t, d.total(c), "an absence is on record and credits nothing")
	_, err = d.record(d.signIn(c, madeUp, span(33, 36)), on(5))
	require.NoError(t, err)
	entries, err := d.store.Read(t.Context()).Hours(c.ID)
	require.NoError(t, err)
	require.Equal(t, []ledger.ModuleTime{{Module: "基础知识", Credited: 3 * time.Hour}}, ledger.ByModule(entries))
}

func TestX19SeveralCasesAtOnceMayNotOverlapInTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	person := d.person()
	first, second := d.admitted(person, here, "junior"), d.admitted(person, here, "intermediate")
	morning, same, after := d.session(here, "s1", span(9, 12)), d.session(here, "s2", span(9, 12)), d.session(here, "s3", span(12, 14))
	d.list(morning, first)
	d.list(same, second)
	d.list(after, second)
	_, err := d.record(d.signIn(first, morning, span(9, 12)), on(4))
	require.NoError(t, err)
	_, err = d.record(d.signIn(second, same, span(9, 12)), on(4))
	require.Equal(t, "s1", refused(t, "time_taken", err).First.SessionRef)
	_, err = d.record(d.signIn(second, after, span(12, 14)), on(4))
	require.NoError(t, err)
	require.Equal(t, []time.Duration{3 * time.Hour, 2 * time.Hour}, []time.Duration{d.total(first), d.total(second)})
}

func TestX21AClassOverNewYearIsCreditedToBothYears(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	eve := calendar.Real().Wall(calendar.NewDate(2026, time.December, 31))
	window := ledger.Interval{From: eve.Add(22*time.Hour + 30*time.Minute), To: eve.Add(27 * time.Hour)}
	s := d.session(here, "new-year", window)
	d.list(s, c)
	_, err := d.record(d.signIn(c, s, window), hours.At(calendar.Real(), eve.AddDate(0, 0, 2)))
	require.NoError(t, err)
	var changes []hours.Change
	d.write(func(tx *store.Tx) (err error) {
		changes, err = hours.SettleCE(tx, hours.EarnedInCase(c), d.rules, time.Now().UTC(), "", nil)
		return err
	})
	require.Len(t, changes, 2)
	for i, want := range []struct {
		year  int
		hours string
	}{{2026, "2"}, {2027, "4"}} {
		require.Equal(t, []any{want.year, want.hours}, []any{changes[i].Year, changes[i].Hours.String()})
	}
}
