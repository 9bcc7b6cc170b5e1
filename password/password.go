// Package password keeps passwords as argon2id hashes, and says which passwords are too weak to be taken. It knows nothing
// of accounts, and keeps nothing.
package password

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"
)

// params are what OWASP recommends where memory is shared: 19 MiB, two passes.
var params = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

const (
	// atOnce is how many hashes are computed at once. Each takes 19 MiB: however many log in together, it is no more memory.
	atOnce   = 4
	patience = 5 * time.Second
)

// ErrBusy says that too many passwords are being checked at the moment.
var ErrBusy = errors.New("too many passwords are being checked")

// Hasher computes hashes, a few at once.
type Hasher struct {
	slots  *semaphore.Weighted
	nobody string
}

// NewHasher makes a hasher.
func NewHasher() (*Hasher, error) {
	nobody, err := argon2id.CreateHash("nobody has this password", &params)
	if err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	return &Hasher{slots: semaphore.NewWeighted(atOnce), nobody: nobody}, nil
}

// Hash is the hash of a password, as a PHC string.
func (h *Hasher) Hash(ctx context.Context, password string) (hash string, err error) {
	err = h.within(ctx, func() error {
		hash, err = argon2id.CreateHash(canonical(password), &params)
		return err
	})
	return hash, err
}

// Matches reports whether a hash is a password's, and whether it is outdated: made at less cost than is asked for today.
// An empty hash is nobody's; it takes as long as any other.
func (h *Hasher) Matches(ctx context.Context, password, hash string) (right, outdated bool, err error) {
	known := hash != ""
	if !known {
		hash = h.nobody
	}
	var with *argon2id.Params
	err = h.within(ctx, func() error {
		right, with, err = argon2id.CheckHash(canonical(password), hash)
		return err
	})
	if err != nil {
		return false, false, err
	}
	return right && known, *with != params, nil
}

// within computes a hash once there is room for it.
func (h *Hasher) within(ctx context.Context, compute func() error) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := h.slots.Acquire(waiting, 1); err != nil {
		return ErrBusy
	}
	defer h.slots.Release(1)
	if err := compute(); err != nil {
		return fmt.Errorf("hash a password: %w", err)
	}
	return nil
}

// canonical is a password however a keyboard composes its characters.
func canonical(password string) string { return norm.NFKC.String(password) }
