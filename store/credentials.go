package store

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"
)

// Constraints of log-ins and identities.
const (
	OneLogin              = "credentials_one_login"
	OneLoginPerAccount    = "credentials_pkey"
	LoginForm             = "credentials_login_check"
	OneAccountPerIdentity = "login_identities_pkey"
	OneIdentityPerAccount = "login_identities_one_per_provider"
)

// Credential is how an account logs in by itself: a name it chose and the hash of a password.
type Credential struct {
	AccountID    string `gorm:"primaryKey"`
	Login        string
	PasswordHash string
	ChangedAt    time.Time
}

// SecondFactor is the secret of an account's one-time codes, sealed. It counts once it is confirmed.
type SecondFactor struct {
	AccountID    string `gorm:"primaryKey"`
	SecretSealed []byte
	BegunAt      time.Time
	ConfirmedAt  *time.Time
	LastStep     int64 // codes of this time step and before are used up
}

// Enrolled reports whether a log-in asks for a code.
func (f SecondFactor) Enrolled() bool { return f.ConfirmedAt != nil }

type recoveryCode struct {
	AccountID string `gorm:"primaryKey"`
	CodeHash  []byte `gorm:"primaryKey"`
	UsedAt    *time.Time
}

// LoginIdentity is who an account is at an identity provider.
type LoginIdentity struct {
	Issuer    string `gorm:"primaryKey"`
	Subject   string `gorm:"primaryKey"`
	AccountID string
	LinkedAt  time.Time
}

// CreateAccount writes an account under an id of its own.
func (tx *Tx) CreateAccount(a Account) (Account, error) {
	a.ID = uuid.NewString()
	err := tx.db.Create(&a).Error
	return a, found(err, "write an account")
}

// InsertCredential gives an account a log-in. A log-in that is taken violates credentials_one_login.
func (tx *Tx) InsertCredential(c Credential) error {
	err := tx.db.Create(&c).Error
	return found(err, "write a log-in")
}

// CredentialByLogin reads the credential of a log-in, however it is capitalised.
func (tx *Tx) CredentialByLogin(login string) (Credential, error) {
	var c Credential
	err := tx.db.Take(&c, "lower(login) = lower(?)", login).Error
	return c, found(err, "look up a log-in")
}

// Credential reads an account's credential; ErrNotFound when it has none.
func (tx *Tx) Credential(accountID string) (Credential, error) {
	var c Credential
	err := tx.db.Take(&c, "account_id = ?", accountID).Error
	return c, found(err, "read a log-in")
}

// SetPassword replaces the hash of an account's password.
func (tx *Tx) SetPassword(accountID, hash string, at time.Time) error {
	res := tx.db.Model(&Credential{}).Where("account_id = ?", accountID).
		Updates(map[string]any{"password_hash": hash, "changed_at": at})
	if res.Error == nil && res.RowsAffected == 0 {
		return fmt.Errorf("change a password: %w", ErrNotFound)
	}
	return found(res.Error, "change a password")
}

func hashLogin(login string) []byte {
	sum := sha256.Sum256([]byte("login:" + strings.ToLower(login)))
	return sum[:]
}

// LoginFailures is how often a log-in failed since it last succeeded.
type LoginFailures struct {
	Failures    int
	LastAt      time.Time
	LockedUntil *time.Time
}

// CountLoginAttempt counts an attempt as failed before it is known whether it is, so that attempts that run at once cannot
// pass the lock together; [Tx.ForgetLoginFailures] takes it back. lock says until when a log-in is locked after so many
// failures. An attempt while the log-in is locked is not counted, and reported with the end of the lock. Failures older
// than forget are forgotten.
func (tx *Tx) CountLoginAttempt(
	login string, now time.Time, forget time.Duration, lock func(failures int) time.Duration,
) (lockedUntil *time.Time, err error) {
	hash := hashLogin(login)
	err = tx.db.Exec("DELETE FROM login_failures WHERE last_at < ? AND (locked_until IS NULL OR locked_until < ?)",
		now.Add(-forget), now).Error
	if err != nil {
		return nil, fmt.Errorf("forget failed log-ins: %w", err)
	}
	err = tx.db.Exec(`INSERT INTO login_failures (failures, login_hash, last_at) VALUES (1, ?, ?)
		ON CONFLICT (login_hash) DO UPDATE SET failures = login_failures.failures + 1, last_at = excluded.last_at
		WHERE login_failures.locked_until IS NULL OR login_failures.locked_until <= excluded.last_at`, hash, now).Error
	if err != nil {
		return nil, fmt.Errorf("count a log-in: %w", err)
	}
	var row LoginFailures
	if err := tx.db.Table("login_failures").Clauses(clause.Locking{Strength: "UPDATE"}).
		Take(&row, "login_hash = ?", hash).Error; err != nil {
		return nil, fmt.Errorf("read failed log-ins: %w", err)
	}
	if row.LockedUntil != nil && row.LockedUntil.After(now) {
		return row.LockedUntil, nil
	}
	var until *time.Time
	if span := lock(row.Failures); span > 0 {
		end := now.Add(span)
		until = &end
	}
	err = tx.db.Table("login_failures").Where("login_hash = ?", hash).Update("locked_until", until).Error
	return nil, found(err, "lock a log-in")
}

