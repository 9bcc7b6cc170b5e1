package execution

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

// How the watcher works: how often it looks, how long work may be overdue before Temporal is asked about it, and how much is
// asked in one round. What is left over comes first in the next.
const (
	every       = 3 * time.Second
	overdue     = 5 * time.Second
	mostAsked   = 200
	mostListed  = 5000
	page        = 1000
	concurrency = 8
	patience    = 5 * time.Second
	unsettled   = 3 * time.Second // after which a repair is carried out that whoever asked for it did not
)

// Watcher carries into the record what Temporal tells of executions that make no progress, and carries out repairs that nobody
// else did. It is no workflow: a program that fails to run workflows must not be what finds it out.
type Watcher struct {
	Service

	Logger *slog.Logger
	asked  map[string]time.Time // when Temporal was last asked about a workflow that is or was in trouble
}

// Run watches until the context is done. Of several workers one looks at a time.
func (w *Watcher) Run(ctx context.Context) {
	rounds.Make(ctx, every/3, w.Logger, "executions are not all watched", func(ctx context.Context) error {
		mine, err := w.Store.Read(ctx).ClaimWatch(time.Now().UTC(), every)
		if err != nil || !mine {
			return err
		}
		return errors.Join(w.Look(ctx), w.carryOn(ctx))
	})
}

// Look asks Temporal once about everything that may be in trouble, and writes down what it is told.
func (w *Watcher) Look(ctx context.Context) error {
	reported, err := w.reported(ctx)
	if err != nil {
		return err
	}
	suspects, err := w.Store.Read(ctx).Suspects(time.Now().UTC().Add(-overdue), mostListed)
	if err != nil {
		return err
	}
	all := slices.Concat(reported, suspects)
	slices.Sort(all)
	all = slices.Compact(all)
	// Those that were not asked about for longest come first; what is no longer suspected is forgotten.
	known := make(map[string]time.Time, len(all))
	for _, id := range all {
		known[id] = w.asked[id]
	}
	w.asked = known
	slices.SortStableFunc(all, func(a, b string) int { return known[a].Compare(known[b]) })
	all = all[:min(len(all), mostAsked)]
	if err := w.askAll(ctx, all); err != nil {
		return err
	}
	for _, id := range all {
		w.asked[id] = time.Now()
	}
	return w.Store.Read(ctx).Watched(time.Now().UTC())
}

// reported are the workflows whose own code fails, by Temporal's own list.
func (w *Watcher) reported(ctx context.Context) (ids []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: w.Namespace, PageSize: page,
		Query: `ExecutionStatus = "Running" AND TemporalReportedProblems IN ("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")`,
	}
	for {
		answer, err := w.Temporal.ListWorkflow(ctx, request)
		if err != nil {
			return nil, fmt.Errorf("list what fails: %w", err)
		}
		for _, info := range answer.GetExecutions() {
			ids = append(ids, info.GetExecution().GetWorkflowId())
		}
		request.NextPageToken = answer.GetNextPageToken()
		if len(answer.GetNextPageToken()) == 0 || len(ids) >= mostListed {
			return ids, nil
		}
	}
}

func (w *Watcher) askAll(ctx context.Context, ids []string) error {
	var wg sync.WaitGroup
	errs := make([]error, len(ids))
	slots := make(chan struct{}, concurrency)
	for i, id := range ids {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = w.ask(ctx, id)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (w *Watcher) ask(ctx context.Context, workflowID string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	v, err := w.Describe(ctx, workflowID)
	if err != nil && !errors.Is(err, ErrNone) {
		return err
	}
	now := time.Now().UTC()
	found := v.troubles(now)
	changed := false
	err = w.Store.Tx(ctx, func(tx *store.Tx) error {
		changed, err = tx.SettleTroubles(workflowID, caseOf(workflowID), found, now)
		return err
	})
	if err == nil && changed {
		w.Logger.InfoContext(ctx, "an execution's state changed", "workflow", workflowID, "troubles", len(found))
	}
	return err
}

// carryOn carries out repairs that were asked for and of which nobody knows what became.
func (w *Watcher) carryOn(ctx context.Context) error {
	const most = 50
	pending, err := w.Store.Read(ctx).PendingRepairs(time.Now().UTC().Add(-unsettled), most)
	for _, repair := range pending {
		_, carried := w.Carry(ctx, repair)
		err = errors.Join(err, carried)
	}
	return err
}
