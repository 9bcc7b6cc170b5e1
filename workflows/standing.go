package workflows

import (
	"cmp"
	"errors"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// follow lets the case follow its certificates: one was suspended, reinstated or revoked. What stood on it is taken back or
// held, for as long as an operator leaves it or until the certificate holds again. It says how a case had ended, or ends
// now, that is open again for this.
func (c *caseRun) follow(ctx workflow.Context, change string) (outcome string, err error) {
	c.held++
	defer func() { c.held-- }()
	for try := 1; ; try++ {
		reply, err := perform(ctx, c, contract.ReviewCertificates, contract.ReviewCertificatesRequest{
			CaseID: c.id, Change: change, Try: try,
		})
		if err != nil {
			return outcome, err
		}
		outcome = cmp.Or(outcome, reply.Outcome)
		c.retitle = c.retitle || reply.Retitle
		switch {
		case reply.Again != nil:
			return "", againError{*reply.Again}
		case reply.Ends != "" && outcome == "":
			return "", ending{progress.Outcome(reply.Ends)}
		case reply.Ends != "":
			return reply.Ends, nil
		case reply.Incident == nil:
			return outcome, nil
		}
		resolution, err := c.resolvedUnless(ctx, *reply.Incident, c.certificates.any)
		if _, gives := errors.AsType[ending](err); gives && !c.withdrawn && reply.GivenUp != "" {
			err = ending{progress.Outcome(reply.GivenUp)}
		}
		if err != nil {
			return outcome, err
		}
		if resolution == nil { // something else became of a certificate: all is asked afresh
			change, try = c.certificates.next(), 0
		}
	}
}
