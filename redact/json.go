package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// JSON is a JSON document whose texts are without what must not be read, wherever they stand in it. Values of keys that say
// so are taken out whole.
func JSON(document json.RawMessage) (json.RawMessage, error) {
	if len(document) == 0 {
		return document, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("redact a document: %w", err)
	}
	redacted, err := json.Marshal(clean(value))
	if err != nil {
		return nil, fmt.Errorf("redact a document: %w", err)
	}
	return redacted, nil
}

func clean(value any) any {
	switch value := value.(type) {
	case string:
		return Text(value)
	case []any:
		for i, item := range value {
			value[i] = clean(item)
		}
	case map[string]any:
		for key, item := range value {
			if _, text := item.(string); text && Key(key) {
				value[key] = Removed
				continue
			}
			value[key] = clean(item)
		}
	}
	return value
}
