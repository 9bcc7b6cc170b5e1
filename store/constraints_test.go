package store_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// What the notice forbids is forbidden by the schema as well as by the code: these tests go past the code.

// record is a record with the published lists and one person in it.
type record struct {
	t       *testing.T
	store   *store.Store
	sql     *sql.DB
	person  string
	account string
}

func newRecord(t *testing.T) *record {
	t.Helper()
	address := storetest.NewURL(t)
	s, err := store.Open(t.Context(), storetest.Application(t, address), storetest.Keys(t))
	require.NoError(t, err)
	raw, err := sql.Open("pgx", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(s.Close(), raw.Close())) })
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, s.LoadLists(t.Context(), rules.Lists()))
	r := &record{t: t, store: s, sql: raw, person: uuid.NewString()}
	r.write(func(tx *store.Tx) error {
		_, err := tx.InsertPerson(store.Person{
			ID: r.person, IDType: store.IDTypeResident, IDNumberSealed: []byte{1},
			NameSealed: []byte{2}, CreatedAt: time.Now().UTC(),
		})
		if err != nil {
			return err
		}
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		r.account = account.ID
		return err
	})
	return r
}

func (r *record) write(fn func(tx *store.Tx) error) {
	r.t.Helper()
	require.NoError(r.t, r.store.Tx(r.t.Context(), fn))
}

// refused checks that a statement violates a constraint.
func (r *record) refused(constraint, statement string, args ...any) {
	r.t.Helper()
	_, err := r.sql.ExecContext(r.t.Context(), statement, args...)
	require.Error(r.t, err, statement)
	require.Equal(r.t, constraint, store.Constraint(err), "%v", err)
}

func (r *record) newCase(level string) store.Case {
	return store.Case{
		ID: uuid.NewString(), PersonID: r.person, Occupation: "big-data", Level: level, PolicyVersion: "beijing-2023+demo",
		TrainingBody: "ouc", EvaluationBody: "miit-education-exam", RegisteredBy: r.account,
		RegisteredAt: time.Now().UTC(), RegisteredOn: calendar.MustParseDate("2026-11-23"),
	}
}

func (r *record) open(level string) store.Case {
	r.t.Helper()
	c := r.newCase(level)
	r.write(func(tx *store.Tx) error {
		_, err := tx.InsertCase(c, store.ActorOperator)
		return err
	})
	return c
}

func (r *record) task(c store.Case, kind string) store.Task {
	r.t.Helper()
	task := store.Task{
		ID: uuid.NewString(), CaseID: c.ID, InstitutionID: c.TrainingBody, Kind: kind, Attempt: 1, Issue: 1,
		IssuedAt: time.Now().UTC(), DueAt: time.Now().UTC().Add(time.Hour),
	}
	r.write(func(tx *store.Tx) error { return tx.InsertTask(task) })
	return task
}

func TestAnInstitutionHasOneRoleForAnOccupationAtATime(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	const statement = `INSERT INTO institution_roles (institution_id, occupation, role, list_year, source_document, valid_from, valid_to)
		VALUES ($1, $2, $3, 2023, 'x', $4, $5)`
	r.refused("institution_roles_one_role", statement, "ouc", "big-data", "evaluation", "2026-01-01", nil)
	r.refused("institution_roles_one_role", statement, "ouc", "big-data", "training", "2026-01-01", "2026-02-01")
	_, err := r.sql.ExecContext(t.Context(), statement, "ouc", "cloud-computing", "evaluation", "2026-01-01", nil)
	require.NoError(t, err, "another occupation is another role")
	_, err = r.sql.ExecContext(t.Context(), `UPDATE institution_roles SET valid_to = '2026-01-01' WHERE institution_id = 'ouc'
		AND occupation = 'big-data'`)
	require.NoError(t, err)
	_, err = r.sql.ExecContext(t.Context(), statement, "ouc", "big-data", "evaluation", "2026-01-01", nil)
	require.NoError(t, err, "from the day the other role ended")
	for day, roles := range map[string][]bool{"2025-12-31": {true, false}, "2026-01-01": {false, true}} {
		for i, role := range []string{policy.RoleTraining, policy.RoleEvaluation} {
			listed, err := r.store.Read(t.Context()).Listed("ouc", "big-data", "junior", role, calendar.MustParseDate(day))
			require.NoError(t, err)
			require.Equal(t, roles[i], listed, "%s on %s", role, day)
		}
	}
}

