package workflows_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/workflows"
)

// recorded lists the histories of real cases. They were made by the integration tests on a real server and are made
// again only from a released commit: go test ./integration -run Pipeline -record, in devstack.
func recorded(t *testing.T) []string {
	t.Helper()
	histories, err := filepath.Glob(filepath.Join("testdata", "histories", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, histories)
	return histories
}

func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	for _, path := range recorded(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			replayer := worker.NewWorkflowReplayer()
			workflows.RegisterCase(replayer)
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(nil, path))
		})
	}
}

func TestRecordedDeliveriesReplay(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "deliveries", "happy.json")
	replayer := worker.NewWorkflowReplayer()
	workflows.RegisterEndpoint(replayer)
	require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(nil, path))

	changed := worker.NewWorkflowReplayer()
	changed.RegisterWorkflowWithOptions(func(ctx workflow.Context, in contract.EndpointInput) error {
		if err := workflow.Sleep(ctx, time.Hour); err != nil {
			return err
		}
		return workflows.Endpoint(ctx, in)
	}, workflow.RegisterOptions{Name: contract.EndpointWorkflow})
	require.Error(t, changed.ReplayWorkflowHistoryFromJSONFile(nil, path), "a timer that was not there")
}

// TestReplayNoticesAChangeOfBehaviour is the negative control: without it, a replay that checks nothing would pass too.
func TestReplayNoticesAChangeOfBehaviour(t *testing.T) {
	t.Parallel()
	changes := map[string]any{
		"a timer that was not there": func(ctx workflow.Context, in contract.CaseInput) (contract.CaseResult, error) {
			if err := workflow.Sleep(ctx, time.Hour); err != nil {
				return contract.CaseResult{}, err
			}
			return workflows.Case(ctx, in)
		},
		"a version that was not asked": func(ctx workflow.Context, in contract.CaseInput) (contract.CaseResult, error) {
			if workflow.GetVersion(ctx, "other", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
				return workflows.Case(ctx, contract.CaseInput{CaseID: in.CaseID, Resume: &contract.Resume{Stage: "evaluation"}})
			}
			return workflows.Case(ctx, in)
		},
	}
	for name, changed := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, path := range recorded(t) {
				replayer := worker.NewWorkflowReplayer()
				replayer.RegisterWorkflowWithOptions(changed, workflow.RegisterOptions{Name: contract.CaseWorkflow})
				require.Error(t, replayer.ReplayWorkflowHistoryFromJSONFile(nil, path), path)
			}
		})
	}
}

// TestHistoriesNameNobody holds what a history may say: ids and outcomes. The trainees of the recorded cases are called
// 测试学员 and have numbers of the unassigned area 990000.
func TestHistoriesNameNobody(t *testing.T) {
	t.Parallel()
	for _, path := range recorded(t) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NotContains(t, string(text), "990000", path)
	}
}
