package delivery

import (
	"crypto/ed25519"
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
	secretPrefix  = "whsec_" // HMAC
	privatePrefix = "whsk_"  // Ed25519, ours
	publicPrefix  = "whpk_"  // Ed25519, theirs
	newSecretLen  = 32
	// The lengths of a secret that Standard Webhooks allows.
	shortestSecret = 24
	longestSecret  = 64
)

var (
	errSecret = errors.New("the endpoint's secret is neither whsec_ and 24 to 64 bytes in base64, nor whsk_ and an Ed25519 key")
	errID     = errors.New("the event's id is empty or has a character that a signature cannot tell from its own")
)

// NewSecret makes a secret that an endpoint's events are signed with, which both sides know.
func NewSecret() string {
	key := make([]byte, newSecretLen)
	_, _ = rand.Read(key) // it never fails: a system without randomness ends the process
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// NewKeyPair makes an Ed25519 key that an endpoint's events are signed with, and the public key they are verified with, which
// lets nobody sign.
func NewKeyPair() (private, public string) {
	verifying, signing, _ := ed25519.GenerateKey(nil) // it never fails, as above
	return privatePrefix + base64.StdEncoding.EncodeToString(signing), publicPrefix + base64.StdEncoding.EncodeToString(verifying)
}

// Sign returns the headers that prove to the endpoint's owner that an event is ours, and when it was sent: a signature for
// each secret, so that a receiver that knows any of them can verify.
func Sign(secrets []string, id string, at time.Time, body []byte) (http.Header, error) {
	if !plainID(id) {
		return nil, fmt.Errorf("sign an event: %w", errID)
	}
	if len(secrets) == 0 {
		return nil, fmt.Errorf("sign an event: %w", errSecret)
	}
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		var err error
		if signatures[i], err = signature(secret, id, at, body); err != nil {
			return nil, fmt.Errorf("sign an event: %w", err)
		}
	}
	headers := make(http.Header, 3)
	headers.Set(standardwebhooks.HeaderWebhookID, id)
	headers.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	headers.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return headers, nil
}

// signature signs with one secret. Neither the secret is shown when it is wrong, nor the decoder's error, which would show a
// part of it.
func signature(secret, id string, at time.Time, body []byte) (string, error) {
	if encoded, asymmetric := strings.CutPrefix(secret, privatePrefix); asymmetric {
		key, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(key) != ed25519.PrivateKeySize {
			return "", errSecret
		}
		signed := fmt.Appendf(nil, "%s.%d.%s", id, at.Unix(), body)
		return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(key, signed)), nil
	}
	encoded, prefixed := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !prefixed || err != nil || len(key) < shortestSecret || len(key) > longestSecret {
		return "", errSecret
	}
	signer, err := standardwebhooks.NewWebhookRaw(key)
	if err != nil {
		return "", errSecret
	}
	return signer.Sign(id, at, body)
}

// plainID reports whether an id can stand between the full stops of what is signed.
func plainID(id string) bool {
	return id != "" && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '.' })
}
