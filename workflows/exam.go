package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// exam has the training body examine who has done the hours and content, as often as it takes, and records the training
// certificate of who passes (三（一）).
func (c *caseRun) exam(ctx workflow.Context) error {
	err := c.ask(ctx, work{kinds: []string{contract.ExamTask}, record: contract.RecordExam})
	if err != nil {
		return err
	}
	return c.issueCertificate(ctx, contract.TrainingCertificate)
}

func (c *caseRun) issueCertificate(ctx workflow.Context, kind string) error {
	return c.gate(ctx, func(try int, waived bool) (contract.StepReply, error) {
		return perform(ctx, c, contract.IssueCertificate, contract.IssueCertificateRequest{
			CaseID: c.id, Kind: kind, Try: try, Released: waived,
		})
	})
}
