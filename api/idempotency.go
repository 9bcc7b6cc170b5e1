package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

const (
	headerKey      = "Idempotency-Key"
	headerReplayed = "Idempotency-Replayed"
	longestKey     = 255
)

// needsKey are the operations that are refused without a key: a second registration or correction is not told from a first.
var needsKey = map[string]bool{"POST /v1/cases": true, "POST /v1/attendance/corrections": true}

// repeatable are the operations that can be carried out again without effect, because the record knows what they are about
// by the sender's own names. When the answer to one was lost, a repeat is answered by doing so.
var repeatable = map[string]bool{
	"POST /v1/tasks/{id}/result": true, "POST /v1/tasks/{id}/rejection": true,
	"POST /v1/staff": true, "POST /v1/attendance": true, "POST /v1/heartbeats": true, "POST /v1/xapi/statements": true,
	"POST /v1/courses": true,
}

// unkeyed are the operations that take no key.
var unkeyed = map[string]bool{
	// They change nothing, and their answers are not to be kept: they show what is sealed.
	"POST /v1/codec/decode": true, "POST /v1/person-search": true, "POST /v1/cases/{id}/unmasking": true, "POST /v1/me/export": true,
	routeBulkCheck: true,
	// They change the session that asks, whose new cookie is a part of the answer; and they are sent passwords and codes.
	"POST /v1/me/password": true, "POST /v1/me/identity": true,
	"POST /v1/me/second-factor": true, "POST /v1/me/second-factor/confirmation": true,
}

// describeKeys describes the header on every operation that takes a key.
func describeKeys(api *huma.OpenAPI) {
	for path, item := range api.Paths {
		route, op := http.MethodPost+" "+path, item.Post
		row, _ := authority.Of(route)
		if op == nil || row.Public || unkeyed[route] {
			continue
		}
		longest := longestKey
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: headerKey, In: "header", Required: needsKey[route],
			Description: "The sender's own name for the request. Sent again with the same body, the request is answered as before, and not carried out again.",
			Schema:      &huma.Schema{Type: huma.TypeString, MaxLength: &longest, Pattern: keyForm.String()},
		})
		for _, status := range []int{http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity} {
			code := strconv.Itoa(status)
			if op.Responses[code] == nil { // as the operation's other problems
				same := *op.Responses[strconv.Itoa(http.StatusServiceUnavailable)]
				same.Description = http.StatusText(status)
				op.Responses[code] = &same
			}
		}
		for code, response := range op.Responses {
			if !strings.HasPrefix(code, "2") {
				continue
			}
			if response.Headers == nil {
				response.Headers = map[string]*huma.Header{}
			}
			response.Headers[headerReplayed] = &huma.Header{
				Description: "true when the answer is one that was given before.", Schema: &huma.Schema{Type: huma.TypeString},
			}
		}
	}
}

// keyForm is what a key consists of.
var keyForm = regexp.MustCompile(`^[\x21-\x7e]+$`)

