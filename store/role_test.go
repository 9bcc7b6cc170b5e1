package store_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// refusedAs runs a statement as the application's role and has it refused for want of the right.
func refusedAs(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), statement)
	require.ErrorContains(t, err, "42501", statement) // insufficient_privilege: before any trigger is asked
}

func TestTheApplicationsRoleCanChangeNothingThatIsWrittenForGood(t *testing.T) {
	t.Parallel()
	address := storetest.NewURL(t)
	conn, err := pgx.Connect(t.Context(), storetest.Application(t, address))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	for table, column := range map[string]string{
		"audit_entries": "reason = ''", "audit_chain": "n = n", "hour_entries": "case_id = case_id", "ce_entries": "case_id = case_id",
		"case_events": "case_id = case_id", "decisions": "case_id = case_id", "assessments": "case_id = case_id",
		"case_facts": "case_id = case_id", "heartbeats": "watch_id = watch_id", "challenges": "watch_id = watch_id",
	} {
		refusedAs(t, conn, fmt.Sprintf("UPDATE %s SET %s", table, column))
		refusedAs(t, conn, "DELETE FROM "+table)
	}
	refusedAs(t, conn, "DELETE FROM audit_key")
	refusedAs(t, conn, "SELECT * FROM audit_entries FOR UPDATE")
}

func TestTheApplicationsRoleCannotAlterTheSchema(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), storetest.Application(t, storetest.NewURL(t)))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	for _, statement := range []string{
		"TRUNCATE audit_entries CASCADE", "TRUNCATE cases CASCADE", "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
		"ALTER TABLE audit_chain DROP CONSTRAINT audit_chain_once", "DROP TABLE audit_entries CASCADE", "DROP TRIGGER append_only ON audit_entries",
		"CREATE TABLE mine (x int)", "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
		"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
		"CREATE TRIGGER mine BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change()",
		"SET session_replication_role = replica", "UPDATE goose_db_version SET version_id = 0",
		"SELECT setval(pg_get_serial_sequence('audit_entries', 'id'), 1)", "CREATE ROLE mine", "ALTER ROLE CURRENT_USER SUPERUSER",
		"SET ROLE " + pgx.Identifier{owner(t)}.Sanitize(), "COPY audit_entries TO PROGRAM 'cat'",
	} {
		refusedAs(t, conn, statement)
	}
}

// owner is the role that owns the schema of test databases.
func owner(t *testing.T) string {
	t.Helper()
	address, err := url.Parse(storetest.NewURL(t))
	require.NoError(t, err)
	return address.User.Username()
}

func TestARoleThatMayDoMoreThanAnApplicationIsNotTaken(t *testing.T) {
	t.Parallel()
	address := storetest.NewURL(t)
	require.ErrorIs(t, store.GrantApplication(t.Context(), address, address), store.ErrOneRole)
	admin, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer admin.Close(t.Context())
	name := "mighty_" + admin.Config().Database
	_, err = admin.Exec(t.Context(), "CREATE ROLE "+name+" LOGIN CREATEROLE")
	require.NoError(t, err)
	defer func() {
		_, err := admin.Exec(t.Context(), "DROP ROLE "+name)
		require.NoError(t, err)
	}()
	as, err := url.Parse(address)
	require.NoError(t, err)
	as.User = url.UserPassword(name, "x")
	require.ErrorContains(t, store.GrantApplication(t.Context(), address, as.String()), "may do more than an application should")
}

// Granting again, as every migration does, gives what a new table needs and takes what was given by hand.
func TestGrantingAgainSetsTheRightsAnew(t *testing.T) {
	t.Parallel()
	address := storetest.NewURL(t)
	application := storetest.Application(t, address)
	admin, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer admin.Close(t.Context())
	_, err = admin.Exec(t.Context(), "CREATE TABLE fresh (x int); GRANT ALL ON audit_entries TO PUBLIC; REVOKE ALL ON audit_entries FROM PUBLIC; "+
		"GRANT UPDATE ON audit_chain TO dengpan_test_application")
	require.NoError(t, err)
	s, err := store.Open(t.Context(), application, nil)
	require.NoError(t, err)
	defer s.Close()
	may, err := s.MayChangeAudit(t.Context())
	require.NoError(t, err)
	require.True(t, may)
	require.NoError(t, store.GrantApplication(t.Context(), address, application))
	may, err = s.MayChangeAudit(t.Context())
	require.NoError(t, err)
	require.False(t, may)
	conn, err := pgx.Connect(t.Context(), application)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), "INSERT INTO fresh VALUES (1)")
	require.NoError(t, err)
}
