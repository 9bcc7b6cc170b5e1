// Package idcheck asks the authority's register of persons, over signed HTTP, whether a name and a number belong together. That it
// cannot say is not a no: what becomes of the answer is decided elsewhere.
package idcheck

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/dengpan/dengpan/neighbour"
	"github.com/dengpan/dengpan/store"
)

const longestAnswer = 16 << 10

// Question is whose name and number are asked about.
type Question struct {
	ID      string `json:"id"` // the same however often it is asked
	Name    string `json:"name"`
	Type    string `json:"id_type"`
	Country string `json:"id_country,omitempty"`
	Number  string `json:"id_number"`
}

// Register is the way to the register. It may be used by many at once.
type Register struct{ at *neighbour.Neighbour }

// New is the way to a register.
func New(at neighbour.Address) (*Register, error) {
	to, err := neighbour.New(at, longestAnswer)
	return &Register{at: to}, err
}

// What the register did not answer. Neither holds what it said, which may repeat a name.
var (
	errAway    = errors.New("the register of persons did not answer")                            // whoever it is asked about
	errUnclear = errors.New("the register of persons answered a question as nobody understands") // about this person
)

// Ask asks the register. An error says that it found nothing, and is to be asked again.
func (g *Register) Ask(ctx context.Context, q Question) (outcome string, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return "", fmt.Errorf("write a question: %w", err)
	}
	answer, err := g.at.Ask(ctx, neighbour.Request{Body: body, ID: q.ID})
	switch answer.Status {
	case http.StatusOK:
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError:
		return "", errUnclear // it is there, and cannot read or cannot bear the question
	default:
		return "", errAway
	}
	var found struct {
		Result string `json:"result"`
	}
	if err == nil {
		err = answer.Decode(&found)
	}
	switch broken, is := errors.AsType[*neighbour.Error](err); {
	case is && broken.Class != neighbour.ClassUnreadable:
		return "", errAway // it broke off
	case found.Result == store.IdentityMatches, found.Result == store.IdentityDiffers, found.Result == store.IdentityUnknown:
		return found.Result, nil
	}
	return "", errUnclear
}
