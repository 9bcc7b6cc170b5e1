package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/workflows"
)

func TestTheWatchOverAProvisionalSittingLooksAgainAtItsDeadlineAndWheneverItIsWoken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	began := w.env.Now()
	var looked []time.Duration
	watch := func(context.Context, contract.WatchDoorCheckRequest) (contract.Turn, error) {
		looked = append(looked, w.env.Now().Sub(began))
		switch len(looked) {
		case 1:
			next := began.Add(3 * day)
			return contract.Turn{NextAt: &next}, nil
		case 2:
			return contract.Turn{}, nil // told; now somebody has to decide
		}
		return contract.Turn{Over: true}, nil
	}
	workflows.RegisterDoorCheck(w.env)
	w.env.RegisterActivityWithOptions(watch, activity.RegisterOptions{Name: contract.WatchDoorCheck.Name})
	w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.Wake.Name, struct{}{}) }, 5*day)
	w.env.ExecuteWorkflow(contract.DoorCheckWorkflow, contract.DoorCheckInput{CheckID: "c"})
	require.True(t, w.env.IsWorkflowCompleted())
	require.NoError(t, w.env.GetWorkflowError())
	require.Equal(t, []time.Duration{0, 3 * day, 5 * day}, looked)
}
