// Package audit is the chain that the audit log hangs on. Each entry is sealed with a key that is not in the database, and
// each row's link is made of the link before it and the entry's seal. Who can write to the database but has not the key
// cannot change an entry, take one out, put one in or move one without its showing ([Checker]).
//
// What no chain shows is that its end was cut off: a shorter chain is a good one. For that the end is written down
// elsewhere from time to time ([Anchor]), and the chain must still lead through what was written down.
package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Entry is one mutation, or one reading of personal data: who, what, to what, why.
type Entry struct {
	ID        int64
	At        time.Time
	Actor     string // account id, or system
	Action    string
	Subject   string // kind:id
	Reason    string
	Before    json.RawMessage
	After     json.RawMessage
	RequestID string
}

// Begun is the action of the entry that a chain begins with.
const Begun = "audit.begin"

// Key seals entries. It is kept sealed itself, and stays the same for the life of the log.
type Key struct{ secret []byte }

const keyLength = 32

// NewKey makes a key.
func NewKey() Key {
	secret := make([]byte, keyLength)
	rand.Read(secret) // never fails: it crashes the program instead
	return Key{secret: secret}
}

// KeyOf is the key of its secret.
func KeyOf(secret []byte) (Key, error) {
	if len(secret) != keyLength {
		return Key{}, errors.New("the key of the audit log has a wrong length")
	}
	return Key{secret: bytes.Clone(secret)}, nil
}

// Secret is the key as it is to be sealed and kept.
func (k Key) Secret() []byte { return bytes.Clone(k.secret) }

// String tells nothing of the key.
func (Key) String() string { return "audit.Key" }

// GoString tells nothing of the key.
func (Key) GoString() string { return "audit.Key" }

// Seal is an entry's seal: of all it says, and of its id.
func (k Key) Seal(e Entry) ([]byte, error) {
	text, err := canonical(e)
	if err != nil {
		return nil, err
	}
	return k.digest("seal", text), nil
}

// Link is the link of a row: of the one before it, none for the first, and the seal of its entry.
func (k Key) Link(before, seal []byte) []byte { return k.digest("link", before, seal) }

func (k Key) digest(purpose string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, k.secret)
	for _, part := range append([][]byte{[]byte(purpose)}, parts...) {
		mac.Write(strconv.AppendInt(nil, int64(len(part)), 10))
		mac.Write([]byte{':'})
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// Row is a place in the chain, as it is kept. Entry is nil when it is not there.
type Row struct {
	N     int64
	Entry *Entry
	Seal  []byte
	Link  []byte
}

// Anchor is the end of the chain at some moment.
type Anchor struct {
	N    int64
	Link []byte
}

// String is an anchor as people copy it: 4711:9f86d081….
func (a Anchor) String() string { return strconv.FormatInt(a.N, 10) + ":" + hex.EncodeToString(a.Link) }

// ParseAnchor reads an anchor as String writes it.
func ParseAnchor(s string) (Anchor, error) {
	number, link, found := strings.Cut(strings.TrimSpace(s), ":")
	n, err := strconv.ParseInt(number, 10, 64)
	decoded, linkErr := hex.DecodeString(link)
	if !found || err != nil || linkErr != nil || n < 1 || len(decoded) != sha256.Size {
		return Anchor{}, fmt.Errorf("not an anchor (N:LINK): %.80s", s)
	}
	return Anchor{N: n, Link: decoded}, nil
}
