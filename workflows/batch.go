package workflows

import (
	"time"

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
	over, err := takeTurns(ctx, "batch", in.BatchID, func(ctx workflow.Context) (bool, *time.Time, error) {
		var reply contract.BatchTurnReply
		err := workflow.ExecuteLocalActivity(ctx, contract.BatchTurn.Name, contract.BatchTurnRequest(in)).Get(ctx, &reply)
		return reply.Over, reply.NextAt, err
	})
	if err != nil || over {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, contract.BatchWorkflow, in)
}
