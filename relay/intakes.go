package relay

import (
	"context"

	"github.com/dengpan/dengpan/contract"
)

// wakeIntakes tells the workflows of intakes that somebody changed, and starts those that are new.
func (r *Relay) wakeIntakes(ctx context.Context) {
	wanted, err := r.Store.Read(ctx).IntakesToWake()
	if err != nil {
		r.report(ctx, "look for changed intakes", err)
		return
	}
	for _, intake := range wanted {
		err := r.rouse(ctx, contract.CohortWorkflowID(intake.ID), contract.CaseQueue, contract.CohortWorkflow,
			contract.CohortInput{IntakeID: intake.ID})
		if err == nil {
			err = r.Store.Read(ctx).MarkIntakeWoken(intake)
		}
		if err != nil {
			r.report(ctx, "wake an intake", err, "intake", intake.ID)
		}
	}
}
