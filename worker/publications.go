package worker

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// nightly is when the comparisons are made, if days last 24 hours: at three in the morning in Beijing.
const nightly = 19 * time.Hour

// publish says in the record which channels have an address here, and has them compared every day. It tries until it is done.
func (cfg Config) publish(ctx context.Context) {
	sender := cfg.Publications.Sender
	every, connected := max(sender.Calendar.Day, time.Second), slices.Sorted(maps.Keys(sender.Channels))
	cfg.until(ctx, "publication cannot be prepared yet", func() error {
		return errors.Join(
			cfg.Store.Tx(ctx, func(tx *store.Tx) error { return tx.ConnectChannels(connected, time.Now().UTC()) }),
			EnsureSchedule(ctx, cfg.Temporal, Schedule{
				ID: contract.ReconciliationSchedule, Workflow: contract.ReconciliationWorkflow, Queue: contract.DeliveryQueue,
				Every: every, Offset: nightly % every,
			}),
		)
	})
}

// check has every certificate derived anew every day: an hour after the registers are compared, if days last 24 hours.
func (cfg Config) check(ctx context.Context) {
	const least = time.Minute // where days are shorter, in a demonstration
	every := max(cfg.Publications.Sender.Calendar.Day, least)
	cfg.until(ctx, "the check of certificates cannot be prepared yet", func() error {
		return EnsureSchedule(ctx, cfg.Temporal, Schedule{
			ID: contract.CertificateCheckSchedule, Workflow: contract.CertificateCheckWorkflow, Queue: contract.DeliveryQueue,
			Every: every, Offset: (nightly + time.Hour) % every,
		})
	})
}

// until tries something until it is done, or the process is told to stop.
func (cfg Config) until(ctx context.Context, not string, do func() error) {
	running := func(error) bool { return ctx.Err() == nil }
	_ = patience{cfg.Logger, time.Minute, running}.until(ctx, not, do) // logged each time
}
