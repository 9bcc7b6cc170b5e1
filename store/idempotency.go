package store

import (
	"encoding/json"
	"time"
)

// IdempotencyKey is a request that was answered, with its answer.
type IdempotencyKey struct {
	AccountID     string `gorm:"primaryKey"`
	Key           string `gorm:"primaryKey"`
	RequestDigest []byte
	Status        int
	Answer        json.RawMessage `gorm:"type:jsonb"`
	CreatedAt     time.Time
}

// IdempotencyKey reads the answer a key was given; ErrNotFound when it was given none.
func (tx *Tx) IdempotencyKey(accountID, key string) (IdempotencyKey, error) {
	var k IdempotencyKey
	err := tx.db.Take(&k, "account_id = ? AND key = ?", accountID, key).Error
	return k, found(err, "look up an idempotency key")
}

// LockIdempotencyKey keeps two requests with one key from running at once, until the transaction ends. It reports false
// when another holds it.
func (tx *Tx) LockIdempotencyKey(accountID, key string) (bool, error) {
	var locked bool
	err := tx.db.Raw("SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))", accountID+"/"+key).Scan(&locked).Error
	return locked, found(err, "lock an idempotency key")
}

// IdempotencyRemembered is for how long a request that is repeated is certain to be answered as before, whatever is done
// with keys meanwhile.
const IdempotencyRemembered = 24 * time.Hour

// IdempotencyKeysSince counts the requests since a time whose digest begins with none of these prefixes.
func (tx *Tx) IdempotencyKeysSince(since time.Time, prefixes [][]byte) (int64, error) {
	var n int64
	err := tx.db.Model(&IdempotencyKey{}).
		Where("created_at > ? AND substring(request_digest FOR ?) NOT IN ?", since, len(prefixes[0]), prefixes).Count(&n).Error
	return n, found(err, "count requests")
}

// InsertIdempotencyKey keeps the answer to a request.
func (tx *Tx) InsertIdempotencyKey(k IdempotencyKey) error {
	err := tx.db.Create(&k).Error
	return found(err, "write an idempotency key")
}
