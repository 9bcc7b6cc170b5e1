package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/dengpan/dengpan/store"
)

// Forgetting removes what was only kept for a while once its time is over, whether anybody comes to look or not.
type Forgetting struct {
	Store  *store.Store
	Logger *slog.Logger
	Every  time.Duration // ten minutes unless set
}

// Run forgets until the context is done.
func (f *Forgetting) Run(ctx context.Context) {
	every := f.Every
	if every <= 0 {
		every = 10 * time.Minute
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		gone, err := f.Store.ForgetWorkbooks(ctx, time.Now().UTC())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			f.Logger.WarnContext(ctx, "workbooks cannot be forgotten", "error", err)
		case gone > 0:
			f.Logger.InfoContext(ctx, "workbooks were forgotten", "workbooks", gone)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
