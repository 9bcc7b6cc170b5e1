package identity

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// Keys are rotated in steps, so that at every moment every process opens what any other seals, and finds whom any other
// registers:
//
//	add      a new key of each kind, which opens and indexes but does not seal
//	promote  once every process holds it, it seals
//	(reseal) what is sealed under other keys is sealed anew; see package resealing
//	retire   once nothing is left under them, the other keys go

// Errors of a rotation.
var (
	// ErrNothingToPromote says that the newest keys are in use already.
	ErrNothingToPromote = errors.New("the newest keys are in use already; add new ones first")
	// ErrPromoteFirst says that keys were added which are not in use yet.
	ErrPromoteFirst = errors.New("keys that were added before are not in use yet; promote them first")
	// ErrTooEarly says that somebody may still seal with the keys of before.
	ErrTooEarly = errors.New("the keys were promoted a moment ago; who sealed with those of before must have finished")
)

// Key is one key of a keyring, by its number. The key itself is not in it.
type Key struct {
	Number uint32
	InUse  bool // it seals, or makes fingerprints; the others only open and find
}

// Keys lists the keys that a keyring's file holds, in the order in which they were added.
type Keys struct {
	Sealing, Indexing []Key
	PromotedAt        time.Time // zero: never, they are the first
}

// Keys reads which keys there are.
func (f KeyFile) Keys() (Keys, error) {
	k, promoted, _, err := f.read()
	if err != nil {
		return Keys{}, err
	}
	return Keys{Sealing: describe(k.sealing), Indexing: describe(k.indexing), PromotedAt: promoted}, nil
}

func describe(handle *keyset.Handle) []Key {
	var all []Key
	for _, number := range keyNumbers(handle) {
		all = append(all, Key{Number: number, InUse: number == handle.KeysetInfo().GetPrimaryKeyId()})
	}
	return all
}

// Add adds a new key of each kind, which is not in use yet.
func (f KeyFile) Add() error {
	return f.edit(func(k *keysets, _ *time.Time) error {
		if newest(k.sealing) != primary(k.sealing) || newest(k.indexing) != primary(k.indexing) {
			return ErrPromoteFirst
		}
		for _, part := range []struct {
			handle   **keyset.Handle
			template *tinkpb.KeyTemplate
		}{{&k.sealing, aead.AES256GCMKeyTemplate()}, {&k.indexing, prf.HMACSHA256PRFKeyTemplate()}} {
			err := manage(part.handle, func(m *keyset.Manager) error {
				_, err := m.Add(part.template)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Promote puts the newest keys in use.
func (f KeyFile) Promote(now time.Time) error {
	return f.edit(func(k *keysets, promoted *time.Time) error {
		if newest(k.sealing) == primary(k.sealing) && newest(k.indexing) == primary(k.indexing) {
			return ErrNothingToPromote
		}
		*promoted = now.UTC().Truncate(time.Second)
		for _, handle := range []**keyset.Handle{&k.sealing, &k.indexing} {
			number := newest(*handle)
			if err := manage(handle, func(m *keyset.Manager) error { return m.SetPrimary(number) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// Retire removes every key that is not in use and of which unused reports that nothing rests on it any more. It says which
// keys it removed. Until some time after the promotion it refuses: somebody may still be writing what the keys sealed.
func (f KeyFile) Retire(now time.Time, patience time.Duration, unused func(sealing, indexing []uint32) error) (Keys, error) {
	var removed Keys
	err := f.edit(func(k *keysets, promoted *time.Time) error {
		switch {
		case newest(k.sealing) != primary(k.sealing) || newest(k.indexing) != primary(k.indexing):
			return ErrPromoteFirst
		case now.Before(promoted.Add(patience)):
			return ErrTooEarly
		}
		sealing, indexing := others(k.sealing), others(k.indexing)
		if err := unused(sealing, indexing); err != nil {
			return err
		}
		for _, part := range []struct {
			handle  **keyset.Handle
			numbers []uint32
			into    *[]Key
		}{{&k.sealing, sealing, &removed.Sealing}, {&k.indexing, indexing, &removed.Indexing}} {
			for _, number := range part.numbers {
				if err := manage(part.handle, func(m *keyset.Manager) error { return m.Delete(number) }); err != nil {
					return err
				}
				*part.into = append(*part.into, Key{Number: number})
			}
		}
		return nil
	})
	return removed, err
}

// Wrap writes the keys anew under another key encryption key, or in clear. The file is the same; what names its key has to
// change with it.
func (f KeyFile) Wrap(kek string) error {
	under := KeyFile{Path: f.Path, KEK: kek}
	return f.rewrite(under.encode)
}

// edit changes the keys in the file. Readers see them as they were or as they are.
func (f KeyFile) edit(change func(*keysets, *time.Time) error) error {
	return f.rewrite(func(k keysets, promoted time.Time) ([]byte, error) {
		if err := change(&k, &promoted); err != nil {
			return nil, err
		}
		return f.encode(k, promoted)
	})
}

// rewrite replaces the file as a whole. The file beside it, which becomes it, keeps a second change out.
func (f KeyFile) rewrite(content func(keysets, time.Time) ([]byte, error)) (err error) {
	fresh := f.Path + ".new"
	err = writeNew(fresh, nil)
	if errors.Is(err, fs.ErrExist) {
		return ErrKeyringBusy
	} else if err != nil {
		return fmt.Errorf("change the keyring: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(fresh))
		}
	}()
	k, promoted, info, err := f.read()
	if err != nil {
		return err
	}
	bytes, err := content(k, promoted)
	if err != nil {
		return err
	}
	if err := overwrite(fresh, bytes, info.Mode().Perm()); err != nil {
		return fmt.Errorf("change the keyring: %w", err)
	}
	if err := os.Rename(fresh, f.Path); err != nil {
		return fmt.Errorf("change the keyring: %w", err)
	}
	return nil
}

func overwrite(path string, content []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	_, err = bytes.NewReader(content).WriteTo(file)
	return errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
}

func manage(handle **keyset.Handle, change func(*keyset.Manager) error) error {
	manager := keyset.NewManagerFromHandle(*handle)
	err := change(manager)
	if err == nil {
		*handle, err = manager.Handle()
	}
	if err != nil {
		return fmt.Errorf("change a keyset: %w", err)
	}
	return nil
}

func primary(handle *keyset.Handle) uint32 { return handle.KeysetInfo().GetPrimaryKeyId() }

func newest(handle *keyset.Handle) uint32 {
	all := keyNumbers(handle)
	return all[len(all)-1]
}

func others(handle *keyset.Handle) []uint32 {
	inUse := primary(handle)
	return slices.DeleteFunc(keyNumbers(handle), func(n uint32) bool { return n == inUse })
}

// SealingKeys says which key seals now, and which others open.
func (k *Keyring) SealingKeys() (inUse uint32, others []uint32) {
	held := k.keys()
	others = slices.DeleteFunc(slices.Clone(held.sealingKeys), func(n uint32) bool { return n == held.sealingKey })
	return held.sealingKey, others
}

// IndexKeys are the keys that people are indexed with.
func (k *Keyring) IndexKeys() []uint32 { return slices.Clone(k.keys().indexKeys) }

// SealPrefix is what everything sealed under a key begins with.
func SealPrefix(key uint32) []byte {
	const version = 1 // of Tink's format
	return append([]byte{version}, keyPrefix(key)...)
}

// FingerprintPrefix is what every fingerprint that was made with a key begins with.
func FingerprintPrefix(key uint32) []byte { return keyPrefix(key) }
