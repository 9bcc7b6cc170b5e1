package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Use is a use of a limit.
type Use struct {
	Key   []byte        // whose limit; not to be told from it
	Every time.Duration // in which one use is given back
	Burst int           // how many uses there are at once
	Count int           // how many are used
}

// Left is what a use leaves.
type Left struct {
	Refused bool // there were not that many: none was used
	Uses    int
	Wait    time.Duration // until a use that was refused would not be; 0 when it was not
	Reset   time.Duration // until all uses are given back
}

// Spend uses limits, each for itself, and says what is left of them. Processes share limits: it is one statement, and takes
// the rows in one order, so that of those who come at once none is counted twice and none waits for ever. (The generic cell
// rate algorithm: a limit is kept as the one moment at which all of it is given back.)
func (s *Store) Spend(ctx context.Context, now time.Time, uses ...Use) ([]Left, error) {
	type row struct {
		N    int     `json:"n"`
		Key  string  `json:"key"`
		Step float64 `json:"step"`
		Span float64 `json:"span"`
	}
	rows := make([]row, len(uses))
	for i, use := range uses {
		rows[i] = row{i, hex.EncodeToString(use.Key), (use.Every * time.Duration(use.Count)).Seconds(), (use.Every * time.Duration(use.Burst)).Seconds()}
	}
	content, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("use limits: %w", err)
	}
	var spent []struct {
		N      int
		FreeAt time.Time
		Taken  bool
	}
	now = now.UTC()
	err = s.db.WithContext(ctx).Raw(`
		WITH moment AS (SELECT CAST(@now AS timestamptz) AS now), uses AS (
			SELECT n, decode(key, 'hex') AS key, make_interval(secs => step) AS step, make_interval(secs => span) AS span
			FROM jsonb_to_recordset(CAST(@uses AS jsonb)) AS u(n int, key text, step float8, span float8)
		), taken AS (
			INSERT INTO rate_limits AS r (key, free_at, span) SELECT key, now + step, span FROM uses, moment WHERE step <= span ORDER BY key
			ON CONFLICT (key) DO UPDATE
				SET free_at = greatest(r.free_at + (excluded.free_at - CAST(@now AS timestamptz)), excluded.free_at), span = excluded.span
				WHERE greatest(r.free_at + (excluded.free_at - CAST(@now AS timestamptz)), excluded.free_at)
					<= CAST(@now AS timestamptz) + excluded.span
			RETURNING key, free_at
		)
		SELECT u.n, coalesce(t.free_at, r.free_at, CAST(@now AS timestamptz)) AS free_at, t.key IS NOT NULL AS taken
		FROM uses u LEFT JOIN taken t ON t.key = u.key LEFT JOIN rate_limits r ON r.key = u.key`,
		map[string]any{"uses": string(content), "now": now}).Scan(&spent).Error
	if err != nil {
		return nil, fmt.Errorf("use limits: %w", err)
	}
	left := make([]Left, len(uses))
	for _, row := range spent {
		left[row.N] = uses[row.N].left(row.FreeAt.Sub(now), row.Taken)
	}
	return left, nil
}

// left is what is left when all of a limit is given back after a while.
func (u Use) left(used time.Duration, taken bool) Left {
	used = max(used, 0)
	span := u.Every * time.Duration(u.Burst)
	l := Left{Refused: !taken, Uses: max(int((span-used)/u.Every), 0), Reset: used}
	if !taken {
		l.Wait = max(used+u.Every*time.Duration(u.Count)-span, 0)
	}
	return l
}

// ForgetLimits removes limits of which everything has been given back, and says how many.
func (s *Store) ForgetLimits(ctx context.Context, now time.Time) (int64, error) {
	const most = 10_000
	res := s.db.WithContext(ctx).Exec(`DELETE FROM rate_limits WHERE key IN
		(SELECT key FROM rate_limits WHERE free_at < ? LIMIT ? FOR UPDATE SKIP LOCKED)`, now.UTC(), most)
	return res.RowsAffected, found(res.Error, "forget limits")
}
