package activities_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// keeping has a case decided by rules that keep a passed part of the evaluation for thirty days.
func keeping(t *testing.T) bundle {
	t.Helper()
	rules, err := policy.ReadFolder(fstest.MapFS{
		"policy.yaml": {Data: []byte("id: keeping-2026\nover: beijing-2023\nname: {zh: 保留, en: kept}\n" +
			"effective_from: 2026-01-01\ncitation: {document: d, clause: c, basis: design}\n")},
		"evaluation.yaml": {Data: []byte("exam: {keep_passed_part: true, resit_within_days: 30}\n")},
	}, "keeping-2026")
	require.NoError(t, err)
	b := newBundle(t, graduate())
	b.Rules = func(string) (*policy.Policy, error) { return rules, nil }
	return b
}

// evaluate has parts of an evaluation sat some days ago, and recorded.
func (b bundle) evaluate(t *testing.T, attempt, daysAgo int, scores map[string]float64) contract.RecordReply {
	t.Helper()
	var kinds []string
	for _, kind := range []string{contract.TheoryTask, contract.PracticalTask} {
		if _, sat := scores[kind]; sat {
			kinds = append(kinds, kind)
		}
	}
	tasks := b.issue(t, "evaluation", attempt, 1, kinds...)
	for _, task := range tasks {
		score := scores[task.Kind]
		held := calendar.Real().Today(time.Now()).AddDays(-daysAgo)
		b.answer(t, task, store.AnswerResult, contract.MarkResult{Score: &score, HeldOn: held})
	}
	reply, err := b.RecordEvaluation(t.Context(), b.recordRequest(tasks, attempt))
	require.NoError(t, err)
	return reply
}

func TestWhoFailsOnePartSitsThatPartAgainWhereTheOtherIsKept(t *testing.T) {
	t.Parallel()
	b := keeping(t)
	b.admit(t)
	reply := b.evaluate(t, 1, 2, map[string]float64{contract.TheoryTask: 60, contract.PracticalTask: 59.5})
	require.Equal(t, contract.RecordReply{Next: contract.Resit, Again: []string{contract.PracticalTask}}, reply)
	require.Contains(t, b.events(t), "part_again")
	reply = b.evaluate(t, 2, 1, map[string]float64{contract.PracticalTask: 10})
	require.Equal(t, contract.RecordReply{Next: contract.Resit, Again: []string{contract.PracticalTask}}, reply)
	reply = b.evaluate(t, 3, 0, map[string]float64{contract.PracticalTask: 60})
	require.Equal(t, contract.RecordReply{Next: contract.GoOn}, reply)
}

func TestAPartThatWasKeptTooLongIsSatAgain(t *testing.T) {
	t.Parallel()
	for daysAgo, want := range map[int]contract.RecordReply{
		29: {Next: contract.GoOn},
		30: {Next: contract.GoOn},
		31: {Next: contract.Resit, Again: []string{contract.TheoryTask}},
	} {
		b := keeping(t)
		b.admit(t)
		b.evaluate(t, 1, daysAgo, map[string]float64{contract.TheoryTask: 60, contract.PracticalTask: 59.5})
		require.Equal(t, want, b.evaluate(t, 2, 0, map[string]float64{contract.PracticalTask: 60}), "%d days ago", daysAgo)
	}
}

func TestWhoFailsEveryPartSitsAllAgain(t *testing.T) {
	t.Parallel()
	b := keeping(t)
	b.admit(t)
	reply := b.evaluate(t, 1, 0, map[string]float64{contract.TheoryTask: 59.9, contract.PracticalTask: 0})
	require.Equal(t, contract.RecordReply{Next: contract.Resit}, reply)
	require.NotContains(t, b.events(t), "part_again")
}

func TestWithoutARuleThatKeepsAPartAllAreSatAgainInOneAttempt(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	reply := b.evaluate(t, 1, 1, map[string]float64{contract.TheoryTask: 60, contract.PracticalTask: 59.5})
	require.Equal(t, contract.RecordReply{Next: contract.Resit}, reply)
	reply = b.evaluate(t, 2, 0, map[string]float64{contract.TheoryTask: 59.5, contract.PracticalTask: 60})
	require.Equal(t, contract.RecordReply{Next: contract.Resit}, reply, "each was passed, never both at once")
}

// events lists what the case's timeline tells, by kind.
func (b bundle) events(t *testing.T) []string {
	t.Helper()
	events, err := b.Store.Read(t.Context()).Events(b.caseID, 0, 1000)
	require.NoError(t, err)
	kinds := make([]string, len(events))
	for i, e := range events {
		kinds[i] = e.Kind
	}
	return kinds
}
