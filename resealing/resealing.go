// Package resealing carries the record over to new keys: what is sealed under others is sealed anew, and people are indexed
// under every key, while everything else goes on. It says when a key is needed no more.
package resealing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// Errors of a resealing.
var (
	// ErrUnreadable says that some of what is sealed opens with none of the keys.
	ErrUnreadable = errors.New("some of what is sealed opens with none of the keys")
	// ErrNeeded says that something still rests on a key.
	ErrNeeded = errors.New("a key is still needed; reseal first")
)

// Batch is how much is read at once.
const Batch = 500

// Progress is how far a resealing has come with one column, or with what people are found by.
type Progress struct {
	What       string
	Done       int64 // sealed anew, or indexed
	Overtaken  int64 // written by somebody else meanwhile, who had newer keys or will be seen by the next run
	Unreadable int64 // of these nothing was changed
}

// Resealing is one run. It may be cut off at any moment and begun again, and two at once do no harm: each value is replaced
// by itself, if it is still what was read.
type Resealing struct {
	Store *store.Store
	Keys  *identity.Keyring
	// Batch is how much is read at once; 0 is [Batch].
	Batch int
	// Report hears how far the run has come, after each batch.
	Report func(Progress)
}

// Run seals everything under the key in use and indexes everybody under every key. It goes on past what is unreadable, and
// then says so.
func (r Resealing) Run(ctx context.Context) error {
	if r.Batch <= 0 {
		r.Batch = Batch
	}
	unreadable := int64(0)
	for _, column := range store.SealedColumns() {
		p, err := r.column(ctx, column)
		if err != nil {
			return err
		}
		unreadable += p.Unreadable
	}
	p, err := r.indexes(ctx)
	if err != nil {
		return err
	}
	if unreadable += p.Unreadable; unreadable > 0 {
		return fmt.Errorf("%w: %d", ErrUnreadable, unreadable)
	}
	return nil
}

func (r Resealing) column(ctx context.Context, column store.SealedColumn) (Progress, error) {
	p := Progress{What: column.String()}
	inUse, _ := r.Keys.SealingKeys()
	record := r.Store.Read(ctx)
	for after := []string(nil); ; {
		values, err := record.SealedOtherwise(column, identity.SealPrefix(inUse), after, r.Batch)
		if err != nil {
			return p, err
		}
		for _, value := range values {
			plain, err := r.Keys.Open(value.Sealed, value.Purpose)
			if err != nil {
				p.Unreadable++
				continue
			}
			sealed, err := r.Keys.Seal(plain, value.Purpose)
			if err != nil {
				return p, err
			}
			replaced, err := record.ReplaceSealed(column, value, sealed)
			if err != nil {
				return p, err
			}
			if replaced {
				p.Done++
			} else {
				p.Overtaken++
			}
		}
		r.Report(p)
		if len(values) < r.Batch {
			return p, nil
		}
		after = values[len(values)-1].Owner
	}
}

// nobody comes before every person.
const nobody = "00000000-0000-0000-0000-000000000000"

func (r Resealing) indexes(ctx context.Context) (Progress, error) {
	p := Progress{What: "person_indexes"}
	keys := wide(r.Keys.IndexKeys())
	for after := nobody; ; {
		lacking, err := r.Store.Read(ctx).PeopleUnindexed(keys, after, r.Batch)
		if err != nil {
			return p, err
		}
		for _, person := range lacking {
			indexes, err := people.Indexes(r.Keys, person.Person, person.PhoneSealed, person.EmailSealed)
			if err != nil {
				p.Unreadable++
				continue
			}
			err = r.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddPersonIndexes(person, indexes) })
			if err != nil {
				return p, err
			}
			p.Done++
		}
		r.Report(p)
		if len(lacking) < r.Batch {
			return p, nil
		}
		after = lacking[len(lacking)-1].ID
	}
}

// Needed says what still rests on a key: how many values of each column. Columns without any are left out.
func Needed(ctx context.Context, record *store.Store, key uint32) (map[string]int64, error) {
	needed := map[string]int64{}
	for _, column := range store.SealedColumns() {
		n, err := record.Read(ctx).SealedUnder(column, identity.SealPrefix(key))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			needed[column.String()] = n
		}
	}
	return needed, nil
}

// Unused checks that nothing rests on keys of sealing, nor on keys of indexing, among all that there are; the error is
// ErrNeeded.
func Unused(ctx context.Context, record *store.Store, now time.Time, sealing, indexing, allIndexing []uint32) error {
	for _, key := range sealing {
		needed, err := Needed(ctx, record, key)
		if err != nil {
			return err
		}
		for column, n := range needed {
			return fmt.Errorf("%w: %d values of %s are sealed under key %d", ErrNeeded, n, column, key)
		}
	}
	if len(indexing) == 0 {
		return nil
	}
	var stay []int64
	var prefixes [][]byte
	for _, key := range allIndexing {
		if !slices.Contains(indexing, key) {
			stay, prefixes = append(stay, int64(key)), append(prefixes, identity.FingerprintPrefix(key))
		}
	}
	lacking, err := record.Read(ctx).PeopleUnindexed(stay, nobody, 1)
	if err != nil {
		return err
	}
	if len(lacking) > 0 {
		return fmt.Errorf("%w: not everybody is indexed under the key in use", ErrNeeded)
	}
	n, err := record.Read(ctx).IdempotencyKeysSince(now.Add(-store.IdempotencyRemembered), prefixes)
	if err == nil && n > 0 {
		err = fmt.Errorf("%w: %d requests of the last day are known by it", ErrNeeded, n)
	}
	return err
}

func wide(keys []uint32) []int64 {
	all := make([]int64, len(keys))
	for i, key := range keys {
		all[i] = int64(key)
	}
	return all
}
