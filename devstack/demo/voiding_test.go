package demo

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/progress"
)

func TestAVoidedSessionIsTheLastOneAndIsVoidedOnce(t *testing.T) {
	t.Parallel()
	p := &product{away: 1, sessions: `{"id":"s2","module":"基础知识"}`}
	d := begin(t, p, t.TempDir(), today)
	lost := Trainee{Name: "某", CaseID: "case-1"}
	voided := func() bool {
		_, done := d.notes.trainee(0)
		return done.Voided
	}
	d.void(t.Context(), 0, lost)
	require.False(t, voided(), "the API did not answer: the next round asks again")
	d.void(t.Context(), 0, lost)
	require.True(t, voided())
	require.Len(t, p.voided, 2)
	require.Contains(t, p.voided[1], "/v1/sessions/s2/voiding")
	require.Contains(t, p.voided[1], "reason")

	p.sessions = `{"id":"s2","module":"基础知识","voided_at":"2026-11-24T08:00:00Z"}`
	d.void(t.Context(), 1, lost)
	require.Len(t, p.voided, 2, "what an earlier round voided, though its answer was lost")
}

func TestWithoutSessionsNothingIsVoided(t *testing.T) {
	t.Parallel()
	p := &product{}
	d := begin(t, p, t.TempDir(), today)
	d.void(t.Context(), 0, Trainee{CaseID: "case-1"})
	_, done := d.notes.trainee(0)
	require.False(t, done.Voided)
	require.Empty(t, p.voided)
}

// The case must not be past its exam before the operator comes to it.
func TestACaseWhoseSessionIsVoidedWaitsInItsExamUntilThen(t *testing.T) {
	t.Parallel()
	lost := slices.DeleteFunc(slices.Clone(scenarios), func(s scenario) bool { return !s.voided })
	require.NotEmpty(t, lost)
	for _, s := range lost {
		require.Contains(t, s.scripts, script{TaskKind: "exam", Attempt: 1, Behaviour: "slow", Delay: "6s"})
		require.Equal(t, progress.Mapped, s.ends)
	}
}

func TestACaseThatMakesUpForHoursSaysSoUntilItsTrainingIsCompleteAgain(t *testing.T) {
	t.Parallel()
	shown := func(state progress.State, voided bool) bool {
		v := view{}
		v.Stages = append(v.Stages, struct {
			Stage progress.Stage `json:"stage"`
			State progress.State `json:"state"`
		}{progress.Training, state})
		return v.hoursVoided(traineeSteps{Voided: voided})
	}
	require.False(t, shown(progress.Waiting, false))
	require.True(t, shown(progress.Waiting, true))
	require.False(t, shown(progress.Done, true))
	require.False(t, view{}.hoursVoided(traineeSteps{Voided: true}), "no stages yet")
}
