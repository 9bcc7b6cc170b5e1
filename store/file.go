package store

import (
	"errors"
	"fmt"
	"io"
)

// fileStep is how much of a file is written or read at once.
const fileStep = 256 << 10

// KeepFile writes a file as a large object, which is there if the transaction is, and says its number.
func (tx *Tx) KeepFile(content io.Reader) (string, error) {
	var object string
	if err := tx.db.Raw("SELECT lo_create(0)::text").Scan(&object).Error; err != nil {
		return "", fmt.Errorf("make a large object: %w", err)
	}
	step := make([]byte, fileStep)
	for at := int64(0); ; {
		n, err := io.ReadFull(content, step)
		if n > 0 {
			if err := tx.db.Exec("SELECT lo_put(?::oid, ?, ?)", object, at, step[:n]).Error; err != nil {
				return "", fmt.Errorf("write a large object: %w", err)
			}
			at += int64(n)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return object, nil
		case err != nil:
			return "", fmt.Errorf("read a file to keep: %w", err)
		}
	}
}

// File reads a large object, step by step.
func (tx *Tx) File(object string) io.Reader { return &file{tx: tx, object: object} }

type file struct {
	tx     *Tx
	object string
	at     int64
	held   []byte
}

func (f *file) Read(p []byte) (int, error) {
	if len(f.held) == 0 {
		var step struct{ Content []byte }
		err := f.tx.db.Raw("SELECT lo_get(?::oid, ?, ?) AS content", f.object, f.at, fileStep).Scan(&step).Error
		if err != nil {
			return 0, fmt.Errorf("read a large object: %w", err)
		}
		if len(step.Content) == 0 {
			return 0, io.EOF
		}
		f.held, f.at = step.Content, f.at+int64(len(step.Content))
	}
	n := copy(p, f.held)
	f.held = f.held[n:]
	return n, nil
}

func (tx *Tx) removeFile(object string) error {
	err := tx.db.Exec("SELECT lo_unlink(?::oid)", object).Error
	return found(err, "remove a large object")
}
