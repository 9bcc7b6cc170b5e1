package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// RegisterChecks registers the workflow of the nightly check.
func RegisterChecks(r Registry) {
	r.RegisterWorkflowWithOptions(CertificateCheck, workflow.RegisterOptions{Name: contract.CertificateCheckWorkflow})
}

// CertificateCheck has every certificate derived anew. One that does not come to its end within the day is left to the next.
func CertificateCheck(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    12 * time.Hour,
		ScheduleToCloseTimeout: 20 * time.Hour,
		HeartbeatTimeout:       5 * time.Minute,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute},
	})
	var reply contract.CheckCertificatesReply
	err := workflow.ExecuteActivity(ctx, contract.CheckCertificates.Name, contract.CheckCertificatesRequest{}).Get(ctx, &reply)
	if err != nil {
		return fmt.Errorf("check the certificates: %w", err)
	}
	workflow.GetLogger(ctx).Info("certificates were checked", "checked", reply.Checked, "differ", reply.Differ)
	return nil
}
