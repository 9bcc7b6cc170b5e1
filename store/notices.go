package store

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Whom a notice is to.
const (
	AudienceInstitution = "institution" // the staff of one institution
	AudienceOperators   = "operators"   // the operators in whose area an institution lies
)

// Notice is something that an institution or the operators are to be told of, beside the callbacks. What kind it is of is
// explained in the catalogue of messages, under notice. It names nobody.
type Notice struct {
	ID             string
	Audience       string
	InstitutionID  *string // whom it is to, or about; nil: about no institution
	Kind           string
	Occasion       string         // what it is told of, such as one disabling: it is told once an audience
	Params         map[string]any `gorm:"serializer:json"`
	CreatedAt      time.Time
	AcknowledgedAt *time.Time // somebody has seen to it
	AcknowledgedBy *string
}

// Mailbox is an address that notices go to by mail. The address is sealed (see [MailboxSeal]).
type Mailbox struct {
	ID            string
	InstitutionID *string // nil: the programme's operators
	AddressSealed []byte
	Label         string
	NamedBy       string
	NamedAt       time.Time
	RemovedAt     *time.Time
}

// TableName is the table of mailboxes.
func (Mailbox) TableName() string { return "mailboxes" }

// NoticeMail is a notice on its way to a mailbox.
type NoticeMail struct {
	NoticeID      string `gorm:"primaryKey"`
	MailboxID     string `gorm:"primaryKey"`
	State         string
	Attempts      int
	NextAttemptAt time.Time
	SentAt        *time.Time
	Error         string
}

// States of a notice.
const (
	NoticeOpen         = "open" // nobody has seen to it
	NoticeAcknowledged = "acknowledged"
)

// States of a notice on its way to a mailbox.
const (
	MailPending = "pending"
	MailSent    = "sent"
	MailFailed  = "failed" // given up; the notice stands in the console all the same
)

// InsertNotice writes a notice and puts it on its way to the mailboxes of its audience, once an occasion. Its id and its
// time are given to it.
func (tx *Tx) InsertNotice(n Notice) error {
	n.ID, n.CreatedAt = uuid.NewString(), time.Now().UTC()
	if n.Params == nil {
		n.Params = map[string]any{}
	}
	res := tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "audience"}, {Name: "kind"}, {Name: "occasion"}},
		DoNothing: true,
	}).Create(&n)
	if res.Error != nil {
		return fmt.Errorf("write a notice: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return nil // told before
	}
	var to *string
	if n.Audience == AudienceInstitution {
		to = n.InstitutionID
	}
	err := tx.db.Exec(`INSERT INTO notice_mails (notice_id, mailbox_id)
		SELECT ?, id FROM mailboxes WHERE institution_id IS NOT DISTINCT FROM ? AND removed_at IS NULL`, n.ID, to).Error
	return found(err, "put a notice on its way")
}

// NoticeFilter picks notices; an empty field picks all.
type NoticeFilter struct {
	Within

	Audience string
	State    string // NoticeOpen or NoticeAcknowledged
	Numbered Numbered
	Limit    int
}

var noticeOrders = map[string]string{"": "created_at DESC, id", "created_at": "created_at, id"}

func (f NoticeFilter) pick(q *gorm.DB) *gorm.DB {
	q = f.ofInstitutions(q).Where("audience = ?", f.Audience)
	switch f.State {
	case NoticeOpen:
		q = q.Where("acknowledged_at IS NULL")
	case NoticeAcknowledged:
		q = q.Where("acknowledged_at IS NOT NULL")
	}
	return q
}

// Notices reads notices, the newest first.
func (tx *Tx) Notices(f NoticeFilter) ([]Notice, error) {
	var all []Notice
	err := f.Numbered.of(f.pick(tx.db), noticeOrders, f.Limit).Find(&all).Error
	return all, found(err, "list notices")
}

// CountNotices counts the notices that a filter picks.
func (tx *Tx) CountNotices(f NoticeFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Notice{})).Count(&n).Error
	return n, found(err, "count notices")
}

// Notice reads a notice.
func (tx *Tx) Notice(id string) (Notice, error) {
	return byID[Notice](tx.db, id, "read a notice")
}

// AcknowledgeNotice notes that somebody has seen to a notice, and reports whether nobody had before.
func (tx *Tx) AcknowledgeNotice(id, account string, at time.Time) (fresh bool, err error) {
	res := tx.db.Model(&Notice{}).Where("id = ? AND acknowledged_at IS NULL", id).
		Updates(map[string]any{"acknowledged_at": at, "acknowledged_by": account})
	return res.RowsAffected == 1, found(res.Error, "acknowledge a notice")
}

