package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/progress"
)

// Batch is one act of an operator's on many cases: what was asked for, what was decided, and where it stands.
type Batch struct {
	ID             string
	Name           string
	Reason         string
	LegalBasis     string
	Verb           contract.Verb
	Params         BatchParams    `gorm:"serializer:json"`
	Selection      BatchSelection `gorm:"serializer:json"`
	InstitutionID  *string        // whose endpoint is resumed
	District       *string        // the area of who asked; nil: the city
	Counted        int
	PerMinute      int
	WatchSeconds   int // how long it is watched after the last of it moved
	State          string
	RequestedBy    string
	RequestedAt    time.Time
	DecidedBy      *string
	DecidedAt      *time.Time
	DecisionReason string
	ActAfter       time.Time // no case's turn comes before that
	EndedAt        *time.Time
	WakeWantedAt   *time.Time
}

// BatchParams is what a batch's verb needs: that of a resolution, or the address that an endpoint moves to.
type BatchParams struct {
	ResolutionParams

	URL string `json:"url,omitempty"`
	// Role is the one in which the cases of a transfer go to others.
	Role string `json:"role,omitempty"`
}

// BatchSelection says which cases a batch is of: those of a group of incidents or of what a filter picks of them, or those behind
// an endpoint.
type BatchSelection struct {
	Cause       string `json:"cause,omitempty"`
	Stage       string `json:"stage,omitempty"`
	Institution string `json:"institution,omitempty"`
	Filter      string `json:"filter,omitempty"` // of incidents, as it was written
	EndpointID  string `json:"endpoint_id,omitempty"`
}

// States of a batch.
const (
	BatchAwaiting = "awaiting_approval"
	BatchRunning  = "running"
	BatchPaused   = "paused"
	BatchStopping = "stopping" // no case is acted on any more; those that were are looked at
	BatchStopped  = "stopped"
	BatchDone     = "done"
	BatchRejected = "rejected"
)

// Ended reports whether a batch is over.
func (b Batch) Ended() bool { return b.EndedAt != nil }

// BatchItem is one case of a batch, or one finding that holds up none, and what became of it.
type BatchItem struct {
	BatchID      string  `gorm:"primaryKey"`
	Position     int     `gorm:"primaryKey"`
	CaseID       string  `gorm:"default:null"` // empty: a finding that is about no case
	IncidentID   *string // nil: its institution could not be told, or it goes to a target
	Seen         *int    // the last line of the case's timeline when it was counted; nil: a finding
	Target       *string // the institution that it goes to
	ResolutionID *string
	ActID        *string // the act that gives it to its target, when it was not stuck
	State        string
	Code         string // why, unless it is cleared
	ActedAt      *time.Time
	ClearedAt    *time.Time // when it was first seen out of what it was stuck in
	SettledAt    *time.Time // since when the state is what it is
}

// What becomes of a case of a batch.
const (
	ItemWaiting    = "waiting"
	ItemActed      = "acted"       // and not yet seen to have changed
	ItemCleared    = "cleared"     // it has left what it was stuck in
	ItemStuckAgain = "stuck_again" // it had, and is stuck on something now
	ItemRefused    = "refused"     // the case would not have it
	ItemUnchanged  = "unchanged"   // nothing came of it in time
	ItemSkipped    = "skipped"     // it was not acted on
)

// InsertBatch writes a batch.
func (tx *Tx) InsertBatch(b Batch) error {
	return found(tx.db.Create(&b).Error, "write a batch")
}

// FreezeIncidents puts the open incidents that a filter picks into a batch, the oldest first, with how their cases stand, and says
// how many they are. The filter's limit is the most.
func (tx *Tx) FreezeIncidents(batchID string, f IncidentFilter) (int, error) {
	f.States = []string{IncidentOpen}
	picked := f.pick(tx.db.Model(&Incident{})).Order("opened_at, id").Limit(f.Limit).Select("id", "case_id", "holds", "opened_at")
	res := tx.db.Exec(`INSERT INTO batch_items (batch_id, position, case_id, incident_id, seen)
		SELECT CAST(? AS uuid), row_number() OVER (ORDER BY opened_at, picked.id), case_id, picked.id, last_event
		FROM (?) AS picked LEFT JOIN cases c ON holds AND c.id = case_id`, batchID, picked)
	return int(res.RowsAffected), found(res.Error, "freeze the cases of a batch")
}

// BatchItemsOf counts the items of a batch that are about some people's cases, and those that are findings.
func (tx *Tx) BatchItemsOf(batchID string, persons []string) (theirs, findings int, err error) {
	err = tx.db.Raw(`SELECT count(*) FILTER (WHERE c.person_id IN ?), count(*) FILTER (WHERE NOT n.holds) FROM batch_items i
		LEFT JOIN cases c ON c.id = i.case_id LEFT JOIN incidents n ON n.id = i.incident_id WHERE i.batch_id = ?`,
		append(persons, uuid.Nil.String()), batchID).Row().Scan(&theirs, &findings)
	return theirs, findings, found(err, "count what a batch is about")
}

