package store

import (
	"context"
	"math"
	"strings"
)

// Mark is a place in the feed: an event's position, and enough of its id to know that it is still the same event. After a
// record was restored from an older backup, positions are given again, to other events.
type Mark struct {
	Position int64
	EventID  string // its first characters will do
}

// lineUpLock is held by whoever gives events their positions ("FEED" in ASCII).
const lineUpLock = 0x46454544

// LineUp gives the committed events of an institution their positions, and their sequence among those of their case; those of
// all, when none is named. Only what has a position is in the feed, and is sent. A position is given once and never changed, by
// one transaction at a time, after what it looks at was committed: so whoever has read on to a position finds everything else
// behind it.
func (s *Store) LineUp(ctx context.Context, institutionID string) error {
	var waits bool
	err := s.db.WithContext(ctx).Raw("SELECT EXISTS (SELECT FROM outbox WHERE "+unplaced+")", institutionID, institutionID).
		Scan(&waits).Error
	if err != nil || !waits {
		return found(err, "look for events without a position")
	}
	return s.Tx(ctx, func(tx *Tx) error {
		// A statement of its own: the next one sees what was committed before the lock was had.
		if err := tx.db.Exec("SELECT pg_advisory_xact_lock(?)", lineUpLock).Error; err != nil {
			return found(err, "wait to give events their positions")
		}
		err := tx.db.Exec(`WITH new AS (SELECT id, case_id, row_number() OVER (ORDER BY seq) AS place,
				row_number() OVER (PARTITION BY case_id ORDER BY seq) AS next FROM outbox WHERE `+unplaced+`)
			UPDATE outbox SET position = new.place + (SELECT coalesce(max(position), 0) FROM outbox),
				sequence = CASE WHEN new.case_id IS NULL THEN 0 ELSE
					new.next + (SELECT coalesce(max(sequence), 0) FROM outbox o WHERE o.case_id = new.case_id AND o.sequence > 0) END
			FROM new WHERE outbox.id = new.id`, institutionID, institutionID).Error
		return found(err, "give events their positions")
	})
}

const unplaced = "position IS NULL AND NOT test AND (? = '' OR institution_id = ?)"

// Feed reads an institution's events behind a position, at most limit of them, in the order in which they can be read on from.
func (tx *Tx) Feed(institutionID string, after int64, limit int) ([]OutboxEvent, error) {
	var events []OutboxEvent
	err := tx.db.Order("position").Limit(limit).
		Find(&events, "institution_id = ? AND position > ?", institutionID, after).Error
	return events, found(err, "read the feed")
}

// Mark is an event's place in the feed. It has none before it was lined up.
func (e OutboxEvent) Mark() Mark {
	if e.Position == nil {
		return Mark{}
	}
	return Mark{Position: *e.Position, EventID: e.ID}
}

// Marked reports whether the event that a mark was made of still stands there. Where nothing stands before it does.
func (tx *Tx) Marked(m Mark) (bool, error) {
	if m.Position == 0 {
		return true, nil
	}
	var ids []string
	err := tx.db.Model(&OutboxEvent{}).Where("position = ?", m.Position).Pluck("id", &ids).Error
	return len(ids) == 1 && strings.HasPrefix(ids[0], m.EventID), found(err, "look for a place in the feed")
}

// IssuedTask is a task, with the place in the feed of the event that told of it.
type IssuedTask struct {
	Task
	Position int64
	EventID  string
}

// Mark is the task's place in the feed.
func (t IssuedTask) Mark() Mark { return Mark{Position: t.Position, EventID: t.EventID} }

// issued joins each task with the event that told of it.
const issued = `JOIN (SELECT id AS event_id, subject_id, institution_id AS told, position FROM outbox WHERE NOT test AND kind = '` +
	OutboxTaskIssued + `') e ON e.subject_id = tasks.id AND e.told = tasks.institution_id`

// IssuedTasks reads the tasks that a filter picks behind a position, in the order of the feed.
func (tx *Tx) IssuedTasks(f TaskFilter, after int64) ([]IssuedTask, error) {
	var tasks []IssuedTask
	err := f.pick(tx.db.Model(&Task{})).Select("tasks.*, e.position, e.event_id").Joins(issued).
		Where("e.position > ?", after).Order("e.position").Limit(f.Limit).Scan(&tasks).Error
	return tasks, found(err, "read issued tasks")
}

// BehindTask is the furthest position behind which every task with a higher seq stands: where to go on for whoever read on
// by seq.
func (tx *Tx) BehindTask(f TaskFilter, seq int64) (int64, error) {
	var next []int64
	err := f.ofCases(tx.db.Model(&Task{})).Joins(issued).Where("seq > ?", seq).
		Order("e.position").Limit(1).Pluck("e.position", &next).Error
	if err != nil || len(next) == 0 {
		return math.MaxInt64, found(err, "find a place in the feed")
	}
	return next[0] - 1, nil
}
