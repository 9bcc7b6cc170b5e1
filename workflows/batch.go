package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// RegisterBatch registers the workflow that acts on many cases.
func RegisterBatch(r Registry) {
	r.RegisterWorkflowWithOptions(Batch, workflow.RegisterOptions{Name: contract.BatchWorkflow})
}

// Batch acts on the cases of a batch, some at a time, and looks what becomes of them until nothing moves any more. Which are
// left, how fast it may go and whether it is paused stands in the record: it goes on wherever it was stopped, and is woken
// when an operator changes that. It returns an error only to continue as a new run.
func Batch(ctx workflow.Context, in contract.BatchInput) error {
	ctx = withStepOptions(ctx)
	const longest = time.Hour
	rest := time.Minute
	wake := workflow.GetSignalChannel(ctx, contract.Wake.Name)
	for !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		for wake.ReceiveAsync(nil) { // however often it was woken, one look at the record answers
		}
		var reply contract.BatchTurnReply
		err := workflow.ExecuteLocalActivity(ctx, contract.BatchTurn.Name, contract.BatchTurnRequest(in)).Get(ctx, &reply)
		switch {
		case err != nil: // it keeps trying, ever more slowly; the page of the batch shows that nothing moves
			workflow.GetLogger(ctx).Error("a batch could not go on", "batch", in.BatchID, "error", err)
			next := workflow.Now(ctx).Add(rest)
			reply.NextAt, rest = &next, min(2*rest, longest)
		case reply.Over:
			return nil
		default:
			rest = time.Minute
		}
		if err := pause(ctx, wake, reply.NextAt); err != nil {
			return fmt.Errorf("rest between the turns of a batch: %w", err)
		}
	}
	return workflow.NewContinueAsNewError(ctx, contract.BatchWorkflow, in)
}
