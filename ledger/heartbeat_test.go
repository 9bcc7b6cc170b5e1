package ledger_test

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/ledger"
)

var rule = ledger.CreditRule{
	MaxGap: 90 * time.Second, MaxRate: 150, MinRate: 80, AnswerWithin: time.Minute, DailyCap: 8 * time.Hour,
}

func beat(seq int64, received, position int) ledger.Heartbeat {
	return ledger.Heartbeat{Seq: seq, Received: after(received), Position: time.Duration(position) * time.Second, Playing: true}
}

// watching is what an honest player sends every half minute.
func watching(minutes int) []ledger.Heartbeat {
	var beats []ledger.Heartbeat
	for i := range 2*minutes + 1 {
		beats = append(beats, beat(int64(i), 30*i, 30*i))
	}
	return beats
}

func times(credits []ledger.Credit) ledger.Times {
	var all []ledger.Interval
	for _, c := range credits {
		all = append(all, c.Interval)
	}
	return ledger.Union(all...)
}

func watched(beats []ledger.Heartbeat, challenges ...ledger.Challenge) ledger.Times {
	return times(rule.Watch("s", beats, challenges))
}

func TestAnHonestHourIsCreditedWhole(t *testing.T) {
	t.Parallel()
	require.Equal(t, ledger.Times{span(0, 3600)}, watched(watching(60)))
	require.Empty(t, watched(nil))
	require.Empty(t, watched(watching(60)[:1]), "one heartbeat says nothing of any time")
}

func TestALongSilenceCreditsNoMoreThanTheWallClockBetweenHeartbeats(t *testing.T) {
	t.Parallel()
	require.Equal(t, ledger.Times{span(0, 30), span(3600, 3630)},
		watched([]ledger.Heartbeat{beat(1, 0, 0), beat(2, 30, 30), beat(3, 3600, 3600), beat(4, 3630, 3630)}))
	require.Equal(t, ledger.Times{span(0, 90)}, watched([]ledger.Heartbeat{beat(1, 0, 0), beat(2, 90, 90)}))
	require.Empty(t, watched([]ledger.Heartbeat{beat(1, 0, 0), beat(2, 91, 91)}))
}

func TestAnHourOfHeartbeatsSentInOneSecondCreditsNothing(t *testing.T) {
	t.Parallel()
	beats := watching(60)
	for i := range beats {
		beats[i].Received = noon.Add(time.Duration(i) * 8 * time.Millisecond)
	}
	require.Empty(t, watched(beats))
}

func TestPlayingFasterThanAllowedCreditsNothing(t *testing.T) {
	t.Parallel()
	for rate, credited := range map[int]bool{100: true, 150: true, 151: false, 1000: false} {
		beats := watching(10)
		for i := range beats {
			beats[i].Position = beats[i].Position * time.Duration(rate) / 100
		}
		require.Equal(t, credited, watched(beats) != nil, rate)
		require.LessOrEqual(t, watched(beats).Length(), 10*time.Minute, "faster is never more than the wall clock")
	}
}

func TestSkippingAheadCreditsNothingForWhatWasSkipped(t *testing.T) {
	t.Parallel()
	require.Equal(t, ledger.Times{span(0, 30), span(60, 90)},
		watched([]ledger.Heartbeat{beat(1, 0, 0), beat(2, 30, 30), beat(3, 60, 2400), beat(4, 90, 2430)}))
}

func TestAnIdleOrPausedPlayerEarnsNothing(t *testing.T) {
	t.Parallel()
	idle, paused := watching(10), watching(10)
	for i := range idle {
		idle[i].Position = time.Minute
		paused[i].Playing = false
	}
	require.Empty(t, watched(idle))
	require.Empty(t, watched(paused))
	lenient := rule
	lenient.MinRate = 0
	require.Empty(t, lenient.Watch("s", idle, nil))

	pause, resume := beat(2, 5, 5), beat(3, 55, 5)
	pause.Playing = false
	require.Equal(t, ledger.Times{span(0, 5), span(55, 60)},
		watched([]ledger.Heartbeat{beat(1, 0, 0), pause, resume, beat(4, 60, 10)}), "an honest pause costs the pause only")
}

