package institution

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

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

func TestTrainingOfEightyHoursIsTenDaysFromTheDayAfterItWasAskedFor(t *testing.T) {
	t.Parallel()
	asked := &task{ID: "t", CaseID: "c", Kind: training, Details: details{
		RequiredHours: 80, Modules: []string{"a", "b"}, Today: "2026-03-04", IssuedOn: "2026-03-02",
	}}
	lessons := lessonsOf(t, asked, Normal)
	require.Len(t, lessons, 10)
	require.Equal(t, "2026-03-03", lessons[0].date.Format(time.DateOnly))
	require.Equal(t, "2026-03-12", lessons[9].date.Format(time.DateOnly))
	require.Equal(t, []string{"a", "b"}, completed(lessons))
	require.Equal(t, []string{"a", "b"}, []string{lessons[4].module, lessons[5].module})

	body, err := json.Marshal(asked.attendance(lessons[:1]))
	require.NoError(t, err)
	ref := lessons[0].ref
	require.JSONEq(t, `{"sessions":[{"ref":"`+ref+`","module":"a","mode":"offline","place":"第`+fmt.Sprint(1+asked.draw(9))+`教室",
		"instructor":"T001","opens_at":"2026-03-03T09:00:00+08:00","closes_at":"2026-03-03T15:00:00+08:00","roster":["c"]}],
		"sign_ins":[{"session":"`+ref+`","attendee":"c","reporter":"R001",
		"signed_in_at":"2026-03-03T09:00:00+08:00","signed_out_at":"2026-03-03T15:00:00+08:00"}]}`, string(body))
}

func lessonsOf(t require.TestingT, asked *task, b Behaviour) []lesson {
	lessons, err := asked.lessons(b)
	require.NoError(t, err)
	return lessons
}

func TestLessonsAreExactlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		required := rapid.IntRange(1, 2000).Draw(t, "required tenths")
		recorded := rapid.IntRange(0, 2000).Draw(t, "recorded tenths")
		asked := &task{ID: rapid.String().Draw(t, "id"), Kind: training, Details: details{
			RequiredHours: float64(required) / 10, RecordedHours: float64(recorded) / 10,
			Modules:  []string{"a", "b", "c", "d", "e", "f"}[:rapid.IntRange(0, 6).Draw(t, "modules")],
			IssuedOn: "2024-02-28",
		}}
		least := hours(10 * max(len(asked.Details.Modules), 1)) // an hour for each module
		full, short := lessonsOf(t, asked, Normal), lessonsOf(t, asked, ShortHours)
		require.Equal(t, max(hours(required-recorded), least), attended(full))
		require.Less(t, attended(short), attended(full))
		require.Len(t, completed(full), len(asked.Details.Modules))
		require.LessOrEqual(t, len(completed(short)), len(completed(full)))
		refs, day := map[string]bool{}, "2024-02-28"
		for _, l := range full {
			require.Positive(t, l.hours)
			require.LessOrEqual(t, l.hours, dayHours, "nobody is credited more for a day")
			require.Greater(t, l.date.Format(time.DateOnly), day, "a lesson a day")
			day, refs[l.ref] = l.date.Format(time.DateOnly), true
		}
		require.Len(t, refs, len(full))
		again := asked.makeUp(full, full[0])
		require.NotContains(t, refs, again.ref)
		require.Greater(t, again.date.Format(time.DateOnly), day)
		require.Equal(t, full[0].module, again.module)
	})
}

func attended(lessons []lesson) hours {
	var sum hours
	for _, l := range lessons {
		if !l.absent {
			sum += l.hours
		}
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
		IssuedOn: "2026-03-02",
	}}
	lessons := lessonsOf(t, asked, Normal)
	require.Equal(t, hours(160), attended(lessons))
	require.Equal(t, []string{"c"}, completed(lessons))

	asked.Details.RecordedHours = 80
	lessons = lessonsOf(t, asked, Normal)
	require.Equal(t, []string{"c"}, completed(lessons), "content is taught, though the hours are complete")
}