// FreezeUntold puts the cases that an institution could not be told of into a batch, and says how many they are.
func (tx *Tx) FreezeUntold(batchID, institutionID string, within Within, limit int) (int, error) {
	picked := tx.untoldOf(institutionID, within).Order("registered_at, id").Limit(limit).Select("id", "registered_at")
	res := tx.db.Exec(`INSERT INTO batch_items (batch_id, position, case_id)
		SELECT CAST(? AS uuid), row_number() OVER (ORDER BY registered_at, id), id FROM (?) AS picked`, batchID, picked)
	return int(res.RowsAffected), found(res.Error, "freeze the cases behind an endpoint")
}

// FreezeTransfer puts cases into a batch, each with its target.
func (tx *Tx) FreezeTransfer(items []BatchItem) error {
	const atOnce = 1000
	return found(tx.db.CreateInBatches(&items, atOnce).Error, "freeze the cases of a transfer")
}

// untoldOf picks the cases that an institution could not be told of.
func (tx *Tx) untoldOf(institutionID string, within Within) *gorm.DB {
	return within.cases(tx.db.Model(&Case{})).Where("untold").
		Where("id IN (SELECT case_id FROM tasks WHERE institution_id = ? AND state = 'open')", institutionID)
}

// Batch reads a batch.
func (tx *Tx) Batch(id string) (Batch, error) {
	return byID[Batch](tx.db, id, "read a batch")
}

// LockBatch reads a batch and locks it.
func (tx *Tx) LockBatch(id string) (Batch, error) {
	return byID[Batch](tx.held(), id, "lock a batch")
}

// SaveBatch writes where a batch stands. The database refuses what is out of order.
func (tx *Tx) SaveBatch(b Batch) error {
	err := tx.db.Model(&Batch{}).Where("id = ?", b.ID).
		Select("state", "decided_by", "decided_at", "decision_reason", "act_after", "ended_at", "wake_wanted_at").Updates(b).Error
	return found(err, "write a batch")
}

// BatchFilter picks batches; an empty field picks all. Limit is the most that are read.
type BatchFilter struct {
	District string // the area of who asked
	State    string
	Where    filter.Expr // bound, by [BatchFields]
	Numbered Numbered
	Limit    int
}

var batchOrders = map[string]string{
	"": "requested_at DESC, id", "-requested_at": "requested_at DESC, id", "requested_at": "requested_at, id",
}

func (f BatchFilter) pick(q *gorm.DB) *gorm.DB {
	q = batchSearch.pick(q, f.Where)
	for column, value := range map[string]string{"district": f.District, "state": f.State} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	return q
}

func (f BatchFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Batch{})), batchOrders, f.Limit)
}

// Batches reads batches, the latest first unless another order is asked for.
func (tx *Tx) Batches(f BatchFilter) ([]Batch, error) {
	var all []Batch
	err := f.picked(tx.db).Find(&all).Error
	return all, found(err, "list batches")
}

// CountBatches counts the batches that a filter picks.
func (tx *Tx) CountBatches(f BatchFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Batch{})).Count(&n).Error
	return n, found(err, "count batches")
}

// BatchSum counts a batch's cases by what became of them.
type BatchSum struct {
	BatchID                                                               string
	Waiting, Acted, Cleared, StuckAgain, Refused, Unchanged, Skipped, All int
	LastMoved                                                             *time.Time
}

// BatchSums counts the cases of batches by what became of them.
func (tx *Tx) BatchSums(ids []string) (map[string]BatchSum, error) {
	var rows []BatchSum
	err := tx.db.Raw(`SELECT batch_id, count(*) AS all, count(*) FILTER (WHERE state = 'waiting') AS waiting,
			count(*) FILTER (WHERE state = 'acted') AS acted, count(*) FILTER (WHERE state = 'cleared') AS cleared,
			count(*) FILTER (WHERE state = 'stuck_again') AS stuck_again, count(*) FILTER (WHERE state = 'refused') AS refused,
			count(*) FILTER (WHERE state = 'unchanged') AS unchanged, count(*) FILTER (WHERE state = 'skipped') AS skipped,
			max(greatest(acted_at, settled_at)) AS last_moved
		FROM batch_items WHERE batch_id IN ? GROUP BY batch_id`, ids).Scan(&rows).Error
	return keyed(rows, func(r BatchSum) string { return r.BatchID }), found(err, "count the cases of batches")
}

// BatchCause counts cases of a batch that ended in one state for one reason.
type BatchCause struct {
	State string
	Code  string
	Count int
}

