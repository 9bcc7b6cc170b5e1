// Package testbed is what tests of running systems stand on: the product's program, folders that PostgreSQL's own user can
// reach, addresses that are free. The program under test never imports it.
package testbed

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/ports"
)

// Program is the product's program, which make builds before the tests.
func Program(t testing.TB) string {
	t.Helper()
	path := os.Getenv("DENGPAN_BINARY")
	if path == "" {
		path = filepath.Join("..", "..", ".dengpan", "bin", "dengpan")
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	require.FileExists(t, path, "build it first: run make build, or make test")
	return path
}

// Chromium is the browser that tests drive: the one that is named, or Debian's, if it can be as the program without windows,
// which opens a page at half of what it costs the other. deploy/needs sees to it.
func Chromium(t testing.TB) string {
	t.Helper()
	names := []string{"chromium-headless-shell", "chromium"}
	if named := os.Getenv("DENGPAN_CHROMIUM"); named != "" {
		names = []string{named}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	require.Fail(t, "there is no Chromium", "looked for %q: run deploy/needs test, or make test", names)
	return ""
}

// Folder is a place of the test's own that PostgreSQL's own user can reach, which t.TempDir is not when root tests, and
// whose path is short enough for a socket.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dengpan-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// Address is an address of this machine that nobody listens on.
func Address(t testing.TB) string {
	t.Helper()
	address, err := ports.FreeAddress()
	require.NoError(t, err)
	return address
}
