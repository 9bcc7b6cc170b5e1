package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// Revocation revokes the certificates that were approved to be, some at a time. It knows nothing of them: which are left
// stands in the record, so it goes on wherever it was stopped. It returns an error only to continue as a new run.
func Revocation(ctx workflow.Context, in contract.RevocationInput) error {
	ctx = withStepOptions(ctx)
	const longest = time.Hour
	pause := contract.RevocationPause
	for {
		var reply contract.RevokeSomeReply
		err := workflow.ExecuteLocalActivity(ctx, contract.RevokeSome.Name,
			contract.RevokeSomeRequest{RevocationID: in.RevocationID}).Get(ctx, &reply)
		switch {
		case err != nil: // it keeps trying, ever more slowly; the page of the revocation shows that nothing moves
			workflow.GetLogger(ctx).Error("certificates could not be revoked", "revocation", in.RevocationID, "error", err)
			pause = min(2*max(pause, time.Minute), longest)
		case !reply.More:
			return nil
		default:
			pause = contract.RevocationPause
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, contract.RevocationWorkflow, in)
		}
		if err := workflow.Sleep(ctx, pause); err != nil {
			return err
		}
	}
}