func TestASuspendedInstitutionIsNotListed(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	today := calendar.MustParseDate("2026-11-23")
	_, err := r.sql.ExecContext(t.Context(), `UPDATE institutions SET status = 'suspended' WHERE id = 'ouc'`)
	require.NoError(t, err)
	listed, err := r.store.Read(t.Context()).Listed("ouc", "big-data", "junior", policy.RoleTraining, today)
	require.NoError(t, err)
	require.False(t, listed)
	all, err := r.store.Read(t.Context()).ListedInstitutions("big-data", "", today)
	require.NoError(t, err)
	require.Len(t, all, 5)
}

func TestWhoTrainsDoesNotEvaluate(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.newCase("junior")
	c.EvaluationBody = c.TrainingBody
	err := r.store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertCase(c, store.ActorOperator)
		return err
	})
	require.Equal(t, "cases_separate_bodies", store.Constraint(err))
	open := r.open("junior")
	r.refused("cases_separate_bodies", "UPDATE cases SET training_body = evaluation_body WHERE id = $1", open.ID)
}

func TestAPersonHasOneLiveOrSuccessfulCaseForATarget(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	again := func() string {
		return store.Constraint(r.store.Tx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.InsertCase(r.newCase("junior"), store.ActorOperator)
			return err
		}))
	}
	end := func(id string, outcome progress.Outcome) {
		r.write(func(tx *store.Tx) error {
			f, err := tx.OpenCase(id)
			if err != nil {
				return err
			}
			f.End(outcome)
			return f.Save()
		})
	}
	first := r.open("junior")
	require.Equal(t, "cases_one_per_target", again())
	r.open("senior")
	end(first.ID, progress.Untrained)
	second := r.open("junior")
	require.Equal(t, "cases_one_per_target", again())
	end(second.ID, progress.Trained)
	require.Equal(t, "cases_one_per_target", again(), "a certificate is not earned twice")
}

// session writes a session of the case's training body, with the case on its roster.
func (r *record) session(c store.Case, ref string, window ledger.Interval) store.Session {
	r.t.Helper()
	s := store.Session{
		ID: uuid.NewString(), InstitutionID: c.TrainingBody, Ref: ref, Module: "m", Mode: "online",
		OpensAt: window.From, ClosesAt: window.To, AnnouncedBy: r.account, AnnouncedAt: time.Now().UTC(),
	}
	r.write(func(tx *store.Tx) error {
		if _, err := tx.InsertSession(s); err != nil {
			return err
		}
		return tx.InsertRoster([]store.RosterLine{{SessionID: s.ID, PersonID: c.PersonID, CaseID: &c.ID, ListedAt: time.Now().UTC()}})
	})
	return s
}

// entry credits all of a session.
func entry(c store.Case, s store.Session) store.HourEntry {
	window := ledger.Interval{From: s.OpensAt, To: s.ClosesAt}
	return store.HourEntry{
		CaseID: &c.ID, PersonID: c.PersonID, InstitutionID: s.InstitutionID, SessionID: &s.ID, SessionRef: s.Ref,
		SessionDate: calendar.MustParseDate("2026-11-23"), Module: s.Module, Mode: s.Mode,
		Seconds: int(window.Length() / time.Second), During: store.During(ledger.Union(window)),
		Evidence: json.RawMessage(`[{"first":"1","last":"9"}]`), ReceivedAt: &s.ClosesAt,
	}
}

func at(hour int) time.Time { return time.Date(2026, time.November, 23, hour, 0, 0, 0, time.UTC) }

