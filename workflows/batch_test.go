package workflows_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/workflows"
)

func TestABatchTakesItsTurnsWhenTheyAreDueAndWaitsToBeWokenWhenNoneIs(t *testing.T) {
	t.Parallel()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	start := time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)
	env.SetStartTime(start)
	workflows.RegisterBatch(env)
	var turns []time.Duration
	in := func(d time.Duration) *time.Time {
		at := env.Now().Add(d)
		return &at
	}
	env.RegisterActivityWithOptions(func(context.Context, contract.BatchTurnRequest) (contract.Turn, error) {
		turns = append(turns, env.Now().Sub(start))
		switch len(turns) {
		case 1:
			return contract.Turn{NextAt: in(30 * time.Second)}, nil // its pace
		case 2:
			return contract.Turn{}, errDefect
		case 3:
			return contract.Turn{}, nil // it was paused
		}
		return contract.Turn{Over: true}, nil
	}, activity.RegisterOptions{Name: contract.BatchTurn.Name})
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(contract.Wake.Name, struct{}{}) }, time.Hour)
	env.ExecuteWorkflow(contract.BatchWorkflow, contract.BatchInput{BatchID: caseID})
	require.True(t, env.IsWorkflowCompleted())
	require.NoError(t, env.GetWorkflowError(), "what fails is tried again, and never ends it")
	require.Equal(t, []time.Duration{0, 30 * time.Second, 90 * time.Second, time.Hour}, turns)
}
