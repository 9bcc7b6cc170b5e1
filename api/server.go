package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Time limits of the server. Writing has none of its own: each request sets its deadline, and a stream sets one for each
// message.
const (
	headerTime   = 5 * time.Second
	readTime     = 30 * time.Second
	idleTime     = 2 * time.Minute
	mostHeaders  = 32 << 10
	shutdownTime = 10 * time.Second
)

// Run serves a handler at an address until the context ends, and then lets requests under way finish.
func Run(ctx context.Context, handler http.Handler, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return Serve(ctx, handler, listener)
}

// Serve is Run on a listener that is open already; it closes it.
func Serve(ctx context.Context, handler http.Handler, listener net.Listener) error {
	// Requests outlive the signal to stop by as long as a shutdown takes; streams end at once, by the server's own context.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    mostHeaders,
		// What is logged there is what a stranger's connection did wrong.
		ErrorLog:    slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return context.WithValue(serving, stoppingKey{}, ctx.Done()) },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(serving, shutdownTime)
	defer cancel()
	err := server.Shutdown(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // what still runs has had its time
	}
	if err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

type stoppingKey struct{}

// stopping is closed when the server is told to stop: long answers end by it.
func stopping(ctx context.Context) <-chan struct{} {
	done, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	return done
}
