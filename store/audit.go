package store

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/audit"
	"github.com/dengpan/dengpan/redact"
)

// AuditEntry is one mutation, or one reading of personal data: who, what, to what, why.
type AuditEntry = audit.Entry

// Keys seal and open the key of the audit log.
type Keys interface {
	Seal(plain []byte, purpose string) ([]byte, error)
	Open(sealed []byte, purpose string) ([]byte, error)
}

// Audit notes an audit entry. It is written last of all that the transaction writes, for who writes to the log keeps others
// from it until the end ([Store.Tx]); nothing can change it afterwards. Numbers, telephones and the like that somebody typed
// into a reason are masked.
func (tx *Tx) Audit(e AuditEntry) error {
	if tx.entries == nil {
		return errors.New("write an audit entry: not in a transaction")
	}
	if e.Reason == "" {
		return fmt.Errorf("write an audit entry: %s has no reason", e.Action)
	}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	if e.RequestID == "" {
		e.RequestID = tx.requestID
	}
	e.Reason = redact.Text(e.Reason)
	var err error
	if e.Before, err = redact.JSON(e.Before); err != nil {
		return err
	}
	if e.After, err = redact.JSON(e.After); err != nil {
		return err
	}
	*tx.entries = append(*tx.entries, e.Settle())
	return nil
}

// writeAudit appends what a transaction noted to the chain. The key it did so with is good once the transaction is
// committed.
func (s *Store) writeAudit(tx *Tx) (*audit.Key, error) {
	if len(*tx.entries) == 0 {
		return nil, nil //nolint:nilnil // nothing was noted, and no key was needed
	}
	key := s.auditKey.Load()
	if key == nil {
		var err error
		if key, err = s.findAuditKey(tx); err != nil {
			return nil, err
		}
	}
	return key, tx.appendAudit(*key, *tx.entries)
}

// findAuditKey opens the key of the log, and begins the log when there is none.
func (s *Store) findAuditKey(tx *Tx) (*audit.Key, error) {
	key, err := s.openAuditKey(tx)
	if !errors.Is(err, ErrNotFound) {
		return key, err
	}
	if _, err := tx.holdChain(0); err != nil { // so that it begins once
		return nil, err
	}
	if key, err = s.openAuditKey(tx); errors.Is(err, ErrNotFound) {
		key, err = s.beginAudit(tx)
	}
	return key, err
}

func (s *Store) openAuditKey(tx *Tx) (*audit.Key, error) {
	if s.keys == nil {
		return nil, errors.New("the audit log needs the keys (DENGPAN_KEYSET_FILE)")
	}
	var row struct{ KeySealed []byte }
	if err := tx.db.Table("audit_key").Take(&row).Error; err != nil {
		return nil, found(err, "read the key of the audit log")
	}
	secret, err := s.keys.Open(row.KeySealed, AuditSeal())
	if err != nil {
		return nil, fmt.Errorf("open the key of the audit log: %w", err)
	}
	key, err := audit.KeyOf(secret)
	return &key, err
}

// beginAudit makes the key of the log, and takes into the chain what was logged before there was one.
func (s *Store) beginAudit(tx *Tx) (*audit.Key, error) {
	key := audit.NewKey()
	sealed, err := s.keys.Seal(key.Secret(), AuditSeal())
	if err != nil {
		return nil, fmt.Errorf("seal the key of the audit log: %w", err)
	}
	if err := tx.db.Exec("INSERT INTO audit_key (id, key_sealed) VALUES (1, ?)", sealed).Error; err != nil {
		return nil, fmt.Errorf("write the key of the audit log: %w", err)
	}
	var before int64
	if err := tx.db.Table("audit_entries").Count(&before).Error; err != nil {
		return nil, fmt.Errorf("count audit entries: %w", err)
	}
	after, err := json.Marshal(map[string]any{"entries_before": before})
	if err != nil {
		return nil, fmt.Errorf("write an audit entry: %w", err)
	}
	err = tx.appendAudit(key, []AuditEntry{AuditEntry{
		Actor: ActorSystem, Action: audit.Begun, Subject: "audit:log", Reason: "the log is chained from here on",
		After: after, RequestID: tx.requestID, At: time.Now(),
	}.Settle()})
	if err == nil {
		err = tx.adoptAudit(key)
	}
	return &key, err
}

