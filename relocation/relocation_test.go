package relocation_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/relocation"
)

var target = relocation.Target{Occupation: "big-data", Level: "junior"}

func cases(n int, class, other string) []relocation.Case {
	all := make([]relocation.Case, n)
	for i := range all {
		all[i] = relocation.Case{ID: fmt.Sprintf("%s%03d", class, i), Target: target, Class: class, Other: other}
	}
	return all
}

func counts(moves []relocation.Move) map[string]int {
	of := map[string]int{}
	for _, m := range moves {
		of[m.To]++
	}
	return of
}

func TestCasesAreSpreadByWhatBodiesHaveFreeAndTheRestIsLeft(t *testing.T) {
	t.Parallel()
	bodies := []relocation.Body{{"a", target, 30}, {"b", target, 10}, {"none", target, 0}, {"else", relocation.Target{Occupation: "iot", Level: "junior"}, 99}}
	require.Equal(t, map[string]int{"a": 15, "b": 5}, counts(relocation.Plan(cases(20, "", ""), bodies)))
	require.Equal(t, map[string]int{"a": 30, "b": 10, "": 5}, counts(relocation.Plan(cases(45, "", ""), bodies)))
}

func TestAClassStaysTogetherWhereSomebodyCanTakeTheWholeOfIt(t *testing.T) {
	t.Parallel()
	bodies := []relocation.Body{{"a", target, 25}, {"b", target, 40}}
	moves := relocation.Plan(append(cases(20, "k1", ""), cases(30, "k2", "")...), bodies)
	for _, m := range moves {
		require.Equal(t, map[string]string{"k1": "a", "k2": "b"}[m.Class], m.To)
	}
	require.Equal(t, map[string]int{"a": 25, "b": 25}, counts(relocation.Plan(cases(50, "k3", ""), []relocation.Body{{"a", target, 25}, {"b", target, 25}})))
}

func TestNobodyIsGivenACaseWhoseOtherBodyTheyAre(t *testing.T) {
	t.Parallel()
	bodies := []relocation.Body{{"a", target, 50}, {"b", target, 1}}
	require.Equal(t, map[string]int{"b": 1, "": 2}, counts(relocation.Plan(cases(3, "k", "a"), bodies)))
	trained := cases(3, "k", "")
	trained[0].Never = []string{"a"} // who is not evaluated by whoever had trained them
	require.Equal(t, map[string]int{"a": 2, "b": 1}, counts(relocation.Plan(trained, bodies)))
}

func TestNoPlanGivesMoreThanIsFreeOrLeavesACaseThatSomebodyCouldTake(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c"}
		var bodies []relocation.Body
		left := map[string]int{}
		for _, name := range names {
			free := rapid.IntRange(0, 6).Draw(t, "free")
			bodies, left[name] = append(bodies, relocation.Body{ID: name, Target: target, Free: free}), free
		}
		all := make([]relocation.Case, rapid.IntRange(0, 20).Draw(t, "cases"))
		for i := range all {
			all[i] = relocation.Case{
				ID: fmt.Sprintf("%02d", i), Target: target, Class: rapid.SampledFrom([]string{"", "k1", "k2"}).Draw(t, "class"),
				Other: rapid.SampledFrom(append(names, "z")).Draw(t, "other"),
			}
		}
		moves := relocation.Plan(all, bodies)
		require.Len(t, moves, len(all))
		for i, m := range moves {
			require.Equal(t, all[i], m.Case, "every case once, in their order")
			left[m.To]--
			require.False(t, m.To != "" && m.To == m.Other)
		}
		for _, name := range names {
			require.GreaterOrEqual(t, left[name], 0)
			for _, m := range moves {
				require.False(t, m.To == "" && m.Other != name && left[name] > 0, "%s is left, and %s has room", m.ID, name)
			}
		}
	})
}
