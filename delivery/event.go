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
	TaskID        string     `json:"task_id,omitempty"`
	CaseID        string     `json:"case_id,omitempty"`
	Kind          string     `json:"kind,omitempty"`
	DueAt         *time.Time `json:"due_at,omitempty"`
	LetterID      string     `json:"letter_id,omitempty" doc:"The answer that was kept for a person to decide on."`
	CertificateID string     `json:"certificate_id,omitempty"`
	PetitionID    string     `json:"petition_id,omitempty" doc:"What a trainee asks for."`
	SittingID     string     `json:"sitting_id,omitempty"`
	BookingID     string     `json:"booking_id,omitempty" doc:"The place at the sitting, of one case: the same until it is given up."`
	Sequence      int        `json:"sequence,omitempty" doc:"Grows from event to event of a case: one with a lower one is older."`
	Example       bool       `json:"example,omitempty" doc:"A ping or an example: it is about nothing that there is."`
}

// EventOf is an event of the outbox as it is told, by whichever way.
func EventOf(e store.OutboxEvent) Event {
	return Event{
		SpecVersion: "1.0", ID: e.ID, Type: e.Kind, Source: "/v1", Time: e.CreatedAt.UTC(),
		Data: EventData{
			TaskID: e.Payload.TaskID, CaseID: e.Payload.CaseID, Kind: e.Payload.Kind, DueAt: e.Payload.DueAt,
			LetterID: e.Payload.LetterID, CertificateID: e.Payload.CertificateID, PetitionID: e.Payload.PetitionID,
			SittingID: e.Payload.SittingID, BookingID: e.Payload.BookingID, Sequence: e.Sequence, Example: e.Test,
		},
	}
}

// Body is an event as it is sent and signed: the same bytes however often it is.
func (e Event) Body() ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode an event: %w", err)
	}
	return body, nil
}
