package delivery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/store"
)

// standard is the schedule that Standard Webhooks recommends.
var standard = Schedule{
	0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func active() store.Endpoint {
	return store.Endpoint{ID: "0198f0a6-0000-7000-8000-000000000001", State: store.EndpointActive, Concurrency: 4}
}

// refused is an attempt that an endpoint answered with a status; 0: nobody answered.
func refused(status int, at time.Time) Tried {
	return Tried{Attempt: Attempt{Status: status, ErrorClass: "x", Gone: status == 410}, Began: at, Ended: at.Add(time.Second)}
}

// drawTried is any attempt that begins within a while after another.
func drawTried(t *rapid.T, after time.Time) Tried {
	at := after.Add(time.Duration(rapid.Int64Range(0, int64(40*time.Hour)).Draw(t, "pause")))
	tried := refused(rapid.SampledFrom([]int{0, 200, 301, 400, 404, 410, 429, 500, 502, 503, 504}).Draw(t, "status"), at)
	tried.Accepted = tried.Status == 200
	tried.Again = rapid.Bool().Draw(t, "again")
	tried.Ended = at.Add(time.Duration(rapid.Int64Range(0, int64(15*time.Second)).Draw(t, "duration")))
	tried.RetryAfter = time.Duration(rapid.Int64Range(0, int64(longestRetryTold)).Draw(t, "retry after"))
	return tried
}

func TestAnEndpointIsJudgedByWhatItTookLast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, now := active(), monday
		for range rapid.IntRange(1, 40).Draw(t, "attempts") {
			before, tried := e, drawTried(t, now)
			e, now = After(e, tried, standard), tried.Ended
			if tried.Accepted {
				require.Zero(t, e.Failures)
				require.Nil(t, e.FailingSince)
				require.Nil(t, e.FailedAt)
				require.Nil(t, e.NotBefore, "what waits goes at once")
				require.Equal(t, before.State, e.State)
				continue
			}
			require.NotNil(t, e.FailingSince)
			require.False(t, e.FailingSince.After(*e.FailedAt))
			require.LessOrEqual(t, e.Failures, before.Failures+1)
			if tried.Overloaded() {
				require.NotNil(t, e.NotBefore)
				require.GreaterOrEqual(t, e.NotBefore.Sub(now), max(tried.RetryAfter, shortestPatience), "Retry-After is honoured")
			}
			if e.NotBefore != nil && e.NotBefore.After(now) && (before.NotBefore == nil || !before.NotBefore.Equal(*e.NotBefore)) {
				require.LessOrEqual(t, e.NotBefore.Sub(now), max(tried.RetryAfter, longestPatience))
			}
			disabled := before.State == store.EndpointActive && e.State == store.EndpointDisabled
			require.Equal(t, before.State == store.EndpointActive && (tried.Gone || now.Sub(*e.FailingSince) >= GiveUpAfter), disabled)
		}
	})
}

func TestADeadEndpointCostsAHandfulOfAttemptsAnHourHoweverMuchWaits(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, 429, 500, 503} {
		e, now, attempts := active(), monday, 0
		for e.State == store.EndpointActive {
			e = After(e, refused(status, now), standard)
			attempts++
			now = now.Add(time.Second)
			if e.NotBefore != nil && e.NotBefore.After(now) {
				now = *e.NotBefore
			}
		}
		require.Equal(t, store.StoppedFailing, e.StateReason)
		require.WithinDuration(t, monday.Add(GiveUpAfter), now, time.Hour, "after five days")
		require.Less(t, attempts, 5*24*5, "status %d", status)
		require.Greater(t, attempts, 3*24*5, "it is looked for often enough to be found when it is back")
	}
}

func TestAttemptsThatWereUnderWayTogetherFailAsOne(t *testing.T) {
	t.Parallel()
	e := active()
	for range 4 {
		e = After(e, refused(0, monday), standard)
	}
	require.Equal(t, 1, e.Failures)
	require.Less(t, e.NotBefore.Sub(monday), 10*time.Second, "a restart is over in seconds")
}

