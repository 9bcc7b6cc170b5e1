// Package sandbox runs one command against a PostgreSQL cluster and a Temporal server made for it
// alone, and leaves nothing behind: for tests.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/term"

	"github.com/dengpan/dengpan/devstack/ports"
	"github.com/dengpan/dengpan/devstack/postgres"
	"github.com/dengpan/dengpan/devstack/process"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/devstack/temporal"
)

// What the command finds in its environment.
const (
	// DatabaseVariable is the connection string of the cluster's maintenance database, as superuser:
	// tests make databases of their own through it.
	DatabaseVariable = "DENGPAN_TEST_DATABASE_URL"
	// TemporalVariable is the address of the Temporal server: tests use namespaces or task queues of their own.
	TemporalVariable = "DENGPAN_TEST_TEMPORAL_ADDRESS"
)

// Options say what the command is given.
type Options struct {
	Command    []string
	NoTemporal bool
}

// Run runs the command and returns its exit status; 128 plus the signal's number if one ended it.
func Run(ctx context.Context, options Options) (status int, err error) {
	if len(options.Command) == 0 {
		return 0, errors.New("no command given: devstack exec -- COMMAND ARGUMENTS")
	}
	// From here on a signal is the command's to answer, and ours to pass on.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)

	dir, err := os.MkdirTemp("", "dengpan-sandbox-")
	if err != nil {
		return 0, fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL may run as another user
		return 0, fmt.Errorf("open the temporary folder: %w", err)
	}
	cluster, err := postgres.Start(ctx, postgres.Options{Dir: filepath.Join(dir, "pg"), Fast: true})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	environment := append(os.Environ(), DatabaseVariable+"="+cluster.URL("postgres"))

	if !options.NoTemporal {
		server, address, err := startTemporal(ctx, cluster, dir)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		environment = append(environment, TemporalVariable+"="+address)
	}
	return attend(options.Command, environment, signals)
}

func startTemporal(ctx context.Context, cluster *postgres.Cluster, dir string) (*stack.Running, string, error) {
	address, err := ports.FreeAddress()
	if err != nil {
		return nil, "", err
	}
	service, err := stack.TemporalService(temporal.Options{
		DatabaseURL: cluster.URL("postgres"), Address: address, LogPath: filepath.Join(dir, "temporal.log"),
	})
	if err != nil {
		return nil, "", err
	}
	server, err := service.Start(ctx)
	return server, address, err
}

// attend runs the command with our own input and output, passing signals on to it.
func attend(command, environment []string, signals <-chan os.Signal) (int, error) {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return 0, fmt.Errorf("find the command: %w", err)
	}
	// At a terminal the command stays in our process group, so that it may read from it; the
	// terminal then sends it Ctrl-C itself.
	terminal := term.IsTerminal(int(os.Stdin.Fd()))
	child, err := process.Start(process.Spec{
		Name: command[0], Path: path, Args: command[1:], Env: environment, Attached: true, SharedGroup: terminal,
	})
	if err != nil {
		return 0, err
	}
	for {
		select {
		case <-child.Done():
			return exitStatus(child.Err())
		case received := <-signals:
			sig, ok := received.(syscall.Signal)
			if !ok || (terminal && sig != syscall.SIGTERM) {
				continue
			}
			child.SignalGroup(sig)
		}
	}
}

func exitStatus(err error) (int, error) {
	exit := new(exec.ExitError)
	if err == nil {
		return 0, nil
	}
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
