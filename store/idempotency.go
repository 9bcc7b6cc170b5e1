package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// IdempotencyKey is a request that was carried out under a name of its sender's, with its answer.
type IdempotencyKey struct {
	AccountID     string `gorm:"primaryKey"`
	Key           string `gorm:"primaryKey"`
	RequestDigest []byte
	Status        int    // of the answer; 0: it is not kept yet, or was lost
	AnswerSealed  []byte // for AnswerSeal
	CreatedAt     time.Time
}

// Keyed is a request that its sender gave a name, so that it is carried out once however often it is sent. The first
// transaction of the request writes the name with what it does: both are in the record, or neither.
type Keyed struct {
	AccountID, Key string
	Digest         []byte // of the request: tells a repeat from another under the same name
	// Known says that the name is in the record already, of a request that may be carried out again.
	Known bool

	status  int
	sealed  []byte
	written bool
	inUse   bool
}

// Keep has an answer written with what the request does. Without it the answer is kept afterwards, by [Tx.KeepAnswer].
func (k *Keyed) Keep(status int, sealed []byte) { k.status, k.sealed = status, sealed }

// Written reports whether a transaction of the request was committed.
func (k *Keyed) Written() bool { return k.written }

// Answered reports whether the answer was committed with it.
func (k *Keyed) Answered() bool { return k.written && k.status != 0 }

// InUse reports whether a transaction of the request was refused with [ErrKeyInUse].
func (k *Keyed) InUse() bool { return k.inUse }

// ErrKeyInUse says that another request under the same name is being carried out, or was meanwhile.
var ErrKeyInUse = errors.New("the request's key is in use")

type keyedKey struct{}

// WithKeyed is a context in which what is written is written for a request with a name of its sender's.
func WithKeyed(ctx context.Context, k *Keyed) context.Context {
	return context.WithValue(ctx, keyedKey{}, k)
}

// KeyedOf is the named request that a context belongs to; nil when it belongs to none.
func KeyedOf(ctx context.Context) *Keyed {
	k, _ := ctx.Value(keyedKey{}).(*Keyed)
	return k
}

// unwritten is the named request whose name the next transaction is to write; nil when there is none.
func unwritten(ctx context.Context) *Keyed {
	if k := KeyedOf(ctx); k != nil && !k.written {
		return k
	}
	return nil
}

// claim keeps two requests of one name from being carried out at once, until the transaction ends.
func (tx *Tx) claim(k *Keyed) error {
	var locked bool
	err := tx.db.Raw("SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))", k.AccountID+"/"+k.Key).Scan(&locked).Error
	if err != nil {
		return fmt.Errorf("lock an idempotency key: %w", err)
	}
	if !locked {
		k.inUse = true
		return ErrKeyInUse
	}
	_, err = tx.IdempotencyKey(k.AccountID, k.Key)
	switch {
	case errors.Is(err, ErrNotFound):
		k.Known = false
		return nil
	case err == nil && !k.Known: // it was carried out since we looked
		k.inUse = true
		return ErrKeyInUse
	}
	return err
}

// note writes the name of a request that is carried out.
func (tx *Tx) note(k *Keyed) error {
	if k.Known {
		return nil
	}
	return tx.InsertIdempotencyKey(IdempotencyKey{
		AccountID: k.AccountID, Key: k.Key, RequestDigest: k.Digest, Status: k.status, AnswerSealed: k.sealed,
		CreatedAt: time.Now().UTC(),
	})
}

// IdempotencyKey reads what is known under a key; ErrNotFound when nothing is.
func (tx *Tx) IdempotencyKey(accountID, key string) (IdempotencyKey, error) {
	var k IdempotencyKey
	err := tx.db.Take(&k, "account_id = ? AND key = ?", accountID, key).Error
	return k, found(err, "look up an idempotency key")
}

// InsertIdempotencyKey writes a key.
func (tx *Tx) InsertIdempotencyKey(k IdempotencyKey) error {
	err := tx.db.Create(&k).Error
	return found(err, "write an idempotency key")
}

// KeepAnswer keeps the answer to a request that was carried out, to be given again when the request is repeated.
func (tx *Tx) KeepAnswer(k *Keyed, status int, sealed []byte) error {
	err := tx.db.Model(&IdempotencyKey{}).Where("account_id = ? AND key = ? AND status = 0", k.AccountID, k.Key).
		Updates(map[string]any{"status": status, "answer_sealed": sealed}).Error
	return found(err, "keep an answer")
}

// ForgetKey forgets a request that was refused after all: it may be mended and sent again under its name.
func (tx *Tx) ForgetKey(k *Keyed) error {
	err := tx.db.Where("account_id = ? AND key = ? AND status = 0", k.AccountID, k.Key).Delete(&IdempotencyKey{}).Error
	return found(err, "forget an idempotency key")
}

// IdempotencyRemembered is for how long a request that is repeated is certain to be answered as before, whatever is done
// with keys meanwhile.
const IdempotencyRemembered = 24 * time.Hour

// ForgetKeysBefore forgets requests of before a time, at most so many, and says how many.
func (tx *Tx) ForgetKeysBefore(at time.Time, most int) (int64, error) {
	res := tx.db.Exec(`DELETE FROM idempotency_keys WHERE (account_id, key) IN (SELECT account_id, key FROM idempotency_keys
		WHERE created_at < ? ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)`, at, most)
	return res.RowsAffected, found(res.Error, "forget idempotency keys")
}

// IdempotencyKeysSince counts the requests since a time whose digest begins with none of these prefixes.
func (tx *Tx) IdempotencyKeysSince(since time.Time, prefixes [][]byte) (int64, error) {
	var n int64
	err := tx.db.Model(&IdempotencyKey{}).
		Where("created_at > ? AND substring(request_digest FOR ?) NOT IN ?", since, len(prefixes[0]), prefixes).Count(&n).Error
	return n, found(err, "count requests")
}
