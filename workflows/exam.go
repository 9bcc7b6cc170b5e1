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
