package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

// Kinds of outbox event: the types of the callbacks an institution receives.
const (
	OutboxTaskIssued    = "task.issued"
	OutboxTaskCancelled = "task.cancelled"
)

// States of an outbox event.
const (
	OutboxPending   = "pending"
	OutboxDelivered = "delivered"
	OutboxFailed    = "failed" // given up; the institution can still poll
)

// OutboxEvent is something an institution is to be told. Its id is the webhook-id: one event, however often it is sent.
type OutboxEvent struct {
	ID            string
	Seq           int64  `gorm:"->"`
	Position      *int64 `gorm:"->"` // in the feed; nil until it is lined up
	InstitutionID string
	CaseID        string
	Kind          string
	SubjectID     string
	Payload       OutboxPayload `gorm:"serializer:json"`
	State         string
	Attempts      int
	NextAttemptAt time.Time
	CreatedAt     time.Time
	DeliveredAt   *time.Time
	WokenAt       *time.Time
}

// TableName is the table of outbox events.
func (OutboxEvent) TableName() string { return "outbox" }

// OutboxPayload is what the callback's body says of its subject.
type OutboxPayload struct {
	TaskID string    `json:"task_id"`
	CaseID string    `json:"case_id"`
	Kind   string    `json:"kind"`
	DueAt  time.Time `json:"due_at"`
}

// DeliveryAttempt is one sending of an event, as it went.
type DeliveryAttempt struct {
	EventID    string
	Attempt    int
	At         time.Time
	Status     *int
	Error      string
	DurationMS int `gorm:"column:duration_ms"`
}

// NewEvent is an outbox event that its endpoint's workflow was not told of yet.
type NewEvent struct {
	ID            string
	InstitutionID string
}

// Unwoken reads outbox events their endpoint's workflow was not told of, at most limit of them, by institution.
func (tx *Tx) Unwoken(limit int) ([]NewEvent, error) {
	var events []NewEvent
	err := tx.db.Model(&OutboxEvent{}).Select("id", "institution_id").Where("woken_at IS NULL").
		Order("institution_id").Limit(limit).Find(&events).Error
	return events, found(err, "look for new outbox events")
}

// MarkWoken notes that the endpoint's workflow was told of these events. They are named one by one: an event that was
// committed after the look must not be marked with those that were seen.
func (tx *Tx) MarkWoken(ids []string) error {
	err := tx.db.Model(&OutboxEvent{}).Where("id IN ?", ids).Update("woken_at", time.Now().UTC()).Error
	return found(err, "mark outbox events")
}

// DueEvents reads the events that are due for an institution, oldest first, at most limit of them.
func (tx *Tx) DueEvents(institutionID string, now time.Time, limit int) ([]OutboxEvent, error) {
	var events []OutboxEvent
	err := tx.db.Order("seq").Limit(limit).
		Find(&events, "institution_id = ? AND state = ? AND next_attempt_at <= ?", institutionID, OutboxPending, now).Error
	return events, found(err, "read due outbox events")
}

// NextDue is when the next event of an institution is due; nil when none is pending.
func (tx *Tx) NextDue(institutionID string) (*time.Time, error) {
	var next []time.Time
	err := tx.db.Model(&OutboxEvent{}).Order("next_attempt_at").Limit(1).
		Where("institution_id = ? AND state = ?", institutionID, OutboxPending).Pluck("next_attempt_at", &next).Error
	if err != nil || len(next) == 0 {
		return nil, found(err, "read the next due outbox event")
	}
	return &next[0], nil
}

// RecordAttempt writes how a sending went, and what becomes of the event: delivered, failed for good, or due again.
func (tx *Tx) RecordAttempt(a DeliveryAttempt, state string, next time.Time) error {
	if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&a).Error; err != nil {
		return fmt.Errorf("write a delivery attempt: %w", err)
	}
	set := map[string]any{"state": state, "attempts": a.Attempt, "next_attempt_at": next}
	if state == OutboxDelivered {
		set["delivered_at"] = a.At
	}
	err := tx.db.Model(&OutboxEvent{}).Where("id = ?", a.EventID).Updates(set).Error
	return found(err, "write an outbox event's state")
}

// Redeliver makes an event due again at once, whatever became of it.
func (tx *Tx) Redeliver(taskID string, at time.Time) error {
	err := tx.db.Model(&OutboxEvent{}).Where("kind = ? AND subject_id = ?", OutboxTaskIssued, taskID).
		Updates(map[string]any{"state": OutboxPending, "next_attempt_at": at, "woken_at": nil}).Error
	return found(err, "redeliver an event")
}
