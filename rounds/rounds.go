// Package rounds makes what a process looks after beside everything else: the same round again and again.
package rounds

import (
	"context"
	"log/slog"
	"time"
)

// Make makes rounds until the context is done: one at once, and one more whenever the pause is over. A round that fails ends
// nothing: the log says so, in the words of failed, and the next comes as if nothing had been. A round that was cut short
// because the process ends has not failed.
func Make(ctx context.Context, pause time.Duration, logger *slog.Logger, failed string, round func(context.Context) error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if err := round(ctx); err != nil && ctx.Err() == nil {
			logger.WarnContext(ctx, failed, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
