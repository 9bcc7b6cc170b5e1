package store

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"
)

// Kinds of inbox item.
const (
	InboxStart      = "start"
	InboxAnswer     = "answer"
	InboxResolution = "resolution"
	InboxWithdrawal = "withdrawal"
	InboxHours      = "hours" // hours of the case were taken back, or added after its training
	InboxFacts      = "facts" // the applicant's facts were given anew

	InboxIssuance    = "issuance"    // a certificate that no case waits for is to be issued
	InboxCertificate = "certificate" // a certificate of the case was suspended, reinstated or revoked
	InboxMisconduct  = "misconduct"  // misconduct was confirmed, or decided
	InboxAct         = "act"         // an operator acts on the case
	InboxMark        = "mark"        // the review of a mark was answered or taken back
	InboxDoor        = "door"        // somebody sat provisionally, or it was decided whether that counts
	InboxProlonged   = "prolonged"   // what the case was stuck on as overdue has more time
)

// InboxItem is something a case's workflow is to be told, or that of a certificate which no case waits for. It is committed
// before the sender is answered, so what was acknowledged is never lost: it is forwarded at once, or by the relay when
// Temporal was away.
type InboxItem struct {
	ID            string
	CaseID        string `gorm:"default:null"` // empty: of no case
	Kind          string
	SubjectID     string // the case, task, incident, resolution, session, facts, certificate, misconduct, petition, check at a door or act it is about
	CreatedAt     time.Time
	ForwardedAt   *time.Time
	Refused       string
	Attempts      int
	RequestID     string // empty when no request caused it
	NextAttemptAt time.Time
}

// TableName is the table of inbox items.
func (InboxItem) TableName() string { return "inbox" }

// inboxGrace is how long the process that wrote an item has to forward it before the relay does.
const inboxGrace = 2 * time.Second

// InsertInbox writes an inbox item.
func (tx *Tx) InsertInbox(caseID, kind, subjectID string) (InboxItem, error) {
	now := time.Now().UTC()
	item := InboxItem{
		ID: uuid.NewString(), CaseID: caseID, Kind: kind, SubjectID: subjectID,
		CreatedAt: now, NextAttemptAt: now.Add(inboxGrace), RequestID: tx.requestID,
	}
	if err := tx.db.Create(&item).Error; err != nil {
		return item, fmt.Errorf("write an inbox item: %w", err)
	}
	return item, nil
}

// InboxItem reads an inbox item.
func (tx *Tx) InboxItem(id string) (InboxItem, error) {
	return byID[InboxItem](tx.db, id, "read an inbox item")
}

// StartIssuance has a certificate that is prepared, and that no case waits for, printed, signed and published; or has it
// tried again, once what held it up is gone.
func (tx *Tx) StartIssuance(certificateID string) error {
	_, err := tx.InsertInbox("", InboxIssuance, certificateID)
	return err
}

// ClaimInbox takes items that are due for forwarding, oldest first, and keeps others from taking them for a while. An
// item claimed by a process that dies is due again when the while is over.
func (tx *Tx) ClaimInbox(limit int, lease time.Duration) ([]InboxItem, error) {
	now := time.Now().UTC()
	var items []InboxItem
	err := tx.db.Raw(`
		UPDATE inbox SET attempts = attempts + 1, next_attempt_at = ?
		WHERE id IN (SELECT id FROM inbox WHERE forwarded_at IS NULL AND next_attempt_at <= ?
		             ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)
		RETURNING *`, now.Add(lease), now, limit).Scan(&items).Error
	return items, found(err, "claim inbox items")
}

// MarkForwarded notes that a case has taken an item, or will never take it and why.
func (tx *Tx) MarkForwarded(id, refused string) error {
	err := tx.db.Model(&InboxItem{}).Where("id = ? AND forwarded_at IS NULL", id).
		Updates(map[string]any{"forwarded_at": time.Now().UTC(), "refused": refused}).Error
	return found(err, "mark an inbox item")
}

// Postpone makes an item due again later.
func (tx *Tx) Postpone(id string, until time.Time) error {
	err := tx.db.Model(&InboxItem{}).Where("id = ?", id).Update("next_attempt_at", until).Error
	return found(err, "postpone an inbox item")
}

// Withdrawal is a trainee's or operator's request to end a case.
type Withdrawal struct {
	CaseID      string `gorm:"primaryKey"`
	Reason      string
	RequestedBy string
	RequestedAt time.Time
}

// InsertWithdrawal writes a withdrawal, once a case, and reports whether it is new.
func (tx *Tx) InsertWithdrawal(w Withdrawal) (fresh bool, err error) {
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&w)
	return res.RowsAffected == 1, found(res.Error, "write a withdrawal")
}
