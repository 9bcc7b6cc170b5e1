package delivery

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/store"
)

// Event is the body of a callback, in the shape of a CloudEvent; the feed that institutions poll has the same. It says that
// something is to be looked at and where; what it is must be asked for with the institution's key, which is audited. So it
// names nobody.
type Event struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id" doc:"Also the webhook-id: the same however often the event is sent."`
	Type        string    `json:"type"`
	Source      string    `json:"source"`
	Time        time.Time `json:"time"`
	Data        EventData `json:"data"`
}

// EventData is what an event is about.
type EventData struct {
	TaskID   string    `json:"task_id"`
	CaseID   string    `json:"case_id"`
	Kind     string    `json:"kind"`
	DueAt    time.Time `json:"due_at"`
	Sequence int64     `json:"sequence" doc:"Grows with time: an event with a lower one is older."`
}

// EventOf is an event of the outbox as it is told, by whichever way.
func EventOf(e store.OutboxEvent) Event {
	return Event{
		SpecVersion: "1.0", ID: e.ID, Type: e.Kind, Source: "/v1", Time: e.CreatedAt,
		Data: EventData{
			TaskID: e.Payload.TaskID, CaseID: e.Payload.CaseID, Kind: e.Payload.Kind, DueAt: e.Payload.DueAt, Sequence: e.Seq,
		},
	}
}

// Body is an event's bytes.
func (e Event) Body() ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode an event: %w", err)
	}
	return body, nil
}
