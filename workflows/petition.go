package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// Petition watches the deadline of a petition until it is answered. A deadline that passes is told to people, and decides nothing;
// who takes a step wakes the watch. It returns an error only to continue as a new run.
func Petition(ctx workflow.Context, in contract.PetitionInput) error {
	return takeTurns(ctx, contract.PetitionWorkflow, in, contract.WatchPetition, contract.WatchPetitionRequest(in))
}
