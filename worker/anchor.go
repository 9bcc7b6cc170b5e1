package worker

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/dengpan/dengpan/rounds"
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
	var last int64
	write := func(ctx context.Context) error {
		end, err := a.Store.Read(ctx).AuditEnd()
		if err != nil || end.N == last {
			return err
		}
		a.Logger.InfoContext(ctx, AnchorMessage, "anchor", end.String())
		last = end.N
		return nil
	}
	rounds.Make(ctx, cmp.Or(a.Every, time.Minute), a.Logger, "the end of the audit log cannot be read", write)
}
