// Package sms sends short messages by a gateway over signed HTTP. What is written to whom is decided elsewhere.
package sms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/neighbour"
)

const longestAnswer = 64 << 10

// Message is one short message to one number.
type Message struct {
	// ID is the same however often the message is sent: the gateway knows a repeat by it, and sends nothing twice.
	ID   string
	To   identity.Phone
	Text string
}

// Sender sends short messages. The error is an [Error].
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Classes of error: why a message was not taken. They are codes, and never hold what a gateway said, which may repeat a number.
const (
	ClassServer  = "server"  // the gateway cannot be reached
	ClassDenied  = "denied"  // it does not know our signature
	ClassDelayed = "delayed" // it will take it later
	ClassRefused = "refused" // it will never take it
	ClassUnheard = "unheard" // it may have it, and nobody heard so
)

// Error says why a message was not sent.
type Error struct {
	Class string
	// Final is true when sending it again is of no use.
	Final bool
	// Unsure is true when the message may have been sent. Sending it again does no harm.
	Unsure bool
}

// Error is the class.
func (e *Error) Error() string { return "send a short message: " + e.Class }

// Gateway sends by a gateway. It may be used by many at once.
type Gateway struct{ at *neighbour.Neighbour }

var _ Sender = (*Gateway)(nil)

// NewGateway is the way to a gateway.
func NewGateway(at neighbour.Address) (*Gateway, error) {
	to, err := neighbour.New(at, longestAnswer)
	return &Gateway{at: to}, err
}

// Send sends a message: its id, number and text as JSON. Any answer of success says that the gateway has it, now or from before.
func (g *Gateway) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(map[string]string{"id": m.ID, "to": m.To.Number(), "text": m.Text})
	if err != nil {
		return fmt.Errorf("write a short message: %w", err)
	}
	answer, err := g.at.Ask(ctx, neighbour.Request{Body: body, ID: m.ID})
	if answer.Status != 0 {
		return judge(answer) // the status decides, whatever became of the rest
	}
	if broken, is := errors.AsType[*neighbour.Error](err); is {
		if broken.Unsure {
			return &Error{Class: ClassUnheard, Unsure: true}
		}
		return &Error{Class: ClassServer}
	}
	return err
}

// judge says what an answer means. Only what the gateway says it refuses is not tried again.
func judge(answer neighbour.Answer) error {
	switch status := answer.Status; {
	case status >= 200 && status < 300:
		return nil
	case answer.Denied():
		return &Error{Class: ClassDenied}
	case answer.Busy():
		return &Error{Class: ClassDelayed}
	case status == http.StatusBadRequest || status == http.StatusUnprocessableEntity:
		return &Error{Class: ClassRefused, Final: true}
	case status >= 500:
		return &Error{Class: ClassUnheard, Unsure: true}
	}
	return &Error{Class: ClassServer} // it is no gateway that answers there
}
