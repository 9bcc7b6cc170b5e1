package store

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Share is a link by which a holder shows a certificate to whoever they send it to, for a while. The link's secret is shown to
// the holder once, and kept as a hash.
type Share struct {
	ID            string
	CertificateID string
	TokenHash     []byte
	Purpose       string
	Document      bool // the signed document is shown with it
	SharedBy      string
	SharedAt      time.Time
	ExpiresAt     time.Time
	EndedAt       *time.Time
	Opened        int
	OpenedAt      *time.Time
}

// TableName names the table.
func (Share) TableName() string { return "certificate_shares" }

// MakeShare writes a link and returns it with its secret, which cannot be read again.
func (tx *Tx) MakeShare(s Share) (Share, string, error) {
	token := newSecret()
	s.ID, s.TokenHash = uuid.NewString(), hashToken(token)
	return s, token, found(tx.db.Create(&s).Error, "write a link to a certificate")
}

// SharesOf reads the links of a certificate, the latest first, up to a most.
func (tx *Tx) SharesOf(certificateID string, most int) ([]Share, error) {
	var all []Share
	err := tx.db.Order("shared_at DESC, id").Limit(most).Find(&all, "certificate_id = ?", certificateID).Error
	return all, found(err, "list the links of a certificate")
}

// CountShares counts the links of a certificate that open it at a moment.
func (tx *Tx) CountShares(certificateID string, now time.Time) (n int64, err error) {
	err = tx.db.Model(&Share{}).Where("certificate_id = ? AND "+shareOpens, certificateID, now).Count(&n).Error
	return n, found(err, "count the links of a certificate")
}

// shareOpens is the condition of a link that opens its certificate at a moment. With its holder's account, it is over.
const shareOpens = "ended_at IS NULL AND shared_by IN (SELECT id FROM accounts WHERE state = 'active') AND expires_at > ?"

// ShareByToken reads the link of a secret, while it opens its certificate; ErrNotFound otherwise.
func (tx *Tx) ShareByToken(token string, now time.Time) (Share, error) {
	var s Share
	err := tx.db.Take(&s, "token_hash = ? AND "+shareOpens, hashToken(token), now).Error
	return s, found(err, "look up a link to a certificate")
}

// ShareOpened notes that somebody opened a link.
func (tx *Tx) ShareOpened(id string, at time.Time) error {
	err := tx.db.Model(&Share{}).Where("id = ?", id).
		Updates(map[string]any{"opened": gorm.Expr("opened + 1"), "opened_at": at}).Error
	return found(err, "note that a link was opened")
}

// EndShare ends a link of a certificate; ErrNotFound when it has no such link, or it is over.
func (tx *Tx) EndShare(certificateID, id string, now time.Time) (Share, error) {
	var s Share
	res := tx.db.Model(&s).Clauses(clause.Returning{}).
		Where("id = ? AND certificate_id = ? AND "+shareOpens, id, certificateID, now).Update("ended_at", now)
	if res.Error == nil && res.RowsAffected == 0 {
		return s, ErrNotFound
	}
	return s, found(res.Error, "end a link to a certificate")
}
