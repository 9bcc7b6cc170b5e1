package demo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

var trainers = []string{"a", "b", "c"}

func opened(cause contract.Cause, stage string) incident {
	i := incident{Cause: string(cause), Stage: stage, Institution: listedBody{ID: "a"}}
	for _, verb := range cause.Verbs() {
		i.Verbs = append(i.Verbs, string(verb))
	}
	return i
}

func TestTheOperatorOnlyDoesWhatACauseAllows(t *testing.T) {
	t.Parallel()
	for _, cause := range contract.Causes() {
		if cause == contract.PublicationUnknown || cause == contract.WorkflowFailing {
			continue // it holds up no case, so it is not left to this operator
		}
		for _, stage := range []string{"registration", "training", "exam", "evaluation", "certificate", "title"} {
			for asked := range 5 {
				for _, s := range []scenario{{}, {hopeless: true}, {correction: veteran}} {
					r := decide(opened(cause, stage), s, asked, trainers)
					require.True(t, cause.Allows(contract.Verb(r.Verb)), "%s in %s: %s", cause, stage, r.Verb)
					require.NotEmpty(t, r.Reason)
				}
			}
		}
	}
}

func TestWorkIsGivenToAnotherInstitutionThanTheOneThatFailed(t *testing.T) {
	t.Parallel()
	for asked := range 3 {
		r := decide(opened(contract.ClassFull, "training"), scenario{}, asked, trainers)
		require.Equal(t, "reassign", r.Verb)
		require.NotEqual(t, "a", r.Institution)
	}
}

func TestALateEvaluationIsGivenMoreTime(t *testing.T) {
	t.Parallel()
	r := decide(opened(contract.TaskOverdue, "evaluation"), scenario{}, 0, trainers)
	require.Equal(t, "extend", r.Verb)
	require.Positive(t, r.Days)
}

func TestWrongFactsAreCorrectedWhenTheRightOnesAreKnown(t *testing.T) {
	t.Parallel()
	i := opened(contract.EvaluationEntryNotMet, "evaluation")
	require.Equal(t, "correct", decide(i, scenario{correction: veteran}, 0, trainers).Verb)
	require.Equal(t, "cancel", decide(i, scenario{}, 0, trainers).Verb)
}

func TestTheOperatorDoesNotTryForEver(t *testing.T) {
	t.Parallel()
	require.Equal(t, "cancel", decide(opened(contract.StepFailed, "exam"), scenario{}, 3, trainers).Verb)
}