// ForgetLoginFailures begins the count anew.
func (tx *Tx) ForgetLoginFailures(login string) error {
	err := tx.db.Exec("DELETE FROM login_failures WHERE login_hash = ?", hashLogin(login)).Error
	return found(err, "forget failed log-ins")
}

// SecondFactor reads an account's second factor; ErrNotFound when there is none.
func (tx *Tx) SecondFactor(accountID string) (SecondFactor, error) {
	var f SecondFactor
	err := tx.db.Take(&f, "account_id = ?", accountID).Error
	return f, found(err, "read a second factor")
}

// LockSecondFactor reads an account's second factor and locks it, so that a code of it is used once.
func (tx *Tx) LockSecondFactor(accountID string) (SecondFactor, error) {
	var f SecondFactor
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&f, "account_id = ?", accountID).Error
	return f, found(err, "lock a second factor")
}

// RemoveSecondFactor removes an account's second factor and the recovery codes that stand for it.
func (tx *Tx) RemoveSecondFactor(accountID string) error {
	err := tx.db.Where("account_id = ?", accountID).Delete(&recoveryCode{}).Error
	if err == nil {
		err = tx.db.Where("account_id = ?", accountID).Delete(&SecondFactor{}).Error
	}
	return found(err, "remove a second factor")
}

// SaveSecondFactor writes an account's second factor in place of the one before.
func (tx *Tx) SaveSecondFactor(f SecondFactor) error {
	err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&f).Error
	return found(err, "write a second factor")
}

// SaveRecoveryCodes writes codes that stand for a second factor, once each, in place of those before.
func (tx *Tx) SaveRecoveryCodes(accountID string, codes []string) error {
	if err := tx.db.Where("account_id = ?", accountID).Delete(&recoveryCode{}).Error; err != nil {
		return fmt.Errorf("remove recovery codes: %w", err)
	}
	rows := make([]recoveryCode, len(codes))
	for i, code := range codes {
		rows[i] = recoveryCode{AccountID: accountID, CodeHash: hashToken(accountID + "/" + code)}
	}
	err := tx.db.Create(&rows).Error
	return found(err, "write recovery codes")
}

// UseRecoveryCode uses a recovery code up, and reports whether it was good.
func (tx *Tx) UseRecoveryCode(accountID, code string, at time.Time) (bool, error) {
	res := tx.db.Model(&recoveryCode{}).
		Where("account_id = ? AND code_hash = ? AND used_at IS NULL", accountID, hashToken(accountID+"/"+code)).
		Update("used_at", at)
	return res.RowsAffected == 1, found(res.Error, "use a recovery code")
}

// AccountByIdentity reads the account of a subject of an identity provider; ErrNotFound when there is none.
func (tx *Tx) AccountByIdentity(issuer, subject string) (Account, error) {
	var a Account
	err := tx.db.Joins("JOIN login_identities i ON i.account_id = accounts.id").
		Take(&a, "i.issuer = ? AND i.subject = ?", issuer, subject).Error
	return a, found(err, "look up an identity")
}

// LinkIdentity lets a subject of an identity provider log in to an account.
func (tx *Tx) LinkIdentity(i LoginIdentity) error {
	err := tx.db.Create(&i).Error
	return found(err, "link an identity")
}

// IdentityOf reads who an account is at an identity provider; ErrNotFound when it is nobody there.
func (tx *Tx) IdentityOf(accountID, issuer string) (LoginIdentity, error) {
	var i LoginIdentity
	err := tx.db.Take(&i, "account_id = ? AND issuer = ?", accountID, issuer).Error
	return i, found(err, "read an identity")
}

// UnlinkIdentity has an account be nobody at an identity provider; ErrNotFound when it is nobody there.
func (tx *Tx) UnlinkIdentity(accountID, issuer string) error {
	res := tx.db.Where("account_id = ? AND issuer = ?", accountID, issuer).Delete(&LoginIdentity{})
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrNotFound
	}
	return found(res.Error, "unlink an identity")
}
