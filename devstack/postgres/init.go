package postgres

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// superuser owns everything in the cluster; the cluster is the stack's alone.
const superuser = "dengpan"

// application is the role that the product runs as.
const application = "dengpan_application"

// ensureData makes the cluster's data if there is none yet, and returns the superuser's password
// and the programs that fit the data.
func ensureData(h home, newest binaries, fast bool) (password string, bin binaries, err error) {
	version, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		password, err = initialise(h, newest, fast)
		return password, newest, err
	case err != nil:
		return "", binaries{}, fmt.Errorf("read the cluster's version: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(version)))
	if err != nil {
		return "", binaries{}, fmt.Errorf("read the cluster's version: %w", err)
	}
	if bin, err = find(major); err != nil {
		return "", binaries{}, err
	}
	content, err := os.ReadFile(h.password())
	if err != nil {
		return "", binaries{}, fmt.Errorf("read the cluster's password (remove %s to begin anew): %w", h.path, err)
	}
	return strings.TrimSpace(string(content)), bin, nil
}

// initialise runs initdb beside the place of the data and moves the result there when it is whole,
// so that an interrupted run leaves nothing that looks like a cluster.
func initialise(h home, bin binaries, fast bool) (string, error) {
	password := rand.Text()
	if err := h.write(h.password(), password); err != nil {
		return "", fmt.Errorf("write the cluster's password: %w", err)
	}
	unfinished := h.data() + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return "", fmt.Errorf("remove an unfinished cluster: %w", err)
	}
	args := []string{
		"--pgdata=" + unfinished, "--username=" + superuser, "--pwfile=" + h.password(),
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
	}
	if fast {
		args = append(args, "--no-sync")
	}
	cmd := exec.Command(bin.path("initdb"), args...)
	cmd.Dir = h.path // initdb must start where its user may be
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.credential}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("make the cluster with initdb: %w: %s", err, lastLines(output.String(), 5))
	}
	if err := os.Rename(unfinished, h.data()); err != nil {
		return "", fmt.Errorf("put the new cluster in place: %w", err)
	}
	return password, nil
}

// write makes a file that only the cluster's user can read.
func (h home) write(path, content string) error {
	if err := os.WriteFile(path, []byte(content+"\n"), 0o600); err != nil {
		return err
	}
	if h.credential == nil {
		return nil
	}
	return os.Chown(path, int(h.credential.Uid), int(h.credential.Gid))
}

// lastLines returns the end of a program's output, on one line.
func lastLines(output string, n int) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], " | ")
}
