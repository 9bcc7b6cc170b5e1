package sandbox_test

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/dengpan/dengpan/devstack/sandbox"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/devstack/temporal"
	"github.com/dengpan/dengpan/devstack/testbed"
)

// TestMain lets this test program be the command that a sandbox runs.
func TestMain(m *testing.M) {
	stack.RunRole()
	os.Exit(m.Run())
}

const inside = "DENGPAN_TEST_INSIDE"

func TestTheCommandFindsBothServersAndItsStatusComesBack(t *testing.T) {
	if os.Getenv(inside) != "" {
		useBoth(t)
		return
	}
	t.Setenv(inside, "yes")
	status, err := sandbox.Run(t.Context(), sandbox.Options{Command: []string{os.Args[0], "-test.run=^" + t.Name() + "$"}})
	require.NoError(t, err)
	require.Zero(t, status)
}

// useBoth runs within the sandbox.
func useBoth(t *testing.T) {
	t.Helper()
	database, err := pgx.Connect(t.Context(), os.Getenv(sandbox.DatabaseVariable))
	require.NoError(t, err)
	_, err = database.Exec(t.Context(), "CREATE DATABASE mine")
	require.NoError(t, err)
	require.NoError(t, database.Close(t.Context()))
	server, err := client.DialContext(t.Context(), client.Options{
		HostPort: os.Getenv(sandbox.TemporalVariable), Namespace: temporal.DefaultNamespace,
	})
	require.NoError(t, err)
	server.Close()
}

func TestAFailingCommandLeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", testbed.Folder(t))
	status, err := sandbox.Run(t.Context(), sandbox.Options{NoTemporal: true, Command: []string{"sh", "-c", "exit 7"}})
	require.NoError(t, err)
	require.Equal(t, 7, status)
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestACommandEndedByASignalSaysSo(t *testing.T) {
	t.Parallel()
	status, err := sandbox.Run(t.Context(), sandbox.Options{NoTemporal: true, Command: []string{"sh", "-c", "kill -TERM $$"}})
	require.NoError(t, err)
	require.Equal(t, 143, status)
}

func TestAnUnknownCommandIsNamed(t *testing.T) {
	t.Parallel()
	_, err := sandbox.Run(t.Context(), sandbox.Options{NoTemporal: true, Command: []string{"no-such-command"}})
	require.ErrorContains(t, err, "no-such-command")
}
