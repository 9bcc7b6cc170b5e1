package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// RegisterTelling registers the workflow that tells trainees.
func RegisterTelling(r Registry) {
	r.RegisterWorkflowWithOptions(Telling, workflow.RegisterOptions{Name: contract.TellingWorkflow})
}

// Telling sends what trainees are told by one channel: what is due, then it sleeps until something is, and wakes early when
// somebody is to be told. A mail server that is away is then one waiting workflow.
func Telling(ctx workflow.Context, in contract.TellingInput) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Minute,
		HeartbeatTimeout:    45 * time.Second, // longer than one message takes
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute},
	})
	wake := workflow.GetSignalChannel(ctx, contract.Wake.Name)
	for !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		for wake.ReceiveAsync(nil) { // however often it was woken, one look at the record answers
		}
		var reply contract.TellBatchReply
		err := workflow.ExecuteActivity(ctx, contract.TellBatch.Name, contract.TellBatchRequest(in)).Get(ctx, &reply)
		if err != nil {
			return fmt.Errorf("tell a batch: %w", err)
		}
		if err := pause(ctx, wake, reply.NextAt); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, contract.TellingWorkflow, in)
}
