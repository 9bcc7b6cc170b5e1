// Package callbacks keeps where and how institutions are called: the address, the secrets that sign, and whether callbacks
// go there, wait, or have ended. Whoever sets that asks here, by the interface or by command line; the sending is package
// delivery's.
package callbacks

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

// Refusal is why an endpoint is not changed, as a stable code.
type Refusal string

// The refusals.
const (
	Exists   Refusal = "endpoint_exists"   // the institution has one
	Active   Refusal = "endpoint_active"   // callbacks go there already
	Paused   Refusal = "endpoint_paused"   // it was paused, which is not disabled
	Disabled Refusal = "endpoint_disabled" // it was disabled, which is more than paused
	Held     Refusal = "endpoint_held"     // an operator stopped it, and an operator lets it go on
	Rotating Refusal = "endpoint_rotating" // older secrets still sign
)

// RefusedError is an endpoint that is not changed.
type RefusedError struct{ Why Refusal }

// Error is the refusal's code.
func (r RefusedError) Error() string { return string(r.Why) }

// Sealer seals secrets.
type Sealer interface {
	Seal(plain []byte, purpose string) ([]byte, error)
}

// mostSecrets is how many secrets of a kind sign beside each other: each adds a signature to every callback.
const mostSecrets = 3

// LongestOverlap is how long a secret may sign beside its successor.
const LongestOverlap = 7 * 24 * time.Hour

// Keeper sets endpoints up.
type Keeper struct {
	Keys  Sealer
	Guard delivery.Guard
}

// Check refuses an address that callbacks are not sent to: one of package delivery's errors says why.
func (k Keeper) Check(tx *store.Tx, address string) error {
	host, port, err := delivery.HostPort(address)
	if err != nil {
		return fmt.Errorf("check an endpoint's address: %w", err)
	}
	allowed, err := tx.HostAllowed(host, port)
	if err != nil {
		return err
	}
	return k.Guard.Check(address, allowed)
}

// Set gives an institution that has none an endpoint. The secret is what its callbacks are signed with. A refusal is found
// by writing: the transaction must end with it.
func (k Keeper) Set(tx *store.Tx, institutionID, address string, now time.Time) (store.Endpoint, string, error) {
	if err := k.Check(tx, address); err != nil {
		return store.Endpoint{}, "", err
	}
	id := uuid.NewString()
	if err := tx.SaveEndpoint(store.Endpoint{ID: id, InstitutionID: institutionID, URL: address, CreatedAt: now}); err != nil {
		return store.Endpoint{}, "", err
	}
	e, err := tx.LockEndpoint(institutionID)
	if err != nil {
		return store.Endpoint{}, "", err
	}
	if e.ID != id {
		return store.Endpoint{}, "", RefusedError{Exists}
	}
	_, secret, err := k.Rotate(tx, e, store.SecretHMAC, 0, now)
	return e, secret, err
}

// Move has an institution called at another address.
func (k Keeper) Move(tx *store.Tx, e store.Endpoint, address string) error {
	if err := k.Check(tx, address); err != nil {
		return err
	}
	e.URL = address
	return tx.SaveEndpoint(e)
}

// Rotate makes a secret that signs from now on; those of its kind before it sign beside it for a while. What is returned as
// the secret is shown to the institution once: of a key pair that is nothing, for it verifies with the public key.
func (k Keeper) Rotate(
	tx *store.Tx, e store.Endpoint, kind string, overlap time.Duration, now time.Time,
) (made store.EndpointSecret, secret string, err error) {
	signing, err := tx.EndpointSecrets(e.InstitutionID, now)
	if err != nil {
		return made, "", err
	}
	if overlap > 0 && ofKind(signing, kind) >= mostSecrets {
		return made, "", RefusedError{Rotating}
	}
	if err := tx.RetireEndpointSecrets(e.InstitutionID, kind, now.Add(overlap)); err != nil {
		return made, "", err
	}
	made = store.EndpointSecret{ID: uuid.NewString(), InstitutionID: e.InstitutionID, Kind: kind, CreatedAt: now}
	var ours string
	if kind == store.SecretEd25519 {
		ours, made.PublicKey = delivery.NewKeyPair()
	} else {
		secret = delivery.NewSecret()
		ours = secret
	}
	if made.SecretSealed, err = k.Keys.Seal([]byte(ours), store.SecretSeal(e.InstitutionID)); err != nil {
		return made, "", fmt.Errorf("seal an endpoint's secret: %w", err)
	}
	return made, secret, tx.AddEndpointSecret(made)
}

func ofKind(secrets []store.EndpointSecret, kind string) (n int) {
	for _, s := range secrets {
		if s.Kind == kind {
			n++
		}
	}
	return n
}
