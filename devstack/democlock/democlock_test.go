package democlock_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"

	"github.com/dengpan/dengpan/devstack/democlock"
)

var (
	first   = calendar.NewDate(2026, time.November, 23)
	morning = time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)
)

func TestDowntimeDoesNotAdvanceTheDate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "calendar.json")
	clock := open(t, path, morning)
	require.Equal(t, first, clock.Calendar().Today(morning))
	stopped := morning.Add(90 * time.Second)
	require.Equal(t, "2027-02-21", clock.Calendar().Today(stopped).String())
	require.NoError(t, clock.Close(stopped))

	nextDay := stopped.Add(24 * time.Hour)
	again := open(t, path, nextDay)

	require.Equal(t, "2027-02-21", again.Calendar().Today(nextDay).String())
}

func TestACrashNeverTurnsTheDateBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "calendar.json")
	clock := open(t, path, morning)
	kept := morning.Add(30 * time.Second)
	require.NoError(t, clock.Keep(kept))
	crashed := kept.Add(democlock.Beat) // just before the next beat
	seen := clock.Calendar().Today(crashed)

	nextDay := crashed.Add(24 * time.Hour)
	again := open(t, path, nextDay).Calendar().Today(nextDay)

	require.False(t, again.Before(seen), "%s came again after %s", again, seen)
	require.LessOrEqual(t, again.Sub(seen), 3)
}

func TestTheAnchorHandedOnMeansTheSameCalendar(t *testing.T) {
	t.Parallel()
	now := morning.Add(700 * time.Millisecond)
	mine := open(t, filepath.Join(t.TempDir(), "calendar.json"), now).Calendar()

	theirs, err := calendar.Parse(mine.Day.String(), mine.Anchor())

	require.NoError(t, err)
	for _, later := range []time.Duration{0, time.Second, 299 * time.Millisecond, 300 * time.Millisecond, time.Hour} {
		require.Equal(t, mine.Today(now.Add(later)), theirs.Today(now.Add(later)))
	}
}

func TestADamagedStateFileIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "calendar.json")
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	_, err := democlock.Open(path, time.Second, first, morning)
	require.ErrorContains(t, err, path)
}

func open(t *testing.T, path string, now time.Time) *democlock.Clock {
	t.Helper()
	clock, err := democlock.Open(path, time.Second, first, now)
	require.NoError(t, err)
	return clock
}
