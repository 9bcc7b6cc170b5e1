package postgres_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/postgres"
	"github.com/dengpan/dengpan/devstack/testbed"
)

func TestARestartKeepsTheDataAndTheAddress(t *testing.T) {
	t.Parallel()
	cluster := start(t, filepath.Join(testbed.Folder(t), "pg"))
	remember(t, cluster, "before")
	before := cluster.URL("app")

	require.NoError(t, cluster.Restart(t.Context()))

	require.Equal(t, before, cluster.URL("app"))
	require.Equal(t, "before", remembered(t, cluster))
}

func TestACommitSurvivesKillingTheServer(t *testing.T) {
	t.Parallel()
	cluster := start(t, filepath.Join(testbed.Folder(t), "pg"))
	remember(t, cluster, "committed")

	cluster.Kill()
	require.NoError(t, cluster.Recover(t.Context()))

	require.Equal(t, "committed", remembered(t, cluster))
}

func TestStopLeavesNoProcess(t *testing.T) {
	t.Parallel()
	cluster, err := postgres.Start(t.Context(), postgres.Options{Dir: filepath.Join(testbed.Folder(t), "pg"), Fast: true})
	require.NoError(t, err)
	require.NotEmpty(t, workingIn(t, cluster.Path()))

	require.NoError(t, cluster.Stop())

	require.Empty(t, workingIn(t, cluster.Path()))
}

func TestASecondStartFindsTheDataOfTheFirst(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(testbed.Folder(t), "pg")
	first, err := postgres.Start(t.Context(), postgres.Options{Dir: dir, Fast: true})
	require.NoError(t, err)
	remember(t, first, "yesterday")
	require.NoError(t, first.Stop())

	require.Equal(t, "yesterday", remembered(t, start(t, dir)))
}

func TestAStalePidFileOfAStrangerDoesNotStopTheStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(testbed.Folder(t), "pg")
	first, err := postgres.Start(t.Context(), postgres.Options{Dir: dir, Fast: true})
	require.NoError(t, err)
	remember(t, first, "kept")
	require.NoError(t, first.Stop())
	// The number now belongs to a live process that has nothing to do with PostgreSQL: this test.
	stale := filepath.Join(first.Path(), "data", "postmaster.pid")
	require.NoError(t, os.WriteFile(stale, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600))

	require.Equal(t, "kept", remembered(t, start(t, dir)))
}

func TestAClusterInUseIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(testbed.Folder(t), "pg")
	start(t, dir)

	_, err := postgres.Start(t.Context(), postgres.Options{Dir: dir})

	require.ErrorContains(t, err, "in use")
}

func TestCreatingADatabaseTwiceIsOnce(t *testing.T) {
	t.Parallel()
	cluster := start(t, filepath.Join(testbed.Folder(t), "pg"))
	require.NoError(t, cluster.CreateDatabase(t.Context(), "app"))
	require.NoError(t, cluster.CreateDatabase(t.Context(), "app"))
}

func TestAnInterruptedInitialisationLeavesNothingInTheWay(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(testbed.Folder(t), "pg")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "data.new", "base"), 0o700))

	start(t, dir)
}

func start(t *testing.T, dir string) *postgres.Cluster {
	t.Helper()
	cluster, err := postgres.Start(t.Context(), postgres.Options{Dir: dir, Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Stop()) })
	return cluster
}

func remember(t *testing.T, cluster *postgres.Cluster, word string) {
	t.Helper()
	require.NoError(t, cluster.CreateDatabase(t.Context(), "app"))
	conn, err := pgx.Connect(t.Context(), cluster.URL("app"))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), "CREATE TABLE words (word text)")
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "INSERT INTO words VALUES ($1)", word)
	require.NoError(t, err)
}

func remembered(t *testing.T, cluster *postgres.Cluster) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), cluster.URL("app"))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	var word string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT word FROM words").Scan(&word))
	return word
}

// workingIn lists the processes whose working directory is under path.
func workingIn(t *testing.T, path string) []string {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	require.NoError(t, err)
	var found []string
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && strings.HasPrefix(target, path) {
			found = append(found, link)
		}
	}
	return found
}
