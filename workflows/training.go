package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// training has the training body enrol the trainee and give the standard's hours and content (三（一）). When both are
// met the hours are credited at once as CE hours: they come from the training, whatever becomes of the exam and the
// evaluation (四（二）).
func (c *caseRun) training(ctx workflow.Context) error {
	// The enrolment is the first of the stage's two pieces of work; a new run that resumes in the stage resumes in the
	// second, because the first is over in one or two attempts.
	if c.resume.Stage == "" {
		err := c.ask(ctx, work{kinds: []string{contract.EnrolmentTask}, record: contract.RecordEnrolment})
		if err != nil {
			return err
		}
	}
	err := c.ask(ctx, work{kinds: []string{contract.TrainingTask}, record: contract.RecordTraining})
	if err != nil {
		return err
	}
	return c.credit(ctx, c.resume.Change)
}

// credit books the training's hours as CE hours; change names what changed them since they were booked before.
func (c *caseRun) credit(ctx workflow.Context, change string) error {
	return c.gate(ctx, func(try int, over contract.Overrides) (contract.StepReply, error) {
		req := contract.CreditHoursRequest{CaseID: c.id, Change: change, Overrides: over}
		if try > 1 {
			req.Try = try
		}
		return perform(ctx, c, contract.CreditHours, req)
	})
}
