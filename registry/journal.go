package registry

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// line is one line of the state file: a record that was taken, one that was published without a word, a receipt, or a record
// that was forgotten.
type line struct {
	Register  string          `json:"register"`
	At        time.Time       `json:"at"`
	Taken     json.RawMessage `json:"taken,omitempty"`
	Due       time.Time       `json:"due,omitzero"`
	Published string          `json:"published,omitempty"`
	Receipt   *receipt        `json:"receipt,omitempty"`
	Forgotten string          `json:"forgotten,omitempty"`
}

// journal is the state file, which only grows. A registry without one keeps nothing over a restart.
type journal struct {
	log *slog.Logger

	mu   sync.Mutex
	file *os.File
}

const longestLine = 1 << 20

// openJournal reads what is in the state file, and goes on behind it.
func openJournal(path string, log *slog.Logger, replay func(line) error) (*journal, error) {
	j := &journal{log: log}
	if path == "" {
		return j, nil
	}
	if err := readJournal(path, replay); err != nil {
		return nil, err
	}
	var err error
	j.file, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep what the registers hold: %w", err)
	}
	return j, nil
}

func readJournal(path string, replay func(line) error) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read what the registers hold: %w", err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		var l line
		if json.Unmarshal(lines.Bytes(), &l) != nil {
			continue // the last line of a process that was killed
		}
		if err := replay(l); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (j *journal) write(l line) {
	if j.file == nil {
		return
	}
	text, err := json.Marshal(l)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil {
		_, err = j.file.Write(append(text, '\n'))
	}
	if err != nil {
		j.log.Error("what a register holds could not be kept", "error", err)
	}
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}
