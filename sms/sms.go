// Package sms sends short messages by a gateway over signed HTTP. What is written to whom is decided elsewhere.
package sms

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/identity"
)

const (
	patience      = 20 * time.Second // that the gateway is waited for, in all
	longestAnswer = 64 << 10
)

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

// Address is where a gateway is, and what signs the requests to it.
type Address struct {
	URL    string
	Secret string // whsec_…, as of Standard Webhooks
	// Insecure lets requests go by plain http, for demonstrations.
	Insecure bool
}

// Gateway sends by a gateway. It may be used by many at once.
type Gateway struct {
	url, secret string
	client      *http.Client
}

var _ Sender = (*Gateway)(nil)

// NewGateway is the way to a gateway; it does not connect before there is a message. It refuses an address that would not protect
// what is sent there.
func NewGateway(at Address) (*Gateway, error) {
	to, err := url.Parse(at.URL)
	switch {
	case err != nil || to.Hostname() == "" || to.User != nil || to.RawQuery != "" || to.Fragment != "":
		return nil, errors.New("its address is not a URL such as https://sms.example.cn/messages")
	case to.Scheme != "https" && (to.Scheme != "http" || !at.Insecure):
		return nil, errors.New("its address must begin with https://: what is sent there has people's numbers")
	}
	if _, err := delivery.Sign([]string{at.Secret}, "try", time.Now(), nil); err != nil {
		return nil, errors.New("its secret is not whsec_ and 24 to 64 bytes in base64")
	}
	return &Gateway{url: to.String(), secret: at.Secret, client: &http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Send sends a message: its id, number and text as JSON, signed as Standard Webhooks do. Any answer of success says that the gateway
// has it, now or from before.
func (g *Gateway) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(map[string]string{"id": m.ID, "to": m.To.Number(), "text": m.Text})
	if err != nil {
		return fmt.Errorf("write a short message: %w", err)
	}
	headers, err := delivery.Sign([]string{g.secret}, m.ID, time.Now(), body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("prepare a short message: %w", err)
	}
	request.Header = headers
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "dengpan")
	response, err := g.client.Do(request)
	if err != nil {
		if dial := (*net.OpError)(nil); errors.As(err, &dial) && dial.Op == "dial" {
			return &Error{Class: ClassServer}
		}
		return &Error{Class: ClassUnheard, Unsure: true}
	}
	_, _ = io.CopyN(io.Discard, response.Body, longestAnswer) // so that the connection can be used again
	_ = response.Body.Close()
	return judge(response.StatusCode)
}

// judge says what an answer means. Only what the gateway says it refuses is not tried again.
func judge(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return &Error{Class: ClassDenied}
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return &Error{Class: ClassDelayed}
	case status == http.StatusBadRequest || status == http.StatusUnprocessableEntity:
		return &Error{Class: ClassRefused, Final: true}
	case status >= 500:
		return &Error{Class: ClassUnheard, Unsure: true}
	}
	return &Error{Class: ClassServer} // it is no gateway that answers there
}
