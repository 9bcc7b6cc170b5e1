package process

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func shell(t *testing.T, script string) Spec {
	t.Helper()
	return Spec{Name: "script", Path: "/bin/sh", Args: []string{"-c", script}, LogPath: filepath.Join(t.TempDir(), "log")}
}

func logged(t *testing.T, spec Spec, text string) {
	t.Helper()
	require.Eventually(t, func() bool {
		content, err := os.ReadFile(spec.LogPath)
		return err == nil && strings.Contains(string(content), text)
	}, time.Minute, 5*time.Millisecond, "the log never said %q", text)
}

// alive says whether a process still runs; one that only waits to be collected does not.
func alive(pid string) bool {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	return err == nil && !strings.Contains(string(status), "State:\tZ")
}

func TestAChildIsAskedBeforeItIsKilled(t *testing.T) {
	t.Parallel()
	spec := shell(t, `trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 0.01; done`)
	child, err := Start(spec)
	require.NoError(t, err)
	logged(t, spec, "ready")

	require.NoError(t, child.Stop(10*time.Second))

	logged(t, spec, "asked")
	require.NoError(t, child.Err())
}

func TestAChildThatWillNotEndIsKilledWithItsGroup(t *testing.T) {
	t.Parallel()
	spec := shell(t, `trap '' TERM; sleep 1000 & echo "$!"; wait; wait`)
	child, err := Start(spec)
	require.NoError(t, err)
	logged(t, spec, "\n")

	require.ErrorIs(t, child.Stop(50*time.Millisecond), ErrForced)

	content, err := os.ReadFile(spec.LogPath)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return !alive(strings.TrimSpace(string(content))) }, time.Minute, 5*time.Millisecond)
}

func TestAChildHasItsOwnProcessGroup(t *testing.T) {
	t.Parallel()
	child, err := Start(shell(t, "sleep 1000"))
	require.NoError(t, err)
	t.Cleanup(child.Kill)

	group, err := syscall.Getpgid(child.PID())

	require.NoError(t, err)
	require.Equal(t, child.PID(), group)
}

func TestAKeptProgramIsStartedAgainWhenItCrashes(t *testing.T) {
	t.Parallel()
	spec := shell(t, `echo started; sleep 1000`)
	keeper, err := keep(spec, func(int) time.Duration { return time.Millisecond })
	require.NoError(t, err)
	t.Cleanup(keeper.Kill)
	logged(t, spec, "started\n")
	first := keeper.State().PID

	require.NoError(t, syscall.Kill(first, syscall.SIGKILL))

	logged(t, spec, "started\nstarted\n")
	require.Eventually(t, func() bool { return keeper.State().PID != 0 }, time.Minute, 5*time.Millisecond)
	state := keeper.State()
	require.NotEqual(t, first, state.PID)
	require.Equal(t, 1, state.Restarts)
	require.ErrorContains(t, state.LastErr, "killed")
}

func TestAStoppedProgramStaysDown(t *testing.T) {
	t.Parallel()
	keeper, err := keep(shell(t, `exit 3`), func(int) time.Duration { return time.Millisecond })
	require.NoError(t, err)
	require.Eventually(t, func() bool { return keeper.State().Restarts > 2 }, time.Minute, 5*time.Millisecond)

	require.NoError(t, keeper.Stop(time.Second))

	state := keeper.State()
	require.Zero(t, state.PID)
	require.Equal(t, state.Restarts, keeper.State().Restarts)
}

func TestRestartsSlowDownAndStaySlow(t *testing.T) {
	t.Parallel()
	require.Equal(t, 500*time.Millisecond, Backoff(1))
	require.Equal(t, time.Second, Backoff(2))
	require.Equal(t, 10*time.Second, Backoff(9))
	require.Equal(t, 10*time.Second, Backoff(1000))
}
