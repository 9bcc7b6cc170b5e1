package publication

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/neighbour"
	"github.com/dengpan/dengpan/store"
)

const longestAnswer = 8 << 20

// classDenied is what goes wrong with a register that does not know our signature, besides the classes of package neighbour.
const classDenied = "denied"

// refusedUnsaid is the reason of a register that gives none, or none that is a code.
const refusedUnsaid = "unsaid"

// HTTP speaks the exchange format with a register.
type HTTP struct {
	name string // what the record knows it by
	at   *neighbour.Neighbour
}

var _ Channel = (*HTTP)(nil)

// NewHTTP is the way to a register.
func NewHTTP(name string, at neighbour.Address) (*HTTP, error) {
	to, err := neighbour.New(at, longestAnswer)
	return &HTTP{name: name, at: to}, err
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
	err = h.ask(ctx, neighbour.Request{Path: "records", Body: body, ID: r.ECertID + "/" + strconv.Itoa(r.Version)}, &receipt)
	if err == nil && (receipt.ECertID != r.ECertID || receipt.Version != r.Version || !receipt.readable()) {
		err = &AwayError{Class: neighbour.ClassUnreadable}
	}
	return receipt, err
}

// Receipts are those behind a place in the register's feed.
func (h *HTTP) Receipts(ctx context.Context, after string) ([]Receipt, string, error) {
	var page struct {
		Receipts []Receipt `json:"receipts"`
		Next     string    `json:"next"`
	}
	err := h.ask(ctx, neighbour.Request{Path: "receipts", Query: url.Values{"after": {after}}}, &page)
	for _, r := range page.Receipts {
		if err == nil && (r.ID == "" || len(r.ID) > longestWord || r.ECertID == "" || !r.readable()) {
			err = &AwayError{Class: neighbour.ClassUnreadable}
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
			err := h.ask(ctx, neighbour.Request{Path: "records", Query: query}, &page)
			if !yield(page.Records, err) || err != nil || page.Next == "" {
				return
			}
			if page.Next == query.Get("after") {
				yield(nil, &AwayError{Class: neighbour.ClassUnreadable}) // it would never end
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

func (h *HTTP) ask(ctx context.Context, r neighbour.Request, into any) error {
	answer, err := h.at.Ask(ctx, r)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // we were stopped, which says nothing about the register
	}
	if err == nil {
		err = judge(answer, r.Body != nil, into)
	}
	if broken, is := errors.AsType[*neighbour.Error](err); is {
		return &AwayError{Class: broken.Class}
	}
	return err
}

// judge reads what a register answered. Only two statuses speak of the record that it was sent: any other is about the way to it.
func judge(answer neighbour.Answer, sent bool, into any) error {
	switch status := answer.Status; {
	case status == http.StatusOK || status == http.StatusAccepted:
		return answer.Decode(into)
	case sent && (status == http.StatusUnprocessableEntity || status == http.StatusConflict):
		return &RefusedError{Reason: reasonIn(answer)}
	case answer.Denied():
		return &AwayError{Class: classDenied}
	case status < http.StatusBadRequest:
		return &AwayError{Class: delivery.ClassRedirect}
	case answer.Busy():
		return &AwayError{Class: delivery.ClassServerError, RetryAfter: answer.RetryAfter}
	case status < http.StatusInternalServerError:
		return &AwayError{Class: delivery.ClassClientError}
	}
	return &AwayError{Class: delivery.ClassServerError}
}

var reasonCode = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// reasonIn is why a register refuses a record. What is no code is not repeated: whoever answers may repeat what it was sent.
func reasonIn(answer neighbour.Answer) string {
	var said struct {
		Code string `json:"code"`
	}
	if answer.Decode(&said) != nil {
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
