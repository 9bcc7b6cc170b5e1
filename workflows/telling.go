package workflows

import (
	"time"

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
	return sendBatches(ctx, contract.TellingWorkflow, in, patience{batch: 30 * time.Minute, beat: 45 * time.Second}, // longer than one message takes
		contract.TellBatch, contract.TellBatchRequest(in))
}