func TestAPositionThatNoRecordingHasCreditsNothing(t *testing.T) {
	t.Parallel()
	for _, positions := range [][2]time.Duration{
		{math.MinInt64, math.MaxInt64},
		{-time.Minute, -time.Second},
		{0, math.MaxInt64},
		{math.MaxInt64, math.MinInt64},
		{math.MaxInt64, math.MaxInt64},
		{time.Minute, 0},
	} {
		first, last := beat(1, 0, 0), beat(2, 60, 0)
		first.Position, last.Position = positions[0], positions[1]
		require.Empty(t, watched([]ledger.Heartbeat{first, last}))
	}
}

func TestARecordedSessionSentAgainTomorrowEarnsNothing(t *testing.T) {
	t.Parallel()
	beats := watching(45)
	replayed := slices.Clone(beats)
	for _, b := range beats {
		b.Received = b.Received.Add(24 * time.Hour)
		replayed = append(replayed, b)
	}
	require.Equal(t, rule.Watch("s", beats, nil), rule.Watch("s", replayed, nil))
}

func TestAnUnansweredChallengeCreditsNothingUntilTheNextIsAnswered(t *testing.T) {
	t.Parallel()
	beats := watching(60)
	missed, met := ledger.Challenge{ID: "q1", Issued: after(600)}, ledger.Challenge{ID: "q2", Issued: after(1200)}

	require.Equal(t, ledger.Times{span(0, 600)}, watched(beats, missed), "whatever the client says")
	answer := beat(1000, 1230, 1230)
	answer.Answers = "q2"
	beats = append(beats, answer)
	require.Equal(t, ledger.Times{span(0, 600), span(1230, 3600)}, watched(beats, met, missed))
	require.Equal(t, ledger.Times{span(0, 3600)}, watched(beats, met))
}

func TestTheFirstAnswerToAnyLaterChallengeEndsTheSilence(t *testing.T) {
	t.Parallel()
	slow, quick := beat(1000, 1255, 1255), beat(1001, 1220, 1220)
	slow.Answers, quick.Answers = "q1", "q2"
	require.Equal(t, ledger.Times{span(0, 600), span(1220, 3600)}, watched(append(watching(60), slow, quick),
		ledger.Challenge{ID: "q0", Issued: after(600)}, ledger.Challenge{ID: "q1", Issued: after(1200)},
		ledger.Challenge{ID: "q2", Issued: after(1210)}))

	one := beat(1000, 1220, 1220)
	one.Answers = "q1"
	require.Equal(t, ledger.Times{span(0, 1200)}, watched(append(watching(60), one),
		ledger.Challenge{ID: "q1", Issued: after(1200)}, ledger.Challenge{ID: "q2", Issued: after(1200)}),
		"of two that were put at once, the answer to one makes up for nothing")

	again := []ledger.Challenge{{ID: "q1", Issued: after(1240)}, {ID: "q1", Issued: after(1190)}}
	require.Equal(t, ledger.Times{span(0, 1190)}, watched(append(watching(60), slow), again...),
		"a challenge recorded twice was put when it was put first")
	slices.Reverse(again)
	require.Equal(t, ledger.Times{span(0, 1190)}, watched(append(watching(60), slow), again...))
}

func TestALateGuessedOrRepeatedAnswerIsNoAnswer(t *testing.T) {
	t.Parallel()
	challenge := ledger.Challenge{ID: "q1", Issued: after(600)}
	for name, given := range map[string]struct {
		seq      int64
		received int
		answers  string
		credited int
	}{
		"in time":               {1000, 660, "q1", 3600},
		"late":                  {1000, 661, "q1", 600},
		"before it was put":     {1000, 599, "q1", 600},
		"of another question":   {1000, 620, "q2", 600},
		"under a spent number":  {3, 620, "q1", 600},
		"merely saying so":      {1000, 620, "true", 600},
		"at the very same time": {1000, 600, "q1", 3600},
	} {
		answer := beat(given.seq, given.received, given.received)
		answer.Answers = given.answers
		require.Equal(t, ledger.Times{span(0, given.credited)}, watched(append(watching(60), answer), challenge), name)
	}
}

