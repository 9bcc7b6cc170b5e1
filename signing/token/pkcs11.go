//go:build pkcs11

package token

import (
	"crypto"
	"fmt"
	"time"

	"github.com/ThalesGroup/crypto11"

	"github.com/dengpan/dengpan/signing"
)

// Open logs in to a token, for as long as the process runs.
func Open(c Config) (signing.Token, error) {
	const sessions, patience = 8, 30 * time.Second
	session, err := crypto11.Configure(&crypto11.Config{
		Path: c.Module, TokenLabel: c.Label, Pin: c.PIN, MaxSessions: sessions, PoolWaitTimeout: patience,
	})
	if err != nil {
		return nil, fmt.Errorf("open the token: %w", err)
	}
	return device{session}, nil
}

type device struct{ session *crypto11.Context }

// Key is the key with a label.
func (d device) Key(label string) (crypto.Signer, error) {
	pairs, err := d.session.FindKeyPairs(nil, []byte(label))
	switch {
	case err != nil:
		return nil, fmt.Errorf("look for a key in the token: %w", err)
	case len(pairs) != 1: // of two, the certificate could be of either
		return nil, ErrNoKey
	}
	return pairs[0], nil
}
