package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// RegisterPublications registers the workflows of publication.
func RegisterPublications(r Registry) {
	r.RegisterWorkflowWithOptions(Channel, workflow.RegisterOptions{Name: contract.ChannelWorkflow})
	r.RegisterWorkflowWithOptions(Reconciliation, workflow.RegisterOptions{Name: contract.ReconciliationWorkflow})
}

// Channel brings one public register what it is to know: it sends what is due, sleeps until something is or a receipt is to be
// asked for, and wakes early when a certificate changes. A register that is away is then one waiting workflow.
func Channel(ctx workflow.Context, in contract.ChannelInput) error {
	return sendBatches(ctx, contract.ChannelWorkflow, in, patience{batch: 5 * time.Minute, beat: time.Minute},
		contract.PublishBatch, contract.PublishBatchRequest(in))
}

// Reconciliation compares every channel with the record, one beside another. One whose register is away for hours is left to
// the next day's.
func Reconciliation(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    time.Hour,
		ScheduleToCloseTimeout: 6 * time.Hour,
		HeartbeatTimeout:       2 * time.Minute,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute},
	})
	var compared contract.ComparedChannelsReply
	err := workflow.ExecuteActivity(ctx, contract.ComparedChannels.Name, contract.ComparedChannelsRequest{}).Get(ctx, &compared)
	if err != nil {
		return fmt.Errorf("look for channels to compare: %w", err)
	}
	answers := make([]workflow.Future, len(compared.Channels))
	for i, channel := range compared.Channels {
		answers[i] = workflow.ExecuteActivity(ctx, contract.ReconcileChannel.Name, contract.ReconcileChannelRequest{Channel: channel})
	}
	for i, answer := range answers {
		var reply contract.ReconcileChannelReply
		if err := answer.Get(ctx, &reply); err != nil {
			workflow.GetLogger(ctx).Warn("a channel could not be compared", "channel", compared.Channels[i], "error", err)
		}
	}
	return nil
}
