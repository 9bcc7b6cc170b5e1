package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

const (
	usualTimeout     = 15 * time.Second
	longestReply     = 64 << 10
	longestHeaders   = 32 << 10
	replyPatience    = time.Second // for the rest of a reply whose status has come
	longestRetryTold = 24 * time.Hour
)

// Classes of error: why an attempt was not accepted. They are codes, and never hold anything that the endpoint sent.
const (
	ClassInvalidURL    = "invalid_url"    // the endpoint's address is none
	ClassInsecureURL   = "insecure_url"   // it is plain http
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
	// AllowInsecure lets events go by plain http and to this machine's own network, for demonstrations.
	AllowInsecure bool
	// Timeout is how long an endpoint has to answer; 15 seconds if zero.
	Timeout time.Duration
}

// Client makes deliveries. It may be used by many at once.
type Client struct {
	http          *http.Client
	allowInsecure bool
	timeout       time.Duration
}

// Request is one event to be sent to one endpoint.
type Request struct {
	URL    string
	Secret string
	ID     string
	Body   []byte
	At     time.Time // of this attempt: an endpoint refuses what was signed long ago
}

// Attempt is how a delivery went.
type Attempt struct {
	Status     int    // 0 when none was received
	ErrorClass string // empty when accepted
	Duration   time.Duration
	RetryAfter time.Duration // how long the endpoint asks to be left alone
	Accepted   bool          // the endpoint has the event
	Gone       bool          // the endpoint wants no more events, ever
}

// NewClient makes a client.
func NewClient(options Options) *Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if !options.AllowInsecure {
		dialer.Control = publicOnly
	}
	return newClient(options, dialer.DialContext)
}

func newClient(options Options, dial func(ctx context.Context, network, address string) (net.Conn, error)) *Client {
	timeout := options.Timeout
	if timeout <= 0 {
		timeout = usualTimeout
	}
	return &Client{
		allowInsecure: options.AllowInsecure,
		timeout:       timeout,
		http: &http.Client{
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
		},
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
	if err := CheckURL(r.URL, c.allowInsecure); err != nil {
		return Attempt{ErrorClass: classOf(err)}
	}
	headers, err := Sign(r.Secret, r.ID, r.At, r.Body)
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
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return Attempt{ErrorClass: ClassCancelled}
		}
		return Attempt{ErrorClass: classOf(err)}
	}
	defer func() { _ = res.Body.Close() }()
	// The status decides. The rest is read only so that the connection can be used again, if it is short and comes soon.
	defer time.AfterFunc(replyPatience, cancel).Stop()
	_, _ = io.CopyN(io.Discard, res.Body, longestReply)
	return judge(res)
}

// judge reads the verdict from a status, as Standard Webhooks has it.
func judge(res *http.Response) Attempt {
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
	attempt.RetryAfter = retryAfter(res.Header.Get("Retry-After"), time.Now())
	return attempt
}

// retryAfter reads the header of that name, which gives seconds or a date. What an endpoint asks for is bounded: the
// schedule is ours.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), int64(longestRetryTold/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), longestRetryTold)
	}
	return 0
}

// classOf names why no status was received.
func classOf(err error) string {
	var (
		timeout     interface{ Timeout() bool }
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	switch {
	case errors.Is(err, errInvalidURL):
		return ClassInvalidURL
	case errors.Is(err, errInsecureURL):
		return ClassInsecureURL
	case errors.Is(err, errPrivateTarget):
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
