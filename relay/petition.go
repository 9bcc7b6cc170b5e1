package relay

import (
	"context"

	"github.com/dengpan/dengpan/contract"
)

// wakePetitions tells the workflows that watch over petitions of what became of them, and starts those that do not run.
func (r *Relay) wakePetitions(ctx context.Context) {
	changed, err := r.Store.Read(ctx).UnwokenPetitions(batch)
	if err != nil {
		r.report(ctx, "look for petitions to watch", err)
		return
	}
	for _, p := range changed {
		err := r.rouse(ctx, contract.PetitionWorkflowID(p.ID), contract.CaseQueue,
			contract.PetitionWorkflow, contract.PetitionInput{PetitionID: p.ID})
		if err == nil {
			err = r.Store.Read(ctx).MarkPetitionWoken(p)
		}
		if err != nil {
			r.report(ctx, "watch over a petition", err, "petition", p.ID)
		}
	}
}
