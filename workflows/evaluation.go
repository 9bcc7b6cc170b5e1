package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// evaluation has the evaluation body, which is never the training body, assess the trained person in two parts, theory
// and practice, until both are passed (三（二）). Who may be evaluated is a stricter question than who may be trained.
func (c *caseRun) evaluation(ctx workflow.Context) error {
	if c.resume.Attempt == 0 { // an attempt that goes on was let in before
		err := c.gate(ctx, func(try int, over contract.Overrides) (contract.StepReply, error) {
			return perform(ctx, c, contract.EnterEvaluation,
				contract.EnterEvaluationRequest{CaseID: c.id, Try: try, Overrides: over, Change: c.returned()})
		})
		if err != nil {
			return err
		}
	}
	return c.ask(ctx, work{
		kinds:  []string{contract.TheoryTask, contract.PracticalTask},
		record: contract.RecordEvaluation,
	})
}

// certificate records the grade certificate, issued by the evaluation body (三（二）).
func (c *caseRun) certificate(ctx workflow.Context) error {
	return c.issueCertificate(ctx, contract.GradeCertificate)
}