func TestALateDuplicateOrReorderedHeartbeatNeitherLosesNorDoublesTime(t *testing.T) {
	t.Parallel()
	beats := watching(10)
	whole := rule.Watch("s", beats, nil)

	late := append(slices.Clone(beats[:5]), beats[6:]...) // the sixth is on its way
	require.LessOrEqual(t, watched(late).Length(), times(whole).Length())
	require.Equal(t, whole, rule.Watch("s", append(late, beats[5]), nil), "it arrives in the end")
	require.Equal(t, whole, rule.Watch("s", slices.Concat(beats, beats, beats[3:7]), nil))
	slices.Reverse(beats)
	require.Equal(t, whole, rule.Watch("s", beats, nil))

	overtaken := watching(10)
	overtaken[6].Received = overtaken[7].Received.Add(time.Second) // on the network one overtook the other
	require.Equal(t, times(whole), watched(overtaken))
}

func TestHeartbeatsThatContradictTheirOwnOrderCreditNothing(t *testing.T) {
	t.Parallel()
	require.Empty(t, watched([]ledger.Heartbeat{beat(2, 0, 0), beat(1, 30, 30)}))

	one, other := beat(2, 30, 30), beat(2, 30, 4000) // the same number at the same instant, saying two things
	require.Equal(t, watched([]ledger.Heartbeat{beat(1, 0, 0), one, other}), watched([]ledger.Heartbeat{beat(1, 0, 0), other, one}))
}

func TestCreditRestsOnNoMoreHeartbeatsThanItNeeds(t *testing.T) {
	t.Parallel()
	credits := rule.Watch("s", watching(3), []ledger.Challenge{{ID: "q", Issued: after(150)}})
	require.Equal(t, []ledger.Credit{{Interval: span(0, 150), Session: "s", Evidence: []ledger.Evidence{
		{Interval: span(0, 90), First: "0", Last: "3"}, {Interval: span(90, 180), First: "3", Last: "6"},
	}}}, credits)
}

func TestNoRuleNoCredit(t *testing.T) {
	t.Parallel()
	var none ledger.CreditRule
	require.Empty(t, none.Watch("s", watching(10), nil))
	require.Empty(t, none.Settle(rule.Watch("s", watching(10), nil)), "without a daily cap nothing is under it")
}

// anyBeats draws heartbeats of honest and dishonest players, each with a number of its own.
func anyBeats(t *rapid.T, name string, firstSeq int64) []ledger.Heartbeat {
	seq := firstSeq
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ledger.Heartbeat {
		seq++
		received := rapid.IntRange(0, 600).Draw(t, "received")
		b := beat(int64(received)*1000+seq, received, received+rapid.IntRange(-5, 60).Draw(t, "ahead"))
		b.Playing = rapid.IntRange(0, 9).Draw(t, "playing") > 0
		b.Answers = rapid.SampledFrom([]string{"", "", "", "q0", "q1", "q2"}).Draw(t, "answers")
		return b
	}), 0, 40).Draw(t, name)
}

func anyChallenges(t *rapid.T) []ledger.Challenge {
	var challenges []ledger.Challenge
	for i := range rapid.IntRange(0, 3).Draw(t, "challenges") {
		challenges = append(challenges, ledger.Challenge{
			ID: "q" + strconv.Itoa(i), Issued: after(rapid.IntRange(0, 600).Draw(t, "issued")),
		})
	}
	return challenges
}

