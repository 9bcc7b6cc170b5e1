package progress_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/progress"
)

var states = []progress.State{
	progress.Pending, progress.Active, progress.Waiting, progress.Stuck,
	progress.Done, progress.Failed, progress.Skipped,
}

var outcomes = []progress.Outcome{
	progress.Open, progress.Rejected, progress.Withdrawn, progress.Untrained,
	progress.Trained, progress.Certified, progress.Mapped,
}

var start = time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)

// anyCase draws stages in any states, in any order.
func anyCase(t *rapid.T) []progress.StageView {
	views := make([]progress.StageView, 0, len(progress.Stages()))
	for i, stage := range progress.Stages() {
		v := progress.StageView{
			Stage: stage, State: rapid.SampledFrom(states).Draw(t, string(stage)),
			Since: start.Add(time.Duration(i) * time.Hour),
		}
		if v.State == progress.Waiting || v.State == progress.Stuck {
			v.Owes = &progress.Party{Kind: progress.ByInstitution, ID: "somebody"}
		}
		views = append(views, v)
	}
	return rapid.Permutation(views).Draw(t, "order")
}

func TestEveryCaseHasExactlyOneHeadline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		views := anyCase(t)
		outcome := rapid.SampledFrom(outcomes).Draw(t, "outcome")
		h := progress.Derive(views, outcome)
		require.NotEmpty(t, h.Status)
		require.Contains(t, progress.Stages(), h.Stage)
		if outcome == progress.Open {
			require.NotNil(t, h.Owes, "an open case always waits on somebody")
			require.NotContains(t, []progress.Status{progress.CaseEnded, progress.CaseWithdrawn}, h.Status)
		} else {
			require.Nil(t, h.Owes, "nobody owes an ended case anything")
		}
	})
}

func TestAStuckStageIsNeverHiddenByOneThatMoves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		views := anyCase(t)
		i := rapid.IntRange(0, len(views)-1).Draw(t, "stuck")
		views[i].State, views[i].Owes = progress.Stuck, &progress.Party{Kind: progress.ByOperator}
		require.Equal(t, progress.CaseStuck, progress.Derive(views, progress.Open).Status)
	})
}

func TestTheHeadlineDoesNotDependOnTheOrderStagesAreReadIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		views := anyCase(t)
		outcome := rapid.SampledFrom(outcomes).Draw(t, "outcome")
		again := rapid.Permutation(views).Draw(t, "again")
		require.Equal(t, progress.Derive(views, outcome), progress.Derive(again, outcome))
	})
}

func TestNothingLeavesAFinalState(t *testing.T) {
	t.Parallel()
	for _, from := range states {
		for _, to := range states {
			if from.Final() {
				require.False(t, from.CanBecome(to), "%s → %s", from, to)
			}
		}
		if from != progress.Pending {
			require.False(t, from.CanBecome(progress.Pending), "%s → pending", from)
		}
	}
}

func TestTheHeadlineSaysWhoOwesWhatSinceWhenAndByWhen(t *testing.T) {
	t.Parallel()
	due := start.Add(10 * 24 * time.Hour)
	views := []progress.StageView{
		{Stage: progress.Registration, State: progress.Done, Since: start},
		{
			Stage: progress.Training, State: progress.Waiting, Since: start.Add(time.Hour), DueAt: &due,
			Owes: &progress.Party{Kind: progress.ByInstitution, ID: "ouc"},
		},
	}
	since := start.Add(time.Hour)
	require.Equal(t, progress.Headline{
		Status: progress.CaseWaiting, Stage: progress.Training, Since: &since, DueAt: &due,
		Owes: &progress.Party{Kind: progress.ByInstitution, ID: "ouc"},
	}, progress.Derive(views, progress.Open))
}

func TestCreditedHoursDoNotMakeAGivenUpCaseLookFinished(t *testing.T) {
	t.Parallel()
	views := []progress.StageView{
		{Stage: progress.Registration, State: progress.Done},
		{Stage: progress.Training, State: progress.Done},
		{Stage: progress.Exam, State: progress.Failed},
		{Stage: progress.Evaluation, State: progress.Skipped},
		{Stage: progress.CEHours, State: progress.Done},
	}
	require.Equal(t, progress.Exam, progress.Derive(views, progress.Untrained).Stage)
}

func TestEveryStageBelongsToASubMachineAndEndsSomehowWhenCancelled(t *testing.T) {
	t.Parallel()
	for _, stage := range progress.Stages() {
		require.NotEmpty(t, stage.Machine(), stage)
		require.Contains(t, outcomes[1:], progress.OutcomeOfCancelling(stage), stage)
	}
}
