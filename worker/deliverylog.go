package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/dengpan/dengpan/store"
)

// DeliveryLog removes from the log of deliveries what is older than it is kept.
type DeliveryLog struct {
	Store  *store.Store
	Logger *slog.Logger
	Every  time.Duration // an hour unless set
}

const (
	deliveriesKept = 90 * 24 * time.Hour
	pruneBatch     = 5000 // at a time, so that deliveries are not held up
)

// Run prunes until the context is done.
func (l *DeliveryLog) Run(ctx context.Context) {
	every := l.Every
	if every <= 0 {
		every = time.Hour
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := l.Prune(ctx, time.Now()); err != nil && ctx.Err() == nil {
			l.Logger.WarnContext(ctx, "the delivery log cannot be pruned", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Prune removes all that is too old at a moment.
func (l *DeliveryLog) Prune(ctx context.Context, now time.Time) error {
	for {
		n, err := l.Store.Read(ctx).PruneDeliveries(now.Add(-deliveriesKept), pruneBatch)
		if err != nil || n < pruneBatch {
			return err
		}
	}
}