// BatchCauses says why cases of a batch are not cleared, the commonest reason first.
func (tx *Tx) BatchCauses(id string) ([]BatchCause, error) {
	var rows []BatchCause
	err := tx.db.Raw(`SELECT state, code, count(*) AS count FROM batch_items WHERE batch_id = ? AND code <> ''
		GROUP BY state, code ORDER BY count DESC, state, code`, id).Scan(&rows).Error
	return rows, found(err, "count why cases of a batch are not cleared")
}

// itemOrder lists first what somebody must look at.
const itemOrder = `array_position(ARRAY['stuck_again', 'refused', 'unchanged', 'acted', 'waiting', 'skipped', 'cleared'], state), position`

// BatchItems reads a page of a batch's cases, those first that somebody must look at. A state picks.
func (tx *Tx) BatchItems(batchID, state string, page Numbered, limit int) ([]BatchItem, error) {
	q := tx.db.Where("batch_id = ?", batchID)
	order := map[string]string{"": itemOrder}
	if state != "" {
		q, order = q.Where("state = ?", state), map[string]string{"": "position"}
	}
	var items []BatchItem
	err := page.of(q, order, limit).Find(&items).Error
	return items, found(err, "list the cases of a batch")
}

// ItemFilter picks cases of batches: of any, or of those that somebody of a district asked for.
type ItemFilter struct {
	District string
	Where    filter.Expr // bound, by [ItemFields]
	Limit    int
}

// ItemKey is which case of a batch it is.
type ItemKey struct {
	BatchID  string
	Position int
}

// ItemKeys reads which cases of batches a filter picks: batch by batch, those first that somebody must look at.
func (tx *Tx) ItemKeys(f ItemFilter) ([]ItemKey, error) {
	q := itemSearch.pick(tx.db.Model(&BatchItem{}), f.Where)
	if f.District != "" {
		q = q.Where("batch_id IN (SELECT id FROM batches WHERE district = ?)", f.District)
	}
	var keys []ItemKey
	err := q.Order("batch_id, " + itemOrder).Limit(f.Limit).Find(&keys).Error
	return keys, found(err, "list which cases of batches there are")
}

// ItemsByKey reads cases of batches, in the order of these keys.
func (tx *Tx) ItemsByKey(keys []ItemKey) ([]BatchItem, error) {
	pairs, place := make([][]any, len(keys)), make(map[ItemKey]int, len(keys))
	for i, k := range keys {
		pairs[i], place[k] = []any{k.BatchID, k.Position}, i
	}
	var items []BatchItem
	if err := tx.db.Find(&items, "(batch_id, position) IN ?", pairs).Error; err != nil {
		return nil, found(err, "read cases of batches")
	}
	at := func(i BatchItem) int { return place[ItemKey{i.BatchID, i.Position}] }
	slices.SortFunc(items, func(a, b BatchItem) int { return at(a) - at(b) })
	return items, nil
}

// CaseHeadline is what a case stands in, for lists of many.
type CaseHeadline struct {
	ID    string
	Stage progress.Stage
	Queue string
	Cause contract.Cause // of the incident that it is stuck on; empty when it is stuck on none
}

// CaseHeadlines reads what cases stand in.
func (tx *Tx) CaseHeadlines(ids []string) (map[string]CaseHeadline, error) {
	var rows []CaseHeadline
	err := tx.db.Raw(`SELECT c.id, c.stage, c.queue, coalesce(i.cause, '') AS cause FROM cases c
		LEFT JOIN incidents i ON i.case_id = c.id AND i.holds AND i.state <> 'closed' WHERE c.id IN ?`, ids).Scan(&rows).Error
	return keyed(rows, func(r CaseHeadline) string { return r.ID }), found(err, "read what cases stand in")
}

// BatchWake is a batch whose workflow is to be told of a change, and since when.
type BatchWake struct {
	ID           string
	WakeWantedAt time.Time
}

// BatchesToWake reads the batches whose workflows are to be told of a change.
func (tx *Tx) BatchesToWake() ([]BatchWake, error) {
	var wanted []BatchWake
	err := tx.db.Model(&Batch{}).Select("id", "wake_wanted_at").Where("wake_wanted_at IS NOT NULL").Find(&wanted).Error
	return wanted, found(err, "look for changed batches")
}

// MarkBatchWoken notes that a batch's workflow was told of a change, unless there was another since.
func (tx *Tx) MarkBatchWoken(w BatchWake) error {
	err := tx.db.Model(&Batch{}).Where("id = ? AND wake_wanted_at = ?", w.ID, w.WakeWantedAt).Update("wake_wanted_at", nil).Error
	if err != nil {
		return fmt.Errorf("mark a changed batch: %w", err)
	}
	return nil
}
