// Package datafile reads the YAML that is part of the program: rules, texts and words as data. A field that nobody reads is a
// mistake.
package datafile

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Read reads a file into what knows its fields.
func Read(data []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("read the data: %w", err)
	}
	return nil
}

// MustRead reads a file of a name, and panics when it cannot be read, which a test sees first.
func MustRead[T any](name string, data []byte) (read T) {
	if err := Read(data, &read); err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	return read
}
