package batches

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/store"
)

// audit writes what a batch did, for who asked for it and with their reason.
func audit(tx *store.Tx, b store.Batch, action, subject string, before, after map[string]any, at time.Time) error {
	entry := store.AuditEntry{Actor: b.RequestedBy, Action: action, Subject: subject, Reason: b.Reason, At: at}
	var err error
	if before != nil {
		if entry.Before, err = json.Marshal(before); err != nil {
			return fmt.Errorf("encode an audit entry: %w", err)
		}
	}
	if entry.After, err = json.Marshal(after); err != nil {
		return fmt.Errorf("encode an audit entry: %w", err)
	}
	return tx.Audit(entry)
}
