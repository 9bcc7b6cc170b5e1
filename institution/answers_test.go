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

// begins is the day of the first lesson.
var begins = date{time.Date(2024, time.February, 28, 0, 0, 0, 0, time.UTC)}

func TestTrainingOfEightyHoursIsTenDays(t *testing.T) {
	t.Parallel()
	asked := &task{ID: "t", CaseID: "c", Kind: training, Details: details{
		RequiredHours: 80, Modules: []string{"a", "b"}, Today: "2026-03-04",
	}}
	lessons := asked.lessons(begins, Normal)
	require.Len(t, lessons, 10)
	require.Equal(t, "2024-02-28", lessons[0].date.Format(time.DateOnly))
	require.Equal(t, "2024-03-08", lessons[9].date.Format(time.DateOnly))
	require.Equal(t, []string{"a", "b"}, asked.completed(lessons))
	require.Equal(t, []string{"a", "b"}, []string{lessons[4].module, lessons[5].module})

	lessons[1].attended = 0
	body, err := json.Marshal(attendanceOf("c", lessons[:2]...))
	require.NoError(t, err)
	refs := []any{lessons[0].ref, lessons[1].ref}
	require.JSONEq(t, fmt.Sprintf(`{"sessions":[
		{"ref":%[1]q,"module":"a","mode":"offline","place":"第1教室","instructor":"T001","roster":["c"],
			"opens_at":"2024-02-28T09:00:00+08:00","closes_at":"2024-02-28T16:00:00+08:00"},
		{"ref":%[2]q,"module":"a","mode":"offline","place":"第1教室","instructor":"T001","roster":["c"],
			"opens_at":"2024-02-29T09:00:00+08:00","closes_at":"2024-02-29T16:00:00+08:00"}],
		"sign_ins":[
		{"session":%[1]q,"attendee":"c","reporter":"R001",
			"signed_in_at":"2024-02-28T09:05:00+08:00","signed_out_at":"2024-02-28T15:05:00+08:00"},
		{"session":%[2]q,"attendee":"c","reporter":"R001","absent":true}]}`, refs...), string(body))
}

func TestLessonsAreExactlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		required := rapid.IntRange(1, 2000).Draw(t, "required tenths")
		recorded := rapid.IntRange(0, 2000).Draw(t, "recorded tenths")
		asked := &task{ID: rapid.String().Draw(t, "id"), Kind: training, Details: details{
			RequiredHours: float64(required) / 10, RecordedHours: float64(recorded) / 10,
			Modules: []string{"a", "b", "c", "d", "e", "f"}[:rapid.IntRange(0, 6).Draw(t, "modules")],
		}}
		asked.Details.MissingModules = asked.Details.Modules[rapid.IntRange(0, len(asked.Details.Modules)).Draw(t, "taught"):]
		missing := len(asked.toTeach())
		least := hours(10 * missing) // an hour for each module
		full, short := asked.lessons(begins, Normal), asked.lessons(begins, ShortHours)
		require.Equal(t, max(hours(required-recorded), least, 0), attended(full))
		require.Len(t, asked.completed(full), missing)
		if len(full) == 0 {
			return
		}
		require.Less(t, attended(short), attended(full))
		require.LessOrEqual(t, len(asked.completed(short)), missing)
		refs, day := map[string]bool{}, begins.add(-1)
		for i, l := range full {
			require.Positive(t, l.hours)
			require.LessOrEqual(t, l.hours, dayHours, "nobody is credited more for a day")
			require.True(t, l.date.After(day.Time), "a lesson a day")
			_, out := l.signs()
			require.False(t, out.After(l.closes()))
			day, refs[l.ref] = l.date, true
			require.LessOrEqual(t, short[i].attended, l.attended)
		}
		require.Len(t, refs, len(full))
		again := asked.makeUp(full, full[0], 5)
		require.NotContains(t, refs, again.ref)
		require.True(t, again.date.After(day.Time))
		require.Equal(t, full[0].module, again.module)
		require.Equal(t, []hours{5, 5}, []hours{again.hours, again.attended})
	})
}

func attended(lessons []lesson) hours {
	var sum hours
	for _, l := range lessons {
		sum += l.attended
	}
	return sum
}

func TestShortHoursAreAboutHalfAndTheLastOfThemAreLeftEarly(t *testing.T) {
	t.Parallel()
	asked := &task{ID: "t", Kind: training, Details: details{RequiredHours: 64, Modules: []string{"a", "b", "c", "d"}}}
	lessons := asked.lessons(begins, ShortHours)
	var got []hours
	for _, l := range lessons {
		got = append(got, l.attended)
	}
	require.Equal(t, []hours{80, 80, 80, 80, 40, 0, 0, 0}, got)
	require.Equal(t, []string{"a", "b"}, asked.completed(lessons))
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
	}}
	lessons := asked.lessons(begins, Normal)
	require.Equal(t, hours(160), attended(lessons))
	require.Equal(t, []string{"c"}, asked.completed(lessons))

	asked.Details.RecordedHours = 80
	require.Equal(t, hours(10), attended(asked.lessons(begins, Normal)), "content is taught, though the hours are complete")
}

func TestVoidedHoursAreTaughtAgainInAsFewDaysAsTheyTake(t *testing.T) {
	t.Parallel()
	asked := &task{ID: "t", Kind: training, Details: details{
		RequiredHours: 80, RecordedHours: 72, Modules: []string{"a", "b", "c"},
	}}
	lessons := asked.lessons(begins, Normal)
	require.Len(t, lessons, 1)
	require.Equal(t, hours(80), lessons[0].attended)
	require.Contains(t, asked.Details.Modules, lessons[0].module)
	require.Empty(t, asked.completed(lessons), "all content was complete before")
}
