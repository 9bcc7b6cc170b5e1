// Package relay carries what is committed in the record to Temporal: inbox items to their cases, news of the outbox to the
// endpoints' workflows, and news of certificates to those of the channels they are published on. Whatever was acknowledged is
// in the record first, so a crash here, or a Temporal that is away, delays it and loses nothing.
package relay

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/dengpan/dengpan/store"
)

// How the relay works. It is the second way for an item: the process that wrote one forwards it at once.
const (
	interval    = 200 * time.Millisecond
	batch       = 64
	concurrency = 8
	lease       = 15 * time.Second // how long a claimed item is nobody else's
	patience    = 3 * time.Second  // how long a case is waited for to take a message
	longestWait = time.Minute
	longestTurn = 2 * time.Minute // of an endpoint's workflow; what is due for longer was forgotten
)

// Relay forwards.
type Relay struct {
	Store    *store.Store
	Temporal client.Client
	Logger   *slog.Logger
}

// Run forwards what is due until the context is done.
func (r *Relay) Run(ctx context.Context) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	rounds := time.NewTicker(longestTurn)
	defer rounds.Stop()
	for {
		// A full batch is followed by the next at once; what could not be done waits for the next tick.
		for more := true; more && ctx.Err() == nil; {
			more = r.sweep(ctx)
		}
		r.wake(ctx)
		r.startRevocations(ctx)
		r.wakeChanged(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-rounds.C:
			r.wakeForgotten(ctx)
		}
	}
}

// sweep forwards the inbox items that are due, and says whether there may be more.
func (r *Relay) sweep(ctx context.Context) bool {
	items, err := r.Store.Read(ctx).ClaimInbox(batch, lease)
	if err != nil {
		r.report(ctx, "claim inbox items", err)
		return false
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, concurrency)
	for _, item := range items {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := r.Forward(ctx, item); err != nil {
				r.report(ctx, "forward an inbox item", err, "item", item.ID, "kind", item.Kind, "case", item.CaseID)
				r.postpone(ctx, item)
			}
		})
	}
	wg.Wait()
	return len(items) == batch
}

// postpone makes an item due again, later the more often it was tried.
func (r *Relay) postpone(ctx context.Context, item store.InboxItem) {
	wait := min(time.Second<<min(item.Attempts, 10), longestWait)
	if err := r.Store.Read(ctx).Postpone(item.ID, time.Now().Add(wait)); err != nil {
		r.report(ctx, "postpone an inbox item", err, "item", item.ID) // the lease makes it due all the same
	}
}

// wake tells the endpoints' workflows of new outbox events: one signal an institution, however many there are.
func (r *Relay) wake(ctx context.Context) {
	events, err := r.Store.Read(ctx).Unwoken(1000)
	if err != nil {
		r.report(ctx, "look for new outbox events", err)
		return
	}
	if len(events) > 0 {
		if err := r.Store.LineUp(ctx, ""); err != nil { // whoever polls does it for themselves
			r.report(ctx, "line up new outbox events", err)
		}
	}
	for len(events) > 0 {
		institution := events[0].InstitutionID
		var ids []string
		for len(events) > 0 && events[0].InstitutionID == institution {
			ids, events = append(ids, events[0].ID), events[1:]
		}
		if err := r.endpoint(ctx, institution); err != nil {
			r.report(ctx, "wake an endpoint", err, "institution", institution)
			continue
		}
		if err := r.Store.Read(ctx).MarkWoken(ids); err != nil {
			r.report(ctx, "mark outbox events", err) // it is woken once more, which is harmless
		}
	}
}

func (r *Relay) report(ctx context.Context, operation string, err error, args ...any) {
	if ctx.Err() == nil {
		r.Logger.WarnContext(ctx, "the relay will try again", append(args, "operation", operation, "error", err)...)
	}
}
