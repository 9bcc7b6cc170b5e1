package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/process"
	"github.com/dengpan/dengpan/devstack/temporal"
	"github.com/dengpan/dengpan/devstack/ui"
)

// The stack's own programs are this very executable, started with one of these words.
const (
	temporalRole = "temporal"
	uiRole       = "temporal-ui"
)

// TemporalService is a Temporal server in a process of its own, which may be killed. The program
// that asks for it must give its command line to RunRole first.
func TemporalService(options temporal.Options) (Service, error) {
	self, err := os.Executable()
	if err != nil {
		return Service{}, fmt.Errorf("find our own program: %w", err)
	}
	if options.Address == "" {
		options.Address = temporal.DefaultAddress
	}
	if options.Namespace == "" {
		options.Namespace = temporal.DefaultNamespace
	}
	// By a file: command lines can be read by every user of the machine, and environments by more than they should.
	location := options.LogPath + ".database-url"
	if err := files.WriteSecret(location, options.DatabaseURL); err != nil {
		return Service{}, fmt.Errorf("write the URL of Temporal's database: %w", err)
	}
	return Service{
		Spec: process.Spec{
			Name: "Temporal", Path: self,
			Args: []string{
				temporalRole, "--address", options.Address, "--namespace", options.Namespace, "--log", options.LogPath,
				"--database-url-file", location,
			},
			LogPath: options.LogPath,
			// When we die, so does PostgreSQL, and without it a stop in good order takes for ever.
			DeathSignal: syscall.SIGKILL,
		},
		Ready: func(ctx context.Context) error { return temporal.Ready(ctx, options.Address, options.Namespace) },
		Grace: 30 * time.Second,
	}, nil
}

// UIService is Temporal's web interface in a process of its own.
func UIService(o ui.Options, logPath string) (Service, error) {
	ready := func(ctx context.Context) error { return ui.Ready(ctx, o.Address) }
	return own("Temporal UI", logPath, ready,
		uiRole, "--address", o.Address, "--temporal-address", o.TemporalAddress, "--namespace", o.Namespace, "--api", o.APIURL)
}

// own is one of the stack's own programs: the first of its words says which.
func own(name, logPath string, ready func(context.Context) error, words ...string) (Service, error) {
	self, err := os.Executable()
	if err != nil {
		return Service{}, fmt.Errorf("find our own program: %w", err)
	}
	return Service{
		Spec: process.Spec{Name: name, Path: self, LogPath: logPath, Args: words}, Ready: ready, Grace: 5 * time.Second,
	}, nil
}

// RunRole runs one of the stack's own services if that is what the command line asks for, until it
// is told to stop, and then ends the program. Test programs call it in TestMain.
func RunRole() {
	roles := RoleCommands()
	if len(os.Args) < 2 || !slices.ContainsFunc(roles, func(c *cobra.Command) bool { return c.Name() == os.Args[1] }) {
		return
	}
	root := &cobra.Command{Use: "devstack", SilenceUsage: true}
	root.AddCommand(roles...)
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// RoleCommands are the commands that run the stack's own services.
func RoleCommands() []*cobra.Command {
	return []*cobra.Command{temporalCommand(), uiCommand(), providerCommand(), postboxCommand()}
}

func temporalCommand() *cobra.Command {
	var options temporal.Options
	var location string
	command := &cobra.Command{
		Use:   temporalRole,
		Short: "Run a Temporal server on a PostgreSQL server until told to stop",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if location == "" {
				return errors.New("--database-url-file is not set")
			}
			content, err := os.ReadFile(location)
			if err != nil {
				return fmt.Errorf("read the database's URL: %w", err)
			}
			options.DatabaseURL = strings.TrimSpace(string(content))
			ctx, stop := signal.NotifyContext(command.Context(), syscall.SIGTERM, os.Interrupt)
			defer stop()
			server, err := temporal.Start(ctx, options)
			if err != nil {
				return err
			}
			<-ctx.Done()
			return server.Stop()
		},
	}
	command.Flags().StringVar(&options.Address, "address", temporal.DefaultAddress, "where clients connect")
	command.Flags().StringVar(&options.Namespace, "namespace", temporal.DefaultNamespace, "namespace to register")
	command.Flags().StringVar(&location, "database-url-file", "", "file that holds the PostgreSQL server's URL")
	command.Flags().StringVar(&options.LogPath, "log", "", "file for warnings and errors (standard error unless set)")
	return command
}

func uiCommand() *cobra.Command {
	var options ui.Options
	command := &cobra.Command{
		Use:   uiRole,
		Short: "Serve Temporal's web interface until told to stop",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), syscall.SIGTERM, os.Interrupt)
			defer stop()
			return ui.Serve(ctx, options)
		},
	}
	command.Flags().StringVar(&options.Address, "address", ui.DefaultAddress, "where to serve")
	command.Flags().StringVar(&options.TemporalAddress, "temporal-address", temporal.DefaultAddress, "the Temporal server")
	command.Flags().StringVar(&options.Namespace, "namespace", temporal.DefaultNamespace, "namespace shown first")
	command.Flags().StringVar(&options.APIURL, "api", "", "the product's API, which opens payloads")
	return command
}
