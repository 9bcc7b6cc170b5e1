package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// exam has the training body examine who has done the hours and content, as often as it takes, and records the training
// certificate of who passes (三（一）).
func (c *caseRun) exam(ctx workflow.Context) error {
	if at := c.resume.Exam; at != nil && c.resume.Stage == "" {
		c.resume.Attempt, c.resume.Issue = at.Attempt, at.Issue // where it was broken off
	}
	if c.resume.Exam == nil || !c.resume.Exam.Passed {
		err := c.ask(ctx, work{kinds: []string{contract.ExamTask}, record: contract.RecordExam})
		if err != nil {
			return err
		}
	}
	return c.issueCertificate(ctx, contract.TrainingCertificate)
}

func (c *caseRun) issueCertificate(ctx workflow.Context, kind string) error {
	change := c.resume.Change
	return c.gate(ctx, func(try int, waived bool) (contract.StepReply, error) {
		for {
			req := contract.IssueCertificateRequest{CaseID: c.id, Kind: kind, Try: try, Released: waived, Change: change}
			reply, err := perform(ctx, c, contract.IssueCertificate, req)
			if err != nil || !reply.Undermined {
				return reply, err
			}
			// Hours were voided, and word of it is still on its way. Most often the case goes back.
			change = req.Key()
			if err := c.review(ctx, change); err != nil {
				return reply, err
			}
		}
	})
}
