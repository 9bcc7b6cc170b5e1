package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/policy"
)

// rule is the shape of an evaluation with both parts.
func rule(keep bool, within int) policy.EvaluationRule {
	return policy.EvaluationRule{
		Parts: []policy.Part{{Code: "theory"}, {Code: "practical"}}, KeepPassedPart: keep, ResitWithinDays: within,
	}
}

func sat(attempt int, part, on string, passed bool) policy.PartResult {
	return policy.PartResult{Part: part, Attempt: attempt, Passed: passed, On: day(on)}
}

func TestWhichPartsOfAnEvaluationAreStillToBePassed(t *testing.T) {
	t.Parallel()
	failedPractical := []policy.PartResult{sat(1, "theory", "2024-02-01", true), sat(1, "practical", "2024-02-02", false)}
	resat := func(on string, passed bool) []policy.PartResult {
		return append(failedPractical[:2:2], sat(2, "practical", on, passed))
	}
	both := []string{"theory", "practical"}
	for name, c := range map[string]struct {
		rule               policy.EvaluationRule
		results            []policy.PartResult
		outstanding, again []string
		today              string
	}{
		"nothing sat":                          {rule(true, 0), nil, both, both, "2024-02-03"},
		"both passed":                          {rule(false, 0), []policy.PartResult{sat(1, "theory", "2024-02-01", true), sat(1, "practical", "2024-02-02", true)}, nil, both, "2024-02-03"},
		"one failed, none kept":                {rule(false, 0), failedPractical, []string{"practical"}, both, "2024-02-03"},
		"one failed, kept":                     {rule(true, 0), failedPractical, []string{"practical"}, []string{"practical"}, "2024-02-03"},
		"both failed":                          {rule(true, 0), []policy.PartResult{sat(1, "theory", "2024-02-01", false), sat(1, "practical", "2024-02-02", false)}, both, both, "2024-02-03"},
		"passed later, none kept":              {rule(false, 0), resat("2024-03-01", true), []string{"theory"}, both, "2024-03-02"},
		"passed later, kept":                   {rule(true, 0), resat("2034-03-01", true), nil, nil, "2034-03-02"},
		"failed again, kept":                   {rule(true, 0), resat("2024-03-01", false), []string{"practical"}, []string{"practical"}, "2024-03-02"},
		"the day before the last day":          {rule(true, 29), resat("2024-02-29", true), nil, nil, "2024-02-29"},
		"the last day":                         {rule(true, 29), resat("2024-03-01", true), nil, nil, "2024-03-01"},
		"the last day, reported later":         {rule(true, 29), resat("2024-03-01", true), nil, []string{"theory"}, "2024-03-02"},
		"the day after the last day":           {rule(true, 29), resat("2024-03-02", true), []string{"theory"}, []string{"theory"}, "2024-03-02"},
		"failed within, asked for on the last": {rule(true, 29), resat("2024-02-20", false), []string{"practical"}, []string{"practical"}, "2024-03-01"},
		"failed within, asked for after it":    {rule(true, 29), resat("2024-02-20", false), []string{"practical"}, both, "2024-03-02"},
		"the other part renewed": {
			rule(true, 29), append(resat("2024-03-02", true), sat(3, "theory", "2024-03-31", true)), nil, nil, "2024-03-31",
		},
		"and the first in turn too old": {
			rule(true, 29), append(resat("2024-03-02", true), sat(3, "theory", "2024-04-01", true)),
			[]string{"practical"},
			[]string{"practical"},
			"2024-04-01",
		},
		"a part the rule does not know": {rule(true, 0), []policy.PartResult{sat(1, "exam", "2024-01-01", true)}, both, both, "2024-02-03"},
	} {
		require.Equal(t, c.outstanding, c.rule.Outstanding(c.results), name)
		require.Equal(t, c.again, c.rule.SitAgain(c.results, day(c.today)), name)
	}
}

// Whoever sits what is asked for, and passes it in time, passes; in any order of the reports.
func TestWhoeverPassesWhatIsAskedForPasses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rule(rapid.Bool().Draw(t, "keep"), 0)
		if r.KeepPassedPart {
			r.ResitWithinDays = rapid.IntRange(0, 60).Draw(t, "within")
		}
		var results []policy.PartResult
		asked, today := []string{"theory", "practical"}, day("2024-01-01")
		for attempt := 1; attempt <= 6; attempt++ {
			for _, part := range asked {
				results = append(results, policy.PartResult{Part: part, Attempt: attempt, Passed: rapid.Bool().Draw(t, "passed"), On: today})
			}
			shuffled := rapid.Permutation(results).Draw(t, "reported")
			left := r.Outstanding(shuffled)
			require.Equal(t, r.Outstanding(results), left)
			if len(left) == 0 {
				return
			}
			today = today.AddDays(rapid.IntRange(0, 50).Draw(t, "days"))
			asked = r.SitAgain(results, today)
			require.Subset(t, asked, left, "who failed a part sits it again")
			require.NotEmpty(t, asked)
		}
		for _, part := range asked {
			results = append(results, policy.PartResult{Part: part, Attempt: 7, Passed: true, On: today})
		}
		require.Empty(t, r.Outstanding(results))
	})
}
