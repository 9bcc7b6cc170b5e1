package store

import (
	"time"

	"gorm.io/gorm/clause"
)

// NextBatchItem takes the next case of a batch that was not acted on, and holds it; ErrNotFound when none is left that nobody
// else holds.
func (tx *Tx) NextBatchItem(batchID string) (BatchItem, error) {
	var item BatchItem
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).Order("position").
		Take(&item, "batch_id = ? AND state = ?", batchID, ItemWaiting).Error
	return item, found(err, "take the next case of a batch")
}

// SaveBatchItem writes what became of a case of a batch.
func (tx *Tx) SaveBatchItem(item BatchItem) error {
	err := tx.db.Model(&BatchItem{}).Where("batch_id = ? AND position = ?", item.BatchID, item.Position).
		Select("resolution_id", "act_id", "state", "code", "acted_at", "cleared_at", "settled_at").Updates(item).Error
	return found(err, "write what became of a case of a batch")
}

// ActOnUntold notes of all cases of a batch at once that the endpoint they wait behind was resumed.
func (tx *Tx) ActOnUntold(batchID string, at time.Time) error {
	err := tx.db.Model(&BatchItem{}).Where("batch_id = ? AND state = ?", batchID, ItemWaiting).
		Updates(map[string]any{"state": ItemActed, "acted_at": at}).Error
	return found(err, "write that the cases of a batch were acted on")
}

// SkipBatchItems notes of the cases of a batch that were not acted on that they will not be, and why.
func (tx *Tx) SkipBatchItems(batchID, code string, at time.Time) error {
	err := tx.db.Model(&BatchItem{}).Where("batch_id = ? AND state = ?", batchID, ItemWaiting).
		Updates(map[string]any{"state": ItemSkipped, "code": code, "settled_at": at}).Error
	return found(err, "skip the cases of a batch")
}

// Codes of what became of cases of batches, beside causes of incidents and refusals of resolutions.
const (
	ItemNotTaken     = "not_taken"          // the case has not carried the resolution out
	ItemUntold       = "endpoint_down"      // its institution still could not be told
	ItemStopped      = "batch_stopped"      // somebody stopped the batch first
	ItemRejected     = "batch_rejected"     // nobody approved of it
	ItemGone         = "incident_closed"    // the case was not stuck on that any more
	ItemElsewhere    = "case_elsewhere"     // the case is not that institution's any more
	ItemBusy         = "resolution_pending" // somebody else's resolution was on its way
	ItemPaused       = "case_paused"        // somebody holds the case where it is
	ItemMoved        = "case_changed"       // it moved after it was counted, and what was approved was about it as it stood
	ItemOwn          = "own_case"           // it is about a person whom who asked or who decided declared
	ItemEndpointKept = "endpoint_kept"      // the endpoint could not be resumed
)

// SettleBatch looks up what became of the cases of a batch that were acted on. A case is cleared when it is stuck on nothing,
// whatever was accepted, and a finding when it is not found again; and what was cleared before can be stuck again. It says how
// many have changed.
func (tx *Tx) SettleBatch(batchID string, at time.Time) (int64, error) {
	res := tx.db.Exec(`WITH held AS (
			SELECT i.position, i.state AS was, i.code AS because, coalesce(r.outcome, a.state) AS outcome, coalesce(r.refusal, a.refusal) AS refusal,
				i.incident_id IS NULL AND i.target IS NULL AND i.state = 'acted' AND c.untold
					OR i.target NOT IN (c.training_body, c.evaluation_body) AS unheard,
				CASE WHEN NOT f.holds THEN coalesce((SELECT cause FROM incidents g WHERE NOT g.holds AND g.state <> 'closed'
						AND g.cause = f.cause AND coalesce(g.certificate_id::text, '') = coalesce(f.certificate_id::text, '')
						AND g.channel = f.channel AND g.workflow_id = f.workflow_id), '')
					WHEN c.outcome IS NOT NULL THEN '' WHEN n.id IS NOT NULL THEN n.cause
					WHEN c.trouble <> '' THEN 'trouble_' || c.trouble WHEN c.untold THEN 'endpoint_down' ELSE '' END AS cause
			FROM batch_items i LEFT JOIN cases c ON c.id = i.case_id LEFT JOIN incidents f ON f.id = i.incident_id
			LEFT JOIN resolutions r ON r.id = i.resolution_id
			LEFT JOIN acts a ON a.id = i.act_id
			LEFT JOIN incidents n ON n.case_id = c.id AND n.holds AND n.state <> 'closed'
			WHERE i.batch_id = @batch AND i.state IN ('acted', 'cleared', 'stuck_again')),
		stands AS (
			SELECT position, was, because,
				CASE WHEN outcome = 'refused' THEN 'refused' WHEN outcome = 'pending' OR unheard THEN 'acted'
					WHEN cause <> '' THEN 'stuck_again' ELSE 'cleared' END AS state,
				CASE WHEN outcome = 'refused' THEN refusal ELSE cause END AS code
			FROM held)
		UPDATE batch_items SET state = stands.state, code = CASE stands.state WHEN 'cleared' THEN '' ELSE stands.code END,
			settled_at = @at, cleared_at = CASE stands.state WHEN 'refused' THEN cleared_at ELSE coalesce(cleared_at, @at) END
		FROM stands WHERE batch_id = @batch AND batch_items.position = stands.position AND stands.state <> 'acted'
			AND (stands.state, CASE stands.state WHEN 'cleared' THEN '' ELSE stands.code END) IS DISTINCT FROM (stands.was, stands.because)`,
		map[string]any{"batch": batchID, "at": at})
	return res.RowsAffected, found(res.Error, "look up what became of the cases of a batch")
}

// GiveUpOn notes of the cases of a batch that were acted on, and of which nothing came, that nothing will.
func (tx *Tx) GiveUpOn(batchID string, at time.Time) error {
	err := tx.db.Exec(`UPDATE batch_items SET state = 'unchanged', settled_at = ?,
			code = CASE WHEN incident_id IS NULL AND target IS NULL THEN ? ELSE ? END WHERE batch_id = ? AND state = 'acted'`,
		at, ItemUntold, ItemNotTaken, batchID).Error
	return found(err, "give up on cases of a batch")
}
