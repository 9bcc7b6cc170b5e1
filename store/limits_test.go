package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/store"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func TestALimitIsSharedByProcessesAndNeverPassed(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 0)
	const processes, each, burst = 4, 25, 30
	var taken atomic.Int64
	var wg sync.WaitGroup
	for p := range processes {
		s := l.open(t)
		wg.Go(func() {
			for range each {
				uses := []store.Use{
					{Key: []byte("one"), Every: time.Minute, Burst: burst, Count: 1}, {Key: []byte("two"), Every: time.Minute, Burst: 1000, Count: 1},
				}
				if p%2 == 1 {
					uses[0], uses[1] = uses[1], uses[0] // in whichever order: nobody waits for ever
				}
				left, err := s.Spend(t.Context(), noon, uses...)
				if err != nil {
					t.Error(err)
					return
				}
				if !left[p%2].Refused {
					taken.Add(1)
				}
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, burst, taken.Load())
}

func TestWhatIsLeftOfALimitIsSaid(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 0)
	use := store.Use{Key: []byte("k"), Every: 10 * time.Second, Burst: 3, Count: 1}
	spend := func(at time.Duration) store.Left {
		left, err := l.store.Spend(t.Context(), noon.Add(at), use)
		require.NoError(t, err)
		return left[0]
	}
	require.Equal(t, store.Left{Uses: 2, Reset: 10 * time.Second}, spend(0))
	require.Equal(t, store.Left{Uses: 1, Reset: 20 * time.Second}, spend(0))
	require.Equal(t, store.Left{Uses: 0, Reset: 30 * time.Second}, spend(0))
	require.Equal(t, store.Left{Refused: true, Wait: 10 * time.Second, Reset: 30 * time.Second}, spend(0))
	require.Equal(t, store.Left{Refused: true, Wait: time.Second, Reset: 21 * time.Second}, spend(9*time.Second), "what is refused uses nothing")
	require.Equal(t, store.Left{Uses: 0, Reset: 30 * time.Second}, spend(10*time.Second))
	require.Equal(t, store.Left{Uses: 2, Reset: 10 * time.Second}, spend(time.Hour))
	use.Count = 4
	require.True(t, spend(2*time.Hour).Refused, "more than there ever is")
}

// Over any stretch of time no more is taken than the burst and what was given back meanwhile; and whoever waits as long as
// they were told is not refused.
func TestNoOrderOfUsesTakesMoreThanALimitGives(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 0)
	var run atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		use := store.Use{
			Key: fmt.Appendf(nil, "run %d", run.Add(1)), Every: time.Duration(rapid.IntRange(1, 60).Draw(rt, "every")) * time.Second,
			Burst: rapid.IntRange(1, 8).Draw(rt, "burst"), Count: 1,
		}
		var taken []time.Time
		at := noon
		for range rapid.IntRange(1, 25).Draw(rt, "uses") {
			at = at.Add(time.Duration(rapid.IntRange(0, 90_000).Draw(rt, "pause")) * time.Millisecond)
			left, err := l.store.Spend(rt.Context(), at, use)
			require.NoError(rt, err)
			if left[0].Refused {
				at = at.Add(left[0].Wait)
				left, err = l.store.Spend(rt.Context(), at, use)
				require.NoError(rt, err)
				require.False(rt, left[0].Refused)
			}
			taken = append(taken, at)
		}
		for i := range taken {
			for j := i; j < len(taken); j++ {
				require.LessOrEqual(rt, j-i+1, use.Burst+int(taken[j].Sub(taken[i])/use.Every))
			}
		}
	})
}

func TestMoreThanALimitGivesIsRefusedTheFirstTimeToo(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 0)
	s := l.open(t)
	left, err := s.Spend(t.Context(), noon, store.Use{Key: []byte("k"), Every: time.Minute, Burst: 5, Count: 6})
	require.NoError(t, err)
	require.True(t, left[0].Refused)
	left, err = s.Spend(t.Context(), noon, store.Use{Key: []byte("k"), Every: time.Minute, Burst: 5, Count: 5})
	require.NoError(t, err)
	require.False(t, left[0].Refused, "none of them was used")
}

func TestLimitsThatAreFreeAgainAreForgotten(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 0)
	for i := range 3 {
		_, err := l.store.Spend(t.Context(), noon.Add(time.Duration(i)*time.Hour), store.Use{Key: []byte{byte(i)}, Every: time.Minute, Burst: 1, Count: 1})
		require.NoError(t, err)
	}
	gone, err := l.store.ForgetLimits(t.Context(), noon.Add(90*time.Minute))
	require.NoError(t, err)
	require.EqualValues(t, 2, gone)
}
