package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// resolution is how finely the database keeps time.
const resolution = time.Microsecond

// Settle is an entry as the database will give it back.
func (e Entry) Settle() Entry {
	e.At = e.At.UTC().Truncate(resolution)
	return e
}

// canonical is the one way in which an entry is written to be sealed. What the database does to documents, it undoes: the
// order of keys, and the form of numbers.
func canonical(e Entry) ([]byte, error) {
	before, err := document(e.Before)
	if err != nil {
		return nil, err
	}
	after, err := document(e.After)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal([]any{
		1, e.ID, e.At.UTC().Truncate(resolution).Format(time.RFC3339Nano), e.Actor, e.Action, e.Subject, e.Reason, e.RequestID,
		before, after,
	})
	if err != nil {
		return nil, fmt.Errorf("write an audit entry: %w", err)
	}
	return text, nil
}

// document reads a JSON document so that equal documents are written alike.
func document(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil //nolint:nilnil // no document is one, and is written as null
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("read an audit entry's document: %w", err)
	}
	return normal(value), nil
}

func normal(value any) any {
	switch value := value.(type) {
	case json.Number:
		return number(value)
	case []any:
		for i, item := range value {
			value[i] = normal(item)
		}
	case map[string]any:
		for key, item := range value {
			value[key] = normal(item)
		}
	}
	return value
}

// number is a number in one form, however it was written: digits without zeros at either end, and a power of ten. 1.50, 15e-1
// and 1.5 are 15e-1.
func number(written json.Number) json.Number {
	digits, negative := strings.CutPrefix(written.String(), "-")
	digits, power, _ := strings.Cut(strings.ToLower(digits), "e")
	whole, fraction, _ := strings.Cut(digits, ".")
	exponent, err := strconv.Atoi(power)
	if power != "" && err != nil {
		return written
	}
	digits = strings.TrimLeft(whole+fraction, "0")
	exponent -= len(fraction)
	for strings.HasSuffix(digits, "0") {
		digits = strings.TrimSuffix(digits, "0")
		exponent++
	}
	if digits == "" {
		return "0"
	}
	if negative {
		digits = "-" + digits
	}
	return json.Number(digits + "e" + strconv.Itoa(exponent))
}
