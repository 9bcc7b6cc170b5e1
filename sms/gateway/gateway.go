// Package gateway plays a gateway of short messages, for demonstrations and tests: it checks who signed, knows a repeat by its id,
// sends nothing, and keeps what it took to be read. On request it misbehaves as real ones do. It shares no code with what sends
// to it, so that what it proves holds for strangers too.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// DefaultAddress is where the demonstration's gateway listens.
const DefaultAddress = "127.0.0.1:8026"

const longestMessage = 16 << 10

// Message is a short message as it came.
type Message struct {
	ID   string `json:"id"`
	To   string `json:"to"`
	Text string `json:"text"`
}

// Manner is how the gateway behaves.
type Manner int

// The manners.
const (
	Polite   Manner = iota // it takes messages
	Busy                   // it will take them later
	Refusing               // it takes none, ever
	Mute                   // it takes them, and hangs up before it says so
	Stalled                // it takes them, and says nothing until it behaves otherwise
)

// Server is a gateway that keeps messages.
type Server struct {
	folder   string // where each message is written; empty: it is kept in memory only
	verifier *standardwebhooks.Webhook
	http     *http.Server
	done     chan struct{}

	mu       sync.Mutex
	manner   Manner
	changed  *sync.Cond // the manner
	messages []Message
	repeats  int
}

// Start listens on an address, 127.0.0.1:0 for a free port, and keeps the messages that were signed by a secret until it is closed.
func Start(address, secret, folder string) (*Server, string, error) {
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return nil, "", errors.New("the gateway's secret is not whsec_ and base64")
	}
	if folder != "" {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, "", fmt.Errorf("make a folder for short messages: %w", err)
		}
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, "", fmt.Errorf("listen for short messages: %w", err)
	}
	s := &Server{folder: folder, verifier: verifier, done: make(chan struct{})}
	s.changed = sync.NewCond(&s.mu)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /messages", s.take)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "open") })
	s.http = &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(listener) // ends when the server is closed
	}()
	return s, listener.Addr().String(), nil
}

// URL is where a gateway that listens on an address takes messages.
func URL(address string) string { return "http://" + address + "/messages" }

// Close stops the server.
func (s *Server) Close() error {
	s.Behave(Polite) // nobody waits for an answer any more
	err := s.http.Close()
	<-s.done
	if err != nil {
		return fmt.Errorf("stop the gateway: %w", err)
	}
	return nil
}

// Messages are those that came, in their order, each once.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Repeats is how many came again.
func (s *Server) Repeats() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.repeats
}

// Behave has the server behave in a manner from now on.
func (s *Server) Behave(m Manner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.manner = m
	s.changed.Broadcast()
}

func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestMessage))
	var message Message
	switch {
	case err != nil:
		answer(w, http.StatusRequestEntityTooLarge, "too_long")
		return
	case s.verifier.Verify(body, r.Header) != nil:
		answer(w, http.StatusUnauthorized, "unsigned")
		return
	case json.Unmarshal(body, &message) != nil || message.ID == "" || message.To == "" || message.Text == "":
		answer(w, http.StatusUnprocessableEntity, "unreadable")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.manner {
	case Busy:
		answer(w, http.StatusServiceUnavailable, "busy")
	case Refusing:
		answer(w, http.StatusUnprocessableEntity, "number")
	case Polite, Mute, Stalled:
		if err := s.keep(message); err != nil {
			answer(w, http.StatusInternalServerError, "disk")
			return
		}
		for s.manner == Stalled {
			s.changed.Wait()
		}
		if s.manner == Mute {
			panic(http.ErrAbortHandler)
		}
		answer(w, http.StatusAccepted, "taken")
	}
}

// keep keeps a message that it has not had yet.
func (s *Server) keep(m Message) error {
	if slices.ContainsFunc(s.messages, func(had Message) bool { return had.ID == m.ID }) {
		s.repeats++
		return nil
	}
	s.messages = append(s.messages, m)
	if s.folder == "" {
		return nil
	}
	name := fmt.Sprintf("%s-%04d.txt", time.Now().UTC().Format("20060102-150405"), len(s.messages))
	return os.WriteFile(filepath.Join(s.folder, name), []byte("To: "+m.To+"\n\n"+m.Text+"\n"), 0o600)
}

func answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"code": code}) // whoever is gone does not read it
}
