package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Event says that something is to be looked at. It names nobody: fetch the task.
type Event struct {
	ID   string    `json:"id"` // the same however often the event comes, and by whichever way
	Type string    `json:"type"`
	Time time.Time `json:"time"`
	Data EventData `json:"data"`
}

// EventData is what an event is about.
type EventData struct {
	TaskID   string     `json:"task_id"`
	CaseID   string     `json:"case_id"`
	Kind     string     `json:"kind"`
	DueAt    *time.Time `json:"due_at"`
	LetterID string     `json:"letter_id"`
	Sequence int        `json:"sequence"` // grows from event to event of a case
	Example  bool       `json:"example"`  // a ping or an example: it is about nothing that there is
}

// Feed reads the events of your institution from where it stands. It is not for several goroutines at once.
type Feed struct {
	client *Client
	cursor string
}

// Feed is the feed of events after a cursor; an empty one begins with the first event there ever was.
func (c *Client) Feed(cursor string) *Feed { return &Feed{client: c, cursor: cursor} }

// Cursor is where the feed stands: everything before it was handed out and dealt with. Keep it, and begin there next time;
// what was handed out after it comes again.
func (f *Feed) Cursor() string { return f.cursor }

// Events are the events that there are now and were not dealt with before. The cursor moves on when a page of them was dealt
// with, so save it after the loop, or after each event if you like. An error ends the loop; begin again with another.
func (f *Feed) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			query := url.Values{"limit": {"200"}}
			if f.cursor != "" {
				query.Set("after", f.cursor)
			}
			var page struct {
				Events []Event `json:"events"`
				Next   *string `json:"next"`
				Cursor string  `json:"cursor"`
			}
			if err := f.client.get(ctx, "/v1/events", query, &page); err != nil {
				yield(Event{}, err)
				return
			}
			for _, event := range page.Events {
				if !yield(event, nil) {
					return
				}
			}
			f.cursor = page.Cursor
			if page.Next == nil {
				return
			}
		}
	}
}
