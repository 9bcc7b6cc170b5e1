package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// OneMachinePerLabel is the constraint that a machine's name is its institution's once.
const OneMachinePerLabel = "accounts_one_machine_per_label"

// AccountFilter picks accounts; an empty field picks all. Limit is the most that are read.
type AccountFilter struct {
	InstitutionID string
	Role, State   string
	After         *Position // by when they were made, oldest first
	Numbered      Numbered
	Limit         int
}

// accountOrders are the orders that accounts can be asked for in.
var accountOrders = map[string]string{
	"": "accounts.created_at, accounts.id", "created_at": "accounts.created_at, accounts.id",
	"-created_at":   "accounts.created_at DESC, accounts.id DESC",
	"-last_seen_at": "last_seen_at DESC NULLS LAST, accounts.id", "last_seen_at": "last_seen_at NULLS FIRST, accounts.id",
}

func (f AccountFilter) pick(q *gorm.DB) *gorm.DB {
	for column, value := range map[string]string{"institution_id": f.InstitutionID, "role": f.Role, "state": f.State} {
		if value != "" {
			q = q.Where("accounts."+column+" = ?", value)
		}
	}
	return q
}

// ListedAccount is an account and the ways in that it has.
type ListedAccount struct {
	Account

	Login      *string
	Linked     bool // to an identity provider
	LastSeenAt *time.Time
}

// listed is a query of accounts with the ways in that they have.
func (tx *Tx) listed() *gorm.DB {
	return tx.db.Table("accounts").
		Select(`accounts.*, c.login, EXISTS (SELECT FROM login_identities i WHERE i.account_id = accounts.id) AS linked,
			greatest((SELECT max(last_seen_at) FROM web_sessions w WHERE w.account_id = accounts.id),
				(SELECT max(last_used_at) FROM access_tokens t WHERE t.account_id = accounts.id)) AS last_seen_at`).
		Joins("LEFT JOIN credentials c ON c.account_id = accounts.id")
}

// ListedAccount reads one account with the ways in that it has.
func (tx *Tx) ListedAccount(id string) (ListedAccount, error) {
	var a ListedAccount
	err := tx.listed().Take(&a, "accounts.id = ?", id).Error
	return a, found(err, "read an account")
}

// CountAccounts counts the accounts that a filter picks.
func (tx *Tx) CountAccounts(f AccountFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Table("accounts")).Count(&n).Error
	return n, found(err, "count accounts")
}

// Accounts reads accounts, in the order they were made unless another is asked for.
func (tx *Tx) Accounts(f AccountFilter) ([]ListedAccount, error) {
	q := f.Numbered.of(f.pick(tx.listed()), accountOrders, f.Limit)
	if f.After != nil {
		q = q.Where("(accounts.created_at, accounts.id) > (?, ?)", f.After.At, f.After.ID)
	}
	var all []ListedAccount
	err := q.Find(&all).Error
	return all, found(err, "list accounts")
}

// LockAccounts reads accounts in the order of their ids, and holds them until the transaction ends.
func (tx *Tx) LockAccounts(ids ...string) (map[string]Account, error) {
	inOrder := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Order("id")
	return ofIDs(inOrder, ids, func(a Account) string { return a.ID }, "read accounts")
}

// CloseAccount closes an account for good: its sessions end, its tokens are revoked, and its invitations taken back.
func (tx *Tx) CloseAccount(id string, at time.Time) error {
	err := tx.db.Model(&Account{}).Where("id = ?", id).Updates(map[string]any{"state": AccountClosed, "closed_at": at}).Error
	if err != nil {
		return fmt.Errorf("close an account: %w", err)
	}
	if _, err := tx.RevokeWebSessions(id, ""); err != nil {
		return err
	}
	err = tx.db.Model(&AccessToken{}).Where("account_id = ? AND revoked_at IS NULL", id).Update("revoked_at", at).Error
	if err != nil {
		return fmt.Errorf("revoke an account's tokens: %w", err)
	}
	err = tx.db.Model(&Invitation{}).Where("invited_by = ? AND accepted_at IS NULL AND revoked_at IS NULL", id).
		Update("revoked_at", at).Error
	return found(err, "take an account's invitations back")
}
