package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// takeTurns takes one turn after another of what stands in the record: which is left, how fast it may go and whether it is paused.
// It goes on wherever it was stopped, and is woken when somebody changes that. A turn says whether it was the last, and when the
// next is due; nil: when somebody says so. It reports false when the run has grown long, and is to continue as a new one.
func takeTurns(ctx workflow.Context, what, id string, turn func(workflow.Context) (over bool, next *time.Time, err error)) (bool, error) {
	ctx = withStepOptions(ctx)
	const longest = time.Hour
	rest := time.Minute
	wake := workflow.GetSignalChannel(ctx, contract.Wake.Name)
	for !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		for wake.ReceiveAsync(nil) { // however often it was woken, one look at the record answers
		}
		over, next, err := turn(ctx)
		switch {
		case err != nil: // it keeps trying, ever more slowly; its page shows that nothing moves
			workflow.GetLogger(ctx).Error("a "+what+" could not go on", what, id, "error", err)
			later := workflow.Now(ctx).Add(rest)
			next, rest = &later, min(2*rest, longest)
		case over:
			return true, nil
		default:
			rest = time.Minute
		}
		if err := pause(ctx, wake, next); err != nil {
			return false, fmt.Errorf("rest between the turns of a %s: %w", what, err)
		}
	}
	return false, nil
}
