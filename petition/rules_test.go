package petition_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

func TestEveryKindOfPetitionHasARuleThatSaysWhoAnswersByWhenAndHowSureWeAre(t *testing.T) {
	t.Parallel()
	kinds := []string{
		store.PetitionScoreReview, store.PetitionAppeal, store.PetitionComplaint, store.PetitionIdentity, store.PetitionBodyMove,
		store.PetitionCheck,
	}
	require.Len(t, petition.Rules(), len(kinds))
	for _, kind := range kinds {
		rule := petition.RuleOf(kind)
		require.Equal(t, kind, rule.Kind)
		require.Contains(t, []string{petition.ByInstitution, petition.ByCity, petition.BySupervisor}, rule.By, kind)
		require.Positive(t, rule.AnswerDays, kind)
		require.Less(t, rule.RemindDays, rule.AnswerDays, kind)
		require.NotEqual(t, policy.Basis("notice"), rule.Cited().Basis, "the notice has no rule of it: %s", kind)
		require.True(t, message.Has("petition_kind."+kind))
		require.GreaterOrEqual(t, len(rule.Outcomes), 2, kind)
		for _, outcome := range rule.Outcomes {
			require.True(t, message.Has("petition_outcome."+outcome), outcome)
		}
		for _, topic := range rule.Topics {
			require.True(t, message.Has("petition_topic."+topic), topic)
		}
	}
	require.Zero(t, petition.RuleOf("none"))
}

func TestTheAssumedRuleOfScoreReviewsIsAsItWasPublishedForOtherExaminations(t *testing.T) {
	t.Parallel()
	rule := petition.RuleOf(store.PetitionScoreReview)
	require.Equal(t, policy.Basis("assumed"), rule.Cited().Basis)
	require.Equal(t, []any{30, 10, true}, []any{rule.WindowDays, rule.AnswerDays, rule.Second})
}