func TestTheOrderAndRepetitionOfHeartbeatsChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		beats, challenges := anyBeats(t, "beats", 0), anyChallenges(t)
		before := slices.Clone(beats)
		credits := rule.Watch("s", beats, challenges)
		require.Equal(t, before, beats, "folding leaves the heartbeats as they were")
		require.Equal(t, credits, rule.Watch("s", rapid.Permutation(beats).Draw(t, "shuffled"), challenges))
		if len(beats) == 0 {
			return
		}
		repeated := slices.Clone(beats)
		for range rapid.IntRange(1, 10).Draw(t, "repeats") {
			again := rapid.SampledFrom(beats).Draw(t, "again")
			again.Received = again.Received.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "delay")) * time.Second)
			repeated = append(repeated, again)
		}
		require.Equal(t, credits, rule.Watch("s", rapid.Permutation(repeated).Draw(t, "mixed"), slices.Repeat(challenges, 2)))
	})
}

func TestALateHeartbeatNeverTakesCreditAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		beats, late, challenges := anyBeats(t, "beats", 0), anyBeats(t, "late", 500), anyChallenges(t)
		before, then := watched(beats, challenges...), watched(append(slices.Clone(beats), late...), challenges...)
		require.Empty(t, before.Subtract(then), "what was credited stays credited")
	})
}

func TestAChallengeOnlyForbids(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		beats, challenges := anyBeats(t, "beats", 0), anyChallenges(t)
		credited := watched(beats, challenges...)
		require.Empty(t, credited.Subtract(watched(beats)))
		answers := map[string]bool{}
		for _, b := range beats {
			answers[b.Answers] = true
		}
		for _, c := range challenges {
			if !answers[c.ID] {
				require.False(t, credited.Contains(c.Issued), "from its issue")
			}
		}
	})
}

func TestEveryInstantOfCreditRestsOnHeartbeatsAndIsBoundByTheWallClock(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		beats := anyBeats(t, "beats", 0)
		bySeq := map[string]ledger.Heartbeat{}
		var first, last time.Time
		for _, b := range beats {
			bySeq[strconv.FormatInt(b.Seq, 10)] = b
			if first.IsZero() || b.Received.Before(first) {
				first = b.Received
			}
			if b.Received.After(last) {
				last = b.Received
			}
		}
		credits := rule.Watch("s", beats, anyChallenges(t))
		require.LessOrEqual(t, times(credits).Length(), last.Sub(first))
		for _, c := range credits {
			var rests []ledger.Interval
			for _, e := range c.Evidence {
				from, to := bySeq[e.First], bySeq[e.Last]
				require.Equal(t, ledger.Interval{From: from.Received, To: to.Received}, e.Interval)
				require.True(t, from.Playing)
				require.LessOrEqual(t, e.Length(), rule.MaxGap)
				advance := to.Position - from.Position
				require.LessOrEqual(t, advance*100, e.Length()*time.Duration(rule.MaxRate))
				require.GreaterOrEqual(t, advance*100, e.Length()*time.Duration(rule.MinRate))
				rests = append(rests, e.Interval)
			}
			require.Empty(t, ledger.Union(c.Interval).Subtract(ledger.Union(rests...)))
		}
	})
}

func BenchmarkWatch(b *testing.B) {
	beats := watching(45)
	challenge := ledger.Challenge{ID: "q1", Issued: after(1200)}
	answer := beat(1000, 1220, 1220)
	answer.Answers = "q1"
	beats = append(beats, answer)
	b.ReportAllocs()
	for b.Loop() {
		if len(rule.Watch("s", beats, []ledger.Challenge{challenge})) != 1 {
			b.Fatal("an honest session is one stretch of credit")
		}
	}
}

// BenchmarkWatchFlood is the worst that anybody can send: a heartbeat as often as one is kept, and none vouches with another.
// The time for each is the same however many there are, because no more than so many lie within MaxGap.
func BenchmarkWatchFlood(b *testing.B) {
	const interval = 5
	for _, n := range []int{1_000, 4_000, 16_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			beats := make([]ledger.Heartbeat, n)
			for i := range beats {
				beats[i] = beat(int64(i), interval*i, 0)
			}
			for b.Loop() {
				if len(rule.Watch("s", beats, nil)) != 0 {
					b.Fatal("an idle player earns nothing")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/beat")
		})
	}
}
