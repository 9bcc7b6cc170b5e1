package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/dengpan/dengpan/playing"
)

// Server plays registers.
type Server struct {
	config    Config
	log       *slog.Logger
	journal   *journal
	registers map[string]*register
}

const (
	longestRecord = 256 << 10
	mostListed    = 500
)

// New makes registers, with what the state file says they hold.
func New(config Config) (*Server, error) {
	s := &Server{config: config, log: config.Logger, registers: map[string]*register{}}
	if s.log == nil {
		s.log = slog.Default()
	}
	for name, secret := range config.Secrets {
		verifier, err := standardwebhooks.NewWebhook(secret)
		if titles[name] == "" || err != nil {
			return nil, fmt.Errorf("configure the register %s: it is unknown, or its secret is not whsec_ and base64", name)
		}
		s.registers[name] = &register{name: name, verifier: verifier, delay: config.Delay, held: map[string]*held{}, counts: map[string]int{}}
	}
	j, err := openJournal(config.StateFile, s.log, s.replay)
	if err != nil {
		return nil, err
	}
	s.journal = j
	for _, g := range s.registers {
		g.journal = j
	}
	return s, nil
}

// replay takes a line of the state file up.
func (s *Server) replay(l line) error {
	g := s.registers[l.Register]
	switch {
	case g == nil: // it is not played today
	case l.Taken != nil:
		r, err := read(l.Taken)
		if err != nil {
			return fmt.Errorf("read what the registers hold (delete the state file to start afresh): %w", err)
		}
		g.counts[countTaken]++
		g.put(r, l.Taken, l.At, l.Due)
	case l.Forgotten != "":
		delete(g.held, l.Forgotten)
	default:
		id := l.Published
		if l.Receipt != nil {
			g.feed = append(g.feed, *l.Receipt)
			id = l.Receipt.ECertID
		}
		g.published(id, l.At)
	}
	return nil
}

// published notes that a record is, as the state file says.
func (g *register) published(id string, at time.Time) {
	kept := g.waiting[:0]
	for _, w := range g.waiting {
		if w.id != id || w.due.After(at) {
			kept = append(kept, w)
		}
	}
	g.waiting = kept
	if h := g.held[id]; h != nil && !h.taken.After(at) {
		h.published = at
	}
}

func (s *Server) now() time.Time {
	if s.config.Now != nil {
		return s.config.Now().UTC()
	}
	return time.Now().UTC()
}

// Run serves until it is told to stop.
func (s *Server) Run(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cmp.Or(s.config.Address, DefaultAddress))
	if err != nil {
		return fmt.Errorf("listen for the registers: %w", err)
	}
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	s.log.InfoContext(ctx, "the registers are open", "address", listener.Addr().String(), "registers", len(s.registers))
	if err := playing.Serve(ctx, server, listener); err != nil {
		return errors.Join(fmt.Errorf("serve the registers: %w", err), s.journal.close())
	}
	return s.journal.close()
}

// Handler takes records, shows them, and takes orders from this machine.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /registers/{register}/records", s.take)
	mux.HandleFunc("GET /registers/{register}/records", s.list)
	mux.HandleFunc("GET /registers/{register}/receipts", s.receipts)
	mux.HandleFunc("GET /registers/{register}", s.page)
	mux.HandleFunc("POST /registers/{register}", s.page)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	s.control(mux)
	return mux
}

// enter finds the register that a request is for, and checks who signed it. Without a body it is what is asked for that is
// signed. The register is locked when it is found.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) (*register, []byte) {
	g := s.registers[r.PathValue("register")]
	if g == nil {
		answerError(w, http.StatusNotFound, "unknown_register")
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestRecord))
	if err != nil {
		answerError(w, http.StatusRequestEntityTooLarge, "too_long")
		return nil, nil
	}
	signed := body
	if r.Method == http.MethodGet {
		signed = []byte(r.URL.RequestURI())
	}
	g.mu.Lock()
	switch {
	case g.behaviour.Down:
		g.counts[countMissed]++
		answerError(w, http.StatusServiceUnavailable, "down")
	case g.verifier.Verify(signed, r.Header) != nil:
		answerError(w, http.StatusUnauthorized, "unsigned")
	default:
		return g, body
	}
	g.mu.Unlock()
	return nil, nil
}

func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	g, body := s.enter(w, r)
	if g == nil {
		return
	}
	defer g.mu.Unlock()
	sent, err := read(body)
	if err != nil {
		answerError(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	if r.Header.Get(standardwebhooks.HeaderWebhookID) != sent.ECertID+"/"+strconv.Itoa(sent.Version) {
		answerError(w, http.StatusUnprocessableEntity, "id_mismatch")
		return
	}
	v := g.take(sent, body, s.now())
	switch {
	case v.lost:
		panic(http.ErrAbortHandler)
	case v.stale:
		answerError(w, http.StatusConflict, v.refused)
	case v.refused != "":
		answerError(w, http.StatusUnprocessableEntity, v.refused)
	case v.receipt.State == published:
		answer(w, http.StatusOK, v.receipt)
	default:
		answer(w, http.StatusAccepted, v.receipt)
	}
}

func (s *Server) receipts(w http.ResponseWriter, r *http.Request) {
	g, _ := s.enter(w, r)
	if g == nil {
		return
	}
	defer g.mu.Unlock()
	g.settle(s.now())
	page, next := g.receipts(r.URL.Query().Get("after"), mostListed)
	answer(w, http.StatusOK, map[string]any{"receipts": page, "next": next})
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	g, _ := s.enter(w, r)
	if g == nil {
		return
	}
	defer g.mu.Unlock()
	since, _ := time.Parse(time.RFC3339, r.URL.Query().Get("since"))
	page, next := g.list(since, r.URL.Query().Get("after"), mostListed)
	answer(w, http.StatusOK, map[string]any{"records": page, "next": next})
}
