package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// Petition watches the deadline of a petition until it is answered. A deadline that passes is told to people, and decides nothing.
// It returns an error only to continue as a new run.
func Petition(ctx workflow.Context, in contract.PetitionInput) error {
	ctx = withStepOptions(ctx)
	return watch(ctx, func() (*time.Time, bool, error) {
		reply, err := local(ctx, contract.WatchPetition, contract.WatchPetitionRequest{PetitionID: in.PetitionID})
		return reply.NextAt, reply.Over, err
	}, func() error { return workflow.NewContinueAsNewError(ctx, contract.PetitionWorkflow, in) })
}
