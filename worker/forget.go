package worker

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

// Forgetting removes what is only kept for a while once its time is over, whether anybody comes to look or not: workbooks,
// what intakes said of people, certificates in one file, registrations that were never sent, the answers to requests with keys, the log of deliveries, what
// trainees were told and how.
type Forgetting struct {
	Store  *store.Store
	Logger *slog.Logger
	Every  time.Duration // ten minutes unless set
}

const (
	deliveriesKept    = 90 * 24 * time.Hour
	intakesKept       = 30 * 24 * time.Hour
	dispatchesKept    = 90 * 24 * time.Hour
	notificationsKept = 3 * 365 * 24 * time.Hour // longer than a case takes
	forgetBatch       = 5000                     // at a time, so that nobody is held up
)

// Run forgets until the context is done.
func (f *Forgetting) Run(ctx context.Context) {
	rounds.Make(ctx, cmp.Or(f.Every, 10*time.Minute), f.Logger, "what is over is not all forgotten", func(ctx context.Context) error {
		return f.Forget(ctx, time.Now())
	})
}

// Forget removes all whose time is over at a moment. What cannot be removed keeps nothing else from it.
func (f *Forgetting) Forget(ctx context.Context, now time.Time) error {
	now = now.UTC()
	tx := f.Store.Read(ctx)
	_, workbooks := f.Store.ForgetWorkbooks(ctx, now)
	_, prints := f.Store.ForgetPrints(ctx, now)
	_, drafts := f.Store.ForgetDrafts(ctx, now)
	_, intakes := f.Store.ForgetIntakes(ctx, now.Add(-intakesKept), now)
	return errors.Join(
		workbooks, prints, drafts, intakes,
		inBatches(func() (int64, error) { return tx.ForgetKeysBefore(now.Add(-store.IdempotencyRemembered), forgetBatch) }),
		inBatches(func() (int64, error) { return tx.PruneDeliveries(now.Add(-deliveriesKept), forgetBatch) }),
		inBatches(func() (int64, error) { return tx.ForgetContactCodes(now, forgetBatch) }),
		inBatches(func() (int64, error) { return tx.ForgetDispatches(now.Add(-dispatchesKept), forgetBatch) }),
		inBatches(func() (int64, error) { return tx.ForgetNotifications(now.Add(-notificationsKept), forgetBatch) }),
	)
}

// inBatches removes a batch after the other, until one was not full.
func inBatches(remove func() (int64, error)) error {
	for {
		if n, err := remove(); err != nil || n < forgetBatch {
			return err
		}
	}
}
