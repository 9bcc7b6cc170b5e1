package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/dengpan/dengpan/store"
)

// AnchorMessage is the message of the lines that write down where the audit log ends.
const AnchorMessage = "audit anchor"

// Anchors writes to the process's log where the audit log ends, once an interval in which it grew. Who cuts the end of the
// audit log off would have to change every copy of that log, too.
type Anchors struct {
	Store  *store.Store
	Logger *slog.Logger
	Every  time.Duration // a minute unless set
}

// Run writes until the context is done.
func (a *Anchors) Run(ctx context.Context) {
	every := a.Every
	if every <= 0 {
		every = time.Minute
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	var last int64
	for {
		end, err := a.Store.Read(ctx).AuditEnd()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			a.Logger.WarnContext(ctx, "the end of the audit log cannot be read", "error", err)
		case end.N != last:
			a.Logger.InfoContext(ctx, AnchorMessage, "anchor", end.String())
			last = end.N
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
