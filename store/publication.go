package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
)

// Publication is a certificate's way into one public register. Its version grows whenever the register is to be told of it
// anew; only the newest is ever sent.
type Publication struct {
	CertificateID string
	Channel       string
	Version       int    // what is wanted there
	Operation     string // what led to it
	WantedAt      time.Time
	State         string
	Since         time.Time
	SentVersion   int
	SentSHA256    []byte `gorm:"column:sent_sha256"`
	SentAt        *time.Time

	PublishedVersion int
	PublishedAt      *time.Time
	Receipt          string
	Attempts         int // to send the version that is wanted
	NextAt           time.Time
	LastError        string
	WokenAt          *time.Time
}

// States of a publication.
const (
	PublicationWaiting      = "waiting"      // to be sent
	PublicationSending      = "sending"      // on its way: whether it arrived is not known
	PublicationAcknowledged = "acknowledged" // the register has it, and is yet to show it
	PublicationPublished    = "published"
	PublicationRefused      = "refused"
)

// What leads to a version of a publication.
const (
	OperationIssue     = "issue"
	OperationCorrect   = "correct" // issued in the place of another
	OperationSuspend   = "suspend"
	OperationResume    = "resume"
	OperationSupersede = "supersede" // another stands in its place
	OperationRevoke    = "revoke"
)

// What a publication's history says.
const (
	PublicationQueued   = "queued"
	PublicationSent     = "sent"
	PublicationMissed   = "missed"   // the register was not reached
	PublicationOutdated = "outdated" // the register spoke of an older version
)

// PublicationEvent is a line of a publication's history.
type PublicationEvent struct {
	ID            int64 `gorm:"->"`
	CertificateID string
	Channel       string
	Version       int
	What          string
	Detail        string // operation, class of error or reason: a code
	At            time.Time
}

// operationOf is what a change of a certificate is to the registers; empty when it is nothing to them.
func operationOf(c Certificate, to string) string {
	switch {
	case to == CertificateSuspended:
		return OperationSuspend
	case to == CertificateRevoked:
		return OperationRevoke
	case to == CertificateSuperseded:
		return OperationSupersede
	case to != CertificateValid:
		return ""
	case c.Status == CertificateSuspended:
		return OperationResume
	case c.Supersedes != nil:
		return OperationCorrect
	}
	return OperationIssue
}

