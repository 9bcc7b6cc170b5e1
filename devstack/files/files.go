// Package files writes the stack's small state files so that a crash leaves the old one or the new
// one, and so that only their owner can read them.
package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteJSON replaces the file at path by value, indented.
func WriteJSON(path string, value any) error {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return write(path, content)
}

// WriteSecret replaces the file at path by a secret of one line.
func WriteSecret(path, secret string) error { return write(path, []byte(secret)) }

// EnsureSecret writes a secret of one line to path, unless there is one.
func EnsureSecret(path, secret string) error {
	switch _, err := os.Stat(path); {
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look for %s: %w", filepath.Base(path), err)
	}
	return WriteSecret(path, secret)
}

func write(path string, content []byte) error {
	// A temporary file is made readable to its owner only.
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	defer os.Remove(temporary.Name()) // gone already when all went well
	_, err = temporary.Write(append(content, '\n'))
	if syncErr := temporary.Sync(); err == nil {
		err = syncErr
	}
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}

// ReadJSON reads the file at path into value. The error of a missing file is fs.ErrNotExist.
func ReadJSON(path string, value any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	if err := json.Unmarshal(content, value); err != nil {
		return fmt.Errorf("read %s (remove it to begin anew): %w", path, err)
	}
	return nil
}