func TestAnEventThatIsRefusedAgainAndAgainDoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	e, now := After(active(), refused(422, monday), standard), monday
	for range 9 {
		now = now.Add(time.Hour)
		again := refused(422, now)
		again.Again = true
		e = After(e, again, standard)
	}
	require.Equal(t, 1, e.Failures)
	require.Nil(t, e.NotBefore)
	for range ProbeAfter - 1 { // events that are refused at once, one after another, are another matter
		now = now.Add(time.Minute)
		e = After(e, refused(422, now), standard)
	}
	require.Equal(t, ProbeAfter, e.Failures)
	require.NotNil(t, e.NotBefore)
}

func TestAnEndpointIsNotDisabledForTwoFailuresWithNothingBetween(t *testing.T) {
	t.Parallel()
	e := After(active(), refused(500, monday), standard)
	e = After(e, refused(500, monday.Add(30*24*time.Hour)), standard)
	require.Equal(t, store.EndpointActive, e.State)
}

func TestGoneIsDisabledAndPausedStaysPaused(t *testing.T) {
	t.Parallel()
	e := After(active(), refused(410, monday), standard)
	require.Equal(t, []string{store.EndpointDisabled, store.StoppedGone}, []string{e.State, e.StateReason})
	paused := active()
	paused.State, paused.StateReason = store.EndpointPaused, store.StoppedByInstitution
	e = After(paused, refused(410, monday), standard)
	require.Equal(t, []string{store.EndpointPaused, store.StoppedByInstitution}, []string{e.State, e.StateReason})
}

func TestHealthIsALadderByTheShareOfFailures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		failed, all int
		want        Health
	}{
		{0, 0, Steady},
		{4, 4, Steady}, // too few to say
		{49, 100, Steady},
		{50, 100, Unsteady},
		{69, 100, Unsteady},
		{70, 100, Failing},
		{89, 100, Failing},
		{90, 100, BadlyFailing},
		{99, 100, BadlyFailing},
		{100, 100, Down},
		{5, 5, Down},
	} {
		require.Equal(t, c.want, HealthOf(store.AttemptShare{Attempts: c.all, Failed: c.failed}), "%d of %d", c.failed, c.all)
	}
	require.Equal(t, "badly_failing", BadlyFailing.String())
}

func TestEachIsToldOnceASpell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var told string
		var institution, operators bool // in this spell
		for range rapid.IntRange(1, 30).Draw(t, "looks") {
			health := Health(rapid.IntRange(int(Steady), int(Down)).Draw(t, "health"))
			toInstitution, toOperators, after := Told(told, health)
			require.False(t, institution && toInstitution, "the institution was told")
			require.False(t, operators && toOperators, "the operators were told")
			institution, operators, told = institution || toInstitution, operators || toOperators, after
			if health == Steady {
				require.Empty(t, told)
				institution, operators = false, false
			}
			require.True(t, institution || health < Failing)
			require.True(t, operators || health < BadlyFailing)
		}
	})
}

func TestAScheduleIsFollowedWhateverItIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.SliceOfN(rapid.IntRange(0, 86400), 0, 20).Draw(t, "seconds")
		schedule := ScheduleOf(seconds, standard)
		if len(seconds) == 0 {
			require.Equal(t, standard, schedule)
		}
		made := rapid.IntRange(0, 25).Draw(t, "made")
		wait, again := schedule.Next(made, rapid.String().Draw(t, "seed"))
		require.Equal(t, made < len(schedule), again)
		if again {
			require.GreaterOrEqual(t, wait, schedule[made])
			require.LessOrEqual(t, wait, schedule[made]+schedule[made]/5)
		}
		e := After(active(), refused(0, monday), schedule)
		require.GreaterOrEqual(t, e.NotBefore.Sub(monday.Add(time.Second)), shortestPatience, "never without a pause")
	})
}
