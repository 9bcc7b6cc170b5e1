package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/audit"
	"github.com/dengpan/dengpan/filter"
)

// auditRow is a row of the chain with its entry, if that is there.
type auditRow struct {
	N       int64
	EntryID *int64
	Seal    []byte
	Link    []byte

	AuditEntry `gorm:"embedded"`
}

func (r auditRow) row() audit.Row {
	row := audit.Row{N: r.N, Seal: r.Seal, Link: r.Link}
	if r.EntryID != nil {
		row.Entry = &r.AuditEntry
		row.Entry.ID = *r.EntryID
	}
	return row
}

// auditBatch is how many entries are read at a time.
const auditBatch = 1000

// CheckAudit walks the audit log from its beginning, as it is at this moment, and reports every fault in it. It says where
// the log ends and how many faults there are. The log must lead through the anchors.
func (s *Store) CheckAudit(ctx context.Context, anchors []audit.Anchor, report func(audit.Fault)) (end audit.Anchor, faults int, err error) {
	err = s.Snapshot(ctx, func(tx *Tx) error {
		key, err := s.openAuditKey(tx)
		if err != nil {
			return err
		}
		checker := audit.NewChecker(*key, anchors, report)
		err = tx.chain(math.MinInt64, func(row audit.Row) error { return checker.Row(row) })
		if err != nil {
			return err
		}
		if err := tx.strays(checker.Stray); err != nil {
			return err
		}
		end, faults = checker.End()
		return nil
	})
	return end, faults, err
}

