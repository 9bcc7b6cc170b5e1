package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopLeftover ends every server process that still runs on the cluster's data, as after a crash
// of whoever started it, and then clears the stale postmaster.pid. Two postmasters on one data
// folder would destroy it, so the file goes only when nobody is left.
//
// Every PostgreSQL process has the data folder as its working directory; that tells ours from a
// stranger that was given the same number, as postmaster.pid alone does not.
func stopLeftover(h home) error {
	steps := []struct {
		signal syscall.Signal
		wait   time.Duration
	}{
		// Children of a postmaster that was killed notice within moments and go by themselves.
		{signal: 0, wait: 200 * time.Millisecond},
		{signal: syscall.SIGINT, wait: 15 * time.Second},  // fast shutdown
		{signal: syscall.SIGQUIT, wait: 10 * time.Second}, // immediate shutdown, recovery at the next start
		{signal: syscall.SIGKILL, wait: 5 * time.Second},
	}
	for _, step := range steps {
		left := serving(h.data())
		if len(left) == 0 {
			break
		}
		for _, pid := range left {
			// A fast shutdown is the postmaster's to order; to its children SIGINT means something else.
			if step.signal == syscall.SIGINT && pid != postmaster(h.data()) {
				continue
			}
			_ = syscall.Kill(pid, step.signal)
		}
		for deadline := time.Now().Add(step.wait); time.Now().Before(deadline) && len(serving(h.data())) > 0; {
			time.Sleep(20 * time.Millisecond)
		}
	}
	if left := serving(h.data()); len(left) > 0 {
		return fmt.Errorf("processes %v still use the cluster in %s and could not be stopped", left, h.path)
	}
	if err := os.Remove(filepath.Join(h.data(), "postmaster.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the stale postmaster.pid: %w", err)
	}
	return nil
}

// serving lists the processes whose working directory is the data folder.
func serving(data string) []int {
	real, err := filepath.EvalSymlinks(data)
	if err != nil {
		return nil
	}
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	var pids []int
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != real {
			continue
		}
		if pid, err := strconv.Atoi(strings.Split(link, "/")[2]); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

// postmaster reads the process number in postmaster.pid; 0 if there is none.
func postmaster(data string) int {
	content, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(content), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(first))
	return pid
}
