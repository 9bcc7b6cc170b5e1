package relay

import (
	"context"

	"github.com/dengpan/dengpan/contract"
)

// wakeMisconduct tells the workflows that watch over misconduct of what became of it, and starts those that do not run.
func (r *Relay) wakeMisconduct(ctx context.Context) {
	changed, err := r.Store.Read(ctx).UnwokenMisconduct(batch)
	if err != nil {
		r.report(ctx, "look for misconduct to watch", err)
		return
	}
	for _, m := range changed {
		err := r.rouse(ctx, contract.MisconductWorkflowID(m.ID), contract.CaseQueue,
			contract.MisconductWorkflow, contract.MisconductInput{MisconductID: m.ID})
		if err == nil {
			err = r.Store.Read(ctx).MarkMisconductWoken(m)
		}
		if err != nil {
			r.report(ctx, "watch over misconduct", err, "misconduct", m.ID)
		}
	}
}
