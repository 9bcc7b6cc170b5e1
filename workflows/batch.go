package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// RegisterBatch registers the workflow that acts on many cases.
func RegisterBatch(r Registry) {
	r.RegisterWorkflowWithOptions(Batch, workflow.RegisterOptions{Name: contract.BatchWorkflow})
}

// Batch acts on the cases of a batch, some at a time, and looks what becomes of them until nothing moves any more. It returns an
// error only to continue as a new run.
func Batch(ctx workflow.Context, in contract.BatchInput) error {
	return takeTurns(ctx, contract.BatchWorkflow, in, contract.BatchTurn, contract.BatchTurnRequest(in))
}
