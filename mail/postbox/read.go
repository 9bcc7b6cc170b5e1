package postbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
)

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
	return Letter{
		To: to, ID: message.Header.Get("Message-ID"), Subject: subject, Text: strings.ReplaceAll(string(text), "\r\n", "\n"),
	}, nil
}
