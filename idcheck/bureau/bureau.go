// Package bureau plays the authority's register of persons, for demonstrations and tests: it checks who signed, and answers by what
// it was told of a number: that the name is another, or that it cannot say. What it was told nothing of matches, but for documents
// that are not of the mainland, of which it cannot say. On request it misbehaves as real ones do. It shares no code with what asks
// it, so that what it proves holds for strangers too.
package bureau

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/dengpan/dengpan/playing"
)

// Manner is how the register behaves.
type Manner string

// The manners.
const (
	Polite Manner = "polite" // it answers
	Slow   Manner = "slow"   // it answers after a while
	Away   Manner = "away"   // it is busy, and says so
	Mad    Manner = "mad"    // it answers what nobody understands
)

const (
	longestQuestion = 16 << 10
	slowly          = 5 * time.Second // as long as a slow register takes
)

// Register is a register of persons that belongs to nobody.
type Register struct {
	verifier *standardwebhooks.Webhook

	mu     sync.Mutex
	manner Manner
	named  map[string]string // the name of a number; empty: it cannot say
	upset  map[string]bool   // numbers of which it answers what nobody understands
	asked  int
}

// New is a register that is asked with a secret.
func New(secret string) (*Register, error) {
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return nil, errors.New("the secret of the register of persons is not whsec_ and base64")
	}
	return &Register{verifier: verifier, manner: Polite, named: map[string]string{}, upset: map[string]bool{}}, nil
}

// Name has the register know a number under a name; with none, it cannot say whose it is.
func (g *Register) Name(number, name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.named[number] = name
}

// Upset has the register answer what nobody understands whenever it is asked about a number, however it behaves otherwise; or no more.
func (g *Register) Upset(number string, upset bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.upset[number] = upset
}

// Behave has the register behave in a manner from now on.
func (g *Register) Behave(m Manner) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.manner = m
}

func (g *Register) behaving() Manner {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.manner
}

// Asked is how often it answered.
func (g *Register) Asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}

// ServeHTTP answers a question.
func (g *Register) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestQuestion))
	var question struct {
		Name   string `json:"name"`
		Type   string `json:"id_type"`
		Number string `json:"id_number"`
	}
	switch {
	case err != nil || g.verifier.Verify(body, r.Header) != nil:
		w.WriteHeader(http.StatusUnauthorized)
		return
	case json.Unmarshal(body, &question) != nil || question.Name == "" || question.Number == "":
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	manner := g.behaving()
	if manner == Slow && !playing.Wait(r.Context(), slowly) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	name, told := g.named[question.Number]
	result := "matches"
	switch {
	case manner == Away:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case manner == Mad || g.upset[question.Number]:
		result = "maybe"
	case told && name == "" || !told && question.Type != "resident_id":
		result = "unknown"
	case told && name != question.Name:
		result = "differs"
	}
	g.asked++
	answer(w, http.StatusOK, map[string]string{"result": result})
}
