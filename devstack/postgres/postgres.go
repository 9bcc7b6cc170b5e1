// Package postgres runs a private PostgreSQL cluster from the programs installed on this machine:
// made on first use, listening on 127.0.0.1 only, and gone when the program that started it is.
package postgres

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dengpan/dengpan/devstack/ports"
	"github.com/dengpan/dengpan/devstack/process"
)

// Options say how the cluster is to run.
type Options struct {
	// Dir is the cluster's folder, made if it does not exist.
	Dir string
	// Port to listen on; 0 picks a free one.
	Port int
	// LogPath receives the server's log; Dir/postgres.log unless set.
	LogPath string
	// Fast turns fsync off. Commits still survive a kill -9 of the server, but not of the machine: for tests.
	Fast bool
}

// Cluster is a running cluster.
type Cluster struct {
	options  Options
	home     home
	bin      binaries
	password string
	lock     *os.File

	mu     sync.Mutex
	port   int
	server *process.Process
}

// startTimeout covers recovery after a crash as well.
const startTimeout = 60 * time.Second

// stopGrace is what a fast shutdown may take; it writes a checkpoint.
const stopGrace = 30 * time.Second

// Start makes the cluster if need be, runs it, and returns when it answers queries.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	newest, err := find(0)
	if err != nil {
		return nil, err
	}
	h, err := settle(options.Dir, newest)
	if err != nil {
		return nil, err
	}
	if options.LogPath == "" {
		options.LogPath = filepath.Join(h.path, "postgres.log")
	}
	lock, err := acquire(h)
	if err != nil {
		return nil, err
	}
	c := &Cluster{options: options, home: h, lock: lock, port: options.Port}
	if c.password, c.bin, err = ensureData(h, newest, options.Fast); err == nil {
		err = c.start(ctx)
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	return c, nil
}

// acquire makes sure that no other program of ours runs this cluster. The lock goes with its
// holder, however that ends.
func acquire(h home) (*os.File, error) {
	lock, err := os.OpenFile(h.lock(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the cluster's lock: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("the cluster in %s is in use by another program: %w", h.path, err)
	}
	return lock, nil
}

// start runs the server on the existing data.
func (c *Cluster) start(ctx context.Context) error {
	if err := stopLeftover(c.home); err != nil {
		return err
	}
	const attempts = 3
	for attempt := 1; ; attempt++ {
		err := c.startOnce(ctx)
		// Between choosing a free port and listening on it somebody else may have taken it.
		if err == nil || c.options.Port != 0 || attempt == attempts || ctx.Err() != nil || !errors.Is(err, errPortTaken) {
			return err
		}
		c.port = 0
	}
}

var errPortTaken = errors.New("the port was taken")

func (c *Cluster) startOnce(ctx context.Context) error {
	if c.port == 0 {
		free, err := ports.Free(1)
		if err != nil {
			return err
		}
		c.port = free[0]
	}
	logged := size(c.options.LogPath)
	server, err := process.Start(process.Spec{
		Name: "PostgreSQL", Path: c.bin.path("postgres"), Args: c.arguments(),
		Env: []string{"LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH")},
		Dir: c.home.path, LogPath: c.options.LogPath,
		Credential: c.home.credential, StopSignal: syscall.SIGINT,
	})
	if err != nil {
		return err
	}
	if err := c.await(ctx, server); err != nil {
		_ = server.Stop(stopGrace)
		said := lastLines(since(c.options.LogPath, logged), 4)
		if strings.Contains(said, "Address already in use") {
			err = errors.Join(err, errPortTaken)
		}
		return fmt.Errorf("start PostgreSQL %d in %s: %w; its log %s ends: %s", c.bin.major, c.home.path, err, c.options.LogPath, said)
	}
	c.server = server
	return nil
}

