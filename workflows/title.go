package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// title decides what professional title the certificate leads to (三（三）). When only time is missing the case sleeps
// until the day, however many years that is, and decides again.
func (c *caseRun) title(ctx workflow.Context) (mapped bool, err error) {
	for round := max(c.resume.Round, 1); ; round++ {
		if err := c.continueIfLong(ctx, contract.Resume{Round: round}); err != nil {
			return false, err
		}
		c.retitle = false
		req := contract.DecideTitleRequest{CaseID: c.id, Round: round}
		reply, err := perform(ctx, c, contract.DecideTitle, req)
		if err == nil && reply.Undermined { // word of what became of the certificate is still on its way
			if _, err = c.follow(ctx, req.Key()); err == nil {
				continue
			}
		}
		if err != nil || reply.Until == nil {
			return reply.Mapped, err
		}
		if _, err := c.await(ctx, reply.Until, func() bool { return c.facts.any() || c.retitle }); err != nil {
			return false, err
		}
		if _, err := c.takeFacts(ctx); err != nil {
			return false, err
		}
	}
}
