package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// issueCertificate takes a certificate through its cycle: a number and a frozen record, then the document, its signature, and
// its publication. What holds one of them up is resolved where it arose, so the number stays the same to the end. The reply of
// the first step says whether the others follow: the institution may have issued it itself, and a history of an earlier
// release knows no others.
func (c *caseRun) issueCertificate(ctx workflow.Context, kind string) error {
	change, prepared, waits := c.resume.Change, "", 0
	err := c.gate(ctx, func(try int, over contract.Overrides) (contract.StepReply, error) {
		for {
			c.answers = false
			req := contract.IssueCertificateRequest{
				CaseID: c.id, Kind: kind, Try: try, Overrides: over, Change: change, Waits: waits,
			}
			reply, err := perform(ctx, c, contract.IssueCertificate, req)
			switch {
			case err != nil:
			case reply.Undermined:
				// Hours were voided, and word of it is still on its way. Most often the case goes back.
				change = req.Key()
				err = c.review(ctx, change)
			case reply.Reviewable != nil:
				waits++
				err = c.awaitFinalMarks(ctx, *reply.Reviewable)
			default:
				prepared = reply.CertificateID
				return reply.StepReply, nil
			}
			if err != nil {
				return reply.StepReply, err
			}
		}
	})
	if err != nil || prepared == "" {
		return err
	}
	for _, step := range []func(workflow.Context, contract.CertificateStep) (contract.StepReply, error){
		c.print, c.sign, c.publish,
	} {
		err := c.gate(ctx, func(try int, _ contract.Overrides) (contract.StepReply, error) {
			return step(ctx, contract.CertificateStep{CaseID: c.id, CertificateID: prepared, Try: try})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// awaitFinalMarks waits until the marks that earn a certificate can be reviewed no more, and takes what the case is told meanwhile: a
// review that is answered and rules that change may end the wait early, and a mark that is corrected may take the case elsewhere.
func (c *caseRun) awaitFinalMarks(ctx workflow.Context, marks contract.Reviewable) error {
	if _, err := c.await(ctx, marks.Until, func() bool { return c.answers || c.facts.any() }); err != nil {
		return err
	}
	if _, err := c.takeFacts(ctx); err != nil {
		return err
	}
	return c.changed(ctx)
}

func (c *caseRun) print(ctx workflow.Context, of contract.CertificateStep) (contract.StepReply, error) {
	return perform(ctx, c, contract.PrintCertificate, contract.PrintCertificateRequest{CertificateStep: of})
}

// sign waits for the signer, and takes what the case is told meanwhile.
func (c *caseRun) sign(ctx workflow.Context, of contract.CertificateStep) (contract.StepReply, error) {
	signing, stop := workflow.WithCancel(ctx)
	defer stop()
	signed := sign(signing, of.CertificateID)
	if _, err := c.await(ctx, nil, signed.IsReady); err != nil {
		return contract.StepReply{}, err
	}
	err := signed.Get(ctx, nil)
	if err == nil {
		return contract.StepReply{}, nil
	}
	workflow.GetLogger(ctx).Error("a certificate was not signed", "certificate", of.CertificateID, "error", err)
	return perform(ctx, c, contract.HoldCertificate, contract.HoldCertificateRequest{
		CertificateStep: of, Cause: contract.SigningFailed,
	})
}

func (c *caseRun) publish(ctx workflow.Context, of contract.CertificateStep) (contract.StepReply, error) {
	req := contract.PublishCertificateRequest{CertificateStep: of}
	for {
		reply, err := perform(ctx, c, contract.PublishCertificate, req)
		switch {
		case err != nil:
		case reply.Undermined:
			err = c.review(ctx, req.Key())
		case reply.Suspected:
			_, err = c.follow(ctx, req.Key())
		default:
			return reply, nil
		}
		if err != nil {
			return reply, err
		}
		req.Reviews++
	}
}

// signingPatience is how long the signer may be away before a person is told.
const signingPatience = 24 * time.Hour

// sign has the signer sign a certificate's document.
func sign(ctx workflow.Context, certificateID string) workflow.Future {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              contract.SigningQueue,
		StartToCloseTimeout:    15 * time.Second,
		ScheduleToCloseTimeout: signingPatience,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:        time.Second,
			BackoffCoefficient:     2,
			MaximumInterval:        5 * time.Minute,
			NonRetryableErrorTypes: []string{contract.StepFailedType},
		},
	})
	return workflow.ExecuteActivity(ctx, contract.SignCertificate.Name,
		contract.SignCertificateRequest{CertificateID: certificateID})
}