// CheckAuditEnd checks the newest rows of the audit log, at most so many. It says where the log ends, how many rows were looked
// at and how many faults are in them; the zero anchor when there is no log yet.
func (s *Store) CheckAuditEnd(ctx context.Context, rows int64) (end audit.Anchor, checked int64, faults int, err error) {
	err = s.Snapshot(ctx, func(tx *Tx) error {
		key, err := s.openAuditKey(tx)
		if errors.Is(err, ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		last, err := tx.AuditEnd()
		if err != nil {
			return err
		}
		var before audit.Anchor
		if last.N > rows {
			err = tx.db.Raw("SELECT n, link FROM audit_chain WHERE n <= ? ORDER BY n DESC LIMIT 1", last.N-rows).Scan(&before).Error
			if err != nil {
				return fmt.Errorf("read the audit log: %w", err)
			}
		}
		checker := audit.NewChecker(*key, nil, func(audit.Fault) {}).After(before)
		err = tx.chain(before.N, func(row audit.Row) error {
			checked++
			return checker.Row(row)
		})
		end, faults = checker.End()
		return err
	})
	return end, checked, faults, err
}

// chain reads the rows of the chain after a place.
func (tx *Tx) chain(after int64, each func(audit.Row) error) error {
	for {
		var rows []auditRow
		err := tx.db.Raw(`SELECT c.n, c.seal, c.link, e.id AS entry_id, e.at, e.actor, e.action, e.subject, e.reason, e.before, e.after,
				e.request_id
			FROM audit_chain c LEFT JOIN audit_entries e ON e.id = c.entry_id WHERE c.n > ? ORDER BY c.n LIMIT ?`,
			after, auditBatch).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		for _, row := range rows {
			if err := each(row.row()); err != nil {
				return err
			}
		}
		if len(rows) < auditBatch {
			return nil
		}
		after = rows[len(rows)-1].N
	}
}

// strays are the entries that no row of the chain holds.
func (tx *Tx) strays(each func(entryID int64)) error {
	after := int64(math.MinInt64)
	for {
		var ids []int64
		err := tx.db.Raw(`SELECT id FROM audit_entries e WHERE id > ? AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.entry_id = e.id)
			ORDER BY id LIMIT ?`, after, auditBatch).Scan(&ids).Error
		if err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		for _, id := range ids {
			each(id)
		}
		if len(ids) < auditBatch {
			return nil
		}
		after = ids[len(ids)-1]
	}
}

// AuditEnd is where the audit log ends now; the zero anchor when there is none yet.
func (tx *Tx) AuditEnd() (audit.Anchor, error) {
	var end audit.Anchor
	err := tx.db.Raw("SELECT n, link FROM audit_chain ORDER BY n DESC LIMIT 1").Scan(&end).Error
	return end, found(err, "read the end of the audit log")
}

// AuditSpan reads the rows of a span of time in their order, those at its end not among them. Each has its entry.
func (tx *Tx) AuditSpan(from, to time.Time, each func(audit.Row) error) error {
	return tx.chain(math.MinInt64, func(row audit.Row) error {
		if row.Entry == nil || row.Entry.At.Before(from) || !row.Entry.At.Before(to) {
			return nil
		}
		return each(row)
	})
}

// AuditFilter picks audit entries. An empty field picks all.
type AuditFilter struct {
	CaseID  string // what was done to a case, and to what belongs to it
	Actor   string
	Action  string
	Subject string
	Since   time.Time
	Until   time.Time
	Where   filter.Expr // bound, by [AuditFields]
	Before  int64       // an entry's id: what came before it
	Limit   int
}

// ofCase are entries whose subject belongs to a case, and those about its person that were written on its account. The subjects are
// read first, so that an index finds the entries of each.
const ofCase = `(subject = ANY (ARRAY(SELECT 'case:' || @id UNION ALL SELECT 'person:' || person_id FROM cases WHERE id = @id
	UNION ALL SELECT 'task:' || id FROM tasks WHERE case_id = @id
	UNION ALL SELECT 'incident:' || id FROM incidents WHERE case_id = @id
	UNION ALL SELECT 'letter:' || l.id FROM dead_letters l JOIN tasks k ON k.id IN (l.task_id, l.applied_to) WHERE k.case_id = @id
	UNION ALL SELECT 'certificate:' || id FROM certificates WHERE case_id = @id
	UNION ALL SELECT 'hour:' || id FROM hour_entries WHERE case_id = @id
	UNION ALL SELECT 'evidence:' || e.id FROM evidence e JOIN tasks t ON e.subject_kind = 'task' AND t.id = e.subject_id WHERE t.case_id = @id))
	AND (subject NOT LIKE 'person:%' OR after ->> 'case' = @id))`

// AuditEntries reads audit entries, the newest first.
func (tx *Tx) AuditEntries(f AuditFilter) ([]AuditEntry, error) {
	var entries []AuditEntry
	err := f.pick(tx.db.Table("audit_entries")).Order("id DESC").Limit(f.Limit).Find(&entries).Error
	return entries, found(err, "read the audit log")
}

// CountAuditEntries counts audit entries, up to one more than a most.
func (tx *Tx) CountAuditEntries(f AuditFilter, most int) (int64, error) {
	n, err := tx.countUpTo(f.pick(tx.db.Table("audit_entries")), most)
	return n, found(err, "count audit entries")
}

func (f AuditFilter) pick(q *gorm.DB) *gorm.DB {
	q = auditSearch.pick(q, f.Where)
	where := func(given bool, condition string, value any) {
		if given {
			q = q.Where(condition, value)
		}
	}
	where(f.Actor != "", "actor = ?", f.Actor)
	where(f.Action != "", "action = ?", f.Action)
	where(f.Subject != "", "subject = ?", f.Subject)
	where(!f.Since.IsZero(), "at >= ?", f.Since)
	where(!f.Until.IsZero(), "at < ?", f.Until)
	where(f.Before > 0, "id < ?", f.Before)
	if f.CaseID != "" {
		q = q.Where(ofCase, map[string]any{"id": f.CaseID})
	}
	return q
}

// AccountsOf reads accounts by their ids.
func (tx *Tx) AccountsOf(ids []string) (map[string]Account, error) {
	return ofIDs(tx.db, ids, func(r Account) string { return r.ID }, "read accounts")
}
