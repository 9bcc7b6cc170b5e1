package postgres_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/postgres"
	"github.com/dengpan/dengpan/devstack/testbed"
)

// holdVariable names the folder of a cluster that this test program, started once more, is to hold.
const holdVariable = "DENGPAN_TEST_HOLD_CLUSTER"

func TestAClusterGoesWithAProgramThatIsKilledAndCanBeStartedAtOnce(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(holdVariable); dir != "" {
		hold(t, dir)
		return
	}
	dir := filepath.Join(testbed.Folder(t), "pg")
	holder := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	holder.Env = append(os.Environ(), holdVariable+"="+dir)
	out, err := holder.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, holder.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "running")

	require.NoError(t, holder.Process.Kill())
	require.Error(t, holder.Wait())

	cluster := start(t, dir)
	remember(t, cluster, "after the crash")
	require.NotContains(t, line, fmt.Sprint(cluster.PID()))
}

// hold runs a cluster until this program is killed.
func hold(t *testing.T, dir string) {
	t.Helper()
	cluster, err := postgres.Start(t.Context(), postgres.Options{Dir: dir, Fast: true})
	require.NoError(t, err)
	fmt.Println("running", cluster.PID())
	<-t.Context().Done()
}
