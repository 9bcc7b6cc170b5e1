package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

func TestAChangeAffectsTheCasesItsRuleIsOf(t *testing.T) {
	t.Parallel()
	// For each change: a junior case of big data, a senior one, a junior one of blockchain.
	for change, want := range map[policy.Change][3]bool{
		{Field: "policy.effective_from"}:                                      {},
		{Field: "policy.citation.document"}:                                   {},
		{Rule: "institutions.ce_bases.bjut"}:                                  {},
		{Rule: "occupations.occupations.big-data", Field: "title"}:            {true, true, false},
		{Rule: "occupations.occupations.big-data.directions.data-processing"}: {true, true, false},
		{Rule: "occupations.levels.senior", Field: "name"}:                    {false, true, false},
		{Rule: "training.standards.big-data.junior"}:                          {true, false, false},
		{Rule: "training.standards.big-data.junior", Field: "hours"}:          {true, false, false},
		{Field: "training.standards"}:                                         {true, true, true},
		{Field: "training.exam.pass_mark"}:                                    {true, true, true},
		{Rule: "title.mappings.senior.alternatives.doctor"}:                   {false, true, false},
		{Rule: "title.mappings.junior", Field: "title"}:                       {true, false, true},
		{Rule: "title.effects.title_equivalent", Field: "texts"}:              {true, true, true},
		{Rule: "evaluation.entry.levels.junior.alternatives.bachelor"}:        {true, false, true},
		{Rule: "evaluation.entry.levels.junior.alternatives", Field: "order"}: {true, false, true},
		{Field: "evaluation.exam.keep_passed_part"}:                           {true, true, true},
		{Rule: "admission.categories.in_post", Field: "text.zh"}:              {true, true, true},
		{Field: "attendance.daily_cap"}:                                       {true, true, true},
		{Rule: "operation.deadlines.exam", Field: "days"}:                     {true, true, true},
		{Field: "overlay"}: {true, true, true},
	} {
		require.Equal(t, want, [3]bool{
			change.Affects("big-data", policy.Junior), change.Affects("big-data", policy.Senior), change.Affects("blockchain", policy.Junior),
		}, "%+v", change)
	}
}

// Every change that there is between two versions is of a rule that Affects knows.
func TestARealChangeAffectsWhoItIsOf(t *testing.T) {
	t.Parallel()
	affected := func(p *policy.Policy, occupation, level string) bool {
		for _, change := range policy.Diff(beijing(t), p) {
			if change.Affects(occupation, level) {
				return true
			}
		}
		return false
	}
	hours := standard(t, "")
	require.True(t, affected(hours, "big-data", policy.Junior))
	require.False(t, affected(hours, "big-data", policy.Senior))
	require.False(t, affected(hours, "blockchain", policy.Junior))
	require.True(t, affected(demo(t), "blockchain", policy.Senior))
}
