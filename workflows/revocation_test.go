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
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/workflows"
)

func TestARevocationOfManyGoesOnUntilNothingIsLeftWithARestBetween(t *testing.T) {
	t.Parallel()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	start := time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)
	env.SetStartTime(start)
	env.RegisterWorkflowWithOptions(workflows.Revocation, workflow.RegisterOptions{Name: contract.RevocationWorkflow})
	calls := 0
	env.RegisterActivityWithOptions(func(context.Context, contract.RevokeSomeRequest) (contract.RevokeSomeReply, error) {
		calls++
		if calls == 2 {
			return contract.RevokeSomeReply{}, errDefect
		}
		return contract.RevokeSomeReply{More: calls < 4}, nil
	}, activity.RegisterOptions{Name: contract.RevokeSome.Name})
	env.ExecuteWorkflow(contract.RevocationWorkflow, contract.RevocationInput{RevocationID: caseID})
	require.True(t, env.IsWorkflowCompleted())
	require.NoError(t, env.GetWorkflowError(), "what fails is tried again, and never ends it")
	require.Equal(t, 4, calls)
	require.Equal(t, 2*time.Minute+2*contract.RevocationPause, env.Now().Sub(start))
}
