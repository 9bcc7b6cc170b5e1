package delivery

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	secretPrefix = "whsec_"
	newSecretLen = 32
	// The lengths of a secret that Standard Webhooks allows.
	shortestSecret = 24
	longestSecret  = 64
)

var (
	errSecret = errors.New("the endpoint's secret is not whsec_ and 24 to 64 bytes in base64")
	errID     = errors.New("the event's id is empty or has a character that a signature cannot tell from its own")
)

// NewSecret makes the secret that an endpoint's events are signed with.
func NewSecret() string {
	key := make([]byte, newSecretLen)
	_, _ = rand.Read(key) // it never fails: a system without randomness ends the process
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// Sign returns the headers that prove to the endpoint's owner that an event is ours, and when it was sent.
func Sign(secret, id string, at time.Time, body []byte) (http.Header, error) {
	encoded, prefixed := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	// The secret is not shown, nor the decoder's error, which would show a part of it.
	if !prefixed || err != nil || len(key) < shortestSecret || len(key) > longestSecret {
		return nil, fmt.Errorf("sign an event: %w", errSecret)
	}
	if !plainID(id) {
		return nil, fmt.Errorf("sign an event: %w", errID)
	}
	signer, err := standardwebhooks.NewWebhookRaw(key)
	if err != nil {
		return nil, fmt.Errorf("sign an event: %w", err)
	}
	signature, err := signer.Sign(id, at, body)
	if err != nil {
		return nil, fmt.Errorf("sign an event: %w", err)
	}
	headers := make(http.Header, 3)
	headers.Set(standardwebhooks.HeaderWebhookID, id)
	headers.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	headers.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return headers, nil
}

// plainID reports whether an id can stand between the full stops of what is signed.
func plainID(id string) bool {
	return id != "" && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '.' })
}
