package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/filter"
)

// DeliveryAttempt is one sending of an event, as it went.
type DeliveryAttempt struct {
	EventID    string
	Attempt    int
	At         time.Time
	Status     *int
	Error      string // a class of error; empty when the event was accepted
	DurationMS int    `gorm:"column:duration_ms"`
	// ResponseSealed is the beginning of what the endpoint answered, masked, and sealed all the same: a name has no form by which
	// it could be found (see [ResponseSeal]). It is nil where that was no text.
	ResponseSealed []byte
}

// DueQuery is which events of an institution are to be sent.
type DueQuery struct {
	InstitutionID string
	Now           time.Time
	TestsOnly     bool // nothing else: the endpoint is stopped, or left alone
	LeastTried    bool // those that were tried least first, instead of the oldest
	Limit         int
}

// placed are the events that can be sent: what is sent says where it stands among those of its case.
const placed = "(test OR position IS NOT NULL)"

// DueEvents reads events that are to be sent to an institution.
func (tx *Tx) DueEvents(d DueQuery) ([]OutboxEvent, error) {
	q := tx.db.Limit(d.Limit).Where(placed).
		Where("institution_id = ? AND state = ? AND next_attempt_at <= ?", d.InstitutionID, OutboxPending, d.Now)
	if d.TestsOnly {
		q = q.Where("test")
	}
	if d.LeastTried {
		q = q.Order("charged")
	}
	var events []OutboxEvent
	err := q.Order("seq").Find(&events).Error
	return events, found(err, "read due outbox events")
}

// NextDue is when the next event of an institution is due; nil when none is pending.
func (tx *Tx) NextDue(institutionID string) (*time.Time, error) {
	var next []time.Time
	err := tx.db.Model(&OutboxEvent{}).Where(placed).Order("next_attempt_at").Limit(1).
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
	set := map[string]any{"state": state, "attempts": a.Attempt, "charged": gorm.Expr("charged + 1"), "next_attempt_at": next}
	if state == OutboxDelivered {
		set["delivered_at"] = a.At
	}
	err := tx.db.Model(&OutboxEvent{}).Where("id = ?", a.EventID).Updates(set).Error
	return found(err, "write an outbox event's state")
}

// HastenEvents makes due at once what waits for an institution's endpoint.
func (tx *Tx) HastenEvents(institutionID string, at time.Time) error {
	err := tx.db.Model(&OutboxEvent{}).
		Where("institution_id = ? AND state = ? AND next_attempt_at > ?", institutionID, OutboxPending, at).
		Update("next_attempt_at", at).Error
	return found(err, "hasten outbox events")
}

// requeued is what an event is when it is to be sent once more, whatever became of it.
func requeued(at time.Time) map[string]any {
	return map[string]any{
		"state": OutboxPending, "charged": 0, "next_attempt_at": at, "queued_at": at, "delivered_at": nil, "woken_at": nil,
	}
}

// EventFilter picks outbox events; an empty field picks all. Limit is the most that are read.
type EventFilter struct {
	Within

	EventIDs []string
	Kinds    []string
	States   []string
	TaskID   string
	Since    time.Time   // written then or later
	Until    time.Time   // written before
	Where    filter.Expr // bound, by [EventFields]
	Numbered Numbered
	Limit    int
}

var eventOrders = map[string]string{
	"": "created_at DESC, seq DESC", "created_at": "created_at, seq", "-created_at": "created_at DESC, seq DESC", "next_attempt_at": "next_attempt_at, seq",
}

func (f EventFilter) pick(q *gorm.DB) *gorm.DB {
	q = eventSearch.pick(f.ofInstitutions(q), f.Where)
	for column, values := range map[string][]string{"id": f.EventIDs, "kind": f.Kinds, "state": f.States} {
		if len(values) > 0 {
			q = q.Where(column+" IN ?", values)
		}
	}
	if f.TaskID != "" {
		q = q.Where("payload->>'task_id' = ?", f.TaskID)
	}
	if !f.Since.IsZero() {
		q = q.Where("created_at >= ?", f.Since)
	}
	if !f.Until.IsZero() {
		q = q.Where("created_at < ?", f.Until)
	}
	return q
}

func (f EventFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&OutboxEvent{})), eventOrders, f.Limit)
}

// OutboxEvents reads events with how they stand, tests among them, the newest first.
func (tx *Tx) OutboxEvents(f EventFilter) ([]OutboxEvent, error) {
	var events []OutboxEvent
	err := f.picked(tx.db).Find(&events).Error
	return events, found(err, "list outbox events")
}

// CountOutboxEvents counts the events that a filter picks, up to one more than a most.
func (tx *Tx) CountOutboxEvents(f EventFilter, most int) (int64, error) {
	n, err := tx.countUpTo(f.pick(tx.db.Model(&OutboxEvent{})), most)
	return n, found(err, "count outbox events")
}

// OutboxEvent reads an event.
func (tx *Tx) OutboxEvent(id string) (OutboxEvent, error) {
	return byID[OutboxEvent](tx.db, id, "read an outbox event")
}

// Redeliver makes events due again at once, whatever became of them, and says how many there are. Tests are not among them:
// whoever wants another makes one.
func (tx *Tx) Redeliver(f EventFilter) (int64, error) {
	res := f.pick(tx.db.Model(&OutboxEvent{})).Where("NOT test").Updates(requeued(time.Now().UTC()))
	return res.RowsAffected, found(res.Error, "redeliver events")
}

