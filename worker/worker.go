// Package worker wires the workflows and activities into Temporal workers, and runs beside them what else works in the
// background: the relay, and the settler of hours that were watched.
//
// Cases and deliveries have a task queue each. The case worker polls for workflow tasks only: a case's steps are local
// activities. Both stop gracefully: they finish what they hold, so that a deployment repeats nothing.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/payload"
	"github.com/dengpan/dengpan/relay"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workflows"
)

// stopTimeout is how long a worker may take to finish what it holds.
const stopTimeout = 10 * time.Second

// Config is what the workers need.
type Config struct {
	Temporal   client.Client
	Store      *store.Store
	Records    *activities.Records
	Deliveries *activities.Deliveries
	// Batches act on many cases at once.
	Batches *activities.Batches
	// Intakes register the people of workbooks.
	Intakes *activities.Intakes
	// Publications bring certificates to public registers.
	Publications *activities.Publications
	// Telling tells trainees.
	Telling *activities.Telling
	// Hours books what people watched.
	Hours  *hours.Settler
	Logger *slog.Logger
	// CacheSize is how many cases a worker keeps in memory between their tasks; 0 replays each from its history.
	CacheSize int
}

// Dial returns a client for a Temporal namespace, which seals with the keys of workflows what it sends; nil is for a client
// that sends nothing of any workflow. It does not connect until it is used, so that a process can start, and serve what needs
// no Temporal, before the server is there.
func Dial(address, namespace string, keys *payload.Keys, logger *slog.Logger) (client.Client, error) {
	options := client.Options{HostPort: address, Namespace: namespace, Logger: tlog.NewStructuredLogger(logger)}
	if keys != nil {
		keys.Seal(&options)
	}
	c, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("reach Temporal: %w", err)
	}
	return c, nil
}

// Run runs the workers, the relay and the settler until the context is done, or until a worker fails for good. ready is called once
// both workers poll.
func Run(ctx context.Context, cfg Config, ready func()) error {
	worker.SetStickyWorkflowCacheSize(cfg.CacheSize)
	told := ctx
	ctx, cancel := context.WithCancelCause(told)
	defer cancel(nil)
	fatal := func(err error) { cancel(fmt.Errorf("a worker failed: %w", err)) }

	cases := worker.New(cfg.Temporal, contract.CaseQueue, worker.Options{
		LocalActivityWorkerOnly:                true,
		MaxConcurrentWorkflowTaskPollers:       8,
		MaxConcurrentWorkflowTaskExecutionSize: 64,
		WorkerStopTimeout:                      stopTimeout,
		OnFatalError:                           fatal,
	})
	workflows.RegisterCase(cases)
	workflows.RegisterRevocation(cases)
	workflows.RegisterIssuance(cases)
	workflows.RegisterBatch(cases)
	workflows.RegisterCohort(cases)
	workflows.RegisterMisconduct(cases)
	workflows.RegisterPetition(cases)
	workflows.RegisterDoorCheck(cases)
	cfg.Records.Register(cases)
	cfg.Batches.Register(cases)
	cfg.Intakes.Register(cases)

	deliveries := worker.New(cfg.Temporal, contract.DeliveryQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: 64,
		WorkerStopTimeout:                  stopTimeout,
		OnFatalError:                       fatal,
	})
	workflows.RegisterEndpoint(deliveries)
	cfg.Deliveries.Register(deliveries)
	workflows.RegisterPublications(deliveries)
	cfg.Publications.Register(deliveries)
	workflows.RegisterTelling(deliveries)
	cfg.Telling.Register(deliveries)
	workflows.RegisterChecks(deliveries)
	(&activities.Checks{Store: cfg.Store, Keys: cfg.Records.Keys}).Register(deliveries)

	for _, w := range []worker.Worker{cases, deliveries} {
		if err := start(ctx, w, cfg.Logger); err != nil {
			return unless(told, err)
		}
		defer w.Stop()
	}
	ready()
	var wg sync.WaitGroup
	wg.Go(func() { cfg.publish(ctx) })
	wg.Go(func() { cfg.check(ctx) })
	wg.Go(func() { (&relay.Relay{Store: cfg.Store, Temporal: cfg.Temporal, Logger: cfg.Logger}).Run(ctx) })
	wg.Go(func() { cfg.Hours.Run(ctx) })
	wg.Wait()
	return unless(told, context.Cause(ctx))
}

// unless is an error, unless the process was told to stop: ending is then what was asked for.
func unless(told context.Context, err error) error {
	select {
	case <-told.Done():
		return nil
	default:
		return err
	}
}

// start starts a worker, waiting for a Temporal server that is not there yet.
func start(ctx context.Context, w worker.Worker, logger *slog.Logger) error {
	always := func(error) bool { return true }
	if err := (patience{logger, 15 * time.Second, always}).until(ctx, "the worker cannot start yet", w.Start); err != nil {
		return fmt.Errorf("start a worker: %w", err)
	}
	return nil
}

// patience tries again, ever more seldom.
type patience struct {
	logger  *slog.Logger
	longest time.Duration
	mends   func(error) bool // whether waiting may mend an error
}

// until does something until it is done, or waiting does not mend it, or the context is done.
func (p patience) until(ctx context.Context, not string, do func() error) error {
	for wait := time.Second; ; wait = min(2*wait, p.longest) {
		err := do()
		if err == nil || !p.mends(err) {
			return err
		}
		p.logger.WarnContext(ctx, not, "error", err, "again_in", wait)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}
