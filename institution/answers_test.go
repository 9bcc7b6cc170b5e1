package institution

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAnAnswerIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		asked := &task{ID: "01a2", Kind: kind, Details: details{Today: "2026-03-20", RequiredHours: 80}}
		first, err := compose(asked, Normal)
		require.NoError(t, err)
		again, err := compose(asked, Normal)
		require.NoError(t, err)
		require.Equal(t, first, again)
		require.Equal(t, first.key("01a2"), again.key("01a2"))
		require.NotEqual(t, first.key("01a2"), first.key("01a3"))
	}
}

func TestScoresPassOrFailAsTheyShould(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for i := range 2000 {
		asked := &task{ID: fmt.Sprint("task-", i)}
		score := asked.passingScore()
		require.True(t, score >= 60 && score <= 98, score)
		seen[score] = true
		require.Less(t, asked.failingScore(), 60)
		asked.Details.PassMark = new(75.5)
		require.True(t, asked.passingScore() >= 76 && asked.passingScore() <= 98)
		require.Less(t, asked.failingScore(), 76)
		asked.Details.PassMark = new(100.0)
		require.Equal(t, 100, asked.passingScore())
		asked.Details.PassMark = new(0.0)
		require.Equal(t, 0, asked.failingScore())
	}
	require.Len(t, seen, 39, "every score from 60 to 98 comes up")
}

