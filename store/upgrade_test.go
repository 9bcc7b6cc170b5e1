package store_test

import (
	"database/sql"
	"io/fs"
	"testing"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// oldRecord is an empty record with the schema of an earlier release.
type oldRecord struct {
	t       *testing.T
	address string
	db      *sql.DB
}

// newOldRecord is a record whose migrations went up to a version.
func newOldRecord(t *testing.T, version int64) oldRecord {
	t.Helper()
	o := oldRecord{t: t, address: storetest.NewURL(t)}
	var err error
	o.db, err = sql.Open("pgx", o.address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.db.Close()) })
	o.run("DROP SCHEMA public CASCADE")
	o.run("CREATE SCHEMA public")
	files, err := fs.Sub(store.Migrations(), "migrations")
	require.NoError(t, err)
	old, err := goose.NewProvider(goose.DialectPostgres, o.db, files)
	require.NoError(t, err)
	_, err = old.UpTo(t.Context(), version)
	require.NoError(t, err)
	return o
}

func (o oldRecord) run(statement string, args ...any) {
	o.t.Helper()
	_, err := o.db.ExecContext(o.t.Context(), statement, args...)
	require.NoError(o.t, err)
}

// migrate brings the record up to today's schema, and opens it.
func (o oldRecord) migrate() *store.Store {
	o.t.Helper()
	_, err := store.Migrate(o.t.Context(), o.address)
	require.NoError(o.t, err)
	s, err := store.Open(o.t.Context(), o.address, storetest.Keys(o.t))
	require.NoError(o.t, err)
	o.t.Cleanup(func() { require.NoError(o.t, s.Close()) })
	return s
}

// A record that holds credits from before they said when their hours were taken is told by its migration.
func TestCreditsOfBeforeSayWhenTheirHoursWereTaken(t *testing.T) {
	t.Parallel()
	old := newOldRecord(t, 1)
	run := old.run
	account, person, c, task := uuid.NewString(), uuid.NewString(), uuid.NewString(), uuid.NewString()
	run(`INSERT INTO institutions (id, name) VALUES ('ouc', 'ouc'), ('cmes', 'cmes')`)
	run(`INSERT INTO ce_bases (name, number, national, municipal, list_year) VALUES ('x', 1, true, true, 2022)`)
	run(`INSERT INTO accounts (id, role) VALUES ($1, 'operator')`, account)
	run(`INSERT INTO persons (id, id_type, id_number_index, id_number_sealed, name_sealed) VALUES ($1, 'resident_id', '1', '1', '1')`, person)
	run(`INSERT INTO cases (id, person_id, occupation, level, policy_version, training_body, evaluation_body, applicant, status,
		stage, registered_by, registered_on) VALUES ($1, $2, 'x', 'junior', 'x', 'ouc', 'cmes', '{}', 'active', 'training', $3, '2025-01-01')`,
		c, person, account)
	run(`INSERT INTO tasks (id, case_id, institution_id, kind, attempt, issue, state, due_at)
		VALUES ($1, $2, 'ouc', 'training', 1, 1, 'open', now())`, task, c)
	for ref, day := range map[string]string{"a": "2025-12-30", "b": "2025-11-02", "c": "2026-01-04"} {
		run(`INSERT INTO hour_entries (case_id, person_id, institution_id, task_id, session_ref, session_date, module, mode, hours)
			VALUES ($1, $2, 'ouc', $3, $4, $5, 'm', 'offline', 8)`, c, person, task, ref, day)
	}
	run(`INSERT INTO ce_entries (person_id, case_id, year, subject, hours)
		VALUES ($1, $2, 2025, 'professional', 16), ($1, $2, 2026, 'professional', 8), ($1, $2, 2027, 'professional', 1)`, person, c)

	s := old.migrate()
	known, err := s.Read(t.Context()).PersonByIndex([]byte("1"))
	require.NoError(t, err)
	require.Equal(t, person, known.ID, "who was registered before keys were rotated is found")
	entries, err := s.Read(t.Context()).CELedger(person)
	require.NoError(t, err)
	require.Len(t, entries, 3)
	require.Equal(t, "2025-11-02", entries[0].Taken.From.String())
	require.Equal(t, "2025-12-30", entries[0].Taken.To.String())
	require.Equal(t, []string{"ouc"}, entries[0].Taken.Institutions)
	require.Equal(t, entries[1].Taken.From, entries[1].Taken.To)
	require.True(t, entries[2].Taken.From.IsZero(), "nothing is known of it")
	_, err = old.db.ExecContext(t.Context(), "UPDATE ce_entries SET hours = 1")
	require.ErrorContains(t, err, "append-only")
}