// InsertMailbox names a mailbox, once an institution and label, and reports whether it is new.
func (tx *Tx) InsertMailbox(m Mailbox) (fresh bool, err error) {
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&m)
	return res.RowsAffected == 1, found(res.Error, "write a mailbox")
}

// Mailbox reads a mailbox, removed or not.
func (tx *Tx) Mailbox(id string) (Mailbox, error) {
	return byID[Mailbox](tx.db, id, "read a mailbox")
}

// Mailboxes reads where an institution's notices go to, or the operators' for nil, the first named first.
func (tx *Tx) Mailboxes(institutionID *string) ([]Mailbox, error) {
	var all []Mailbox
	err := tx.db.Order("named_at, id").
		Find(&all, "institution_id IS NOT DISTINCT FROM ? AND removed_at IS NULL", institutionID).Error
	return all, found(err, "list mailboxes")
}

// LockMailboxes is Mailboxes, and keeps others from naming one until the transaction ends.
func (tx *Tx) LockMailboxes(institutionID *string) ([]Mailbox, error) {
	err := tx.db.Exec("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "mailboxes/"+text(institutionID)).Error
	if err != nil {
		return nil, fmt.Errorf("lock the list of mailboxes: %w", err)
	}
	return tx.Mailboxes(institutionID)
}

// RemoveMailbox takes a mailbox away, with what is on its way to it, and reports whether it was there.
func (tx *Tx) RemoveMailbox(id string, at time.Time) (bool, error) {
	res := tx.db.Model(&Mailbox{}).Where("id = ? AND removed_at IS NULL", id).Update("removed_at", at)
	if res.Error != nil || res.RowsAffected == 0 {
		return false, found(res.Error, "remove a mailbox")
	}
	err := tx.db.Model(&NoticeMail{}).Where("mailbox_id = ? AND state = ?", id, MailPending).
		Updates(map[string]any{"state": MailFailed, "error": "removed"}).Error
	return true, found(err, "stop notices to a mailbox")
}

// MailsTo reads what was or is on its way to a mailbox, the latest last.
func (tx *Tx) MailsTo(mailboxID string) ([]NoticeMail, error) {
	var mails []NoticeMail
	err := tx.db.Joins("JOIN notices n ON n.id = notice_id").Order("n.created_at, n.id").Find(&mails, "mailbox_id = ?", mailboxID).Error
	return mails, found(err, "list a mailbox's notices")
}

// ClaimMails takes notices that are due for sending, oldest first, and keeps others from taking them for a while. What is
// claimed by a process that dies is due again when the while is over.
func (tx *Tx) ClaimMails(limit int, lease time.Duration) ([]NoticeMail, error) {
	now := time.Now().UTC()
	var mails []NoticeMail
	err := tx.db.Raw(`
		UPDATE notice_mails SET attempts = attempts + 1, next_attempt_at = ?
		WHERE (notice_id, mailbox_id) IN (SELECT notice_id, mailbox_id FROM notice_mails
			WHERE state = 'pending' AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ? FOR UPDATE SKIP LOCKED)
		RETURNING *`, now.Add(lease), now, limit).Scan(&mails).Error
	return mails, found(err, "claim notices to be mailed")
}

// MarkMailed notes that a notice was sent to a mailbox.
func (tx *Tx) MarkMailed(m NoticeMail, at time.Time) error {
	return tx.settleMail(m, map[string]any{"state": MailSent, "sent_at": at, "error": ""})
}

// PostponeMail makes a notice due again later, after a sending that failed for a class of reasons.
func (tx *Tx) PostponeMail(m NoticeMail, class string, until time.Time) error {
	return tx.settleMail(m, map[string]any{"next_attempt_at": until, "error": class})
}

// FailMail gives up sending a notice to a mailbox.
func (tx *Tx) FailMail(m NoticeMail, class string) error {
	return tx.settleMail(m, map[string]any{"state": MailFailed, "error": class})
}

func (tx *Tx) settleMail(m NoticeMail, set map[string]any) error {
	err := tx.db.Model(&NoticeMail{}).
		Where("notice_id = ? AND mailbox_id = ? AND state = ?", m.NoticeID, m.MailboxID, MailPending).Updates(set).Error
	return found(err, "note what became of a mail")
}
