// Package stack starts, stops, kills and restarts the pieces of a running system one by one: what
// `make run` is made of, and what tests break.
package stack

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/dengpan/dengpan/devstack/process"
)

// Service is a program of the stack and how to tell that it serves.
type Service struct {
	Spec process.Spec
	// Ready returns when the service answers; nil when there is nothing to ask.
	Ready func(context.Context) error
	// Grace is what the service may take to stop before it is killed.
	Grace time.Duration
}

// readyTimeout is how long a service may take to begin to answer.
const readyTimeout = 90 * time.Second

// defaultGrace suits services that finish the requests under way.
const defaultGrace = 20 * time.Second

// AwaitReady returns when the service answers, or says what it waited for and where the log is.
// ended, if not nil, gives up early when the service's process has ended.
func (s Service) AwaitReady(ctx context.Context, ended <-chan struct{}) error {
	if s.Ready == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if ended != nil {
		go func() {
			select {
			case <-ended:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	if err := s.Ready(ctx); err != nil {
		return fmt.Errorf("wait for %s: %w; see %s%s", s.Spec.Name, err, s.Spec.LogPath, tail(s.Spec.LogPath))
	}
	return nil
}

// Start runs the service and returns when it answers.
func (s Service) Start(ctx context.Context) (*Running, error) {
	if s.Grace == 0 {
		s.Grace = defaultGrace
	}
	started, err := process.Start(s.Spec)
	if err != nil {
		return nil, err
	}
	if err := s.AwaitReady(ctx, started.Done()); err != nil {
		started.Kill()
		return nil, err
	}
	return &Running{service: s, process: started}, nil
}

// Running is a service that was started. Its methods are for one goroutine.
type Running struct {
	service Service
	process *process.Process
}

// PID is the process number of the service, as it runs now.
func (r *Running) PID() int { return r.process.PID() }

// Spec is what the service runs.
func (r *Running) Spec() process.Spec { return r.service.Spec }

// Ready returns when the service answers.
func (r *Running) Ready(ctx context.Context) error { return r.service.AwaitReady(ctx, nil) }

// Done is closed when the process that runs now has ended.
func (r *Running) Done() <-chan struct{} { return r.process.Done() }

// Stop asks the service to end and waits for it.
func (r *Running) Stop() error { return r.process.Stop(r.service.Grace) }

// Kill9 ends the service with SIGKILL, as a crash would, and returns when it is gone.
func (r *Running) Kill9() { r.process.Kill() }

// Start runs the service again after Kill9 or Stop, and returns when it answers.
func (r *Running) Start(ctx context.Context) error {
	if r.process.Running() {
		return fmt.Errorf("%s already runs", r.service.Spec.Name)
	}
	again, err := r.service.Start(ctx)
	if err != nil {
		return err
	}
	r.process = again.process
	return nil
}

// Restart stops the service in good order and runs it again.
func (r *Running) Restart(ctx context.Context) error {
	if err := r.Stop(); err != nil {
		return err
	}
	return r.Start(ctx)
}

// tail quotes the end of a log, for an error message that can be acted on without opening it.
func tail(path string) string {
	const most = 600
	content, err := os.ReadFile(path)
	if err != nil || len(content) == 0 {
		return ""
	}
	return ", which ends:\n" + string(content[max(0, len(content)-most):])
}
