package supervision_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/directory"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
	"github.com/dengpan/dengpan/supervision"
)

const body = "ouc" // 国家开放大学

// bureau is a record with an operator, whose days are counted from one on which a finding is due and a suspension is to end.
type bureau struct {
	t      *testing.T
	store  *store.Store
	actor  string
	day    calendar.Date
	noon   time.Time
	i      store.Inspection
	watch  *supervision.Watch
	first  store.Finding
	missed store.Inspection
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	b := &bureau{t: t, store: storetest.New(t), day: calendar.MustParseDate("2026-06-15")}
	b.noon = calendar.Real().Wall(b.day).Add(12 * time.Hour)
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, b.store.LoadLists(t.Context(), rules.Lists()))
	b.watch = &supervision.Watch{Store: b.store, Calendar: calendar.Real(), Logger: slog.New(slog.DiscardHandler)}
	b.tx(func(tx *store.Tx) error {
		account, err := tx.CreateAccount(store.Account{Role: store.RoleOperator})
		b.actor = account.ID
		return err
	})
	b.at(-30, func(d supervision.Desk) error {
		planned := store.Inspection{InstitutionID: body, Role: policy.RoleTraining, Scope: "x", PlannedOn: d.Today}
		if b.i, err = d.Plan(planned); err != nil {
			return err
		}
		planned.PlannedOn = b.day.AddDays(-1)
		if b.missed, err = d.Plan(planned); err != nil {
			return err
		}
		findings := []store.Finding{{Severity: "major", What: "x", Citation: "x", DueOn: b.day}}
		_, err = d.Visit(b.i.ID, d.Today, "x", findings)
		b.first = findings[0]
		return err
	})
	b.tx(func(tx *store.Tx) error {
		_, err := directory.Desk{Tx: tx, Actor: b.actor, At: b.noon}.
			Suspend(body, directory.Terms{Reason: "x", LegalBasis: "x", PlannedUntil: &b.day})
		return err
	})
	return b
}

func (b *bureau) tx(do func(*store.Tx) error) {
	b.t.Helper()
	require.NoError(b.t, b.store.Tx(b.t.Context(), do))
}

// at does something some days after the deadline.
func (b *bureau) at(days int, do func(supervision.Desk) error) {
	b.t.Helper()
	at := b.noon.AddDate(0, 0, days)
	b.tx(func(tx *store.Tx) error {
		return do(supervision.Desk{Tx: tx, Actor: b.actor, At: at.UTC(), Today: b.day.AddDays(days)})
	})
}

// told is what was told so far, by kind, after reminders some days after the deadline; twice, since nothing is told twice.
func (b *bureau) told(days int) map[string]int {
	b.t.Helper()
	for range 2 {
		require.NoError(b.t, b.watch.Remind(b.t.Context(), b.noon.AddDate(0, 0, days)))
	}
	kinds := map[string]int{}
	for _, audience := range []string{store.AudienceInstitution, store.AudienceOperators} {
		all, err := b.store.Read(b.t.Context()).Notices(store.NoticeFilter{Audience: audience, Limit: 100})
		require.NoError(b.t, err)
		for _, n := range all {
			kinds[audience+" "+n.Kind]++
		}
	}
	return kinds
}

func TestDeadlinesOfSupervisionAreToldOnceAndNothingLapses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	before := map[string]int{"institution inspection_found": 1, "institution institution_suspended": 1}
	require.Equal(t, before, b.told(-4))
	before["institution finding_due"], before["operators suspension_ending"] = 1, 1
	require.Equal(t, before, b.told(-1))
	before["operators suspension_over"], before["operators inspection_missed"] = 1, 1
	require.Equal(t, before, b.told(0), "the last day is a day")
	before["institution finding_overdue"], before["operators finding_overdue"] = 1, 1
	require.Equal(t, before, b.told(1))
	before["operators finding_unanswered"] = 1
	require.Equal(t, before, b.told(11))

	b.at(11, func(d supervision.Desk) error {
		i, err := d.Tx.Inspection(b.i.ID)
		require.NoError(t, err)
		require.Equal(t, store.InspectionVisited, i.State)
		institution, err := d.Tx.Institution(body)
		require.NoError(t, err)
		require.Equal(t, store.InstitutionSuspended, institution.Status, "a planned end lifts nothing")
		entries, err := d.Tx.EntriesOf(b.i.ID)
		require.NoError(t, err)
		require.Equal(t, "overdue", entries[len(entries)-1].Kind)
		require.Len(t, entries, 3)
		_, err = d.Extend(b.first.ID, "申请延期", d.Today.AddDays(5))
		return err
	})
	before["institution finding_extended"] = 1
	require.Equal(t, before, b.told(12), "there is more time")
	before["institution finding_due"]++
	require.Equal(t, before, b.told(14))
	before["institution finding_overdue"]++
	before["operators finding_overdue"]++
	require.Equal(t, before, b.told(17), "each deadline is told of")
}

func TestFiguresAreCountedAnewEachTime(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	tx := b.store.Read(t.Context())
	require.NoError(t, b.watch.Count(t.Context(), b.noon))
	counted, err := tx.FiguresCounted(2026)
	require.NoError(t, err)
	require.True(t, b.noon.Equal(counted))
	figures, err := tx.Figures([]string{body}, 2026)
	require.NoError(t, err)
	require.Contains(t, figures, store.Figure{InstitutionID: body, Year: 2026, Measure: "findings.major", Value: 1})
	require.NoError(t, b.watch.Count(t.Context(), b.noon.AddDate(0, 0, 1)))
	counted, err = tx.FiguresCounted(2026)
	require.NoError(t, err)
	require.True(t, b.noon.AddDate(0, 0, 1).Equal(counted))
}