// keptAnswer is an answer as it is kept, sealed.
type keptAnswer struct {
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// once has a request with a key of its sender's carried out once. What it does and its key are one transaction
// ([store.Keyed]); its answer, if it succeeded, is kept after that, and given again to whoever sends the same with that key.
// A request that was refused leaves no trace of its key: it may be mended and sent again. Without a key this costs nothing.
func (s *service) once(c *gin.Context) {
	ctx := c.Request.Context()
	r, key := requestOf(ctx), c.GetHeader(headerKey)
	switch {
	case c.Request.Method != http.MethodPost || r.account.ID == "" || unkeyed[r.route] || key == "" && !needsKey[r.route]:
		c.Next()
		return
	case key == "":
		fail(c, problem(idempotencyRequired))
		return
	}
	keyed, known, err := s.look(c, key)
	if err == nil && known != nil {
		err = s.replay(c, keyed, *known)
		if err == nil {
			return
		}
	}
	if err != nil {
		fail(c, asProblem(r, err))
		return
	}
	held := &heldAnswer{ResponseWriter: c.Writer}
	before := maps.Clone(c.Writer.Header())
	c.Request = c.Request.WithContext(store.WithKeyed(ctx, keyed))
	func() {
		c.Writer = held
		defer func() { c.Writer = held.ResponseWriter }() // a panic, too, is answered
		c.Next()
	}()
	if keyed.InUse() {
		fail(c, problem(idempotencyInUse).after(time.Second))
		return
	}
	s.finish(c, keyed, before, held.body.Bytes())
	c.Writer.WriteHeaderNow()
	_, _ = c.Writer.Write(held.body.Bytes()) // who asked may have gone
}

// look reads a request whole, and what is known under its key: nil when the request is to be carried out.
func (s *service) look(c *gin.Context, key string) (*store.Keyed, *store.IdempotencyKey, error) {
	r := requestOf(c.Request.Context())
	for code, wrong := range map[string]bool{
		fieldTooLong: len(key) > longestKey, fieldFormat: !keyForm.MatchString(key), fieldReveals: identity.Reveals(key),
	} {
		if wrong {
			return nil, nil, problem(validationFailed, FieldError{Field: headerKey, Code: code})
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, max(mostBytes, larger[r.route])))
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return nil, nil, problem(payloadTooLarge)
	} else if err != nil {
		return nil, nil, problem(requestTimeout) // the sender stopped in the middle of it
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	purpose, content := "request/"+r.route, contentOf(c, body)
	keyed := &store.Keyed{AccountID: r.account.ID, Key: key, Digest: s.Keys.Fingerprint(purpose, content)}
	known, err := s.Store.Read(c.Request.Context()).IdempotencyKey(keyed.AccountID, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return keyed, nil, nil
	case err != nil:
		return nil, nil, err
	case !s.Keys.IsFingerprint(known.RequestDigest, purpose, content):
		return nil, nil, problem(idempotencyReused)
	case known.Status == 0 && repeatable[r.route]:
		keyed.Known = true
		return keyed, nil, nil
	}
	return keyed, &known, nil
}

// contentOf is what a request says, in one form: what it is sent to, and its body, however its JSON is written or its parts
// are parted. What was sent may name a person, so only a keyed digest of it is kept.
func contentOf(c *gin.Context, body []byte) []byte {
	media, params, _ := mime.ParseMediaType(c.GetHeader("Content-Type"))
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	switch {
	case media == "multipart/form-data" && params["boundary"] != "":
		body = bytes.ReplaceAll(body, []byte(params["boundary"]), nil)
	case decoder.Decode(&value) == nil && !decoder.More():
		if canonical, err := json.Marshal(value); err == nil {
			body = canonical
		}
	}
	return append([]byte(c.Request.URL.RequestURI()+"\n"), body...)
}

// replay gives the answer that a request was given before.
func (s *service) replay(c *gin.Context, keyed *store.Keyed, known store.IdempotencyKey) error {
	if known.Status == 0 {
		if time.Since(known.CreatedAt) < answerTime {
			return problem(idempotencyInUse).after(time.Second)
		}
		return problem(idempotencyLost)
	}
	content, err := s.Keys.Open(known.AnswerSealed, store.AnswerSeal(keyed.AccountID, keyed.Key))
	if err != nil {
		return fmt.Errorf("open a kept answer: %w", err)
	}
	var answer keptAnswer
	if err := json.Unmarshal(content, &answer); err != nil {
		return fmt.Errorf("read a kept answer: %w", err)
	}
	maps.Copy(c.Writer.Header(), answer.Header)
	c.Header(headerReplayed, "true")
	c.Abort()
	c.Status(known.Status)
	c.Writer.WriteHeaderNow()
	_, _ = c.Writer.Write(answer.Body) // who asked may have gone
	return nil
}

// finish keeps the answer to a request, or forgets the request when it was refused. Whoever asked is answered whether or
// not that goes well: what was done is done.
func (s *service) finish(c *gin.Context, keyed *store.Keyed, before http.Header, body []byte) {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), patience)
	defer cancel()
	r, status := requestOf(ctx), c.Writer.Status()
	var err error
	switch {
	case status < http.StatusMultipleChoices:
		err = s.keep(ctx, keyed, status, added(before, c.Writer.Header()), body)
	case keyed.Written() && (status < http.StatusInternalServerError || repeatable[r.route]):
		err = s.Store.Read(ctx).ForgetKey(keyed)
	}
	if err != nil {
		r.log.Warn("the answer to a request with a key is not kept", slog.Any("error", err))
	}
}

// keep keeps an answer that was not committed with what the request did.
func (s *service) keep(ctx context.Context, keyed *store.Keyed, status int, header http.Header, body []byte) error {
	if keyed.Answered() {
		return nil
	}
	if !keyed.Written() { // it did nothing; its key is known from now on all the same
		if err := s.Store.Tx(ctx, func(*store.Tx) error { return nil }); err != nil {
			return err
		}
	}
	sealed, err := s.sealAnswer(keyed, keptAnswer{Header: header, Body: body})
	if err != nil {
		return err
	}
	return s.Store.Read(ctx).KeepAnswer(keyed, status, sealed)
}

func (s *service) sealAnswer(keyed *store.Keyed, answer keptAnswer) ([]byte, error) {
	content, err := json.Marshal(answer)
	if err != nil {
		return nil, fmt.Errorf("keep an answer: %w", err)
	}
	return s.Keys.Seal(content, store.AnswerSeal(keyed.AccountID, keyed.Key))
}

// created commits the answer to a request that creates something together with what it creates, if the request has a key. It
// is for answers that can be had only once: otherwise a crash between the two would lose them.
func (s *service) created(ctx context.Context, header http.Header, body any) error {
	keyed := store.KeyedOf(ctx)
	if keyed == nil {
		return nil
	}
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetEscapeHTML(false) // as huma writes it
	if err := encoder.Encode(body); err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	all := http.Header{"Content-Type": {mediaJSON}}
	maps.Copy(all, header)
	sealed, err := s.sealAnswer(keyed, keptAnswer{Header: all, Body: content.Bytes()})
	if err == nil {
		keyed.Keep(http.StatusCreated, sealed)
	}
	return err
}

// added is what a handler added to the headers of its answer. A cookie is for the browser that asked, at the moment it asked.
func added(before, after http.Header) http.Header {
	header := http.Header{}
	for name, values := range after {
		if name != "Set-Cookie" && !slices.Equal(before[name], values) {
			header[name] = values
		}
	}
	return header
}

// heldAnswer holds an answer back until it is kept: an answer that was given can be given again.
type heldAnswer struct {
	gin.ResponseWriter

	body bytes.Buffer
}

// Unwrap is the writer behind it, which deadlines are set on.
func (h *heldAnswer) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// Write and the others take an answer without sending anything.
func (h *heldAnswer) Write(p []byte) (int, error)          { return h.body.Write(p) }
func (h *heldAnswer) WriteString(text string) (int, error) { return h.body.WriteString(text) }
func (h *heldAnswer) Written() bool                        { return h.body.Len() > 0 }
func (h *heldAnswer) Size() int                            { return h.body.Len() }
func (*heldAnswer) WriteHeaderNow()                        {}
func (*heldAnswer) Flush()                                 {}
