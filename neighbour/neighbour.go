// Package neighbour asks systems beside this one, a gateway or a register, by signed requests over HTTP, and reads what they answer
// within limits. What an answer means is for who asked.
package neighbour

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/delivery"
)

// Patience is how long a neighbour is waited for, in all.
const Patience = 20 * time.Second

// ClassUnreadable is what goes wrong with a neighbour, besides the classes of package delivery: its answer is longer than may be,
// or not the JSON that was asked for.
const ClassUnreadable = "unreadable"

// Error says what went wrong on the way to a neighbour and back. It is a code, and never holds what a neighbour said, which may
// repeat what it was sent.
type Error struct {
	Class string
	// Unsure is true when the neighbour may have the request.
	Unsure bool
}

// Error is the class.
func (e *Error) Error() string { return "ask a neighbour: " + e.Class }

// Address is where a neighbour is, and what signs the requests to it.
type Address struct {
	URL    string
	Secret string // whsec_…, as of Standard Webhooks
	// Insecure lets requests go by plain http, for demonstrations.
	Insecure bool
}

// Neighbour is the way to one. It may be used by many at once.
type Neighbour struct {
	base    *url.URL
	secret  string
	longest int64
	client  *http.Client
}

// New is the way to a neighbour whose answers are so many bytes at the longest; it does not connect before there is a request. It
// refuses an address that would not protect what is sent there.
func New(at Address, longest int64) (*Neighbour, error) {
	base, err := url.Parse(at.URL)
	switch {
	case err != nil || base.Hostname() == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("its address is not a URL such as https://office.example.cn/path")
	case base.Scheme != "https" && (base.Scheme != "http" || !at.Insecure):
		return nil, errors.New("its address must begin with https://: what is sent there says who people are")
	}
	if _, err := delivery.Sign([]string{at.Secret}, "try", time.Now(), nil); err != nil {
		return nil, errors.New("its secret is not whsec_ and 24 to 64 bytes in base64")
	}
	return &Neighbour{base: base, secret: at.Secret, longest: longest, client: &http.Client{
		Timeout: Patience,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // it was asked, and nobody else
	}}, nil
}

// Request is what a neighbour is asked.
type Request struct {
	Path  string // below its address; empty is the address itself
	Query url.Values
	// Body is JSON that is sent. With none something is fetched, and what is signed is where from.
	Body []byte
	// ID is the same however often the same is sent, so that the neighbour knows a repeat. What is fetched has one made for it.
	ID string
}

// Answer is what a neighbour said.
type Answer struct {
	Status     int           // 0 when none was heard
	RetryAfter time.Duration // how long it asks to be left alone
	body       []byte
}

// Ask asks a neighbour. An answer that broke off, or is too long, has its status beside the error, which is an [Error] but for
// requests that cannot be signed.
func (n *Neighbour) Ask(ctx context.Context, r Request) (Answer, error) {
	request, err := n.request(ctx, r)
	if err != nil {
		return Answer{}, fmt.Errorf("ask a neighbour: %w", err)
	}
	failed := func(err error) error {
		dial := (*net.OpError)(nil)
		e := &Error{Class: delivery.ClassOf(err), Unsure: !errors.As(err, &dial) || dial.Op != "dial"}
		if ctx.Err() != nil {
			e.Class = delivery.ClassCancelled
		}
		return e
	}
	response, err := n.client.Do(request)
	if err != nil {
		return Answer{}, failed(err)
	}
	defer func() { _ = response.Body.Close() }() // it was read
	answer := Answer{Status: response.StatusCode, RetryAfter: delivery.RetryAfter(response.Header.Get("Retry-After"), time.Now())}
	answer.body, err = io.ReadAll(io.LimitReader(response.Body, n.longest+1))
	switch {
	case err != nil:
		return answer, failed(err)
	case int64(len(answer.body)) > n.longest:
		return answer, &Error{Class: ClassUnreadable, Unsure: true}
	}
	return answer, nil
}

// request writes a request and signs it, as Standard Webhooks do.
func (n *Neighbour) request(ctx context.Context, r Request) (*http.Request, error) {
	at := *n.base
	if r.Path != "" {
		at = *n.base.JoinPath(r.Path)
	}
	at.RawQuery = r.Query.Encode()
	method, signed := http.MethodPost, r.Body
	if r.Body == nil {
		method, signed, r.ID = http.MethodGet, []byte(at.RequestURI()), uuid.NewString()
	}
	request, err := http.NewRequestWithContext(ctx, method, at.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	headers, err := delivery.Sign([]string{n.secret}, r.ID, time.Now(), signed)
	if err != nil {
		return nil, err
	}
	maps.Copy(request.Header, headers)
	if r.Body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("User-Agent", "dengpan")
	return request, nil
}

// Decode reads an answer that is JSON. The error is an [Error].
func (a Answer) Decode(into any) error {
	if json.Unmarshal(a.body, into) != nil {
		return &Error{Class: ClassUnreadable, Unsure: true}
	}
	return nil
}

// Denied reports whether a neighbour does not know our signature.
func (a Answer) Denied() bool {
	return a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden
}

// Busy reports whether a neighbour wants to be asked later.
func (a Answer) Busy() bool {
	return a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable
}
