package process

import (
	"sync"
	"time"
)

// Keeper runs a program again when it ends unasked, more slowly each time it fails quickly.
type Keeper struct {
	spec    Spec
	backoff func(failures int) time.Duration

	mu       sync.Mutex
	current  *Process
	restarts int
	lastErr  error
	retryAt  time.Time

	stop     chan struct{}
	stopOnce sync.Once
	stopped  chan struct{}
}

// settled is how long a program must have run for its next crash to count as a first one.
const settled = 30 * time.Second

// Backoff is the delay before the n-th restart in a row: half a second, doubling up to ten.
func Backoff(failures int) time.Duration {
	const first, longest = 500 * time.Millisecond, 10 * time.Second
	delay := first
	for i := 1; i < failures && delay < longest; i++ {
		delay *= 2
	}
	return min(delay, longest)
}

// Keep starts the program and keeps it running until Stop.
func Keep(spec Spec) (*Keeper, error) {
	return keep(spec, Backoff)
}

func keep(spec Spec, backoff func(int) time.Duration) (*Keeper, error) {
	first, err := Start(spec)
	if err != nil {
		return nil, err
	}
	k := &Keeper{
		spec: spec, backoff: backoff, current: first,
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	go k.run()
	return k, nil
}

func (k *Keeper) run() {
	defer close(k.stopped)
	failures := 0
	process := k.current
	for {
		if process != nil {
			select {
			case <-k.stop:
				return
			case <-process.Done():
			}
			if time.Since(process.started) > settled {
				failures = 0
			}
		}
		failures++
		delay := k.backoff(failures)
		k.mu.Lock()
		if process != nil {
			k.lastErr = process.Err()
		}
		k.current, k.retryAt = nil, time.Now().Add(delay)
		k.mu.Unlock()

		select {
		case <-k.stop:
			return
		case <-time.After(delay):
		}
		var err error
		process, err = Start(k.spec)
		k.mu.Lock()
		k.restarts++
		k.current, k.retryAt = process, time.Time{}
		if err != nil {
			k.lastErr = err
		}
		k.mu.Unlock()
	}
}

// State is what a Keeper's program is doing.
type State struct {
	Name     string
	LogPath  string
	PID      int // 0 while it is down
	Since    time.Time
	Restarts int
	LastErr  error     // how it ended the last time, if it did
	RetryAt  time.Time // when it is started again, while it is down
}

// State reports on the program.
func (k *Keeper) State() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	state := State{
		Name: k.spec.Name, LogPath: k.spec.LogPath,
		Restarts: k.restarts, LastErr: k.lastErr, RetryAt: k.retryAt,
	}
	if k.current != nil && k.current.Running() {
		state.PID, state.Since = k.current.PID(), k.current.started
	}
	return state
}

// Stop ends the program and does not start it again.
func (k *Keeper) Stop(grace time.Duration) error {
	k.halt()
	if process := k.process(); process != nil {
		return process.Stop(grace)
	}
	return nil
}

// Kill ends the program at once and does not start it again.
func (k *Keeper) Kill() {
	k.halt()
	if process := k.process(); process != nil {
		process.Kill()
	}
}

func (k *Keeper) halt() {
	k.stopOnce.Do(func() { close(k.stop) })
	<-k.stopped
}

func (k *Keeper) process() *Process {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.current
}
