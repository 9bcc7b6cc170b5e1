package notice_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/notice"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// wall is a record with cases whose deadlines are looked at on days of the test's choice.
type wall struct {
	t       *testing.T
	store   *store.Store
	rules   *policy.Policy
	person  string
	account string
}

func newWall(t *testing.T) *wall {
	t.Helper()
	w := &wall{t: t, store: storetest.New(t), person: uuid.NewString()}
	var err error
	w.rules, err = policy.Load("beijing-2023", false)
	require.NoError(t, err)
	require.NoError(t, w.store.LoadLists(t.Context(), w.rules.Lists()))
	w.write(func(tx *store.Tx) error {
		_, err := tx.InsertPerson(store.Person{
			ID: w.person, IDType: store.IDTypeResident, IDNumberSealed: []byte{1}, NameSealed: []byte{2}, CreatedAt: time.Now().UTC(),
		})
		if err != nil {
			return err
		}
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		w.account = account.ID
		return err
	})
	return w
}

func (w *wall) write(fn func(tx *store.Tx) error) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), fn))
}

func noon(day string) time.Time {
	return calendar.Real().Wall(calendar.MustParseDate(day)).Add(12 * time.Hour)
}

// open opens a case for an occupation of its own.
func (w *wall) open(occupation, registered string) store.Case {
	w.t.Helper()
	c := store.Case{
		ID: uuid.NewString(), PersonID: w.person, Occupation: occupation, Level: "junior", PolicyVersion: w.rules.ID(),
		TrainingBody: body, EvaluationBody: "miit-education-exam", RegisteredBy: w.account,
		RegisteredAt: noon(registered), RegisteredOn: calendar.MustParseDate(registered),
	}
	w.write(func(tx *store.Tx) error { _, err := tx.InsertCase(c, store.ActorOperator); return err })
	return c
}

// task has an institution owe something from one day to another.
func (w *wall) task(occupation, issued, due string) store.Case {
	w.t.Helper()
	c := w.open(occupation, "2026-11-01")
	w.write(func(tx *store.Tx) error {
		return tx.InsertTask(store.Task{
			ID: uuid.NewString(), CaseID: c.ID, InstitutionID: body, Kind: contract.TrainingTask, Attempt: 1, Issue: 1,
			IssuedAt: noon(issued), DueAt: noon(due),
		})
	})
	return c
}

// told looks at noon of a day, and returns of what whom was told by then, with how many.
func (w *wall) told(day string) map[string]float64 {
	w.t.Helper()
	r := notice.Reminder{
		Store: w.store, Calendar: calendar.Real(), Rules: w.rules, Clock: func() time.Time { return noon(day) },
		Logger: slog.New(slog.DiscardHandler),
	}
	require.NoError(w.t, r.Look(w.t.Context()))
	told := map[string]float64{}
	for _, audience := range []string{store.AudienceInstitution, store.AudienceOperators} {
		all, err := w.store.Read(w.t.Context()).Notices(store.NoticeFilter{Audience: audience, Limit: 100})
		require.NoError(w.t, err)
		for _, n := range all {
			whom := "city"
			if n.InstitutionID != nil {
				whom = audience
			}
			told[n.Kind+" to "+whom] += n.Params["count"].(float64)
		}
	}
	return told
}

func TestAnInstitutionIsToldOfNearAndPassedDeadlinesAndTheOperatorsOfWhatIsLongOverdue(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	w.task("near", "2026-11-02", "2026-11-30")     // a Monday: three working days off on the Wednesday before
	w.task("not-near", "2026-11-02", "2026-12-01") // four
	w.task("just-given", "2026-11-24", "2026-11-27")
	w.task("passed", "2026-11-02", "2026-11-24")
	w.task("long-passed", "2026-11-02", "2026-11-18") // five working days ago

	want := map[string]float64{
		"task_near_due to institution": 1, "task_overdue to institution": 2, "task_long_overdue to operators": 1,
	}
	require.Equal(t, want, w.told("2026-11-25"))
	require.Equal(t, want, w.told("2026-11-25"), "each once")
	require.Equal(t, want, w.told("2026-11-28"), "nobody is told on a Saturday")
	want["task_near_due to institution"]++ // the first of December; what was just given has passed meanwhile
	want["task_overdue to institution"]++
	require.Equal(t, want, w.told("2026-11-30"))
}

func TestWhatNobodyDecidesGoesUpTheLadderToTheCity(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	c := w.open("stuck", "2026-11-01")
	w.write(func(tx *store.Tx) error {
		f, err := tx.OpenCase(c.ID)
		if err != nil {
			return err
		}
		if _, err := f.OpenIncident(progress.Registration, contract.EligibilityNotMet, store.Incident{}); err != nil {
			return err
		}
		return f.Save()
	})
	opened := calendar.Real().Today(time.Now())
	due := opened.AddDays(w.rules.Deadline(policy.WaitIncident))
	require.Empty(t, w.told(deadline.Beijing().Add(due, -5).String()))
	want := map[string]float64{"incident_near_due to operators": 1}
	require.Equal(t, want, w.told(deadline.Beijing().Add(due, -1).String()))
	want["incident_overdue to operators"]++
	require.Equal(t, want, w.told(deadline.Beijing().Add(deadline.Beijing().On(due), 1).String()))
	want["incident_escalated to city"]++
	require.Equal(t, want, w.told(deadline.Beijing().Add(due, 30).String()))
}

func TestACaseThatTakesTooLongIsTheOperatorsToSeeToUnlessItIsPausedOrOnlyTimeIsMissing(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	w.open("long", "2025-06-02")
	w.open("not-so-long", "2026-06-01")
	paused, waits := w.open("paused", "2025-06-02"), w.open("waits", "2025-06-02")
	w.write(func(tx *store.Tx) error {
		f, err := tx.OpenCase(paused.ID)
		if err != nil {
			return err
		}
		at := f.Now()
		f.PausedAt = &at
		if err := f.Save(); err != nil {
			return err
		}
		if f, err = tx.OpenCase(waits.ID); err != nil {
			return err
		}
		if err := f.Move(progress.Registration, progress.Waiting, &progress.Party{Kind: progress.ByCalendar}, nil); err != nil {
			return err
		}
		return f.Save()
	})
	require.Equal(t, map[string]float64{"case_overdue to operators": 1}, w.told("2026-11-25"))
}
