package client

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// ErrForged says that a callback does not verify: it is not ours, was changed, or is older than five minutes.
var ErrForged = errors.New("the callback does not verify")

const (
	publicPrefix = "whpk_"
	tolerance    = 5 * time.Minute
	mostCallback = 64 << 10
)

// Verifier verifies callbacks, as Standard Webhooks prescribes. During a rotation it is given the old secret and the new one.
type Verifier struct {
	shared []*standardwebhooks.Webhook
	public []ed25519.PublicKey
}

// NewVerifier verifies with secrets: whsec_… which both sides know, or whpk_… the public key of an endpoint.
func NewVerifier(secrets ...string) (*Verifier, error) {
	v := &Verifier{}
	for _, secret := range secrets {
		if encoded, public := strings.CutPrefix(secret, publicPrefix); public {
			key, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil || len(key) != ed25519.PublicKeySize {
				return nil, errors.New("a public key is whpk_ and 32 bytes in base64")
			}
			v.public = append(v.public, key)
			continue
		}
		shared, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return nil, errors.New("a secret is whsec_ and its bytes in base64")
		}
		v.shared = append(v.shared, shared)
	}
	if len(v.shared)+len(v.public) == 0 {
		return nil, errors.New("a secret or a public key is needed")
	}
	return v, nil
}

// Read reads a callback's request, and verifies it. Answer what does not verify with 401, and what does with 204, soon.
func (v *Verifier) Read(r *http.Request) (Event, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, mostCallback))
	if err != nil {
		return Event{}, fmt.Errorf("read a callback: %w", err)
	}
	return v.Verify(r.Header, body)
}

// Verify verifies a callback's body against its headers.
func (v *Verifier) Verify(header http.Header, body []byte) (Event, error) {
	var e Event
	if !v.genuine(header, body) {
		return e, ErrForged
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return e, fmt.Errorf("read a callback: %w", err)
	}
	return e, nil
}

func (v *Verifier) genuine(header http.Header, body []byte) bool {
	for _, shared := range v.shared {
		if shared.Verify(body, header) == nil {
			return true
		}
	}
	at, err := strconv.ParseInt(header.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > tolerance {
		return false
	}
	signed := fmt.Appendf(nil, "%s.%d.%s", header.Get(standardwebhooks.HeaderWebhookID), at, body)
	for signature := range strings.FieldsSeq(header.Get(standardwebhooks.HeaderWebhookSignature)) {
		encoded, asymmetric := strings.CutPrefix(signature, "v1a,")
		made, err := base64.StdEncoding.DecodeString(encoded)
		if !asymmetric || err != nil {
			continue
		}
		for _, key := range v.public {
			if ed25519.Verify(key, signed, made) {
				return true
			}
		}
	}
	return false
}
