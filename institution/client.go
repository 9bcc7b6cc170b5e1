package institution

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	exchangeTimeout = 10 * time.Second
	// An exchange under way when the simulator stops gets a moment to finish: an answer may be taken already.
	exchangeGrace   = 3 * time.Second
	longestReply    = 1 << 20
	mostExchanges   = 32
	firstBackOff    = 200 * time.Millisecond
	longestBackOff  = 10 * time.Second
	longestWaitTold = time.Minute

	keyInUse = "idempotency_key_in_use"
)

// client talks to the product's API as one institution or another.
type client struct {
	base  *url.URL
	http  *http.Client
	slots chan struct{} // bounds the exchanges at one time
}

func newClient(base *url.URL, transport http.RoundTripper) *client {
	if transport == nil {
		transport = &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			MaxIdleConns:          mostExchanges,
			MaxIdleConnsPerHost:   mostExchanges,
			IdleConnTimeout:       time.Minute,
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: exchangeTimeout,
		}
	}
	return &client{
		base: base,
		http: &http.Client{
			Transport: transport,
			Timeout:   exchangeTimeout,
			// Following a redirect would hand the API key to whoever is at its end.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		slots: make(chan struct{}, mostExchanges),
	}
}

// request is one request to the API.
type request struct {
	key         string // the API key it is made with
	path        string
	query       url.Values
	body        []byte // nil: a GET
	idempotency string
}

// reply is what the API said.
type reply struct {
	status int
	code   string // the code of a problem
	body   []byte
	wait   time.Duration // how long the API asks to be left alone
}

func (r reply) accepted() bool { return r.status >= 200 && r.status <= 299 }

// final reports whether asking again would be useless.
func (r reply) final() bool {
	switch r.status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	// The same answer is on its way already, perhaps on a connection that we gave up.
	if r.code == keyInUse {
		return false
	}
	return r.status < 500
}

// persist makes a request until it has a final reply, backing off in between. It fails only when it is told to stop.
func (c *client) persist(ctx context.Context, r request, again func(status int)) (reply, error) {
	for backOff := firstBackOff; ; backOff = min(2*backOff, longestBackOff) {
		got, err := c.once(ctx, r)
		if err == nil && got.final() {
			return got, nil
		}
		if ctx.Err() != nil {
			return reply{}, ctx.Err()
		}
		again(got.status)
		if !pause(ctx, max(got.wait, jittered(backOff))) {
			return reply{}, ctx.Err()
		}
	}
}

// once makes a request once.
func (c *client) once(ctx context.Context, r request) (reply, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return reply{}, ctx.Err()
	}
	exchange, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		pause(exchange, exchangeGrace)
		cancel()
	})()

	method := http.MethodGet
	if r.body != nil {
		method = http.MethodPost
	}
	address := c.base.JoinPath(r.path)
	address.RawQuery = r.query.Encode()
	req, err := http.NewRequestWithContext(exchange, method, address.String(), bytes.NewReader(r.body))
	if err != nil {
		return reply{}, fmt.Errorf("make a request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+r.key)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "dengpan-institution")
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", r.idempotency)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return reply{}, fmt.Errorf("ask the API: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, longestReply+1))
	if err != nil {
		return reply{}, fmt.Errorf("read the API's reply: %w", err)
	}
	if len(body) > longestReply {
		return reply{}, fmt.Errorf("the API's reply is longer than %d bytes", longestReply)
	}
	got := reply{status: res.StatusCode, body: body}
	if !got.accepted() {
		var problem struct {
			Code string `json:"code"`
		}
		// A reply that is no problem document has no code; the status says enough then.
		_ = json.Unmarshal(body, &problem)
		got.code = problem.Code
	}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds > 0 {
		got.wait = min(time.Duration(seconds)*time.Second, longestWaitTold)
	}
	return got, nil
}

// pause waits, and reports whether it was let.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// jittered spreads waits by a fifth each way, so that many waiting for the same thing do not come back at once.
func jittered(wait time.Duration) time.Duration {
	return time.Duration(float64(wait) * (0.8 + 0.4*rand.Float64()))
}
