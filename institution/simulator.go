package institution

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Simulator plays institutions.
type Simulator struct {
	config  Config
	log     *slog.Logger
	client  *client
	clock   clock
	scripts *scripts
	journal *journal

	players map[string]*player
	roster  []*player // by id

	callbacks *recent // webhook ids taken
	finished  *recent // tasks there is nothing left to do about
	answered  *sequence

	mu      sync.Mutex
	jobs    map[string]*job // by task
	running context.Context //nolint:containedctx // jobs begin in callbacks and outlive them
	work    sync.WaitGroup
}

// player is an institution at work.
type player struct {
	Institution

	callbacks *standardwebhooks.Webhook // nil: it takes none

	naming  sync.Mutex
	staffed bool // its staff is named
}

const (
	rememberedCallbacks = 16_384
	rememberedTasks     = 65_536
	shutdownGrace       = 5 * time.Second
)

// New makes a simulator. It reads the state file, and refuses a configuration that cannot work.
func New(config Config) (*Simulator, error) {
	base, err := config.check()
	if err != nil {
		return nil, fmt.Errorf("configure the simulated institutions: %w", err)
	}
	log := config.Logger
	s := &Simulator{
		config:    config,
		log:       log,
		client:    newClient(base, config.Transport),
		clock:     clock{moment: config.Moment, day: config.Day},
		journal:   newJournal(log),
		players:   make(map[string]*player),
		callbacks: newRecent(rememberedCallbacks),
		finished:  newRecent(rememberedTasks),
		answered:  newSequence(),
		jobs:      make(map[string]*job),
	}
	for _, institution := range config.Institutions {
		if err := s.enlist(institution); err != nil {
			return nil, fmt.Errorf("configure the simulated institutions: %w", err)
		}
	}
	slices.SortFunc(s.roster, func(a, b *player) int { return cmp.Compare(a.ID, b.ID) })
	if s.scripts, err = loadScripts(config.StateFile, log); err != nil {
		return nil, err
	}
	return s, nil
}

// enlist adds an institution to those played.
func (s *Simulator) enlist(institution Institution) error {
	switch {
	case institution.ID == "":
		return errors.New("an institution has no id")
	case institution.APIKey == "":
		return fmt.Errorf("the institution %s has no API key", institution.ID)
	case s.players[institution.ID] != nil:
		return fmt.Errorf("the institution %s is there twice", institution.ID)
	}
	p := &player{Institution: institution}
	if institution.WebhookSecret != "" {
		verifier, err := standardwebhooks.NewWebhook(institution.WebhookSecret)
		if err != nil {
			return fmt.Errorf("the webhook secret of the institution %s is not in base64", institution.ID)
		}
		p.callbacks = verifier
	}
	s.players[institution.ID] = p
	s.roster = append(s.roster, p)
	return nil
}

// Run plays the institutions until it is told to stop. It listens for callbacks and control at the configured address.
func (s *Simulator) Run(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.config.Address)
	if err != nil {
		return fmt.Errorf("listen for callbacks to the simulated institutions: %w", err)
	}
	return s.Serve(ctx, listener)
}

// Serve is Run on a listener of the caller's, which it closes.
func (s *Simulator) Serve(ctx context.Context, listener net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := s.server(ctx)
	s.Start(ctx)
	s.log.Info("the simulated institutions are at work",
		"address", listener.Addr().String(), "institutions", len(s.players))
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		stop()
		s.Wait()
		return fmt.Errorf("take callbacks to the simulated institutions: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		_ = server.Close() // what did not finish in time is sent again by whoever sent it
	}
	s.Wait()
	return nil
}

// server is the HTTP server for callbacks and control.
func (s *Simulator) server(ctx context.Context) *http.Server {
	return &http.Server{
		Handler:           s.Handler(),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// Start lets the institutions work until the context ends, without listening. [Simulator.Handler] may be served by the
// caller's own server.
func (s *Simulator) Start(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = ctx
	for _, p := range s.roster {
		s.work.Go(func() { s.poll(ctx, p) })
	}
}

// Wait waits until the work has ended, after the context given to [Simulator.Start] has.
func (s *Simulator) Wait() {
	s.mu.Lock()
	s.running = nil // no job begins from here on
	s.mu.Unlock()
	s.work.Wait()
}

// Handler takes callbacks and control requests.
func (s *Simulator) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /institutions/{id}/callbacks", s.callback)
	mux.HandleFunc("GET /healthz", s.health)
	mux.Handle("POST /control/scripts", loopbackOnly(s.addScript))
	mux.Handle("GET /control/scripts", loopbackOnly(s.listScripts))
	mux.Handle("GET /control/log", loopbackOnly(s.showLog))
	return mux
}
