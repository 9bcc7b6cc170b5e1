// Package client is a client of Dengpan's HTTP interface for training and evaluation bodies: it takes tasks, follows events,
// answers, reports attendance, files evidence, and verifies callbacks. It depends on nothing else of the product, so that an
// institution's system can import it alone.
//
//	c, err := client.New("https://dengpan.example.cn", key)
//	for task, err := range c.Tasks(ctx, client.TaskFilter{State: "open"}) {
//		if err != nil {
//			return err
//		}
//		receipt, err := c.Answer(ctx, task.ID, client.Mark{Score: client.Score(78), HeldOn: "2027-01-10"})
//		…
//	}
//
// What fails on its way is tried again by itself, with growing pauses, and is safe to repeat: each request that changes
// something carries an Idempotency-Key that stays the same. What the interface refuses is an [*Error] with a stable code.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client speaks for one institution. It may be used by several goroutines at once.
type Client struct {
	base     *url.URL
	key      string
	http     *http.Client
	language string
	attempts int
	pause    time.Duration
}

// Option changes how a client works.
type Option func(*Client)

// WithHTTPClient has requests sent by another HTTP client than one with a time limit of a minute.
func WithHTTPClient(h *http.Client) Option { return func(c *Client) { c.http = h } }

// WithLanguage has errors in another language than Chinese: "en".
func WithLanguage(tag string) Option { return func(c *Client) { c.language = tag } }

// WithRetries says how often a request is sent at most, and the pause before the second time; the next is twice as long. It
// is 5 times and half a second unless said.
func WithRetries(attempts int, pause time.Duration) Option {
	return func(c *Client) { c.attempts, c.pause = max(attempts, 1), pause }
}

// New is a client of the interface at an address, with an institution's API key.
func New(address, key string, options ...Option) (*Client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, errors.New("the address of the interface is https://HOST")
	}
	if key == "" {
		return nil, errors.New("an API key is needed")
	}
	c := &Client{
		base: base, key: key, http: &http.Client{Timeout: time.Minute}, language: "zh", attempts: 5, pause: 500 * time.Millisecond,
	}
	for _, option := range options {
		option(c)
	}
	return c, nil
}

// Error is what the interface refused, and why.
type Error struct {
	Status int          `json:"status"`
	Code   string       `json:"code"` // stable: decide by it
	Title  string       `json:"title"`
	Detail string       `json:"detail"`
	Fields []FieldError `json:"errors"`
	// Instance names the request, as the interface's log knows it: quote it when you ask about it.
	Instance string `json:"instance"`
	// LetterID names an answer that fits no task and is kept for an operator to decide on, and LetterReason says why it fits none.
	LetterID     string `json:"letter_id"`
	LetterReason string `json:"letter_reason"`
}

// FieldError is what is wrong with one field of what was sent.
type FieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error is the code, and the fields that are wrong by their codes.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "dengpan: %d %s", e.Status, e.Code)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " %s: %s", f.Field, f.Code)
	}
	return b.String()
}

// Code is the code of an error of the interface; empty for any other error.
func Code(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// get asks for something.
func (c *Client) get(ctx context.Context, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.do(ctx, http.MethodGet, path, nil, into)
}

// post sends something that may be sent again.
func (c *Client) post(ctx context.Context, path string, body, into any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("dengpan: encode a request: %w", err)
	}
	return c.do(ctx, http.MethodPost, path, content, into)
}

func (c *Client) do(ctx context.Context, method, path string, body []byte, into any) error {
	at, err := c.base.Parse(path)
	if err != nil {
		return fmt.Errorf("dengpan: %w", err)
	}
	header := http.Header{
		"Authorization": {"Bearer " + c.key}, "Accept-Language": {c.language}, "Accept": {"application/json"},
	}
	if body != nil {
		header.Set("Content-Type", "application/json")
		header.Set("Idempotency-Key", rand.Text())
	}
	return c.retry(ctx, func() (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, method, at.String(), bytes.NewReader(body))
		if err == nil {
			req.Header = header.Clone()
		}
		return req, err //nolint:wrapcheck // wrapped by the caller
	}, into)
}

// retry sends a request until it is answered for good.
func (c *Client) retry(ctx context.Context, request func() (*http.Request, error), into any) error {
	pause := c.pause
	for attempt := 1; ; attempt++ {
		req, err := request()
		if err != nil {
			return fmt.Errorf("dengpan: %w", err)
		}
		wait, err := c.once(req, into)
		if err == nil || attempt == c.attempts || wait < 0 || ctx.Err() != nil {
			return err
		}
		// Those who failed at once should not all come back at once.
		wait = max(wait, pause/2+mrand.N(pause/2+1))
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
		pause *= 2
	}
}

// final is the wait for what would only be refused again.
const final = -1

// once sends a request. With an error comes how long to wait before it is worth trying again; final for never.
func (c *Client) once(req *http.Request, into any) (time.Duration, error) {
	res, err := c.http.Do(req)
	if err != nil {
		return 0, fmt.Errorf("dengpan: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // it was read
	content, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return 0, fmt.Errorf("dengpan: read an answer: %w", err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		return patience(res), refusal(res, content)
	}
	if into == nil {
		return final, nil
	}
	if err := json.Unmarshal(content, into); err != nil {
		return final, fmt.Errorf("dengpan: read an answer: %w", err)
	}
	return final, nil
}

const mostAnswer = 32 << 20

func refusal(res *http.Response, content []byte) error {
	e := &Error{}
	if json.Unmarshal(content, e) != nil || e.Code == "" {
		e.Code = "unreadable" // something before the interface has answered
	}
	e.Status = res.StatusCode
	return e
}

// patience is how long to wait after an answer before it is worth trying again.
func patience(res *http.Response) time.Duration {
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= http.StatusInternalServerError:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After")) // none is 0
		return time.Duration(max(seconds, 0)) * time.Second
	case res.StatusCode == http.StatusConflict && res.Header.Get("Retry-After") != "":
		return time.Second // the same request is under way
	}
	return final
}
