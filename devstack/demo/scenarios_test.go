package demo

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
)

var today = calendar.NewDate(2026, 11, 23)

func TestNobodyComesTwiceAndEverybodyIsValid(t *testing.T) {
	t.Parallel()
	names, numbers := make(map[string]bool), make(map[string]bool)
	for n := range MostTrainees() {
		parsed, err := identity.ParseName(name(n))
		require.NoError(t, err)
		require.Equal(t, name(n), parsed)
		_, err = identity.ParseResidentID(idNumber(n))
		require.NoError(t, err)
		require.False(t, names[name(n)], name(n))
		require.False(t, numbers[idNumber(n)], idNumber(n))
		names[name(n)], numbers[idNumber(n)] = true, true
	}
}

func TestTheScenariosCoverTheListedOccupationsAndEveryLevel(t *testing.T) {
	t.Parallel()
	require.Len(t, scenarios, 30)
	covered := make(map[string]int)
	unhappy := 0
	for _, s := range scenarios {
		covered[s.occupation+"/"+s.level]++
		if s.scripts != nil || s.withdrawsIn != "" || s.correction != nil || s.hopeless {
			unhappy++
		}
	}
	for _, occupation := range []string{manufacturing, bigData, blockchain} {
		for _, level := range []string{junior, intermediate, senior} {
			require.GreaterOrEqual(t, covered[occupation+"/"+level], 2, occupation+"/"+level)
		}
	}
	require.GreaterOrEqual(t, unhappy, 10)
}

// What the applicants state must lead, by the rules, where the scenario says the case ends.
func TestTheRulesLeadEveryApplicantWhereTheScenarioEnds(t *testing.T) {
	t.Parallel()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	for n, s := range scenarios {
		a := decided(t, s.applicant)
		require.Empty(t, a.Validate(), name(n))
		join := rules.MayJoin(a, s.occupation, s.level, today)
		if s.ends == progress.Rejected {
			require.Equal(t, policy.NotMet, join.Outcome, name(n))
			continue
		}
		require.Equal(t, policy.Met, join.Outcome, name(n))
		if s.ends == progress.Withdrawn || s.ends == progress.Untrained {
			continue
		}
		later := today.AddDays(20) // about when the evaluation comes
		enter := rules.MayEnterEvaluation(a, s.occupation, s.level, later)
		if s.correction != nil {
			require.Equal(t, policy.NotMet, enter.Outcome, name(n))
			a = decided(t, s.correction)
			enter = rules.MayEnterEvaluation(a, s.occupation, s.level, later)
		}
		require.Equal(t, policy.Met, enter.Outcome, name(n))
		title := rules.MapTitle(a, s.occupation, s.level, later, later)
		if s.ends == progress.Certified {
			require.Nil(t, title.EarliestDate, name(n))
			require.NotEqual(t, policy.Met, title.Outcome, name(n))
			continue
		}
		if title.Outcome == policy.NotMet {
			require.NotNil(t, title.EarliestDate, name(n))
			require.Less(t, title.EarliestDate.Sub(today), 100, "%s waits too long to be watched", name(n))
		}
	}
}

func TestSomeCasesWaitForATitleAndSomeNeverGetOne(t *testing.T) {
	t.Parallel()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	later := today.AddDays(20)
	title := func(f facts, level string) policy.TitleDecision {
		return rules.MapTitle(decided(t, f), manufacturing, level, later, later)
	}
	require.NotNil(t, title(graduatesSoon, junior).EarliestDate)
	require.NotNil(t, title(mastersSoon, intermediate).EarliestDate)
	require.Equal(t, policy.NotMet, title(noTitlePath, intermediate).Outcome)
	require.Equal(t, policy.InsufficientRule, title(seniorTitled, senior).Outcome)
}

// decided is what the product reads of what the demonstration sends.
func decided(t *testing.T, f facts) policy.Applicant {
	t.Helper()
	sent, err := json.Marshal(f(today))
	require.NoError(t, err)
	var a policy.Applicant
	require.NoError(t, json.Unmarshal(sent, &a))
	return a
}
