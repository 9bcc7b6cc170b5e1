package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/redact"
)

// mostBytes is the largest body that is read.
const mostBytes = 1 << 20

const mediaJSON = "application/json"

// What most operations are sent: the id of what they are about, a body, or both.
type (
	idInput struct {
		ID string `path:"id"`
	}
	bodyInput   struct{ RawBody []byte }
	idBodyInput struct {
		ID      string `path:"id"`
		RawBody []byte
	}
)

// body reads bodies of one shape. Handlers take the bytes and read them themselves, so that what the schema finds wrong
// and what the rules find wrong can be reported together.
type body[T any] struct {
	registry huma.Registry
	schema   *huma.Schema
}

func bodyFor[T any](registry huma.Registry) body[T] {
	t := reflect.TypeFor[T]()
	return body[T]{registry: registry, schema: registry.Schema(t, true, t.Name())}
}

// read decodes a body and lists what its schema finds wrong with it. The error is a body that is no JSON at all.
func (b body[T]) read(raw []byte) (T, *faults, error) {
	var value T
	parsed, err := parse(raw)
	if err != nil {
		return value, nil, err
	}
	if raw, err = namingNobody(parsed, raw); err != nil {
		return value, nil, err
	}
	found := check(b.registry, b.schema, parsed)
	// Fields of the wrong type are among the faults; the others are filled in all the same.
	if err := json.Unmarshal(raw, &value); err != nil && len(found.list) == 0 {
		found.add(whole, fieldFormat)
	}
	return value, found, nil
}

// readAll reads a body that nothing but its schema finds anything wrong with. The error is what it found.
func (b body[T]) readAll(raw []byte) (T, error) {
	value, found, err := b.read(raw)
	if err == nil {
		err = found.err()
	}
	return value, err
}

// free are the fields in which people write what they like, and which the record keeps readable: in timelines, decisions and
// the audit log.
var free = []string{"reason", "note", "notes", "evidence", "label", "legal_basis", "venue", "schedule", "refund_terms", "answer"}

// namingNobody masks numbers of persons in free text: they belong where they are sealed.
func namingNobody(parsed any, raw []byte) ([]byte, error) {
	fields, _ := parsed.(map[string]any)
	named := false
	for _, name := range free {
		if text, written := fields[name].(string); written && redact.Text(text) != text {
			fields[name], named = redact.Text(text), true
		}
	}
	if !named {
		return raw, nil
	}
	return json.Marshal(fields)
}

// check lists what a schema finds wrong with a value.
func check(registry huma.Registry, schema *huma.Schema, value any) *faults {
	path := huma.NewPathBuffer([]byte{}, 0)
	path.Push(locationBody)
	var res huma.ValidateResult
	huma.Validate(registry, schema, path, huma.ModeWriteToServer, value, &res)
	return faultsOf(res.Errors)
}

// parse reads JSON: one value, in UTF-8, without the NUL that no text of the record can hold.
func parse(raw []byte) (any, error) {
	var value any
	if !utf8.Valid(raw) || json.Unmarshal(raw, &value) != nil || hasNUL(value) {
		return nil, problem(malformedJSON)
	}
	return value, nil
}

func hasNUL(value any) bool {
	switch value := value.(type) {
	case string:
		return strings.IndexByte(value, 0) >= 0
	case []any:
		return slices.ContainsFunc(value, hasNUL)
	case map[string]any:
		for name, item := range value {
			if hasNUL(name) || hasNUL(item) {
				return true
			}
		}
	}
	return false
}

// documented describes an operation's body in the interface's description, without having huma read it. It is JSON unless
// other media are named.
func documented(op *huma.Operation, schema *huma.Schema, media ...string) func() {
	if len(media) == 0 {
		media = []string{mediaJSON}
	}
	op.SkipValidateBody = true
	op.MaxBodyBytes = mostBytes
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	for _, name := range media {
		op.RequestBody.Content[name] = &huma.MediaType{Schema: schema}
	}
	request := op.RequestBody
	// huma adds what it takes the bytes for: called once the operation is registered.
	return func() {
		for name := range request.Content {
			if !slices.Contains(media, name) {
				delete(request.Content, name)
			}
		}
	}
}
