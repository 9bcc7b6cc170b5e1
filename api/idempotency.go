package api

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// requestDigest tells a request that is repeated from another under the same key. It is keyed: what was sent names a
// person, and must not be found by trying all names and numbers.
type requestDigest struct {
	made []byte
	same func(digest []byte) bool // whichever key the digest was made with
}

func (s *service) requestDigest(route string, body any) (requestDigest, error) {
	canonical, err := json.Marshal(body)
	if err != nil {
		return requestDigest{}, fmt.Errorf("digest a request: %w", err)
	}
	purpose := "request/" + route
	return requestDigest{
		made: s.Keys.Fingerprint(purpose, canonical),
		same: func(digest []byte) bool { return s.Keys.IsFingerprint(digest, purpose, canonical) },
	}, nil
}

// replay reads the answer that a key was given before into answer, and reports whether there is one. Until the
// transaction ends no other request can use the key.
func replay(tx *store.Tx, accountID, key string, digest requestDigest, answer any) (bool, error) {
	if identity.Reveals(key) {
		return false, problem(validationFailed, FieldError{Field: "Idempotency-Key", Code: fieldReveals}) // it is kept as it is
	}
	locked, err := tx.LockIdempotencyKey(accountID, key)
	if err != nil {
		return false, err
	}
	if !locked {
		return false, problem(idempotencyInUse)
	}
	known, err := tx.IdempotencyKey(accountID, key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if !digest.same(known.RequestDigest) {
		return false, problem(idempotencyReused)
	}
	if err := json.Unmarshal(known.Answer, answer); err != nil {
		return false, fmt.Errorf("read a kept answer: %w", err)
	}
	return true, nil
}

// keepAnswer keeps the answer to a request, to be given again when the request is repeated.
func keepAnswer(tx *store.Tx, accountID, key string, digest requestDigest, status int, answer any) error {
	content, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return tx.InsertIdempotencyKey(store.IdempotencyKey{
		AccountID: accountID, Key: key, RequestDigest: digest.made, Status: status, Answer: content,
	})
}
