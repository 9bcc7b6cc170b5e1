// Package mail sends letters by SMTP. What is written to whom is decided elsewhere.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/dengpan/dengpan/identity"
)

// How the connection to the server is protected.
const (
	StartTLS    = "starttls" // encrypted before anything is said
	ImplicitTLS = "implicit" // encrypted from its first byte
	Plain       = "none"     // in clear: for demonstrations
)

// Server is the server that takes our letters, and whose they are.
type Server struct {
	Address  string // host:port
	From     string // the address that letters come from
	TLS      string // StartTLS unless said
	User     string // empty: the server asks for no name
	Password string
}

// patience is how long the server is waited for, in all.
const patience = 20 * time.Second

// Sender sends letters. It may be used by many at once.
type Sender struct {
	from    identity.Email
	connect func() (*gomail.Client, error)
}

// NewSender makes a sender; it does not connect before there is a letter.
func NewSender(s Server) (*Sender, error) {
	host, service, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, errors.New("the mail server's address is not HOST:PORT")
	}
	port, err := strconv.Atoi(service)
	if err != nil || port < 1 || port > 65535 {
		return nil, errors.New("the mail server's port is not a number from 1 to 65535")
	}
	from, err := identity.ParseEmail(s.From)
	if err != nil {
		return nil, errors.New("the sender is not an address of mail")
	}
	options := []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(patience)}
	switch s.TLS {
	case StartTLS, "":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case ImplicitTLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("the connection to the mail server is %s, %s or %s", StartTLS, ImplicitTLS, Plain)
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	connect := func() (*gomail.Client, error) { return gomail.NewClient(host, options...) }
	if _, err := connect(); err != nil {
		return nil, fmt.Errorf("prepare mail: %w", err)
	}
	return &Sender{from: from, connect: connect}, nil
}

// Letter is one letter to one address.
type Letter struct {
	// ID is the same however often the letter is sent: programs of mail show a repeat once.
	ID      string
	To      identity.Email
	Subject string
	Text    string
	At      time.Time
}

// Classes of error: why a letter was not taken. They are codes, and never hold what a server said, which may repeat an address.
const (
	ClassAddress = "address" // the letter cannot be written to that address
	ClassServer  = "server"  // the server cannot be reached, or would not talk
	ClassRefused = "refused" // the server will never take it
	ClassDelayed = "delayed" // the server will take it later
	ClassUnheard = "unheard" // the server had the whole letter, and went away before it said whether it takes it
)

// Error says why a letter was not sent.
type Error struct {
	Class string
	// Final is true when sending it again is of no use.
	Final bool
	// Unsure is true when nobody knows whether the letter arrived.
	Unsure bool
}

// Error is the class.
func (e *Error) Error() string { return "send a letter: " + e.Class }

// Send sends a letter. The error is an [Error].
func (s *Sender) Send(ctx context.Context, l Letter) error {
	message := gomail.NewMsg()
	if message.From(s.from.Address()) != nil || message.To(l.To.Address()) != nil {
		return &Error{Class: ClassAddress, Final: true}
	}
	_, domain, _ := strings.Cut(s.from.Address(), "@")
	message.SetMessageIDWithValue(l.ID + "@" + domain)
	message.SetDateWithValue(l.At)
	message.Subject(l.Subject)
	message.SetGenHeader("Auto-Submitted", "auto-generated") // nobody's holiday notice is to answer it
	message.SetBodyString(gomail.TypeTextPlain, l.Text)
	client, err := s.connect()
	if err != nil {
		return &Error{Class: ClassServer}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, message)
	refusal, sent := errors.AsType[*gomail.SendError](err)
	switch {
	case err == nil || message.IsDelivered(): // what went wrong, if anything, did so after the letter was taken
		return nil
	case sent && refusal.Reason == gomail.ErrSMTPDataClose && refusal.ErrorCode() == 0:
		return &Error{Class: ClassUnheard, Unsure: true}
	case !sent:
		return &Error{Class: ClassServer}
	case refusal.IsTemp() || refusal.ErrorCode() == 0:
		return &Error{Class: ClassDelayed}
	}
	return &Error{Class: ClassRefused, Final: true}
}
