package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/dengpan/dengpan/message"
)

// client speaks to the product's API, or to the simulator's control interface, as any outsider would.
type client struct {
	base string
	lang message.Lang // of the words in answers
	http *http.Client
}

func newClient(base string, lang message.Lang) *client {
	return &client{base: base, lang: lang, http: &http.Client{Timeout: 15 * time.Second}}
}

// Bodies that are sent as they are: a PNG, and a workbook.
type (
	picture []byte
	sheet   []byte
)

// problem is an error the API answered with.
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Errors []struct {
		Field string `json:"field"`
		Code  string `json:"code"`
	} `json:"errors"`
}

func (p *problem) Error() string {
	text := fmt.Sprintf("%d %s", p.Status, p.Code)
	for _, field := range p.Errors {
		text += fmt.Sprintf(" [%s: %s]", field.Field, field.Code)
	}
	return text
}

// answeredWith says whether err is an answer of the API with this code.
func answeredWith(err error, code string) bool {
	p, ok := errors.AsType[*problem](err)
	return ok && p.Code == code
}

// passing says whether err may go away by itself: the API did not answer, or said that it cannot now.
func passing(err error) bool {
	p, ok := errors.AsType[*problem](err)
	return !ok || p.Status >= http.StatusInternalServerError || p.Status == http.StatusTooManyRequests
}

// call sends a request and reads the answer into out, if it is not nil. key is the Idempotency-Key, if any.
func (c *client) call(ctx context.Context, method, path, token, key string, body, out any) error {
	var content io.Reader = http.NoBody
	kind := ""
	switch sent := body.(type) {
	case nil:
	case picture:
		content, kind = bytes.NewReader(sent), "image/png"
	case sheet:
		content, kind = bytes.NewReader(sent), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
		content, kind = bytes.NewReader(encoded), "application/json"
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("Accept-Language", string(c.lang))
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer answer.Body.Close()
	const longest = 4 << 20
	received, err := io.ReadAll(io.LimitReader(answer.Body, longest))
	if err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		p := &problem{}
		_ = json.Unmarshal(received, p) // an answer of another kind still has its status
		p.Status = answer.StatusCode
		return fmt.Errorf("%s %s: %w", method, path, p)
	}
	if out == nil || len(received) == 0 {
		return nil
	}
	if err := json.Unmarshal(received, out); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return nil
}

func (c *client) get(ctx context.Context, path, token string, out any) error {
	return c.call(ctx, http.MethodGet, path, token, "", nil, out)
}

func (c *client) post(ctx context.Context, path, token, key string, body, out any) error {
	return c.call(ctx, http.MethodPost, path, token, key, body, out)
}