func TestTrainingOfEightyHoursIsTenDaysUpToToday(t *testing.T) {
	t.Parallel()
	asked := &task{ID: "t", Kind: training, Details: details{
		RequiredHours: 80, Modules: []string{"a", "b"}, Today: "2026-03-02", EarliestSession: "2026-01-01",
	}}
	got := taughtOf(t, asked, Normal)
	require.Len(t, got.Sessions, 10)
	require.Equal(t, "2026-02-21", got.Sessions[0].Date.Format("2006-01-02"))
	require.Equal(t, "2026-03-02", got.Sessions[9].Date.Format("2006-01-02"))
	require.Equal(t, []string{"a", "b"}, got.CompletedModules)
	require.Equal(t, "a", got.Sessions[4].Module)
	require.Equal(t, "b", got.Sessions[5].Module)

	body, err := json.Marshal(got.Sessions[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"ref":"`+got.Sessions[0].Ref+`","date":"2026-02-21","module":"a","mode":"offline",
		"planned_hours":8,"attended_hours":8}`, string(body))
}

func taughtOf(t require.TestingT, asked *task, b Behaviour) trainingResult {
	today, err := asked.today()
	require.NoError(t, err)
	return asked.taught(today, b)
}

func TestTrainingReportsExactlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		required := rapid.IntRange(1, 2000).Draw(t, "required tenths")
		recorded := rapid.IntRange(0, 2000).Draw(t, "recorded tenths")
		reach := rapid.IntRange(0, 40).Draw(t, "days back")
		asked := &task{ID: rapid.String().Draw(t, "id"), Kind: training, Details: details{
			RequiredHours: float64(required) / 10, RecordedHours: float64(recorded) / 10,
			Modules: []string{"a", "b", "c", "d", "e", "f"}[:rapid.IntRange(0, 6).Draw(t, "modules")],
			Today:   "2024-03-05",
		}}
		today, err := asked.today()
		require.NoError(t, err)
		earliest := today.add(-reach)
		asked.Details.EarliestSession = earliest.Format("2006-01-02")

		full, short := asked.taught(today, Normal), asked.taught(today, ShortHours)
		require.Equal(t, hours(max(required-recorded, 0)), attended(full))
		if required > recorded+1 {
			require.Less(t, attended(short), attended(full))
			require.Positive(t, attended(short))
		}
		require.Len(t, full.CompletedModules, len(asked.Details.Modules))
		require.LessOrEqual(t, len(short.CompletedModules), len(full.CompletedModules))
		for _, report := range []trainingResult{full, short} {
			refs := map[string]bool{}
			for i, s := range report.Sessions {
				refs[s.Ref] = true
				require.Positive(t, s.PlannedHours)
				require.LessOrEqual(t, s.AttendedHours, s.PlannedHours)
				require.LessOrEqual(t, s.PlannedHours, sessionHours)
				require.False(t, s.Date.Before(earliest.Time) || s.Date.After(today.Time))
				require.True(t, i == 0 || !s.Date.Before(report.Sessions[i-1].Date.Time))
			}
			require.Len(t, refs, len(report.Sessions))
			if n := len(report.Sessions); n > 0 {
				require.Equal(t, today, report.Sessions[n-1].Date)
			}
			for _, module := range report.CompletedModules {
				taught := slices.ContainsFunc(report.Sessions, func(s session) bool { return s.Module == module })
				require.True(t, taught || required-recorded < len(asked.Details.Modules), "enough hours for each module")
			}
		}
	})
}

func attended(r trainingResult) hours {
	var sum hours
	for _, s := range r.Sessions {
		sum += s.AttendedHours
	}
	return sum
}

func TestATaskWithoutADayIsAnsweredOnTheDayItWasIssued(t *testing.T) {
	t.Parallel()
	var asked task
	require.NoError(t, json.Unmarshal([]byte(`{"id":"t","kind":"enrolment","issued_at":"2026-03-19T17:00:00Z"}`), &asked))
	got, err := compose(&asked, Normal)
	require.NoError(t, err)
	require.JSONEq(t, `{"accepted_on":"2026-03-20"}`, string(got.body))

	_, err = compose(&task{ID: "t", Kind: enrolment}, Normal)
	require.ErrorIs(t, err, errNoDay)
	_, err = compose(&task{ID: "t", Kind: enrolment, Details: details{Today: "20.3.2026"}}, Normal)
	require.Error(t, err)
	_, err = compose(&task{ID: "t", Kind: "viva", Details: details{Today: "2026-03-20"}}, Normal)
	require.Error(t, err)
}

func TestRecentForgetsTheOldestOnly(t *testing.T) {
	t.Parallel()
	r := newRecent(3)
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		require.True(t, r.add(key))
		require.False(t, r.add(key))
	}
	require.False(t, r.has("b"))
	for _, key := range []string{"c", "d", "e"} {
		require.True(t, r.has(key))
	}
	require.True(t, r.add("a"), "forgotten, so new")
	require.False(t, r.has("c"))
}

func TestTheJournalKeepsTheNewest(t *testing.T) {
	t.Parallel()
	j := newJournal(slog.New(slog.DiscardHandler))
	for i := range journalLength + 10 {
		j.note(Entry{Action: taskSeen, Attempt: i})
	}
	newest := j.newest(3)
	require.Equal(t, []int{journalLength + 7, journalLength + 8, journalLength + 9},
		[]int{newest[0].Attempt, newest[1].Attempt, newest[2].Attempt})
	require.Len(t, j.newest(1<<20), journalLength)
	require.Equal(t, 10, j.newest(journalLength)[0].Attempt)
	require.EqualValues(t, journalLength+10, j.counts()[taskSeen])
}

func TestTrainingTeachesOnlyTheModulesThatAreMissing(t *testing.T) {
	t.Parallel()
	asked := &task{ID: "t", Kind: training, Details: details{
		RequiredHours: 80, RecordedHours: 64, Modules: []string{"a", "b", "c"}, MissingModules: []string{"c"},
		Today: "2026-03-02",
	}}
	got := taughtOf(t, asked, Normal)
	require.Equal(t, hours(160), attended(got))
	require.Equal(t, []string{"c"}, got.CompletedModules)
	for _, s := range got.Sessions {
		require.Equal(t, "c", s.Module)
	}

	asked.Details.RecordedHours = 80 // only content is missing
	got = taughtOf(t, asked, Normal)
	require.Empty(t, got.Sessions)
	require.Equal(t, []string{"c"}, got.CompletedModules)
}