// adoptAudit appends the entries that are not in the chain, as they are.
func (tx *Tx) adoptAudit(key audit.Key) error {
	const batch = 1000
	for {
		var entries []AuditEntry
		err := tx.db.Table("audit_entries e").Where("NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.entry_id = e.id)").
			Order("id").Limit(batch).Scan(&entries).Error
		if err != nil {
			return fmt.Errorf("read audit entries: %w", err)
		}
		if len(entries) == 0 {
			return nil
		}
		end, err := tx.holdChain(0)
		if err != nil {
			return err
		}
		rows, err := end.rows(key, entries)
		if err != nil {
			return err
		}
		err = tx.db.Exec(`INSERT INTO audit_chain (n, entry_id, seal, link) SELECT n, id, decode(seal, 'hex'), decode(link, 'hex')
			FROM jsonb_to_recordset(?::jsonb) AS r(n bigint, id bigint, seal text, link text)`, rows).Error
		if err != nil {
			return fmt.Errorf("chain audit entries: %w", err)
		}
	}
}

// chainEnd is where the chain ends, and the first of the numbers that were drawn for new entries.
type chainEnd struct {
	Last     int64
	LastLink []byte
	FirstID  int64
}

// holdChain waits for the end of the chain and keeps it until the transaction is over.
func (tx *Tx) holdChain(entries int) (chainEnd, error) {
	var end struct {
		Last     *int64
		LastLink []byte
		FirstID  *int64
	}
	if err := tx.db.Raw("SELECT * FROM hold_audit_chain(?)", entries).Scan(&end).Error; err != nil {
		return chainEnd{}, fmt.Errorf("hold the audit log: %w", err)
	}
	at := chainEnd{LastLink: end.LastLink}
	if end.Last != nil {
		at.Last = *end.Last
	}
	if end.FirstID != nil {
		at.FirstID = *end.FirstID
	}
	return at, nil
}

// appendAudit writes new entries, each with its row of the chain, in one statement.
func (tx *Tx) appendAudit(key audit.Key, entries []AuditEntry) error {
	end, err := tx.holdChain(len(entries))
	if err != nil {
		return err
	}
	for i := range entries {
		entries[i].ID = end.FirstID + int64(i)
	}
	rows, err := end.rows(key, entries)
	if err != nil {
		return err
	}
	err = tx.db.Exec(`WITH put AS (
			SELECT * FROM jsonb_to_recordset(?::jsonb) AS r(n bigint, id bigint, at timestamptz, actor text, action text, subject text,
				reason text, before jsonb, after jsonb, request_id text, seal text, link text)
		), entries AS (
			INSERT INTO audit_entries (id, at, actor, action, subject, reason, before, after, request_id) OVERRIDING SYSTEM VALUE
			SELECT id, at, actor, action, subject, reason, before, after, request_id FROM put
		)
		INSERT INTO audit_chain (n, entry_id, seal, link) SELECT n, id, decode(seal, 'hex'), decode(link, 'hex') FROM put`, rows).Error
	return found(err, "write audit entries")
}

// rows are entries with their places after the end of the chain, as the database takes them.
func (end chainEnd) rows(key audit.Key, entries []AuditEntry) (string, error) {
	type row struct {
		N         int64           `json:"n"`
		ID        int64           `json:"id"`
		At        time.Time       `json:"at"`
		Actor     string          `json:"actor"`
		Action    string          `json:"action"`
		Subject   string          `json:"subject"`
		Reason    string          `json:"reason"`
		Before    json.RawMessage `json:"before,omitempty"`
		After     json.RawMessage `json:"after,omitempty"`
		RequestID string          `json:"request_id"`
		Seal      string          `json:"seal"`
		Link      string          `json:"link"`
	}
	rows := make([]row, len(entries))
	link := end.LastLink
	for i, e := range entries {
		seal, err := key.Seal(e)
		if err != nil {
			return "", fmt.Errorf("seal an audit entry: %w", err)
		}
		link = key.Link(link, seal)
		rows[i] = row{
			N: end.Last + 1 + int64(i), ID: e.ID, At: e.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Reason: e.Reason,
			Before: e.Before, After: e.After, RequestID: e.RequestID, Seal: hex.EncodeToString(seal), Link: hex.EncodeToString(link),
		}
	}
	content, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("write audit entries: %w", err)
	}
	return string(content), nil
}
