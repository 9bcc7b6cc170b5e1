package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// Misconduct watches the deadlines of misconduct until it is over. A deadline that passes is told to people, and decides
// nothing; who takes a step wakes the watch. It returns an error only to continue as a new run.
func Misconduct(ctx workflow.Context, in contract.MisconductInput) error {
	return takeTurns(ctx, contract.MisconductWorkflow, in, contract.WatchMisconduct, contract.WatchMisconductRequest(in))
}
