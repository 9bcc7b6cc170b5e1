package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/ledger"
)

// kept is when the heartbeats of a case that are on record were received.
func (c *cinema) kept(caseID string) []time.Time {
	c.t.Helper()
	rows, err := c.sql.QueryContext(c.t.Context(), `SELECT received_at FROM heartbeats h JOIN watches w ON w.id = h.watch_id
		JOIN session_roster l USING (session_id, person_id) WHERE l.case_id = $1 ORDER BY 1`, caseID)
	require.NoError(c.t, err)
	defer func() { require.NoError(c.t, rows.Close()) }()
	var all []time.Time
	for rows.Next() {
		var at time.Time
		require.NoError(c.t, rows.Scan(&at))
		all = append(all, at)
	}
	require.NoError(c.t, rows.Err())
	return all
}

// claimed is the time that stands for a case.
func (c *cinema) claimed(caseID string) ledger.Times {
	c.t.Helper()
	rows, err := c.sql.QueryContext(c.t.Context(), `SELECT lower(r), upper(r) FROM hour_claims h JOIN hour_entries e ON e.id = h.entry_id,
		unnest(h.during) r WHERE e.case_id = $1`, caseID)
	require.NoError(c.t, err)
	defer func() { require.NoError(c.t, rows.Close()) }()
	var all []ledger.Interval
	for rows.Next() {
		var i ledger.Interval
		require.NoError(c.t, rows.Scan(&i.From, &i.To))
		all = append(all, i)
	}
	require.NoError(c.t, rows.Err())
	return ledger.Union(all...)
}

// Attack 1: whatever a client says, in whatever batches, however often it is settled: it earns no more than the clock of
// the server went by between heartbeats that the server received.
func TestCreditedTimeNeverExceedsTheWallClockBetweenReceivedHeartbeats(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		who, ref := c.viewers(1)[0], fmt.Sprintf("claims %d", n)
		c.screen(ref, who)
		now, seq, open := time.Duration(0), 0, ""
		for range rapid.IntRange(1, 15).Draw(rt, "batches") {
			now += time.Duration(rapid.IntRange(0, 120_000).Draw(rt, "waits")) * time.Millisecond
			c.at(now)
			var beats []object
			for range rapid.IntRange(1, 3).Draw(rt, "beats") {
				seq += rapid.IntRange(-1, 2).Draw(rt, "number")
				position := max(0, now+time.Duration(rapid.IntRange(-20_000, 60_000).Draw(rt, "ahead"))*time.Millisecond)
				changes := object{"playing": rapid.IntRange(0, 9).Draw(rt, "playing") > 0}
				if open != "" && rapid.Bool().Draw(rt, "answers") {
					changes["answers"] = open
				}
				beats = append(beats, beatObject(ref, who, max(0, seq), position, changes))
			}
			open = ""
			for _, q := range c.send(beats...).Challenges {
				open = q.ID
			}
			if rapid.IntRange(0, 4).Draw(rt, "settles") == 0 {
				c.settle()
			}
		}
		c.settle()
		kept := c.kept(who)
		var between []ledger.Interval
		for i, at := range kept[1:] {
			require.GreaterOrEqual(rt, at.Sub(kept[i]), time.Duration(0))
			if gap := (ledger.Interval{From: kept[i], To: at}); gap.Length() <= c.rules.Credit.MaxGap {
				between = append(between, gap)
			}
		}
		claimed := c.claimed(who)
		require.Empty(rt, claimed.Subtract(ledger.Union(between...)), "every instant lies between two heartbeats")
		require.LessOrEqual(rt, c.credited(who), claimed.Length())
		require.LessOrEqual(rt, c.credited(who), kept[len(kept)-1].Sub(kept[0]))
	})
}

// Attack 7: heartbeats that come in another order, again, or in other batches, and settlements at any time between.
func TestLateDuplicatedAndReorderedHeartbeatsNeitherLoseNorDoubleCredit(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		both := c.viewers(2)
		refs := []string{fmt.Sprintf("first %d", n), fmt.Sprintf("second %d", n)}
		for _, ref := range refs {
			c.screen(ref, both...)
		}
		var sent []func(who string) object
		now := time.Duration(0)
		for i := range rapid.IntRange(2, 12).Draw(rt, "instants") {
			now += time.Duration(rapid.IntRange(int(c.rules.MinInterval/time.Second), 120).Draw(rt, "waits")) * time.Second
			c.at(now)
			var batch []func(string) object
			for _, ref := range refs {
				if rapid.IntRange(0, 3).Draw(rt, "silent") > 0 {
					position := now + time.Duration(rapid.IntRange(-5, 5).Draw(rt, "ahead"))*time.Second
					batch = append(batch, func(who string) object { return beatObject(ref, who, i, max(0, position), nil) })
				}
			}
			for _, beat := range batch { // one is told plainly
				c.send(beat(both[0]))
			}
			told := append([]func(string) object{}, batch...) // the other in a muddle
			if len(sent) > 0 {
				for range rapid.IntRange(0, 3).Draw(rt, "again") {
					told = append(told, rapid.SampledFrom(sent).Draw(rt, "repeated"))
				}
			}
			told = append(told, batch...)
			if len(told) > 0 {
				var beats []object
				for _, beat := range rapid.Permutation(told).Draw(rt, "order") {
					beats = append(beats, beat(both[1]))
				}
				cut := rapid.IntRange(0, len(beats)-1).Draw(rt, "cut")
				if cut > 0 {
					c.send(beats[:cut]...)
				}
				c.send(beats[cut:]...)
			}
			sent = append(sent, batch...)
			c.askNobody()
			if rapid.IntRange(0, 3).Draw(rt, "settles") == 0 {
				c.settle()
			}
		}
		c.settle()
		require.Equal(rt, c.claimed(both[0]), c.claimed(both[1]))
		require.Equal(rt, c.credited(both[0]), c.credited(both[1]))
	})
}
