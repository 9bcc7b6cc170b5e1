package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// Issuance completes a certificate that no case waits for: a course's, and one that takes the place of another. What holds it
// up is an incident of the certificate, and ends the run: whoever resolves the incident wakes the workflow, which begins anew.
// Each step finds done what was done before, so the number stays the same.
func Issuance(ctx workflow.Context, in contract.IssuanceInput) error {
	ctx = withStepOptions(ctx)
	wake := workflow.GetSignalChannel(ctx, contract.Wake.Name)
	for {
		for wake.ReceiveAsync(nil) { // however often it was woken, one pass answers
		}
		if err := issue(ctx, in.CertificateID); err != nil {
			return err
		}
		if wake.Len() == 0 {
			return nil
		}
	}
}

// issue goes as far as it can.
func issue(ctx workflow.Context, certificateID string) error {
	of := contract.CertificateStep{CertificateID: certificateID, Try: 1}
	cause := contract.StepFailed
	reply, err := local(ctx, contract.PrintCertificate, contract.PrintCertificateRequest{CertificateStep: of})
	if err == nil && reply.Incident == nil {
		cause = contract.SigningFailed
		err = sign(ctx, certificateID).Get(ctx, nil)
	}
	if err == nil && reply.Incident == nil {
		cause = contract.StepFailed
		_, err = local(ctx, contract.PublishCertificate, contract.PublishCertificateRequest{CertificateStep: of})
	}
	if err == nil {
		return nil
	}
	workflow.GetLogger(ctx).Error("a certificate cannot be completed", "certificate", certificateID, "error", err)
	_, err = local(ctx, contract.HoldCertificate, contract.HoldCertificateRequest{CertificateStep: of, Cause: cause})
	return err
}

func local[Req, Res any](ctx workflow.Context, step contract.Step[Req, Res], req Req) (res Res, err error) {
	if err := workflow.ExecuteLocalActivity(ctx, step.Name, req).Get(ctx, &res); err != nil {
		return res, fmt.Errorf("%s: %w", step.Name, err)
	}
	return res, nil
}
