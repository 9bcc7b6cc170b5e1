package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// DoorCheck watches the deadline of a provisional sitting until somebody has decided whether it counts. A deadline that passes is
// told to people, and decides nothing. It returns an error only to continue as a new run.
func DoorCheck(ctx workflow.Context, in contract.DoorCheckInput) error {
	return takeTurns(ctx, contract.DoorCheckWorkflow, in, contract.WatchDoorCheck, contract.WatchDoorCheckRequest(in))
}
