package contract

import "time"

// Turn is how work goes on that is taken turn by turn, after one of them.
type Turn struct {
	// NextAt is when the next turn is due; nil: when somebody says so, by [Wake].
	NextAt *time.Time `json:"next_at,omitempty"`
	// Over: it was the last, and nothing is left to be done.
	Over bool `json:"over,omitempty"`
}

// Next is when the next turn is due.
func (t Turn) Next() *time.Time { return t.NextAt }
