package postbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
)

// Kept reads the letters that a server keeps in a folder, in the order in which they came.
func Kept(folder string) ([]Letter, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.eml")) // sorted: their names begin with when they came
	if err != nil {
		return nil, fmt.Errorf("look for letters: %w", err)
	}
	letters := make([]Letter, len(names))
	for i, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("open a letter: %w", err)
		}
		if letters[i], err = read("", raw); err != nil {
			return nil, err
		}
	}
	return letters, nil
}

// read reads a letter of one part, which is plain text.
func read(to string, raw []byte) (Letter, error) {
	message, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Letter{}, fmt.Errorf("read a letter: %w", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return Letter{}, fmt.Errorf("read a letter's subject: %w", err)
	}
	body := message.Body
	switch strings.ToLower(message.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return Letter{}, fmt.Errorf("read a letter's text: %w", err)
	}
	if to == "" { // whoever kept it did not say to whom it was sent
		to = strings.Trim(message.Header.Get("To"), "<>")
	}
	return Letter{
		To: to, ID: message.Header.Get("Message-ID"), Subject: subject, Text: strings.ReplaceAll(string(text), "\r\n", "\n"),
	}, nil
}
