package delivery

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestTheScheduleWaitsLongerAndThenGivesUp(t *testing.T) {
	t.Parallel()
	schedule := Schedule{0, 5 * time.Second, 5 * time.Minute}
	for made, want := range schedule {
		wait, again := schedule.Next(made, "evt")
		require.True(t, again)
		require.GreaterOrEqual(t, wait, want, "never sooner than scheduled")
		require.LessOrEqual(t, wait, want+want/5)
	}
	_, again := schedule.Next(3, "evt")
	require.False(t, again)
	_, again = Schedule(nil).Next(0, "evt")
	require.False(t, again)
	wait, again := schedule.Next(-1, "evt")
	require.True(t, again)
	require.Zero(t, wait)
}

func TestEventsThatFailedTogetherComeBackApart(t *testing.T) {
	t.Parallel()
	schedule := Schedule{0, 10 * time.Hour}
	seen := map[time.Duration]int{} // by tenths of the two hours they are spread over
	for i := range 1000 {
		seed := fmt.Sprintf("0198f0a6-0000-7000-8000-%012d", i)
		wait, _ := schedule.Next(1, seed)
		again, _ := schedule.Next(1, seed)
		require.Equal(t, wait, again, "the same event waits the same when asked again")
		seen[(wait-10*time.Hour)/(12*time.Minute)]++
	}
	require.Len(t, seen, 10)
	for _, count := range seen {
		require.InDelta(t, 100, count, 60)
	}
}

func TestAnEventSaysWhereToLookAndNothingElse(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 20, 16, 0, 0, 0, time.FixedZone("", 8*3600))
	due := at.Add(time.Hour).UTC()
	for _, c := range []struct {
		event store.OutboxEvent
		want  string
	}{
		{store.OutboxEvent{
			ID: "evt", Kind: store.OutboxTaskIssued, CreatedAt: at, Sequence: 7, Seq: 99, InstitutionID: "ouc",
			Payload: store.OutboxPayload{TaskID: "t", CaseID: "c", Kind: "exam", DueAt: &due},
		}, `{"specversion":"1.0","id":"evt","type":"task.issued","source":"/v1","time":"2026-03-20T08:00:00Z",
			"data":{"task_id":"t","case_id":"c","kind":"exam","due_at":"2026-03-20T09:00:00Z","sequence":7}}`},
		{store.OutboxEvent{
			ID: "evt", Kind: store.OutboxAnswerDiscarded, CreatedAt: at, Sequence: 8,
			Payload: store.OutboxPayload{TaskID: "t", CaseID: "c", Kind: "exam", LetterID: "l"},
		}, `{"specversion":"1.0","id":"evt","type":"answer.discarded","source":"/v1","time":"2026-03-20T08:00:00Z",
			"data":{"task_id":"t","case_id":"c","kind":"exam","letter_id":"l","sequence":8}}`},
		{
			store.OutboxEvent{ID: "evt", Kind: store.OutboxPing, CreatedAt: at, Test: true},
			`{"specversion":"1.0","id":"evt","type":"endpoint.ping","source":"/v1","time":"2026-03-20T08:00:00Z","data":{"example":true}}`,
		},
	} {
		body, err := EventOf(c.event).Body()
		require.NoError(t, err)
		require.JSONEq(t, c.want, string(body))
	}
}
