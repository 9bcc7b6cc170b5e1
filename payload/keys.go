// Package payload seals what crosses to Temporal: inputs, results, messages, markers and failures are unreadable there,
// and in every copy of Temporal's database. Each workflow has a data key of its own, which the record keeps under the
// keyring; destroying it erases what Temporal keeps of the workflow.
//
// What is sealed names its workflow and opens for that workflow only. What was written before there were keys still opens,
// being open.
package payload

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Errors of sealed payloads.
var (
	// ErrDestroyed says that a workflow's key was destroyed: what it sealed is gone, and nothing more is sealed with it.
	ErrDestroyed = errors.New("the workflow's key is destroyed")
	// ErrSealed says that a payload does not open: another key, another workflow's, or bytes that were changed.
	ErrSealed = errors.New("the payload does not open")
	// ErrNoWorkflow says that a payload belongs to no workflow, so that no key is its own.
	ErrNoWorkflow = errors.New("a payload that belongs to no workflow is not sealed, and not sent")
)

const (
	keyLength = 32 // AES-256
	// held is how many keys a process keeps in memory, some hundred bytes each: more than a worker keeps cases.
	held = 1 << 15
	// fresh is how long a key that was read counts as read: so long a process may still use one that was destroyed.
	fresh = 5 * time.Minute
)

// Keys are the data keys of workflows. They may be used by several goroutines at once.
type Keys struct {
	store *store.Store
	ring  *identity.Keyring
	cache *lru.Cache[string, key]
	now   func() time.Time
}

// key is a data key as a process holds it.
type key struct {
	cipher.AEAD

	readAt time.Time
}

// NewKeys are the keys that a record keeps, sealed with a keyring.
func NewKeys(record *store.Store, ring *identity.Keyring) *Keys {
	cache, err := lru.New[string, key](held)
	if err != nil {
		panic("payload: keep keys: " + err.Error()) // only for a size below 1
	}
	return &Keys{store: record, ring: ring, cache: cache, now: time.Now}
}

// of is a workflow's key, from memory where it can be. A key that is needed to seal is made if there is none yet.
func (k *Keys) of(ctx context.Context, workflowID string, toSeal bool) (key, error) {
	known, have := k.cache.Get(workflowID)
	if have && k.now().Sub(known.readAt) < fresh {
		return known, nil
	}
	read, err := k.read(ctx, workflowID, toSeal)
	switch {
	case err == nil:
		k.cache.Add(workflowID, read)
		return read, nil
	case have && store.Away(err):
		return known, nil // while the database is away, nobody can have destroyed it
	}
	k.cache.Remove(workflowID)
	return key{}, err
}

// read is a workflow's key as the record has it now.
func (k *Keys) read(ctx context.Context, workflowID string, toSeal bool) (key, error) {
	if workflowID == "" {
		return key{}, ErrNoWorkflow
	}
	tx := k.store.Read(ctx)
	row, err := tx.PayloadKey(workflowID)
	if errors.Is(err, store.ErrNotFound) && toSeal {
		row, err = k.create(tx, workflowID)
	}
	if err != nil {
		return key{}, err
	}
	if row.DestroyedAt != nil {
		return key{}, ErrDestroyed
	}
	plain, err := k.ring.Open(row.KeySealed, store.PayloadKeySeal(workflowID))
	if err != nil {
		return key{}, fmt.Errorf("open the key of a workflow: %w", err)
	}
	block, err := aes.NewCipher(plain)
	if err != nil {
		return key{}, fmt.Errorf("use the key of a workflow: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return key{}, fmt.Errorf("use the key of a workflow: %w", err)
	}
	return key{AEAD: aead, readAt: k.now()}, nil
}

// create gives a workflow its key. Of several that do so at once, one gives and the others take.
func (k *Keys) create(tx *store.Tx, workflowID string) (store.PayloadKey, error) {
	plain := make([]byte, keyLength)
	rand.Read(plain) // never fails: it crashes the program instead
	sealed, err := k.ring.Seal(plain, store.PayloadKeySeal(workflowID))
	if err != nil {
		return store.PayloadKey{}, err
	}
	first, err := tx.InsertPayloadKey(workflowID, sealed)
	if err != nil || first {
		return store.PayloadKey{WorkflowID: workflowID, KeySealed: sealed}, err
	}
	return tx.PayloadKey(workflowID)
}

// await reads a workflow's key ahead of its use, waiting for a database that is away as long as the context lasts.
func (k *Keys) await(ctx context.Context, workflowID string) error {
	const pause = 100 * time.Millisecond
	for {
		_, err := k.of(ctx, workflowID, true)
		switch {
		case err == nil || errors.Is(err, ErrDestroyed):
			return nil // whoever uses it next is told
		case !store.Away(err) || ctx.Err() != nil:
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
