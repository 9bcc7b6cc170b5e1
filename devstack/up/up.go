package up

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/dengpan/dengpan/devstack/board"
	"github.com/dengpan/dengpan/devstack/demo"
	"github.com/dengpan/dengpan/devstack/democlock"
	"github.com/dengpan/dengpan/devstack/stack"
)

// running is a stack that is up, or on its way there.
type running struct {
	options Options
	since   time.Time
	lock    *os.File

	product  stack.Product
	ownerURL string           // of the product's database
	clock    *democlock.Clock // nil without a demonstration
	demo     *demo.Demo       // nil without a demonstration

	mu      sync.Mutex
	cluster *database // nil for a server that is not ours
	kept    []*kept   // in the order they were started
}

// Why a stack comes down when nothing failed.
var (
	errAsked = errors.New("told to stop")
	errDone  = errors.New("every case has ended")
)

// Run brings the stack up, keeps it up until a signal or, if so asked, until every case has ended,
// and takes it down. A second signal takes it down at once.
func Run(ctx context.Context, options Options) error {
	if err := options.settle(); err != nil {
		return err
	}
	for _, dir := range []string{options.Dir, filepath.Join(options.Dir, "log")} {
		if err := os.MkdirAll(dir, 0o755); err != nil { // PostgreSQL's own user must get through
			return fmt.Errorf("make the stack's folder: %w", err)
		}
	}
	held, err := lock(options.Dir)
	if err != nil {
		return err
	}
	defer held.Close()
	if err := options.checkPorts(); err != nil {
		return err
	}

	r := &running{options: options, since: time.Now(), lock: held}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer r.onSignals(stop)()

	err = r.bringUp(ctx)
	if err == nil {
		r.serve(ctx, stop)
		err = context.Cause(ctx)
	} else if cause := context.Cause(ctx); cause != nil {
		err = cause // what failed, failed because we were told to stop
	}
	downErr := r.takeDown()
	switch {
	case errors.Is(err, errAsked):
		err = nil
	case errors.Is(err, errDone):
		err = nil
		if surprises := r.demo.Surprises(); len(surprises) > 0 {
			err = fmt.Errorf("cases ended otherwise than they were meant to: %s", strings.Join(surprises, "; "))
		}
	}
	return errors.Join(err, downErr)
}

// onSignals stops the stack on the first signal and kills it on the second. It returns how to undo that.
func (r *running) onSignals(stop context.CancelCauseFunc) (undo func()) {
	// A reader that went away must not end us on the spot: the board notices, and we stop in order.
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	over := make(chan struct{})
	go func() {
		for first := true; ; first = false {
			select {
			case <-over:
				return
			case <-signals:
			}
			if first {
				stop(errAsked)
				continue
			}
			r.say("killing what is left")
			r.kill()
			const byControlC = 130
			os.Exit(byControlC)
		}
	}()
	return func() {
		signal.Stop(signals)
		close(over)
	}
}

// serve shows the stack and plays the demonstration until ctx ends.
func (r *running) serve(ctx context.Context, stop context.CancelCauseFunc) {
	var parts sync.WaitGroup
	if r.demo != nil {
		parts.Go(func() { r.demo.Run(ctx) })
		parts.Go(func() { r.keepClock(ctx) })
		if r.options.ExitWhenDone {
			parts.Go(func() { r.awaitEnd(ctx, stop) })
		}
	}
	if err := board.NewTerminal(os.Stdout, r.options.Plain).Show(ctx, r.snapshot); err != nil {
		stop(errAsked) // whoever looked at the board is gone
	}
	parts.Wait()
}

func (r *running) keepClock(ctx context.Context) {
	ticker := time.NewTicker(democlock.Beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			if err := r.clock.Keep(now); err != nil {
				r.say("the calendar cannot be kept: %v", err)
			}
		}
	}
}

func (r *running) awaitEnd(ctx context.Context, stop context.CancelCauseFunc) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for !r.demo.AllEnded() {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
	stop(errDone)
}

// takeDown stops what was started, the last first.
func (r *running) takeDown() error {
	r.mu.Lock()
	started, cluster := r.kept, r.cluster
	r.mu.Unlock()
	var errs []error
	for _, k := range slices.Backward(started) {
		r.say("stopping %s", k.service.Spec.Name)
		errs = append(errs, k.keeper.Stop(k.service.Grace))
	}
	if cluster != nil {
		r.say("stopping PostgreSQL")
		errs = append(errs, cluster.stop())
	}
	if r.clock != nil {
		errs = append(errs, r.clock.Close(time.Now()))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	r.say("everything is stopped; state is kept in %s", r.options.Dir)
	return nil
}

// kill ends every process at once.
func (r *running) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	var parts sync.WaitGroup
	for _, k := range r.kept {
		parts.Go(k.keeper.Kill)
	}
	if r.cluster != nil {
		parts.Go(r.cluster.kill)
	}
	parts.Wait()
}

func (r *running) say(format string, arguments ...any) {
	fmt.Printf("devstack: "+format+"\n", arguments...)
}
