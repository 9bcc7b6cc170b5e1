package postgres_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/postgres"
)

const holdVariable = "DENGPAN_TEST_HOLD_CLUSTER"

// TestMain lets this test program be started again as one that holds a cluster until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(holdVariable); dir != "" {
		hold(dir)
	}
	os.Exit(m.Run())
}

func hold(dir string) {
	cluster, err := postgres.Start(context.Background(), postgres.Options{Dir: dir, Fast: true})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println("running", cluster.PID())
	select {}
}

func TestAClusterGoesWithAProgramThatIsKilledAndCanBeStartedAtOnce(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	holder := exec.Command(os.Args[0], "-test.run=^$")
	holder.Env = append(os.Environ(), holdVariable+"="+dir)
	out, err := holder.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, holder.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "running")

	require.NoError(t, holder.Process.Kill())
	_ = holder.Wait()

	cluster := start(t, dir)
	remember(t, cluster, "after the crash")
	require.NotContains(t, line, fmt.Sprint(cluster.PID()))
}
