package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/store"
)

// Overviews counts what the operators' overview shows. However long it takes, most of the time is left to others.
type Overviews struct {
	Store    *store.Store
	Calendar calendar.Calendar
	Logger   *slog.Logger
	Every    time.Duration // a minute unless set
	Clock    calendar.Clock
}

// restful is how many times as long as counting took it rests at least.
const restful = 10

// Run counts until the context is done.
func (o *Overviews) Run(ctx context.Context) {
	every := o.Every
	if every <= 0 {
		every = time.Minute
	}
	for {
		began := time.Now()
		if err := o.Count(ctx, every/2); err != nil && ctx.Err() == nil { //nolint:mnd // another worker's will do
			o.Logger.WarnContext(ctx, "the overview cannot be counted", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(every, restful*time.Since(began))):
		}
	}
}

// Count counts once, unless that was done a moment ago.
func (o *Overviews) Count(ctx context.Context, ago time.Duration) error {
	now := o.Clock.UTC()
	last, err := o.Store.Read(ctx).Overview("")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && now.Sub(last.AsOf) < ago {
		return nil
	}
	var counted []store.Overview
	err = o.Store.Snapshot(ctx, func(tx *store.Tx) (err error) {
		counted, err = tx.CountOverviews(now, o.Calendar)
		return err
	})
	if err != nil {
		return err
	}
	return o.Store.Tx(ctx, func(tx *store.Tx) error { return tx.KeepOverviews(counted) })
}
