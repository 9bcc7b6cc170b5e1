package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// Endpoint drains the outbox of one institution: it sends what is due, sleeps until the next attempt is, and wakes early
// when something new was written. One dead endpoint is then one waiting workflow with its tasks behind it.
func Endpoint(ctx workflow.Context, in contract.EndpointInput) error {
	return sendBatches(ctx, contract.EndpointWorkflow, in, patience{batch: 5 * time.Minute, beat: time.Minute},
		contract.DeliverBatch, contract.DeliverBatchRequest(in))
}
