package storetest

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// newShelf is a shelf, and a new database that nobody else takes from it.
func newShelf(t *testing.T) (s shelf, name, address string) {
	t.Helper()
	server := os.Getenv(Environment)
	conn, err := pgx.Connect(t.Context(), server)
	require.NoError(t, err)
	s = shelf{conn, server}
	name, err = s.make(t.Context(), "dengpan_alone_"+strings.ToLower(rand.Text()))
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_, err := conn.Exec(ctx, "DROP DATABASE "+quote(name)+" WITH (FORCE)")
		require.NoError(t, err)
		require.NoError(t, conn.Close(ctx))
	})
	address, err = replaceDatabase(server, name)
	require.NoError(t, err)
	return s, name, address
}

// contents are the rows of every table, how large it is, where every sequence stands, and how many files there are.
func contents(t *testing.T, address string) map[string]string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	rows, err := conn.Query(t.Context(), `
		SELECT tablename::text, query_to_xml(format('SELECT * FROM %I ORDER BY 1', tablename), true, false, '')::text
			|| pg_relation_size(format('%I', tablename)::regclass) FROM pg_tables WHERE schemaname = 'public'
		UNION ALL SELECT 'files', count(*)::text FROM pg_largeobject_metadata
		UNION ALL SELECT sequencename::text, coalesce(last_value::text, '') FROM pg_sequences WHERE schemaname = 'public'`)
	require.NoError(t, err)
	all, what, held := map[string]string{}, "", ""
	_, err = pgx.ForEachRow(rows, []any{&what, &held}, func() error {
		all[what] = held
		return nil
	})
	require.NoError(t, err)
	return all
}

func TestADatabaseThatATestIsDoneWithIsGivenOnAsItWasWhenItWasNew(t *testing.T) {
	t.Parallel()
	s, name, address := newShelf(t)
	before := contents(t, address)
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	db, err := store.Open(t.Context(), Application(t, address), Keys(t))
	require.NoError(t, err)
	require.NoError(t, db.LoadLists(t.Context(), rules.Lists()))
	require.NoError(t, db.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.Audit(store.AuditEntry{Actor: store.ActorSystem, Action: "written", Subject: "for good", Reason: "a test"})
	}))
	require.NoError(t, db.Close())
	left, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	_, err = left.Exec(t.Context(), "UPDATE execution_watch SET looked_at = now(); DELETE FROM channels; SELECT lo_from_bytea(0, 'a file')")
	require.NoError(t, err)
	require.NotEqual(t, before, contents(t, address))

	cleaned, err := s.clean(t.Context(), name)
	require.NoError(t, err)
	require.True(t, cleaned)
	require.Equal(t, before, contents(t, address))
	require.Error(t, left.Ping(t.Context()), "who was connected to it is no longer")
}

func TestADatabaseWhoseSchemaATestChangedOrThatItFilledIsNotGivenOn(t *testing.T) {
	t.Parallel()
	s, name, _ := newShelf(t)
	for _, change := range []string{
		"ALTER TABLE audit_entries DISABLE TRIGGER ALL", "ALTER TABLE cases ADD mine int", "CREATE TABLE mine ()", "DROP TABLE notices CASCADE",
		"GRANT DELETE ON audit_entries TO " + application, "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
		"CREATE SCHEMA mine",
	} {
		require.NoError(t, inside(t.Context(), s.server, name, func(conn *pgx.Conn) error {
			tx, err := conn.Begin(t.Context())
			require.NoError(t, err)
			defer func() { require.NoError(t, tx.Rollback(context.WithoutCancel(t.Context()))) }()
			_, err = tx.Exec(t.Context(), change)
			require.NoError(t, err, change)
			var same bool
			require.NoError(t, tx.QueryRow(t.Context(), "SELECT p.shape = s.shape FROM storetest.pristine p, storetest.shape s").Scan(&same))
			require.False(t, same, change)
			return nil
		}))
	}
	clean := func() bool {
		cleaned, err := s.clean(t.Context(), name)
		require.NoError(t, err)
		return cleaned
	}
	require.True(t, clean(), "all that was taken back")
	filled := largest / 1000
	require.NoError(t, inside(t.Context(), s.server, name, func(conn *pgx.Conn) error {
		_, err := conn.Exec(t.Context(), `INSERT INTO institutions (id, name)
			SELECT 'i-' || n, repeat('x', 1000) || n FROM generate_series(1, $1) n`, filled)
		return err
	}))
	require.False(t, clean(), "to empty it takes longer than to make another")
	require.NoError(t, inside(t.Context(), s.server, name, func(conn *pgx.Conn) error {
		_, err := conn.Exec(t.Context(), "DROP SCHEMA public CASCADE")
		return err
	}))
	require.False(t, clean(), "nothing is left of it")
}
