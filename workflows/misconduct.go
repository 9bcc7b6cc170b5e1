package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// Misconduct watches the deadlines of misconduct until it is over. A deadline that passes is told to people, and decides
// nothing; who takes a step wakes the watch. It returns an error only to continue as a new run.
func Misconduct(ctx workflow.Context, in contract.MisconductInput) error {
	ctx = withStepOptions(ctx)
	return watch(ctx, func() (*time.Time, bool, error) {
		reply, err := local(ctx, contract.WatchMisconduct, contract.WatchMisconductRequest{MisconductID: in.MisconductID})
		return reply.NextAt, reply.Over, err
	}, func() error { return workflow.NewContinueAsNewError(ctx, contract.MisconductWorkflow, in) })
}

// watch looks at something at each of its deadlines, and whenever it is woken, until it is over; or goes on as a new run.
func watch(ctx workflow.Context, look func() (next *time.Time, over bool, err error), anew func() error) error {
	wake := workflow.GetSignalChannel(ctx, contract.Wake.Name)
	pause := time.Minute
	for {
		for wake.ReceiveAsync(nil) { // however often it was woken, one look answers
		}
		next, over, err := look()
		if err == nil && over {
			if wake.Len() > 0 {
				continue
			}
			return nil
		}
		if err != nil { // it keeps trying, ever more slowly
			workflow.GetLogger(ctx).Error("what is watched could not be looked at", "error", err)
			later := workflow.Now(ctx).Add(pause)
			next, pause = &later, min(2*pause, time.Hour)
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return anew()
		}
		if err := awoken(ctx, wake, next); err != nil {
			return err
		}
	}
}

// awoken waits for a signal, or until an instant, if there is one.
func awoken(ctx workflow.Context, wake workflow.ReceiveChannel, until *time.Time) error {
	if until == nil {
		return workflow.Await(ctx, func() bool { return wake.Len() > 0 })
	}
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimer(timerCtx, until.Sub(workflow.Now(ctx)))
	return workflow.Await(ctx, func() bool { return wake.Len() > 0 || timer.IsReady() })
}
