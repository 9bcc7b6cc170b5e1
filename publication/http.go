package publication

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

const (
	requestTimeout   = 20 * time.Second
	longestAnswer    = 8 << 20
	longestRetryTold = 24 * time.Hour
)

// Classes of what goes wrong with a register, besides those of package delivery.
const (
	classUnreadable = "unreadable" // an answer in another form than the exchange format's
	classDenied     = "denied"     // it does not know our signature
)

// refusedUnsaid is the reason of a register that gives none, or none that is a code.
const refusedUnsaid = "unsaid"

// Address is where a register is, and what signs the requests to it.
type Address struct {
	Channel string // what the record knows it by
	URL     string
	Secret  string // whsec_…, as of Standard Webhooks
	// Insecure lets requests go by plain http, for demonstrations.
	Insecure bool
}

// HTTP speaks the exchange format with a register.
type HTTP struct {
	name   string
	base   *url.URL
	secret string
	client *http.Client
	now    func() time.Time
}

var _ Channel = (*HTTP)(nil)

// NewHTTP is the way to a register. It refuses an address that would not protect what is sent there.
func NewHTTP(at Address) (*HTTP, error) {
	base, err := url.Parse(at.URL)
	switch {
	case err != nil || base.Hostname() == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("its address is not a URL such as https://register.example.cn/exchange")
	case base.Scheme != "https" && (base.Scheme != "http" || !at.Insecure):
		return nil, errors.New("its address must begin with https://: what is sent there names people")
	}
	if _, err := delivery.Sign([]string{at.Secret}, "try", time.Now(), nil); err != nil {
		return nil, errors.New("its secret is not whsec_ and 24 to 64 bytes in base64")
	}
	return &HTTP{name: at.Channel, base: base, secret: at.Secret, now: time.Now, client: &http.Client{
		Timeout: requestTimeout,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Name is what the record knows the register by.
func (h *HTTP) Name() string { return h.name }

// Send sends a record. Its id and version are the key by which the register knows a repeat.
func (h *HTTP) Send(ctx context.Context, r Record) (Receipt, error) {
	body, err := r.Body()
	if err != nil {
		return Receipt{}, err
	}
	var receipt Receipt
	err = h.ask(ctx, question{
		method: http.MethodPost, path: "records", id: r.ECertID + "/" + strconv.Itoa(r.Version), body: body, answer: &receipt,
	})
	if err == nil && (receipt.ECertID != r.ECertID || receipt.Version != r.Version || !receipt.readable()) {
		err = &AwayError{Class: classUnreadable}
	}
	return receipt, err
}

// Receipts are those behind a place in the register's feed.
func (h *HTTP) Receipts(ctx context.Context, after string) ([]Receipt, string, error) {
	var page struct {
		Receipts []Receipt `json:"receipts"`
		Next     string    `json:"next"`
	}
	err := h.ask(ctx, question{method: http.MethodGet, path: "receipts", query: url.Values{"after": {after}}, answer: &page})
	for _, r := range page.Receipts {
		if err == nil && (r.ID == "" || len(r.ID) > longestWord || r.ECertID == "" || !r.readable()) {
			err = &AwayError{Class: classUnreadable}
		}
	}
	return page.Receipts, page.Next, err
}

// List is what the register has taken since an instant.
func (h *HTTP) List(ctx context.Context, since time.Time) iter.Seq2[[]Entry, error] {
	return func(yield func([]Entry, error) bool) {
		query := url.Values{}
		if !since.IsZero() {
			query.Set("since", since.UTC().Format(time.RFC3339))
		}
		for {
			var page struct {
				Records []Entry `json:"records"`
				Next    string  `json:"next"`
			}
			err := h.ask(ctx, question{method: http.MethodGet, path: "records", query: query, answer: &page})
			if !yield(page.Records, err) || err != nil || page.Next == "" {
				return
			}
			if page.Next == query.Get("after") {
				yield(nil, &AwayError{Class: classUnreadable}) // it would never end
				return
			}
			query.Set("after", page.Next)
		}
	}
}

// longestWord bounds what is kept of a register's ids and numbers.
const longestWord = 128

// readable reports whether a receipt says one of the things that it can.
func (r Receipt) readable() bool {
	return (r.State == store.ReceiptReceived || r.State == store.ReceiptPublished || r.State == store.ReceiptRefused) &&
		len(r.Receipt) <= longestWord && len(r.ECertID) <= longestWord
}

// question is a request to the register, and where its answer goes.
type question struct {
	method, path string
	query        url.Values
	id           string // of the request; made when there is none
	body         []byte // nil: what is asked for is what is signed
	answer       any
}

func (h *HTTP) ask(ctx context.Context, q question) error {
	at := h.base.JoinPath(q.path)
	at.RawQuery = q.query.Encode()
	request, err := http.NewRequestWithContext(ctx, q.method, at.String(), bytes.NewReader(q.body))
	if err != nil {
		return fmt.Errorf("ask a register: %w", err)
	}
	signed := q.body
	if signed == nil {
		signed, q.id = []byte(at.RequestURI()), uuid.NewString()
	} else {
		request.Header.Set("Content-Type", "application/json")
	}
	headers, err := delivery.Sign([]string{h.secret}, q.id, h.now(), signed)
	if err != nil {
		return fmt.Errorf("ask a register: %w", err)
	}
	maps.Copy(request.Header, headers)
	request.Header.Set("User-Agent", "dengpan")
	response, err := h.client.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err() // we were stopped, which says nothing about the register
		}
		return &AwayError{Class: delivery.ClassOf(err)}
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err != nil {
		return &AwayError{Class: delivery.ClassOf(err)}
	}
	return judge(response, content, q)
}

// judge reads what a register answered. Only two statuses speak of the record: any other is about the way to it.
func judge(response *http.Response, content []byte, q question) error {
	switch status := response.StatusCode; {
	case status == http.StatusOK || status == http.StatusAccepted:
		if json.Unmarshal(content, q.answer) != nil {
			return &AwayError{Class: classUnreadable}
		}
		return nil
	case q.body != nil && (status == http.StatusUnprocessableEntity || status == http.StatusConflict):
		return &RefusedError{Reason: reasonIn(content)}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return &AwayError{Class: classDenied}
	case status < http.StatusBadRequest:
		return &AwayError{Class: delivery.ClassRedirect}
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return &AwayError{Class: delivery.ClassServerError, RetryAfter: retryAfter(response.Header.Get("Retry-After"))}
	case status < http.StatusInternalServerError:
		return &AwayError{Class: delivery.ClassClientError}
	}
	return &AwayError{Class: delivery.ClassServerError}
}

func retryAfter(value string) time.Duration {
	seconds, err := strconv.Atoi(value)
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, longestRetryTold)
}

var reasonCode = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// reasonIn is why a register refuses a record. What is no code is not repeated: whoever answers may repeat what it was sent.
func reasonIn(content []byte) string {
	var said struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(content, &said) != nil {
		return refusedUnsaid
	}
	return reason(said.Code)
}

func reason(code string) string {
	if !reasonCode.MatchString(code) {
		return refusedUnsaid
	}
	return code
}
