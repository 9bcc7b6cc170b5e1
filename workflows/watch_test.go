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

// looking has a watch's looks at the record answered by a test, which is told of whom it asks.
type looking func(w *world, look func(asked any) contract.Turn)

func lookingBy[Req any](step contract.Step[Req, contract.Turn]) looking {
	return func(w *world, look func(any) contract.Turn) {
		w.env.RegisterActivityWithOptions(func(_ context.Context, asked Req) (contract.Turn, error) {
			return look(asked), nil
		}, activity.RegisterOptions{Name: step.Name})
	}
}

func TestAWatchLooksAgainAtEachDeadlineAndWheneverItIsWokenUntilWhatItWatchesIsOver(t *testing.T) {
	t.Parallel()
	for name, watch := range map[string]struct {
		register func(workflows.Registry)
		looking  looking
		of, asks any
	}{
		contract.MisconductWorkflow: {
			workflows.RegisterMisconduct, lookingBy(contract.WatchMisconduct),
			contract.MisconductInput{MisconductID: "m"},
			contract.WatchMisconductRequest{MisconductID: "m"},
		},
		contract.PetitionWorkflow: {
			workflows.RegisterPetition, lookingBy(contract.WatchPetition),
			contract.PetitionInput{PetitionID: "p"},
			contract.WatchPetitionRequest{PetitionID: "p"},
		},
		contract.DoorCheckWorkflow: {
			workflows.RegisterDoorCheck, lookingBy(contract.WatchDoorCheck),
			contract.DoorCheckInput{CheckID: "c"},
			contract.WatchDoorCheckRequest{CheckID: "c"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			began := w.env.Now()
			var looked []time.Duration
			var of []any
			watch.register(w.env)
			watch.looking(w, func(asked any) contract.Turn {
				looked, of = append(looked, w.env.Now().Sub(began)), append(of, asked)
				deadlines := []time.Time{began.Add(5 * day), began.Add(9 * day)}
				switch n := len(looked); n {
				case 1, 2:
					return contract.Turn{NextAt: &deadlines[n-1]}
				case 3:
					return contract.Turn{} // told; now somebody has to act
				}
				return contract.Turn{Over: true}
			})
			w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.Wake.Name, struct{}{}) }, 12*day)
			w.env.ExecuteWorkflow(name, watch.of)
			require.True(t, w.env.IsWorkflowCompleted())
			require.NoError(t, w.env.GetWorkflowError())
			require.Equal(t, []time.Duration{0, 5 * day, 9 * day, 12 * day}, looked)
			require.Equal(t, []any{watch.asks, watch.asks, watch.asks, watch.asks}, of)
		})
	}
}
