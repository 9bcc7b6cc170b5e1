// Package postbox is a small server of SMTP that delivers nothing: it keeps the letters it is sent, for tests and
// demonstrations to read. On request it misbehaves as real servers do.
package postbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// DefaultAddress is where the demonstration's mail server listens.
const DefaultAddress = "127.0.0.1:8025"

const longestLetter = 1 << 20

// Letter is a letter as it came.
type Letter struct {
	To      string
	ID      string
	Subject string
	Text    string
}

// Server is a server that keeps letters.
type Server struct {
	folder string // where each letter is written; empty: it is kept in memory only
	smtp   *smtp.Server
	done   chan struct{}

	mu      sync.Mutex
	letters []Letter
	refusal error
	manner  Manner
	changed *sync.Cond // the manner
}

// Start listens on an address, 127.0.0.1:0 for a free port, and keeps letters until it is closed.
func Start(address, folder string) (*Server, string, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, "", fmt.Errorf("listen for mail: %w", err)
	}
	if folder != "" {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, "", errors.Join(fmt.Errorf("make a folder for mail: %w", err), listener.Close())
		}
	}
	s := &Server{folder: folder, done: make(chan struct{})}
	s.changed = sync.NewCond(&s.mu)
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	s.smtp.Domain, s.smtp.MaxMessageBytes, s.smtp.MaxRecipients = "postbox.example", longestLetter, 1
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = time.Minute, time.Minute
	go func() {
		defer close(s.done)
		_ = s.smtp.Serve(listener) // ends when the server is closed
	}()
	return s, listener.Addr().String(), nil
}

// Close stops the server.
func (s *Server) Close() error {
	s.Behave(Polite) // nobody waits for an answer any more
	err := s.smtp.Close()
	<-s.done
	if err != nil {
		return fmt.Errorf("stop the mail server: %w", err)
	}
	return nil
}

// Letters are those that came, in their order.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.letters)
}

// Refuse has the server refuse letters: for good, or to be sent again later. Ends with [Server.Accept].
func (s *Server) Refuse(forGood bool) {
	refusal := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "come back later"}
	if forGood {
		refusal = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody here"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = refusal
}

// Accept has the server take letters again.
func (s *Server) Accept() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = nil
}

// Manner is how the server behaves once it has taken a letter.
type Manner int

// The manners.
const (
	Polite  Manner = iota // it says that it took the letter, and waits for the end
	Mute                  // it hangs up before it says so
	Abrupt                // it hangs up once it has said so
	Stalled               // it says nothing, until it behaves otherwise
)

// Behave has the server behave in a manner from now on.
func (s *Server) Behave(m Manner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.manner = m
	s.changed.Broadcast()
}

// answer waits until the server says something, and returns how it behaves then.
func (s *Server) answer() Manner {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.manner == Stalled {
		s.changed.Wait()
	}
	return s.manner
}

func (s *Server) keep(to string, content io.Reader) error {
	raw, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	letter, err := read(to, raw)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, letter)
	if s.folder == "" {
		return nil
	}
	name := fmt.Sprintf("%s-%04d.eml", time.Now().UTC().Format("20060102-150405"), len(s.letters))
	return os.WriteFile(filepath.Join(s.folder, name), raw, 0o600)
}

// session is one conversation.
type session struct {
	server *Server
	conn   *smtp.Conn
	to     string
	took   bool
}

// Reset ends a letter, and is called once the client was told what became of it.
func (s *session) Reset() {
	if s.took && s.server.answer() == Abrupt {
		_ = s.conn.Conn().Close() // the conversation's own lock is held here
	}
	s.to, s.took = "", false
}

func (s *session) Logout() error { return nil }

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.server.refusal != nil {
		return s.server.refusal
	}
	s.to = to
	return nil
}

func (s *session) Data(content io.Reader) error {
	if err := s.server.keep(s.to, content); err != nil {
		return err
	}
	s.took = true
	if s.server.answer() == Mute {
		return s.conn.Close()
	}
	return nil
}
