package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// takeTurns takes one turn after another of what stands in the record: which is left, how fast it may go and whether it is paused.
// It goes on wherever it was stopped, and is woken when somebody changes that. It returns an error only to continue as a new run,
// of the same name and input.
func takeTurns[In, Req any](ctx workflow.Context, name string, in In, step contract.Step[Req, contract.Turn], req Req) error {
	ctx = withStepOptions(ctx)
	const longest = time.Hour
	rest := time.Minute
	wake := workflow.GetSignalChannel(ctx, contract.Wake.Name)
	for !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		drain(wake)
		turn, err := local(ctx, step, req)
		switch {
		case err != nil: // it keeps trying, ever more slowly; its page shows that nothing moves
			workflow.GetLogger(ctx).Error("a turn could not be taken", "step", step.Name, "error", err)
			later := workflow.Now(ctx).Add(rest)
			turn.NextAt, rest = &later, min(2*rest, longest)
		case turn.Over && wake.Len() == 0:
			return nil
		case turn.Over:
			continue // it was woken meanwhile
		default:
			rest = time.Minute
		}
		if err := pause(ctx, wake, turn.NextAt); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, name, in)
}

// patience is how long a batch may take, and how long a beat of its heart.
type patience struct{ batch, beat time.Duration }

// sendBatches has one neighbour sent what is due to it, batch after batch: then it sleeps until something is, and is woken when there
// is something new. A neighbour that is away is then one waiting workflow with all it is owed behind it. It returns an error to
// continue as a new run, of the same name and input.
func sendBatches[In, Req any, Res interface{ Next() *time.Time }](
	ctx workflow.Context, name string, in In, p patience, step contract.Step[Req, Res], req Req,
) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: p.batch,
		HeartbeatTimeout:    p.beat,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute},
	})
	wake := workflow.GetSignalChannel(ctx, contract.Wake.Name)
	for !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		drain(wake)
		var reply Res
		if err := workflow.ExecuteActivity(ctx, step.Name, req).Get(ctx, &reply); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
		if err := pause(ctx, wake, reply.Next()); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, name, in)
}

// drain takes all wakes.
func drain(wake workflow.ReceiveChannel) {
	for wake.ReceiveAsync(nil) { // however often it was woken, one look at the record answers
	}
}

// pause waits until woken, or until the next turn is due if one is.
func pause(ctx workflow.Context, wake workflow.ReceiveChannel, next *time.Time) error {
	expired, cancel := func() bool { return false }, func() {}
	if next != nil {
		expired, cancel = timer(ctx, *next)
	}
	defer cancel()
	if err := workflow.Await(ctx, func() bool { return wake.Len() > 0 || expired() }); err != nil {
		return fmt.Errorf("wait for the next turn: %w", err)
	}
	return nil
}
