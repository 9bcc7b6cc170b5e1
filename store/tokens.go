package store

import (
	"crypto/sha256"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/authority"
)

// AccessToken is the hash of a bearer token. The token itself is shown once and kept nowhere. One with scopes is an API key
// of an institution; one without may do all that its account may.
type AccessToken struct {
	ID         string
	AccountID  string
	TokenHash  []byte
	Label      string
	Scopes     KeyScopes
	CreatedBy  *string // nil: by command line
	CreatedAt  time.Time
	LastUsedAt *time.Time // to the minute
	ExpiresAt  *time.Time
	RevokedAt  *time.Time
	ReplacedBy *string // its successor, while both are good
}

// Live reports whether a token is good at a moment.
func (t AccessToken) Live(now time.Time) bool {
	return t.RevokedAt == nil && (t.ExpiresAt == nil || t.ExpiresAt.After(now))
}

// KeyScopes is what an API key may be used for. No scopes at all is no key.
type KeyScopes []authority.KeyScope

// GormDataType is the type of the column, which GORM cannot tell from no scopes.
func (KeyScopes) GormDataType() string { return "text[]" }

// Value writes scopes as an array of PostgreSQL.
func (k KeyScopes) Value() (driver.Value, error) {
	if k == nil {
		return nil, nil
	}
	words := make([]string, len(k))
	for i, scope := range k {
		words[i] = string(scope)
	}
	return "{" + strings.Join(words, ",") + "}", nil
}

// Scan reads an array of words, which the schema lists: none needs quotes.
func (k *KeyScopes) Scan(value any) error {
	*k = nil
	if value == nil {
		return nil
	}
	array, ok := value.(string)
	if !ok {
		return errors.New("the scopes of a key are no array of words")
	}
	for word := range strings.SplitSeq(strings.Trim(array, "{}"), ",") {
		*k = append(*k, authority.KeyScope(word))
	}
	return nil
}

// CreateToken makes an account and a bearer token for it, and returns the token. It cannot be read again.
func (tx *Tx) CreateToken(a Account, label string) (Account, string, error) {
	token := "dp_" + a.Role + "_" + newSecret()
	a.ID, a.Label = uuid.NewString(), label
	if err := tx.db.Create(&a).Error; err != nil {
		return a, "", fmt.Errorf("write an account: %w", err)
	}
	err := tx.db.Create(&AccessToken{
		ID: uuid.NewString(), AccountID: a.ID, TokenHash: hashToken(token), Label: label,
	}).Error
	return a, token, found(err, "write a token")
}

// AccountByToken reads the account a bearer token stands for; ErrNotFound when it stands for none, or no longer. That it was
// used is noted once a minute.
func (tx *Tx) AccountByToken(token string) (Account, error) {
	var row struct {
		Account

		TokenID     string
		TokenScopes KeyScopes
		Noted       bool
	}
	err := tx.db.Table("accounts").Joins("JOIN access_tokens t ON t.account_id = accounts.id").
		Select(`accounts.*, t.id AS token_id, t.scopes AS token_scopes,
			coalesce(t.last_used_at >= date_trunc('minute', now()), false) AS noted`).
		Take(&row, `t.token_hash = ? AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
			AND accounts.state = 'active'`, hashToken(token)).Error
	row.Key = row.TokenScopes
	if err != nil || row.Noted {
		return row.Account, found(err, "look up a token")
	}
	err = tx.db.Exec("UPDATE access_tokens SET last_used_at = date_trunc('minute', now()) WHERE id = ?", row.TokenID).Error
	return row.Account, found(err, "note that a token was used")
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// APIKey is an API key with the account that it stands for.
type APIKey struct {
	AccessToken

	InstitutionID string
}

func apiKeys(db *gorm.DB) *gorm.DB {
	return db.Table("access_tokens").Select("access_tokens.*, a.institution_id").
		Joins("JOIN accounts a ON a.id = access_tokens.account_id").Where("access_tokens.scopes IS NOT NULL")
}

// APIKeys lists the newest API keys of an institution, or of all.
func (tx *Tx) APIKeys(institutionID string) ([]APIKey, error) {
	const most = 500
	q := apiKeys(tx.db).Order("access_tokens.created_at DESC, access_tokens.id").Limit(most)
	if institutionID != "" {
		q = q.Where("a.institution_id = ?", institutionID)
	}
	var keys []APIKey
	err := q.Find(&keys).Error
	return keys, found(err, "list API keys")
}

// LockAPIKey reads an API key and holds it until the transaction ends.
func (tx *Tx) LockAPIKey(id string) (APIKey, error) {
	var k APIKey
	err := apiKeys(tx.db).Clauses(clause.Locking{Strength: "UPDATE", Table: clause.Table{Name: "access_tokens"}}).
		Take(&k, "access_tokens.id = ?", id).Error
	return k, found(err, "read an API key")
}

// CreateAPIKey writes an API key for an account and returns it with its secret, which cannot be read again.
func (tx *Tx) CreateAPIKey(t AccessToken) (AccessToken, string, error) {
	token := "dp_key_" + newSecret()
	t.ID, t.TokenHash = uuid.NewString(), hashToken(token)
	err := tx.db.Create(&t).Error
	return t, token, found(err, "write an API key")
}

// ReplaceAPIKey notes a key's successor, and until when the key itself is good.
func (tx *Tx) ReplaceAPIKey(id, successor string, until time.Time) error {
	err := tx.db.Model(&AccessToken{}).Where("id = ?", id).
		Updates(map[string]any{"replaced_by": successor, "expires_at": until}).Error
	return found(err, "replace an API key")
}

// RevokeAPIKey ends a key. An account whose last key it was is closed with it, so that its name is free again.
func (tx *Tx) RevokeAPIKey(k APIKey, at time.Time) error {
	if err := tx.db.Model(&AccessToken{}).Where("id = ?", k.ID).Update("revoked_at", at).Error; err != nil {
		return fmt.Errorf("revoke an API key: %w", err)
	}
	err := tx.db.Exec(`UPDATE accounts SET state = 'closed', closed_at = @at WHERE id = @account AND state = 'active'
		AND NOT EXISTS (SELECT FROM access_tokens WHERE account_id = @account AND revoked_at IS NULL
			AND (expires_at IS NULL OR expires_at > @at))`, map[string]any{"at": at, "account": k.AccountID}).Error
	return found(err, "close a machine's account")
}
