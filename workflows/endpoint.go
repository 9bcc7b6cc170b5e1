package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// Endpoint drains the outbox of one institution: it sends what is due, sleeps until the next attempt is, and wakes early
// when something new was written. One dead endpoint is then one waiting workflow with its tasks behind it.
func Endpoint(ctx workflow.Context, in contract.EndpointInput) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute,
		HeartbeatTimeout:    time.Minute,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    time.Minute,
		},
	})
	wake := workflow.GetSignalChannel(ctx, contract.Wake.Name)
	for !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		for wake.ReceiveAsync(nil) { // however often it was woken, one look at the outbox answers
		}
		var reply contract.DeliverBatchReply
		err := workflow.ExecuteActivity(ctx, contract.DeliverBatch.Name,
			contract.DeliverBatchRequest(in)).Get(ctx, &reply)
		if err != nil {
			return fmt.Errorf("deliver a batch: %w", err)
		}
		if err := pause(ctx, wake, reply.NextAt); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, contract.EndpointWorkflow, in)
}

// pause waits until woken, or until the next attempt is due if one is.
func pause(ctx workflow.Context, wake workflow.ReceiveChannel, next *time.Time) error {
	expired := func() bool { return false }
	if next != nil {
		timerCtx, cancel := workflow.WithCancel(ctx)
		defer cancel()
		timer := workflow.NewTimer(timerCtx, next.Sub(workflow.Now(ctx)))
		expired = timer.IsReady
	}
	err := workflow.Await(ctx, func() bool { return wake.Len() > 0 || expired() })
	if err != nil {
		return fmt.Errorf("wait for the next turn: %w", err)
	}
	return nil
}
