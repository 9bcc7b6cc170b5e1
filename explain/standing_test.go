package explain_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/explain"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
)

// The state machine is walked from where every stage begins, along everything that a stage can become or be taken back to.
func TestEveryStateThatAStageCanBeInHasASentenceInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, stage := range progress.Stages() {
		reached := walk()
		require.Len(t, reached, 7, "no state is left out")
		for _, state := range reached {
			views := []progress.StageView{{Stage: stage, State: state}}
			if state == progress.Waiting {
				views = waiting(stage)
			}
			for _, v := range views {
				requireSentences(t, func(lang message.Lang) string {
					return explain.Stage(lang, v, bodies, "评价机构乙")
				})
			}
		}
	}
}

func TestEveryWayThatACaseCanEndHasASentenceInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, outcome := range []progress.Outcome{
		progress.Rejected, progress.Withdrawn, progress.Untrained, progress.Trained, progress.Certified, progress.Mapped,
	} {
		requireSentences(t, func(lang message.Lang) string { return explain.Over(lang, outcome, bodies) })
	}
}

func TestAPauseSaysUntilWhenAndThatNothingIsLost(t *testing.T) {
	t.Parallel()
	until := calendar.NewDate(2026, time.May, 6)
	for _, u := range []*calendar.Date{nil, &until} {
		for _, own := range []bool{false, true} {
			requireSentences(t, func(lang message.Lang) string { return explain.Paused(lang, u, own) })
		}
	}
	require.Contains(t, explain.Paused(message.Chinese, &until, false), "2026-05-06")
	require.NotContains(t, explain.Paused(message.Chinese, &until, true), "经办人", "the trainee did it")
}

func TestWhoIsWaitedForIsNamed(t *testing.T) {
	t.Parallel()
	for _, v := range waiting(progress.Evaluation) {
		said := explain.Stage(message.Chinese, v, bodies, "评价机构乙")
		require.Equal(t, v.Owes.Kind == progress.ByInstitution, strings.Contains(said, "评价机构乙"), said)
	}
}

func TestWhatIsStuckOnAnActOfOthersIsNotSaidToBeAnOperators(t *testing.T) {
	t.Parallel()
	stuck := progress.StageView{Stage: progress.Exam, State: progress.Stuck, Owes: &progress.Party{Kind: progress.ByOperator}}
	require.Contains(t, explain.Stage(message.Chinese, stuck, bodies, ""), "经办人")
	for party, want := range map[progress.PartyKind]string{progress.ByTrainee: "等学员办理", progress.ByInstitution: "等培训机构甲办理"} {
		stuck.Owes.Kind = party
		said := explain.Stage(message.Chinese, stuck, bodies, "培训机构甲")
		require.Contains(t, said, want)
		require.NotContains(t, said, "经办人")
	}
}

var bodies = explain.Bodies{Training: "培训机构甲", Evaluation: "评价机构乙"}

// walk lists every state that can be reached from a stage's first.
func walk() []progress.State {
	all := []progress.State{
		progress.Pending, progress.Active, progress.Waiting, progress.Stuck, progress.Done, progress.Failed, progress.Skipped,
	}
	reached := []progress.State{progress.Pending}
	seen := map[progress.State]bool{progress.Pending: true}
	for i := 0; i < len(reached); i++ {
		for _, next := range all {
			if !seen[next] && (reached[i].CanBecome(next) || reached[i].CanReopen(next)) {
				reached, seen[next] = append(reached, next), true
			}
		}
	}
	return reached
}

// waiting is a stage that waits, for each party that can be waited for.
func waiting(stage progress.Stage) []progress.StageView {
	var views []progress.StageView
	for _, party := range []progress.PartyKind{
		progress.ByTrainee, progress.ByInstitution, progress.ByOperator, progress.BySystem, progress.ByCalendar,
	} {
		views = append(views, progress.StageView{
			Stage: stage, State: progress.Waiting, Owes: &progress.Party{Kind: party, ID: "somebody"},
		})
	}
	return views
}

// requireSentences requires whole sentences: no key without words, no code, no parameter that nobody gave, and in English
// no Chinese but names.
func requireSentences(t *testing.T, say func(message.Lang) string) {
	t.Helper()
	chinese, english := say(message.Chinese), say(message.English)
	for _, text := range []string{chinese, english} {
		for _, gap := range []string{"standing.", "_", "{", "—"} {
			require.NotContains(t, text, gap)
		}
	}
	require.True(t, strings.HasSuffix(chinese, "。"), chinese)
	require.True(t, strings.HasSuffix(english, "."), english)
	names := strings.NewReplacer(bodies.Training, "", bodies.Evaluation, "").Replace(english)
	require.NotContains(t, strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Han, r) {
			return '汉'
		}
		return r
	}, names), "汉", names)
}
