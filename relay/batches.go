package relay

import (
	"context"

	"github.com/dengpan/dengpan/contract"
)

// wakeBatches tells the workflows of batches that somebody changed, and starts those that are new.
func (r *Relay) wakeBatches(ctx context.Context) {
	wanted, err := r.Store.Read(ctx).BatchesToWake()
	if err != nil {
		r.report(ctx, "look for changed batches", err)
		return
	}
	for _, batch := range wanted {
		err := r.rouse(ctx, contract.BatchWorkflowID(batch.ID), contract.CaseQueue, contract.BatchWorkflow, contract.BatchInput{BatchID: batch.ID})
		if err == nil {
			err = r.Store.Read(ctx).MarkBatchWoken(batch)
		}
		if err != nil {
			r.report(ctx, "wake a batch", err, "batch", batch.ID)
		}
	}
}