// queuePublications has the registers told of a change of a certificate, which still is as it was before it.
func (tx *Tx) queuePublications(c Certificate, to string, at time.Time) error {
	operation := operationOf(c, to)
	if operation == "" {
		return nil
	}
	for _, channel := range certificate.ChannelsOf(c.Kind) {
		if err := tx.wantPublication(c.ID, channel, operation, at); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) wantPublication(certificateID, channel, operation string, at time.Time) error {
	var version int
	err := tx.db.Raw(`INSERT INTO publications (certificate_id, channel, version, operation, wanted_at, since, next_at)
			VALUES (?, ?, 1, ?, ?, ?, ?)
		ON CONFLICT (certificate_id, channel) DO UPDATE SET version = publications.version + 1, operation = EXCLUDED.operation,
			wanted_at = EXCLUDED.wanted_at, state = 'waiting', since = EXCLUDED.since, attempts = 0, next_at = EXCLUDED.next_at,
			last_error = '', woken_at = NULL
		RETURNING version`, certificateID, channel, operation, at, at, at).Scan(&version).Error
	if err != nil {
		return fmt.Errorf("queue a publication: %w", err)
	}
	return tx.notePublication(Publication{CertificateID: certificateID, Channel: channel, Version: version}, PublicationQueued, operation, at)
}

// Republish has a register told of a certificate once more, as a version of its own, since it may hold another under the last.
func (tx *Tx) Republish(certificateID, channel string, at time.Time) error {
	p, err := tx.LockPublication(certificateID, channel)
	if err != nil {
		return err
	}
	return tx.wantPublication(certificateID, channel, p.Operation, at)
}

func (tx *Tx) notePublication(p Publication, what, detail string, at time.Time) error {
	err := tx.db.Create(&PublicationEvent{
		CertificateID: p.CertificateID, Channel: p.Channel, Version: p.Version, What: what, Detail: detail, At: at,
	}).Error
	return found(err, "write the history of a publication")
}

// DuePublications reads what is due to be sent to a register, what is due longest first.
func (tx *Tx) DuePublications(channel string, now time.Time, limit int) ([]Publication, error) {
	var due []Publication
	err := tx.db.Order("next_at, certificate_id").Limit(limit).
		Find(&due, "channel = ? AND state IN ('waiting', 'sending') AND next_at <= ?", channel, now).Error
	return due, found(err, "read due publications")
}

// NextPublication is when something is due to be sent to a register; nil when nothing is.
func (tx *Tx) NextPublication(channel string) (*time.Time, error) {
	q := tx.db.Model(&Publication{}).Where("channel = ? AND state IN ('waiting', 'sending')", channel)
	return earliest(q, "next_at", "look for due publications")
}

// AwaitedSince is since when a register owes its longest outstanding receipt; nil when it owes none.
func (tx *Tx) AwaitedSince(channel string) (*time.Time, error) {
	q := tx.db.Model(&Publication{}).Where("channel = ? AND state = 'acknowledged'", channel)
	return earliest(q, "since", "look for receipts that are awaited")
}

// earliest is the first instant of a column; nil when there is none.
func earliest(q *gorm.DB, column, operation string) (*time.Time, error) {
	var instants []time.Time
	if err := q.Order(column).Limit(1).Pluck(column, &instants).Error; err != nil || len(instants) == 0 {
		return nil, found(err, operation)
	}
	return &instants[0], nil
}

// LockPublication reads a publication and keeps it from being changed until the transaction is over.
func (tx *Tx) LockPublication(certificateID, channel string) (Publication, error) {
	var p Publication
	err := tx.held().
		Take(&p, "certificate_id = ? AND channel = ?", certificateID, channel).Error
	return p, found(err, "lock a publication")
}

func (tx *Tx) savePublication(p Publication, set map[string]any) error {
	err := tx.db.Model(&Publication{}).Where("certificate_id = ? AND channel = ?", p.CertificateID, p.Channel).Updates(set).Error
	return found(err, "write a publication")
}

// BeginPublication notes that a publication, which is locked, is on its way: what was sent is known before anybody can answer
// to it. It is due again at a moment, if nothing more is heard of this attempt.
func (tx *Tx) BeginPublication(p Publication, sha256 []byte, at, again time.Time) error {
	set := map[string]any{"sent_version": p.Version, "sent_sha256": sha256, "sent_at": at, "attempts": p.Attempts + 1, "next_at": again}
	if p.State != PublicationSending {
		set["state"], set["since"] = PublicationSending, at
	}
	if err := tx.savePublication(p, set); err != nil || p.SentVersion == p.Version {
		return err
	}
	return tx.notePublication(p, PublicationSent, p.Operation, at)
}

// MissPublication notes that a register was not reached with a version. It is due again as soon as the register is back.
func (tx *Tx) MissPublication(sent Publication, class string, at time.Time) error {
	p, err := tx.LockPublication(sent.CertificateID, sent.Channel)
	if err != nil || p.Version != sent.Version || p.State != PublicationSending {
		return err // it changed meanwhile, or the register spoke of it by its feed
	}
	err = tx.savePublication(p, map[string]any{"state": PublicationWaiting, "since": at, "next_at": at, "last_error": class})
	if err != nil || p.LastError == class {
		return err
	}
	return tx.notePublication(p, PublicationMissed, class, at)
}

// PublicationReceipt is what a register says of a version of a certificate.
type PublicationReceipt struct {
	Channel    string
	ID         string // in the feed; empty for the answer to what was sent
	ECertID    string
	Version    int
	State      string
	Reason     string
	Receipt    string
	At         time.Time
	ReceivedAt time.Time
	Outcome    string
}

// What a register says of a record.
const (
	ReceiptReceived  = "received"
	ReceiptPublished = "published"
	ReceiptRefused   = "refused"
)

// What comes of a receipt.
const (
	ReceiptTaken    = "taken"
	ReceiptOutdated = "outdated" // of an older version, or of what is known to be further: kept, and nothing else
	ReceiptUnknown  = "unknown"  // of a certificate, or a version, that the register was never sent
	ReceiptRepeated = "repeated" // it was had before
)

// TakeReceipt takes what a register says, once, and says what came of it.
func (tx *Tx) TakeReceipt(r PublicationReceipt) (outcome string, err error) {
	var p Publication
	if _, err := uuid.Parse(r.ECertID); err == nil {
		p, err = tx.LockPublication(r.ECertID, r.Channel)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return "", err
		}
	}
	r.Outcome = p.outcomeOf(r)
	if r.ID != "" {
		kept := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&r)
		if kept.Error != nil {
			return "", fmt.Errorf("write a receipt: %w", kept.Error)
		}
		if kept.RowsAffected == 0 {
			return ReceiptRepeated, nil
		}
	}
	switch r.Outcome {
	case ReceiptTaken:
		return r.Outcome, tx.apply(p, r)
	case ReceiptOutdated:
		p.Version = r.Version
		return r.Outcome, tx.notePublication(p, PublicationOutdated, r.State, r.ReceivedAt)
	}
	return r.Outcome, nil
}

// outcomeOf is what a receipt is to a publication as it stands.
func (p Publication) outcomeOf(r PublicationReceipt) string {
	switch {
	case p.SentVersion == 0 || r.Version > p.SentVersion || r.Version < 1:
		return ReceiptUnknown
	case r.Version < p.SentVersion || p.PublishedVersion >= r.Version:
		return ReceiptOutdated
	case r.State == ReceiptReceived && p.State != PublicationWaiting && p.State != PublicationSending:
		return ReceiptOutdated
	}
	return ReceiptTaken
}

// apply has a publication follow from a receipt of the version that was sent last. When another is wanted meanwhile, that one
// is still to be sent, whatever was said of this.
func (tx *Tx) apply(p Publication, r PublicationReceipt) error {
	set, current := map[string]any{"receipt": r.Receipt}, p.Version == r.Version
	state := map[string]string{
		ReceiptReceived: PublicationAcknowledged, ReceiptPublished: PublicationPublished, ReceiptRefused: PublicationRefused,
	}[r.State]
	if current && state != p.State {
		set["state"], set["since"], set["last_error"] = state, r.ReceivedAt, r.Reason
	}
	if state == PublicationPublished {
		set["published_version"], set["published_at"] = r.Version, r.ReceivedAt
	}
	if err := tx.savePublication(p, set); err != nil {
		return err
	}
	sent := p
	sent.Version = r.Version
	if err := tx.notePublication(sent, state, r.Reason, r.ReceivedAt); err != nil || !current {
		return err
	}
	switch state {
	case PublicationRefused:
		p.Since = r.ReceivedAt
		_, err := tx.FindPublication(contract.PublicationRefused, p, map[string]any{"reason": r.Reason}, r.ReceivedAt)
		return err
	case PublicationPublished:
		return tx.settlePublication(p, r.ReceivedAt)
	}
	return nil
}
