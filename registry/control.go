package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"github.com/dengpan/dengpan/playing"
)

// Behaviour is how a register acts. The zero value is sensible.
type Behaviour struct {
	Down         bool      `json:"down,omitempty"`          // it answers 503 to everything
	Delay        *Duration `json:"delay,omitempty"`         // how long a record takes to be published
	Refuse       int       `json:"refuse,omitempty"`        // so many records are refused
	LoseAnswers  int       `json:"lose_answers,omitempty"`  // so many are taken, and the connection breaks before the answer
	LoseReceipts int       `json:"lose_receipts,omitempty"` // so many are published without a receipt
	Double       bool      `json:"double,omitempty"`        // each receipt is given twice
	Reorder      bool      `json:"reorder,omitempty"`       // receipts that are due together come the wrong way round
}

// Duration is a time span written as 1.5s or 2m in JSON.
type Duration time.Duration

// MarshalText writes the span.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a span.
func (d *Duration) UnmarshalText(text []byte) error {
	span, err := time.ParseDuration(string(text))
	if err != nil || span < 0 {
		return errors.New("want a duration such as 1.5s or 2m")
	}
	*d = Duration(span)
	return nil
}

// accident is something that befalls what a register holds, told to the control interface.
type accident struct {
	Forget string `json:"forget"` // the record with this id is gone
	Garble string `json:"garble"` // it no longer says what was sent
	Invent string `json:"invent"` // a record of that id is there that nobody sent, with a receipt
}

const longestControl = 16 << 10

func (s *Server) control(mux *http.ServeMux) {
	mux.Handle("PUT /control/{register}/behaviour", loopbackOnly(s.behave))
	mux.Handle("POST /control/{register}/accidents", loopbackOnly(s.befall))
	mux.Handle("GET /control/{register}", loopbackOnly(s.tellCounts))
}

func (s *Server) behave(w http.ResponseWriter, r *http.Request) {
	var told Behaviour
	g, ok := s.told(w, r, &told)
	if !ok {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settle(s.now()) // what was due until now went the old way
	g.behaviour = told
	answer(w, http.StatusOK, told)
}

func (s *Server) befall(w http.ResponseWriter, r *http.Request) {
	var told accident
	g, ok := s.told(w, r, &told)
	if !ok {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := s.now()
	g.settle(now)
	if told.Forget != "" {
		delete(g.held, told.Forget)
		g.journal.write(line{Register: g.name, Forgotten: told.Forget, At: now})
	}
	if h := g.held[told.Garble]; h != nil {
		h.body = append(append([]byte{}, h.body...), ' ')
	}
	if told.Invent != "" {
		r := record{ECertID: told.Invent, Version: 1, CertState: "01", CertNum: "?"}
		g.held[told.Invent] = &held{record: r, body: []byte("{}"), taken: now, published: now, number: g.name + "-?"}
		g.tell(receipt{ID: g.name + "-" + told.Invent, ECertID: told.Invent, Version: 1, State: published, At: now})
	}
	answer(w, http.StatusOK, struct{}{})
}

// told reads what the control interface is told about a register.
func (s *Server) told(w http.ResponseWriter, r *http.Request, into any) (*register, bool) {
	g := s.registers[r.PathValue("register")]
	if g == nil {
		answerError(w, http.StatusNotFound, "unknown_register")
		return nil, false
	}
	// A page in a browser cannot send this without being asked first.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		answerError(w, http.StatusUnsupportedMediaType, "not_json")
		return nil, false
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, longestControl))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		answerError(w, http.StatusUnprocessableEntity, fmt.Sprintf("unreadable: %v", err))
		return nil, false
	}
	return g, true
}

// tellCounts says what a register has done, and how often it took each version of each record. It says nothing of whom.
func (s *Server) tellCounts(w http.ResponseWriter, r *http.Request) {
	g := s.registers[r.PathValue("register")]
	if g == nil {
		answerError(w, http.StatusNotFound, "unknown_register")
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settle(s.now())
	type shown struct {
		Version   int    `json:"version"`
		State     string `json:"state"`
		CertState string `json:"cert_state"`
	}
	records := make(map[string]shown, len(g.held))
	for id, h := range g.held {
		records[id] = shown{Version: h.Version, State: h.receipt().State, CertState: h.CertState}
	}
	answer(w, http.StatusOK, map[string]any{
		"counts": g.counts, "records": records, "receipts": len(g.feed), "behaviour": g.behaviour,
	})
}

// loopbackOnly keeps the control interface to this machine, and to programs on it.
func loopbackOnly(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !playing.FromThisMachine(r) {
			answerError(w, http.StatusForbidden, "this_machine_only")
			return
		}
		next(w, r)
	})
}

func answerError(w http.ResponseWriter, status int, code string) {
	answer(w, status, map[string]string{"code": code})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // a caller that is gone cannot be told
}
