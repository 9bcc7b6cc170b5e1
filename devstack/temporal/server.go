// Package temporal runs a whole Temporal server in this process, on databases of its own beside the
// product's.
package temporal

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/primitives"
	server "go.temporal.io/server/temporal"
)

// Options say how the server is to run.
type Options struct {
	// DatabaseURL names the PostgreSQL server and a user who may create databases; its database is
	// used only to connect to.
	DatabaseURL string
	// Address is where clients connect; see DefaultAddress.
	Address string
	// Namespace is registered if it does not exist; see DefaultNamespace.
	Namespace string
	// LogPath receives warnings and errors as JSON lines; standard error unless set.
	LogPath string
}

// Defaults of Options.
const (
	DefaultAddress   = "127.0.0.1:7233"
	DefaultNamespace = "dengpan"
)

func (o Options) orDefaults() Options {
	if o.Address == "" {
		o.Address = DefaultAddress
	}
	if o.Namespace == "" {
		o.Namespace = DefaultNamespace
	}
	return o
}

// Server is a running Temporal server.
type Server struct {
	options  Options
	internal server.Server
	stopOnce sync.Once
	stopErr  error
}

// Start prepares the databases, starts every service, and returns when workflows can run.
func Start(ctx context.Context, options Options) (*Server, error) {
	options = options.orDefaults()
	database, err := url.Parse(options.DatabaseURL)
	if err != nil {
		return nil, errors.New("read the database URL: not a URL") // the URL holds a password
	}
	logger := log.NewZapLogger(log.BuildZapLogger(log.Config{Level: "warn", OutputFile: options.LogPath, Stdout: false}))
	if err := prepare(ctx, database, logger); err != nil {
		return nil, err
	}
	addresses, err := allot(options.Address)
	if err != nil {
		return nil, err
	}
	settled, err := serverConfig(database, addresses)
	if err != nil {
		return nil, err
	}
	internal, err := server.NewServer(
		server.WithConfig(settled),
		server.ForServices(server.DefaultServices),
		server.WithStaticHosts(addresses.static()),
		server.WithLogger(logger),
		server.WithDynamicConfigClient(settings()),
		server.WithCustomMetricsHandler(metrics.NoopMetricsHandler),
		server.WithAuthorizer(authorization.NewNoopAuthorizer()),
		server.WithClaimMapper(func(*config.Config) authorization.ClaimMapper {
			return authorization.NewNoopClaimMapper()
		}),
	)
	if err != nil {
		return nil, fmt.Errorf("make the Temporal server: %w", err)
	}
	if err := internal.Start(); err != nil {
		return nil, fmt.Errorf("start the Temporal server: %w", err)
	}
	s := &Server{options: options, internal: internal}
	if err := Ready(ctx, addresses[primitives.FrontendService], options.Namespace); err != nil {
		_ = s.Stop()
		return nil, err
	}
	return s, nil
}

// Address is where clients connect.
func (s *Server) Address() string { return s.options.Address }

// Stop ends every service. A stopped server cannot be started again: start another.
func (s *Server) Stop() error {
	s.stopOnce.Do(func() {
		if err := s.internal.Stop(); err != nil {
			s.stopErr = fmt.Errorf("stop the Temporal server: %w", err)
		}
	})
	return s.stopErr
}
