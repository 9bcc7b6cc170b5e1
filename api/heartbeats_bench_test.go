package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
)

// crowd is many people who watch at once, and what their players and their platform do.
type crowd struct {
	*cinema

	who     []string
	session []string          // of each
	asked   map[string]string // the challenge that is open, by attendee
	round   int
	took    []time.Duration // of each batch
}

const (
	crowdSize = 20_000
	perBatch  = 500
	perRoom   = 200
	senders   = 4
)

func newCrowd(b *testing.B) *crowd {
	b.Helper()
	c := &crowd{cinema: newCinema(b), asked: map[string]string{}}
	c.who = c.viewers(crowdSize)
	for i := 0; i < crowdSize; i += perRoom {
		ref := fmt.Sprintf("2026-A-%03d", i/perRoom)
		c.screen(ref, c.who[i:i+perRoom]...)
		for range perRoom {
			c.session = append(c.session, ref)
		}
	}
	c.exec(`ANALYZE`)
	c.send(c.bodies()...) // everybody begins to watch
	c.exec(`UPDATE watches SET challenge_due = last_beat + random() * interval '15 minutes'`)
	c.exec(`VACUUM ANALYZE`)
	return c
}

// bodies is one heartbeat of everybody, half a minute after the last, in batches of people who have nothing in common.
func (c *crowd) bodies() [][]byte {
	now := time.Duration(c.round) * 30 * time.Second
	c.at(now)
	c.round++
	var bodies [][]byte
	var beats []object
	for _, i := range rand.Perm(crowdSize) {
		changes := object{}
		if id := c.asked[c.who[i]]; id != "" {
			changes["answers"] = id
			delete(c.asked, c.who[i])
		}
		beats = append(beats, beatObject(c.session[i], c.who[i], c.round, now, changes))
		if len(beats) == perBatch {
			body, err := json.Marshal(object{"beats": beats})
			require.NoError(c.t, err)
			bodies, beats = append(bodies, body), nil
		}
	}
	return bodies
}

// send sends batches, a few at a time, and takes the time of each. It gives the answers.
func (c *crowd) send(bodies ...[]byte) []reply {
	answers, took := make([]reply, len(bodies)), make([]time.Duration, len(bodies))
	next := make(chan int, len(bodies))
	for i := range bodies {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for i := range next {
				began := time.Now()
				answers[i] = c.post("/v1/heartbeats", c.token, bodies[i])
				took[i] = time.Since(began)
			}
		})
	}
	wg.Wait()
	c.took = append(c.took, took...)
	return answers
}

// hear checks that everything was recorded, and lets people answer what they are asked.
func (c *crowd) hear(answers []reply) {
	for _, answer := range answers {
		require.Equal(c.t, http.StatusOK, answer.status, "%s", answer.body)
		var view beatsView
		require.NoError(c.t, json.Unmarshal(answer.body, &view))
		require.Equal(c.t, perBatch, view.Recorded, "%s", answer.body)
		for _, q := range view.Challenges {
			c.asked[q.Attendee] = q.ID
		}
	}
}

// BenchmarkHeartbeats is 20,000 people who watch, each a heartbeat each half minute, taken in through the API's own handlers
// in batches: five heartbeats of everybody an operation. The limit is PostgreSQL's own COPY of the same rows, in the same
// order, into a table of the same form.
func BenchmarkHeartbeats(b *testing.B) {
	const rounds = 5
	c := newCrowd(b)
	c.hear(c.send(c.bodies()...)) // the first waits for caches
	c.took = nil
	rows := 0
	for b.Loop() {
		for range rounds {
			b.StopTimer()
			bodies := c.bodies()
			b.StartTimer()
			answers := c.send(bodies...)
			b.StopTimer()
			c.hear(answers)
			rows += crowdSize
			b.StartTimer()
		}
	}
	rate := float64(rows) / b.Elapsed().Seconds()
	slices.Sort(c.took)
	limit := c.copyRate()
	b.ReportMetric(0, "ns/op") // an operation is many rows
	b.ReportMetric(rate, "rows/s")
	b.ReportMetric(float64(c.took[len(c.took)*99/100].Microseconds())/1000, "p99-ms/batch")
	b.ReportMetric(c.number(`SELECT pg_total_relation_size('heartbeats')::float8 / count(*) FROM heartbeats`), "bytes/row")
	b.ReportMetric(limit, "copy-rows/s")
	b.ReportMetric(100*rate/limit, "%-of-copy")
	b.ReportMetric(c.hot(), "%-hot")
}

