package postgres

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMissingProgramsAreAnsweredWithTheCommandThatInstallsThem(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, ErrNotInstalled, "apt-get install -y postgresql")
}

func TestTheVersionIsReadFromWhatDistributionsPrint(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]int{
		"postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)": 15,
		"postgres (PostgreSQL) 17.2":                           17,
		"postgres (PostgreSQL) 18beta1":                        18,
	} {
		major, ok := majorVersion(answer)
		require.True(t, ok, answer)
		require.Equal(t, want, major)
	}
	_, ok := majorVersion("mysqld 8.0")
	require.False(t, ok)
}

func TestAMissingReleaseIsNamed(t *testing.T) {
	t.Parallel()
	_, err := find(3)
	require.ErrorContains(t, err, "PostgreSQL 3")
}

// A clone in /root has parents that PostgreSQL's user may not enter.
func TestAnUnreachablePlaceIsLinkedToAReachableOne(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root runs a cluster as another user: here the cluster stays where it is asked for")
	}
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))
	path := filepath.Join(closed, "pg")

	cluster, err := Start(t.Context(), Options{Dir: path, Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(cluster.Path())) })
	require.NoError(t, cluster.Stop())

	real, err := filepath.EvalSymlinks(path)
	require.NoError(t, err)
	require.Equal(t, real, cluster.Path())
	require.FileExists(t, filepath.Join(path, "data", "PG_VERSION"))

	again, err := Start(t.Context(), Options{Dir: path, Fast: true})
	require.NoError(t, err)
	require.Equal(t, cluster.Path(), again.Path())
	require.NoError(t, again.Stop())
}
