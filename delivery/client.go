package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/dengpan/dengpan/redact"
)

const (
	usualTimeout     = 15 * time.Second
	longestReply     = 64 << 10
	readOfReply      = 4 << 10
	keptOfReply      = 2 << 10
	longestHeaders   = 32 << 10
	replyPatience    = time.Second // for the rest of a reply whose status has come
	longestRetryTold = 24 * time.Hour
)

// Classes of error: why an attempt was not accepted. They are codes, and never hold anything that the endpoint sent.
const (
	ClassInvalidURL    = "invalid_url"    // the endpoint's address is none
	ClassInsecureURL   = "insecure_url"   // it is plain http
	ClassPort          = "port"           // its port is not one that events go to
	ClassPrivateTarget = "private_target" // it leads to a host that is not public
	ClassUnsigned      = "unsigned"       // the event could not be signed: the secret or the id is wrong
	ClassName          = "name"           // its name leads nowhere, or cannot be looked up
	ClassRefused       = "refused"        // nobody listens there
	ClassTLS           = "tls"            // it could not prove who it is
	ClassConnection    = "connection"     // the connection broke, or spoke no HTTP
	ClassTimeout       = "timeout"        // no status came in time
	ClassRedirect      = "redirect"       // a 3xx, which is not followed
	ClassClientError   = "client_error"   // a 4xx
	ClassServerError   = "server_error"   // a 5xx
	ClassCancelled     = "cancelled"      // we were told to stop, which says nothing about the endpoint
)

// Options says how deliveries are made.
type Options struct {
	Guard

	// Timeout is how long an endpoint has to answer; 15 seconds if zero.
	Timeout time.Duration
}

// Client makes deliveries. It may be used by many at once.
type Client struct {
	guard   Guard
	timeout time.Duration
	// Hosts that an operator allows have connections of their own, which nobody uses once they are allowed no longer.
	public, allowed *http.Client
}

// Request is one event to be sent to one endpoint.
type Request struct {
	URL     string
	Allowed bool // an operator allows its host and port
	Secrets []string
	ID      string
	Body    []byte
	At      time.Time // of this attempt: an endpoint refuses what was signed long ago
}

// Attempt is how a delivery went.
type Attempt struct {
	Status     int    // 0 when none was received
	ErrorClass string // empty when accepted
	Duration   time.Duration
	RetryAfter time.Duration // how long the endpoint asks to be left alone
	Accepted   bool          // the endpoint has the event
	Gone       bool          // the endpoint wants no more events, ever
	Response   string        // the beginning of what it answered, masked; empty when that is no text
}

type dial func(ctx context.Context, network, address string) (net.Conn, error)

// NewClient makes a client.
func NewClient(options Options) *Client {
	checked := func(control func(network, address string, c syscall.RawConn) error) dial {
		dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
		if !options.AllowInsecure {
			dialer.Control = control
		}
		return dialer.DialContext
	}
	public, private, anywhere := checked(publicOnly), checked(onANetwork), checked(nil)
	return newClient(options, public, func(ctx context.Context, network, address string) (net.Conn, error) {
		if _, err := resolved(address); err == nil {
			return anywhere(ctx, network, address) // the very address is what the operator allows
		}
		return private(ctx, network, address)
	})
}

func newClient(options Options, public, allowed dial) *Client {
	c := &Client{guard: options.Guard, timeout: options.Timeout, public: httpClient(public), allowed: httpClient(allowed)}
	if c.timeout <= 0 {
		c.timeout = usualTimeout
	}
	return c
}

func httpClient(dial dial) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			// No proxy: it would make the connection, and the check of where it leads, in our place.
			Proxy:                  nil,
			DialContext:            dial,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    10 * time.Second,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: longestHeaders,
			MaxIdleConns:           100,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Deliver sends an event once.
func (c *Client) Deliver(ctx context.Context, r Request) Attempt {
	began := time.Now()
	attempt := c.deliver(ctx, r)
	attempt.Duration = time.Since(began)
	return attempt
}

func (c *Client) deliver(ctx context.Context, r Request) Attempt {
	if err := c.guard.Check(r.URL, r.Allowed); err != nil {
		return Attempt{ErrorClass: ClassOf(err)}
	}
	headers, err := Sign(r.Secrets, r.ID, r.At, r.Body)
	if err != nil {
		return Attempt{ErrorClass: ClassUnsigned}
	}
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(timed, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Attempt{ErrorClass: ClassInvalidURL}
	}
	req.Header = headers
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "dengpan")
	client := c.public
	if r.Allowed {
		client = c.allowed
	}
	res, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return Attempt{ErrorClass: ClassCancelled}
		}
		return Attempt{ErrorClass: ClassOf(err)}
	}
	defer func() { _ = res.Body.Close() }()
	// The status decides. The rest is read so that its beginning can be shown, and the connection used again, if it is short and
	// comes soon.
	defer time.AfterFunc(replyPatience, cancel).Stop()
	beginning, _ := io.ReadAll(io.LimitReader(res.Body, readOfReply))
	_, _ = io.CopyN(io.Discard, res.Body, longestReply)
	attempt := judge(res, r.At)
	attempt.Response = readable(res.Header.Get("Content-Type"), beginning)
	return attempt
}

// readable is the beginning of a reply for people to read, masked: whoever answers may repeat what should not be read.
func readable(contentType string, reply []byte) string {
	kind, _, err := mime.ParseMediaType(contentType)
	text := err == nil && (strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml"))
	if !text {
		return ""
	}
	// Masked before it is cut, so that no number is cut in two and no longer looks like one.
	shown := redact.Text(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, string(reply)))
	if len(shown) > keptOfReply {
		shown = strings.ToValidUTF8(shown[:keptOfReply], "")
	}
	return shown
}

// judge reads the verdict from a status, as Standard Webhooks has it.
func judge(res *http.Response, at time.Time) Attempt {
	attempt := Attempt{Status: res.StatusCode}
	switch {
	case res.StatusCode >= 200 && res.StatusCode <= 299:
		attempt.Accepted = true
		return attempt
	case res.StatusCode < 400:
		attempt.ErrorClass = ClassRedirect
	case res.StatusCode < 500:
		attempt.ErrorClass = ClassClientError
	default:
		attempt.ErrorClass = ClassServerError
	}
	attempt.Gone = res.StatusCode == http.StatusGone
	attempt.RetryAfter = RetryAfter(res.Header.Get("Retry-After"), at)
	return attempt
}

// RetryAfter reads the header of that name, which gives seconds or a date. What an endpoint asks for is bounded: the
// schedule is ours.
func RetryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), int64(longestRetryTold/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), longestRetryTold)
	}
	return 0
}

// ClassOf names why no status was received.
func ClassOf(err error) string {
	var (
		timeout     interface{ Timeout() bool }
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	switch {
	case errors.Is(err, ErrInvalidURL):
		return ClassInvalidURL
	case errors.Is(err, ErrInsecureURL):
		return ClassInsecureURL
	case errors.Is(err, ErrPort):
		return ClassPort
	case errors.Is(err, ErrPrivateTarget):
		return ClassPrivateTarget
	case errors.As(err, &name):
		return ClassName
	case errors.As(err, &timeout) && timeout.Timeout():
		return ClassTimeout
	case errors.Is(err, syscall.ECONNREFUSED):
		return ClassRefused
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &record), errors.As(err, &alert),
		errors.Is(err, http.ErrSchemeMismatch):
		return ClassTLS
	default:
		return ClassConnection
	}
}