func (c *crowd) number(query string) (n float64) {
	require.NoError(c.t, c.sql.QueryRowContext(c.t.Context(), query).Scan(&n))
	return n
}

// hot is how many of the updates of watches stayed within their page.
func (c *crowd) hot() (percent float64) {
	want := c.number(`SELECT count(*) FROM heartbeats`) - crowdSize // the figures come a moment later
	require.Eventually(c.t, func() bool {
		return c.number(`SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'watches'`) >= want
	}, time.Minute, 100*time.Millisecond)
	return c.number(`SELECT 100.0 * n_tup_hot_upd / n_tup_upd FROM pg_stat_user_tables WHERE relname = 'watches'`)
}

// copyRate is how many of the same rows a second PostgreSQL's COPY takes.
func (c *crowd) copyRate() float64 {
	c.exec(`CREATE TABLE heartbeats_copied (LIKE heartbeats INCLUDING ALL)`)
	rows, err := c.sql.QueryContext(c.t.Context(), `SELECT watch_id, seq, received_at, position_ms, playing, answers::text, statement::text
		FROM heartbeats ORDER BY received_at, ctid`)
	require.NoError(c.t, err)
	defer func() { _ = rows.Close() }()
	var all [][]any
	for rows.Next() {
		row := make([]any, 7)
		to := make([]any, len(row))
		for i := range row {
			to[i] = &row[i]
		}
		require.NoError(c.t, rows.Scan(to...))
		all = append(all, row)
	}
	require.NoError(c.t, rows.Err())
	conn, err := c.sql.Conn(c.t.Context())
	require.NoError(c.t, err)
	defer func() { _ = conn.Close() }()
	var rate float64
	require.NoError(c.t, conn.Raw(func(driver any) error {
		began := time.Now()
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(c.t.Context(), pgx.Identifier{"heartbeats_copied"},
			[]string{"watch_id", "seq", "received_at", "position_ms", "playing", "answers", "statement"}, pgx.CopyFromRows(all))
		rate = float64(len(all)) / time.Since(began).Seconds()
		return err
	}))
	return rate
}

// BenchmarkSettlement is the end of a lesson: each of 2,000 people has watched for three quarters of an hour, and it is
// booked.
func BenchmarkSettlement(b *testing.B) {
	const watched = 2_000
	c := newCrowd(b)
	c.exec(`INSERT INTO heartbeats (watch_id, seq, received_at, position_ms, playing)
		SELECT id, 100 + n, last_beat + n * interval '30 seconds', n * 30000, true FROM watches, generate_series(1, 90) n WHERE id <= $1`, watched)
	again := func() {
		c.exec(`INSERT INTO hour_entries (case_id, person_id, institution_id, session_id, session_ref, session_date, module, mode, seconds,
				during, reverses, reason)
			SELECT case_id, e.person_id, e.institution_id, session_id, e.session_ref, session_date, module, mode, -seconds, e.during, id, 'again'
			FROM hour_entries e JOIN hour_claims ON entry_id = id`)
		c.exec(`UPDATE watches SET unsettled = id <= $1`, watched)
	}
	again()
	c.at(3 * time.Hour)
	require.NoError(b, c.settler.SettleWatches(b.Context()))
	c.exec(`VACUUM ANALYZE`) // while the ledger is not empty, as it never is
	again()
	n := 0
	for b.Loop() {
		require.NoError(b, c.settler.SettleWatches(b.Context()))
		b.StopTimer()
		n += int(c.number(`SELECT count(*) FROM hour_claims`))
		again()
		b.StartTimer()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "persons/s")
}
