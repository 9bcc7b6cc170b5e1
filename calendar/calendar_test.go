package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
)

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestTheRealDayTurnsAtMidnightInBeijing(t *testing.T) {
	t.Parallel()
	c := calendar.Real()
	for at, want := range map[string]string{
		"2023-06-29T15:59:59.999999999Z": "2023-06-29",
		"2023-06-29T16:00:00Z":           "2023-06-30",
		"2023-12-31T15:59:59Z":           "2023-12-31",
		"2023-12-31T16:00:00Z":           "2024-01-01",
		"2024-02-28T16:00:00Z":           "2024-02-29",
		"1990-01-01T00:00:00Z":           "1990-01-01",
		"1990-01-01T16:00:00Z":           "1990-01-02",
	} {
		require.Equal(t, want, c.Today(instant(at)).String(), at)
	}
	require.True(t, c.Wall(date("2024-01-01")).Equal(instant("2023-12-31T16:00:00Z")))
	require.True(t, c.Wall(date("9000-01-01")).Equal(instant("8999-12-31T16:00:00Z")))
	require.True(t, c.After(instant("2024-01-01T09:30:00Z"), 30).Equal(instant("2024-01-31T09:30:00Z")))
}

func TestDemonstrationDaysLastASecond(t *testing.T) {
	t.Parallel()
	c, err := calendar.Parse("1s", "2026-11-23@2026-11-23T08:00:00Z")
	require.NoError(t, err)
	for at, want := range map[string]string{
		"2026-11-23T08:00:00Z":     "2026-11-23",
		"2026-11-23T08:00:00.999Z": "2026-11-23",
		"2026-11-23T08:00:01Z":     "2026-11-24",
		"2026-11-23T08:06:05Z":     "2027-11-23",
		"2026-11-23T07:59:59.999Z": "2026-11-22",
		"2026-11-23T07:59:59Z":     "2026-11-22",
		"2026-11-23T07:59:58.999Z": "2026-11-21",
	} {
		require.Equal(t, want, c.Today(instant(at)).String(), at)
	}
	require.True(t, c.Wall(date("2026-12-23")).Equal(instant("2026-11-23T08:00:30Z")))
	require.True(t, c.After(instant("2026-11-23T08:00:00.5Z"), 12).Equal(instant("2026-11-23T08:00:12.5Z")))
	require.Equal(t, "2026-11-23@2026-11-23T08:00:00Z", c.Anchor())
}

func TestADateLastsFromItsWallToTheNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := calendar.Real()
		if rapid.Bool().Draw(t, "demonstration") {
			c.Day = time.Duration(rapid.Int64Range(1, 86_400_000).Draw(t, "day")) * time.Millisecond
		}
		d := date("2000-01-01").AddDays(rapid.IntRange(0, 30_000).Draw(t, "days"))
		within := time.Duration(rapid.Int64Range(0, int64(c.Day)-1).Draw(t, "within"))
		require.Equal(t, d, c.Today(c.Wall(d).Add(within)))
		require.Equal(t, d.AddDays(1), c.Today(c.Wall(d).Add(c.Day)))
		require.Equal(t, d.AddDays(7), c.Today(c.After(c.Wall(d).Add(within), 7)))
	})
}

func TestTheProgrammesTimeIsTheWallClocksInEarnest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		wall := time.Unix(0, rapid.Int64Range(-1<<62, 1<<62).Draw(t, "wall"))
		require.True(t, calendar.Real().Moment(wall).Equal(wall))
	})
}

func TestADemonstrationsTimeRunsThroughEveryHourOfItsDays(t *testing.T) {
	t.Parallel()
	c, err := calendar.Parse("1s", "2026-11-23@2026-11-23T08:00:00Z")
	require.NoError(t, err)
	for at, want := range map[string]string{
		"2026-11-23T08:00:00Z":           "2026-11-23T00:00:00+08:00",
		"2026-11-23T08:00:00.5Z":         "2026-11-23T12:00:00+08:00",
		"2026-11-23T08:00:00.375Z":       "2026-11-23T09:00:00+08:00",
		"2026-11-23T08:00:00.999999999Z": "2026-11-23T23:59:59.9999136+08:00",
		"2026-11-23T08:00:01Z":           "2026-11-24T00:00:00+08:00",
		"2026-11-23T08:06:05.25Z":        "2027-11-23T06:00:00+08:00",
		"2026-11-23T07:59:59.75Z":        "2026-11-22T18:00:00+08:00",
	} {
		require.Equal(t, want, c.Moment(instant(at)).In(calendar.Beijing).Format(time.RFC3339Nano), at)
	}
}

func TestAMomentIsOfItsDateAndNeverBeforeAnEarlierOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := calendar.Real()
		c.Day = time.Duration(rapid.Int64Range(1, 86_400_000).Draw(t, "day")) * time.Millisecond
		// As far as the years 1 to 9999 reach, and not so far that a time.Duration ends.
		reach := min(700_000, 1e18/int64(c.Day)) * int64(c.Day)
		wall := c.AnchorWall.Add(time.Duration(rapid.Int64Range(-reach, reach).Draw(t, "wall")))
		moment := c.Moment(wall)
		require.Equal(t, c.Today(wall), calendar.DateOf(moment.In(calendar.Beijing)))
		later := c.Moment(wall.Add(time.Duration(rapid.Int64Range(0, min(1e12, reach)).Draw(t, "later"))))
		require.False(t, later.Before(moment))
		// The other way round it is the same instant, but for what a nanosecond of the programme is too short to say.
		require.WithinDuration(t, wall, c.When(moment), max(time.Nanosecond, c.Day/(24*time.Hour)))
	})
}

func TestACalendarIsConfiguredByDayAndAnchor(t *testing.T) {
	t.Parallel()
	for _, day := range []string{"", "24h", "1440m"} {
		c, err := calendar.Parse(day, "")
		require.NoError(t, err)
		require.Equal(t, calendar.Real(), c)
	}
	c, err := calendar.Parse("", "2026-11-23@2026-11-23T08:00:00+08:00")
	require.NoError(t, err)
	require.Equal(t, 24*time.Hour, c.Day)
	require.Equal(t, "2026-11-23@2026-11-23T00:00:00Z", c.Anchor())

	again, err := calendar.Parse("24h", c.Anchor())
	require.NoError(t, err)
	require.Equal(t, c.Today(instant("2027-01-01T00:00:00Z")), again.Today(instant("2027-01-01T00:00:00Z")))
}

func TestAWrongCalendarIsRefused(t *testing.T) {
	t.Parallel()
	const anchor = "2026-11-23@2026-11-23T08:00:00Z"
	for _, day := range []string{"0s", "-1s", "1us", "25h", "1", "a day"} {
		_, err := calendar.Parse(day, anchor)
		require.ErrorIs(t, err, calendar.ErrDay, day)
	}
	for _, bad := range []string{
		"2026-11-23", "@", "2026-11-31@2026-11-23T08:00:00Z", "2026-11-23@2026-11-23", "2026-11-23@2026-11-23 08:00:00",
		"2026-11-23@2026-11-23T08:00:00Z@",
	} {
		_, err := calendar.Parse("1s", bad)
		require.ErrorIs(t, err, calendar.ErrAnchor, bad)
	}
	_, err := calendar.Parse("1s", "")
	require.ErrorIs(t, err, calendar.ErrAnchorNeeded)
}