// DeliveryAttempts reads the attempts to deliver an event, the first first.
func (tx *Tx) DeliveryAttempts(eventID string) ([]DeliveryAttempt, error) {
	var attempts []DeliveryAttempt
	err := tx.db.Order("attempt").Find(&attempts, "event_id = ?", eventID).Error
	return attempts, found(err, "read the attempts of a delivery")
}

// LastAttempts reads the last attempt to deliver each of these events that has one.
func (tx *Tx) LastAttempts(eventIDs []string) (map[string]DeliveryAttempt, error) {
	var rows []DeliveryAttempt
	if len(eventIDs) > 0 {
		err := tx.db.Raw(`SELECT DISTINCT ON (event_id) * FROM delivery_attempts WHERE event_id IN ?
			ORDER BY event_id, attempt DESC`, eventIDs).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("read the last attempts of deliveries: %w", err)
		}
	}
	return keyed(rows, func(r DeliveryAttempt) string { return r.EventID }), nil
}

// AttemptShare is how many attempts there were, and how many of them failed.
type AttemptShare struct {
	InstitutionID string
	Attempts      int
	Failed        int
}

// EndpointHealth counts the attempts to deliver to institutions since a moment. Tests do not count.
func (tx *Tx) EndpointHealth(institutionIDs []string, since time.Time) (map[string]AttemptShare, error) {
	var rows []AttemptShare
	err := tx.db.Raw(`SELECT o.institution_id, count(*) AS attempts, count(*) FILTER (WHERE a.error <> '') AS failed
		FROM delivery_attempts a JOIN outbox o ON o.id = a.event_id AND NOT o.test
		WHERE a.at >= ? AND o.institution_id IN ? GROUP BY o.institution_id`, since, institutionIDs).Scan(&rows).Error
	return keyed(rows, func(r AttemptShare) string { return r.InstitutionID }), found(err, "count the attempts of deliveries")
}

// Backlog is what waits for an institution's endpoint.
type Backlog struct {
	InstitutionID string
	Count         int
	Oldest        time.Time
}

// Backlogs reads what waits for each of these institutions' endpoints, where anything does.
func (tx *Tx) Backlogs(institutionIDs []string) (map[string]Backlog, error) {
	var rows []Backlog
	err := tx.db.Model(&OutboxEvent{}).Select("institution_id, count(*) AS count, min(queued_at) AS oldest").
		Where("institution_id IN ? AND state = ?", institutionIDs, OutboxPending).
		Group("institution_id").Scan(&rows).Error
	return keyed(rows, func(r Backlog) string { return r.InstitutionID }), found(err, "count what waits for endpoints")
}

// StoppedBacklog is what waits behind an endpoint that takes nothing, and why.
type StoppedBacklog struct {
	Endpoint

	Count  int
	Cases  int // of which they are
	Oldest time.Time
}

// WaitingBehind reads what waits behind endpoints that are stopped or left alone, the largest first: one row an endpoint,
// however many tasks are behind it.
func (tx *Tx) WaitingBehind(within Within) ([]StoppedBacklog, error) {
	var rows []StoppedBacklog
	err := within.ofInstitutions(tx.db.Table(`(SELECT e.*, count(*) AS count, count(DISTINCT o.case_id) AS cases, min(o.queued_at) AS oldest
			FROM endpoints e JOIN outbox o ON o.institution_id = e.institution_id AND o.state = 'pending' AND NOT o.test
			WHERE e.state <> 'active' OR e.not_before IS NOT NULL GROUP BY e.id) AS stopped`)).
		Order("count DESC, institution_id").Scan(&rows).Error
	return rows, found(err, "count what waits behind stopped endpoints")
}

// PruneDeliveries removes from the delivery log what is from before a moment: attempts, tests, and secrets that were
// retired before it; at most so many of each. It says how many attempts that were. Events stay: they are the poll feed.
func (tx *Tx) PruneDeliveries(before time.Time, limit int) (int64, error) {
	res := tx.db.Exec(`DELETE FROM delivery_attempts WHERE (event_id, attempt) IN
		(SELECT event_id, attempt FROM delivery_attempts WHERE at < ? ORDER BY at LIMIT ?)`, before, limit)
	if res.Error != nil {
		return 0, fmt.Errorf("prune the delivery log: %w", res.Error)
	}
	err := tx.db.Exec(`DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE test AND created_at < ?
		AND NOT EXISTS (SELECT FROM delivery_attempts WHERE event_id = outbox.id) LIMIT ?)`, before, limit).Error
	if err != nil {
		return 0, fmt.Errorf("prune tests of endpoints: %w", err)
	}
	err = tx.db.Exec("DELETE FROM endpoint_secrets WHERE retires_at < ?", before).Error
	return res.RowsAffected, found(err, "prune retired secrets")
}

// NewestEvents reads the newest event of each of these tasks.
func (tx *Tx) NewestEvents(taskIDs []string) (map[string]OutboxEvent, error) {
	newest := make(map[string]OutboxEvent, len(taskIDs))
	if len(taskIDs) == 0 {
		return newest, nil
	}
	var events []OutboxEvent
	err := tx.db.Order("seq").Find(&events, "payload->>'task_id' IN ? AND NOT test", taskIDs).Error
	for _, e := range events {
		newest[e.Payload.TaskID] = e
	}
	return newest, found(err, "read the newest events of tasks")
}