// arguments are the settings, given on the command line so that they follow this program and not
// the file that initdb once wrote.
func (c *Cluster) arguments() []string {
	settings := map[string]string{
		"listen_addresses":                "127.0.0.1",
		"unix_socket_directories":         "",
		"port":                            strconv.Itoa(c.port),
		"shared_buffers":                  "256MB",
		"max_connections":                 "300",
		"fsync":                           "on",
		"synchronous_commit":              "on",
		"wal_compression":                 "on",
		"max_wal_size":                    "2GB",
		"max_parallel_workers_per_gather": "0",
		"jit":                             "off",
		"timezone":                        "UTC",
		"log_timezone":                    "UTC",
		"log_min_messages":                "warning",
		"log_checkpoints":                 "off",
		"log_line_prefix":                 "%m [%p] ",
	}
	if c.options.Fast {
		settings["fsync"], settings["full_page_writes"] = "off", "off"
	}
	args := make([]string, 0, 2+2*len(settings))
	args = append(args, "-D", c.home.data())
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// await returns when the server answers a query, or has ended, or takes too long.
func (c *Cluster) await(ctx context.Context, server *process.Process) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-server.Done():
			return fmt.Errorf("it ended: %w", server.Err())
		case <-ctx.Done():
			return fmt.Errorf("it did not answer: %w", err)
		case <-time.After(15 * time.Millisecond):
		}
	}
}

// URL is the connection string of a database in the cluster, as its superuser.
func (c *Cluster) URL(database string) string {
	location := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, c.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return location.String()
}

// ApplicationURL is the connection string of a database in the cluster as the role of the application, which the product's
// migration makes. Its password follows from the superuser's, so that there is one to keep.
func (c *Cluster) ApplicationURL(database string) string {
	mac := hmac.New(sha256.New, []byte(c.password))
	mac.Write([]byte(application))
	location := url.URL{
		Scheme: "postgres", User: url.UserPassword(application, hex.EncodeToString(mac.Sum(nil))),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return location.String()
}

// Port is where the cluster listens. It stays the same over restarts.
func (c *Cluster) Port() int { return c.port }

// PID is the server's process number.
func (c *Cluster) PID() int { return c.current().PID() }

// Path is the real place of the cluster's files.
func (c *Cluster) Path() string { return c.home.path }

// LogPath is where the server's log goes.
func (c *Cluster) LogPath() string { return c.options.LogPath }

// Version is the major version of the server.
func (c *Cluster) Version() int { return c.bin.major }

// Done is closed when the server that runs now ends, asked or not.
func (c *Cluster) Done() <-chan struct{} { return c.current().Done() }

func (c *Cluster) current() *process.Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server
}

// CreateDatabase makes a database unless it exists.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	return CreateDatabase(ctx, c.URL("postgres"), name)
}

// CreateDatabase makes a database, unless it exists, on the server that the connection string names.
func CreateDatabase(ctx context.Context, server, name string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connect to create database %s: %w", name, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	const duplicateDatabase = "42P04"
	if pgErr := new(pgconn.PgError); errors.As(err, &pgErr) && pgErr.Code == duplicateDatabase {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// Stop shuts the server down and waits until it is gone.
func (c *Cluster) Stop() error {
	err := c.stopServer()
	return errors.Join(err, stopLeftover(c.home), c.lock.Close())
}

func (c *Cluster) stopServer() error {
	if err := c.current().Stop(stopGrace); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	return nil
}

// Restart stops the server, if it runs, and starts it again on the same port.
func (c *Cluster) Restart(ctx context.Context) error {
	if err := c.stopServer(); err != nil {
		return err
	}
	return c.Recover(ctx)
}

// Recover starts the server again after it ended unasked or was killed, on the same port.
func (c *Cluster) Recover(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server.Running() {
		return nil
	}
	c.options.Port = c.port
	return c.start(ctx)
}

// Kill ends the server with SIGKILL, as a crash would. Recover brings it back.
func (c *Cluster) Kill() {
	c.current().Kill()
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// since reads what a file has gained beyond offset.
func since(path string, offset int64) string {
	content, err := os.ReadFile(path)
	if err != nil || int64(len(content)) < offset {
		return ""
	}
	return string(content[offset:])
}
