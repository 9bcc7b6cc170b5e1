package store

import (
	"time"

	"gorm.io/gorm/clause"
)

// WebSession is a browser that is logged in.
type WebSession struct {
	ID         string
	TokenHash  []byte
	AccountID  string
	Method     string // how it logged in: MethodLocal or MethodOIDC
	Browser    string // a coarse name of it
	Data       []byte // what the session library keeps
	CreatedAt  time.Time
	LastSeenAt time.Time
}

// How a session was logged in.
const (
	MethodLocal = "local"
	MethodOIDC  = "oidc"
)

// SessionLimits are how long sessions last.
type SessionLimits struct {
	Idle     time.Duration // without a request
	Lifetime time.Duration // since the log-in
}

// Ends is when a session ends if nothing more is asked in it.
func (l SessionLimits) Ends(s WebSession) time.Time {
	idle, last := s.LastSeenAt.Add(l.Idle), s.CreatedAt.Add(l.Lifetime)
	if idle.Before(last) {
		return idle
	}
	return last
}

// WebSession reads the session of a token, if it has not ended; ErrNotFound otherwise. That it was seen is noted at most
// once a minute.
func (tx *Tx) WebSession(token string, now time.Time, limits SessionLimits) (WebSession, error) {
	var s WebSession
	err := tx.db.Take(&s, "token_hash = ? AND last_seen_at > ? AND created_at > ?",
		hashToken(token), now.Add(-limits.Idle), now.Add(-limits.Lifetime)).Error
	if err != nil {
		return s, found(err, "look up a session")
	}
	if now.Sub(s.LastSeenAt) >= time.Minute {
		s.LastSeenAt = now
		err = tx.db.Model(&WebSession{}).Where("id = ?", s.ID).Update("last_seen_at", now).Error
	}
	return s, found(err, "note that a session was seen")
}

// WebSessionLives reports whether a session has not ended, without noting that it was seen.
func (tx *Tx) WebSessionLives(id string, now time.Time, limits SessionLimits) (bool, error) {
	var n int64
	err := tx.db.Model(&WebSession{}).Where("id = ? AND last_seen_at > ? AND created_at > ?",
		id, now.Add(-limits.Idle), now.Add(-limits.Lifetime)).Count(&n).Error
	return n > 0, found(err, "look up a session")
}

// SaveWebSession writes a session, or what the library keeps of one that is there. Sessions that ended are removed.
func (tx *Tx) SaveWebSession(s WebSession, token string, limits SessionLimits) error {
	err := tx.db.Where("last_seen_at <= ? OR created_at <= ?", s.LastSeenAt.Add(-limits.Idle), s.LastSeenAt.Add(-limits.Lifetime)).
		Delete(&WebSession{}).Error
	if err != nil {
		return found(err, "remove sessions that ended")
	}
	s.TokenHash = hashToken(token)
	err = tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "token_hash"}}, DoUpdates: clause.AssignmentColumns([]string{"data", "last_seen_at"}),
	}).Create(&s).Error
	return found(err, "write a session")
}

// EndWebSession removes the session of a token.
func (tx *Tx) EndWebSession(token string) error {
	err := tx.db.Where("token_hash = ?", hashToken(token)).Delete(&WebSession{}).Error
	return found(err, "end a session")
}

// WebSessions lists an account's sessions that have not ended, the newest first.
func (tx *Tx) WebSessions(accountID string, now time.Time, limits SessionLimits) ([]WebSession, error) {
	var all []WebSession
	err := tx.db.Order("created_at DESC, id").Find(&all, "account_id = ? AND last_seen_at > ? AND created_at > ?",
		accountID, now.Add(-limits.Idle), now.Add(-limits.Lifetime)).Error
	return all, found(err, "list sessions")
}

// RevokeWebSession ends one session of an account; ErrNotFound when the account has no such session.
func (tx *Tx) RevokeWebSession(accountID, id string) error {
	res := tx.db.Where("account_id = ? AND id = ?", accountID, id).Delete(&WebSession{})
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrNotFound
	}
	return found(res.Error, "revoke a session")
}

// RevokeWebSessions ends every session of an account but one, and says how many.
func (tx *Tx) RevokeWebSessions(accountID, exceptID string) (int64, error) {
	q := tx.db.Where("account_id = ?", accountID)
	if exceptID != "" {
		q = q.Where("id <> ?", exceptID)
	}
	res := q.Delete(&WebSession{})
	return res.RowsAffected, found(res.Error, "revoke sessions")
}
