// Package storetest gives each test a database of its own: an empty record with the schema of today, on the PostgreSQL
// server that DENGPAN_TEST_DATABASE_URL names. The schema is built once and copied, which takes a tenth of the time.
package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Environment names the variable that holds the URL of the server, as its superuser.
const Environment = "DENGPAN_TEST_DATABASE_URL"

// templateLock keeps two test processes from building the template at once ("dengpan" in ASCII).
const templateLock = 0x64656e6770616e

// New opens a database of the test's own, which is gone when the test ends, as the application does.
func New(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), Application(t, NewURL(t)), Keys(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// application is the role that the product runs as in tests.
const application = "dengpan_test_application"

// Application is a test database's URL for the product, whose role can change nothing that is written for good.
func Application(t testing.TB, superuserURL string) string {
	t.Helper()
	address, err := url.Parse(superuserURL)
	require.NoError(t, err)
	address.User = url.UserPassword(application, application)
	return address.String()
}

// Keys are keys of the test's own.
func Keys(t testing.TB) *identity.Keyring {
	t.Helper()
	keys, err := identity.NewKeyring()
	require.NoError(t, err)
	return keys
}

// NewURL makes a database of the test's own, which is gone when the test ends, and says where it is, for its superuser.
func NewURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Environment)
	if server == "" {
		t.Fatal("run make test, or start: devstack exec -- go test ./...")
	}
	name := "dengpan_test_" + random()
	require.NoError(t, create(t.Context(), server, name))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
		defer cancel()
		require.NoError(t, drop(ctx, server, name))
	})
	return at(t, server, name)
}

func create(ctx context.Context, server, name string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("reach the test server: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	template, err := ensureTemplate(ctx, conn, server)
	if err != nil {
		return err
	}
	copying := "CREATE DATABASE " + quote(name) + " TEMPLATE " + quote(template)
	if chooses(conn) {
		copying += " STRATEGY FILE_COPY" // of a template with so many files, it takes half as long as through the log
	}
	if _, err := conn.Exec(ctx, copying); err != nil {
		return fmt.Errorf("copy the template: %w", err)
	}
	return nil
}

// ensureTemplate builds the template of today's schema unless it is there. Its name says which schema it has, so one
// that an older program left behind is never taken.
func ensureTemplate(ctx context.Context, conn *pgx.Conn, server string) (string, error) {
	digest, err := schemaDigest()
	if err != nil {
		return "", err
	}
	name := "dengpan_template_" + digest
	// Whoever builds it keeps the others waiting; those who only copy it do not.
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return "", fmt.Errorf("lock the template: %w", err)
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", templateLock) }()
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there)
	if err != nil || there {
		return name, err
	}
	unfinished := name + "_unfinished"
	for _, sql := range []string{
		"DROP DATABASE IF EXISTS " + quote(unfinished) + " WITH (FORCE)", "CREATE DATABASE " + quote(unfinished),
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", fmt.Errorf("create the template: %w", err)
		}
	}
	address, err := replaceDatabase(server, unfinished)
	if err != nil {
		return "", err
	}
	if _, err := store.Migrate(ctx, address); err != nil {
		return "", fmt.Errorf("migrate the template: %w", err)
	}
	served, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("read %s: not a URL", Environment)
	}
	served.User = url.UserPassword(application, application)
	if err := store.GrantApplication(ctx, address, served.String()); err != nil {
		return "", fmt.Errorf("grant the template: %w", err)
	}
	// It takes its name when it is finished: a process that is killed before leaves nothing that looks like a template.
	if _, err := conn.Exec(ctx, "ALTER DATABASE "+quote(unfinished)+" RENAME TO "+quote(name)); err != nil {
		return "", fmt.Errorf("name the template: %w", err)
	}
	return name, nil
}

// chooses says that the server lets us say how databases are copied: from PostgreSQL 15 on. Those before know one way.
func chooses(conn *pgx.Conn) bool {
	var version int
	_, err := fmt.Sscanf(conn.PgConn().ParameterStatus("server_version"), "%d", &version)
	const first = 15
	return err == nil && version >= first
}

func drop(ctx context.Context, server, name string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("reach the test server: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("drop a test database: %w", err)
	}
	return nil
}

func at(t testing.TB, server, database string) string {
	t.Helper()
	address, err := replaceDatabase(server, database)
	require.NoError(t, err)
	return address
}

func replaceDatabase(server, database string) (string, error) {
	address, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("read %s: not a URL", Environment)
	}
	address.Path = "/" + database
	return address.String(), nil
}

func schemaDigest() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(store.Migrations(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(store.Migrations(), path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(sum, "%s %d\n%s", path, len(content), content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the migrations: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func random() string {
	b := make([]byte, 8)
	rand.Read(b) // never fails: it crashes the program instead
	return hex.EncodeToString(b)
}
