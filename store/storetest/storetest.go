// Package storetest gives each test a database of its own: an empty record with the schema of today, on the PostgreSQL
// server that DENGPAN_TEST_DATABASE_URL names. To make one takes many times as long as to empty one, so a test is given
// what another has done with: emptied, and only if its schema is still as it was made.
package storetest

import (
	"context"
	"errors"
	"fmt"
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

// New opens a database of the test's own, as the application does.
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

// NewURL says where a database is that is the test's own until it ends, for its superuser.
func NewURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Environment)
	if server == "" {
		t.Fatal("run make test, or start: devstack exec -- go test ./...")
	}
	conn, err := pgx.Connect(t.Context(), server)
	require.NoError(t, err, "reach the test server")
	// With the connection ends the lock on the database that it holds, however the test ends.
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
		defer cancel()
		require.NoError(t, conn.Close(ctx))
	})
	name, err := shelf{conn, server}.take(t.Context())
	require.NoError(t, err)
	address, err := replaceDatabase(server, name)
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

// inside does something in a database of the server.
func inside(ctx context.Context, server, database string, do func(*pgx.Conn) error) (err error) {
	address, err := replaceDatabase(server, database)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("reach a test database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	return do(conn)
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
