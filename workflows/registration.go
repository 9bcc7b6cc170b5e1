package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// registration asks whether the person may join, and whether the training and the evaluation body are listed and in role
// today (notice, section 三). What the API checked when the case was registered is decided again here, on the record,
// and kept with its reasons.
func (c *caseRun) registration(ctx workflow.Context) error {
	return c.gate(ctx, func(try int, over contract.Overrides) (contract.StepReply, error) {
		return perform(ctx, c, contract.Admit, contract.AdmitRequest{CaseID: c.id, Try: try, Overrides: over, Change: c.returned()})
	})
}