func TestNoInstantStandsTwiceForAPersonUntilItIsGivenBack(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	junior, senior := r.open("junior"), r.open("senior")
	first := entry(junior, r.session(junior, "a", ledger.Interval{From: at(1), To: at(4)}))
	second := entry(senior, r.session(senior, "b", ledger.Interval{From: at(3), To: at(5)}))
	insert := func(e *store.HourEntry) error {
		return r.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.InsertHour(e) })
	}
	require.NoError(t, insert(&first))
	require.NotZero(t, first.ID)
	require.Equal(t, "hour_claims_no_overlap", store.Constraint(insert(&second)))
	again := first
	again.ID = 0
	require.Equal(t, "hour_claims_no_overlap", store.Constraint(insert(&again)))
	reverse := func(reason string) error {
		return r.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.ReverseHour(first, reason, time.Now().UTC()) })
	}
	require.Equal(t, "hour_entries_reason", store.Constraint(reverse("")))
	require.NoError(t, reverse("voided"))
	require.Equal(t, "hour_entries_reverses_key", store.Constraint(reverse("again")))
	require.NoError(t, insert(&second))
	for c, want := range map[string]time.Duration{junior.ID: 0, senior.ID: 2 * time.Hour} {
		entries, err := r.store.Read(t.Context()).Hours(c)
		require.NoError(t, err)
		require.Equal(t, want, ledger.Total(entries), "what was reversed does not stand")
	}
}

// Attack 8: time that rests on nothing.
func TestEveryCreditedMinutePointsToEvidence(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	s := r.session(c, "a", ledger.Interval{From: at(1), To: at(4)})
	for name, bad := range map[string]struct {
		constraint string
		change     func(*store.HourEntry)
	}{
		"no session":            {"hour_entries_evidence", func(e *store.HourEntry) { e.SessionID = nil }},
		"no times":              {"hour_entries_evidence", func(e *store.HourEntry) { e.During = nil }},
		"no evidence":           {"hour_entries_evidence", func(e *store.HourEntry) { e.Evidence = json.RawMessage(`[]`) }},
		"never received":        {"hour_entries_evidence", func(e *store.HourEntry) { e.ReceivedAt = nil }},
		"longer than attended":  {"hour_entries_within_attended", func(e *store.HourEntry) { e.Seconds++ }},
		"of nobody's case":      {"hour_entries_check", func(e *store.HourEntry) { e.CaseID = nil }},
		"a session of nowhere":  {"hour_entries_session_id_fkey", func(e *store.HourEntry) { e.SessionID = &c.ID }},
		"negative, of nothing":  {"hour_entries_check", func(e *store.HourEntry) { e.Seconds = -1 }},
		"a reversal of nothing": {"hour_entries_reverses_fkey", func(e *store.HourEntry) { e.Reverses, e.Seconds, e.Reason = new(int64), -1, "x" }},
	} {
		e := entry(c, s)
		bad.change(&e)
		err := r.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.InsertHour(&e) })
		require.Error(t, err, name)
		require.Contains(t, store.Constraint(err), bad.constraint, "%s: %v", name, err)
	}
	e := entry(c, s)
	r.write(func(tx *store.Tx) error { return tx.InsertHour(&e) })
}

func TestWhatIsWrittenForGoodIsNeverChanged(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.open("junior")
	for _, table := range []string{"hour_entries", "ce_entries", "audit_entries", "case_events", "decisions", "assessments"} {
		for _, statement := range []string{"DELETE FROM %s", "TRUNCATE %s CASCADE", "UPDATE %s SET case_id = case_id"} {
			if table == "audit_entries" {
				statement = map[bool]string{true: "UPDATE %s SET reason = ''", false: statement}[statement[0] == 'U']
			}
			_, err := r.sql.ExecContext(t.Context(), fmt.Sprintf(statement, table))
			require.ErrorContains(t, err, "append-only", statement+" "+table)
		}
	}
}
