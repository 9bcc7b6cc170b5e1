package store

import (
	"time"

	"gorm.io/gorm/clause"
)

// PayloadKey is the data key of a workflow, sealed. What Temporal keeps of the workflow is readable as long as it is there.
type PayloadKey struct {
	WorkflowID  string `gorm:"primaryKey"`
	KeySealed   []byte // nil once it is destroyed
	CreatedAt   time.Time
	DestroyedAt *time.Time
}

// PayloadKey reads the key of a workflow; ErrNotFound when it never had one.
func (tx *Tx) PayloadKey(workflowID string) (PayloadKey, error) {
	var k PayloadKey
	err := tx.db.Take(&k, "workflow_id = ?", workflowID).Error
	return k, found(err, "read the key of a workflow")
}

// InsertPayloadKey writes the key of a workflow. It reports false, and writes nothing, when the workflow has one or had one.
func (tx *Tx) InsertPayloadKey(workflowID string, sealed []byte) (bool, error) {
	k := PayloadKey{WorkflowID: workflowID, KeySealed: sealed, CreatedAt: time.Now().UTC()}
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&k)
	return res.RowsAffected == 1, found(res.Error, "write the key of a workflow")
}

// DestroyPayloadKey destroys the key of a workflow, and with it what Temporal keeps of the workflow: nobody can read it any
// more. A workflow that has no key yet will never have one. It is for workflows that are over, since one that runs cannot
// go on without its key. The caller writes the audit entry.
func (tx *Tx) DestroyPayloadKey(workflowID string, at time.Time) error {
	err := tx.db.Exec(`INSERT INTO payload_keys (workflow_id, key_sealed, created_at, destroyed_at) VALUES (@id, NULL, @at, @at)
		ON CONFLICT (workflow_id) DO UPDATE SET key_sealed = NULL, destroyed_at = @at WHERE payload_keys.destroyed_at IS NULL`,
		map[string]any{"id": workflowID, "at": at}).Error
	return found(err, "destroy the key of a workflow")
}
