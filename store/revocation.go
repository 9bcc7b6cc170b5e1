package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// Revocation is the revocation of many certificates of one institution: what was asked for, what was decided, and how far it
// has come.
type Revocation struct {
	ID             string
	InstitutionID  string
	Kind           string // empty: of every kind
	IssuedFrom     *calendar.Date
	IssuedTo       *calendar.Date
	ReasonClass    string
	Reason         string
	RequestedBy    string
	RequestedAt    time.Time
	State          string
	DecidedBy      *string
	DecidedAt      *time.Time
	DecisionReason string
	StartedAt      *time.Time // its workflow was started
	FinishedAt     *time.Time
}

// TableName is the table of revocations.
func (Revocation) TableName() string { return "certificate_revocations" }

// RevocationDone is the state of a revocation that was carried out. Its others are those of a request.
const RevocationDone = "done"

// RevocationItem is one certificate of a revocation, in the version that was looked at.
type RevocationItem struct {
	RevocationID     string `gorm:"primaryKey"`
	CertificateID    string `gorm:"primaryKey"`
	CertificateSince time.Time
	Outcome          string
	DoneAt           *time.Time
}

// TableName is the table of the certificates of revocations.
func (RevocationItem) TableName() string { return "certificate_revocation_items" }

// What became of a certificate of a revocation.
const (
	ItemPending = "pending"
	ItemRevoked = "revoked"
	ItemChanged = "changed" // it was not what it had been any more, and was left alone
)

// InsertRevocation writes what is asked for, and freezes which certificates it is of. It says how many they are.
func (tx *Tx) InsertRevocation(r Revocation) (int64, error) {
	r.State = RequestOpen
	if err := tx.db.Create(&r).Error; err != nil {
		return 0, fmt.Errorf("write a revocation: %w", err)
	}
	res := tx.db.Exec(`INSERT INTO certificate_revocation_items (revocation_id, certificate_id, certificate_since)
		SELECT CAST(@revocation AS uuid), id, status_since FROM certificates WHERE issuer = @issuer AND status IN ('valid', 'suspended')
			AND (@kind = '' OR kind = @kind) AND (CAST(@from AS date) IS NULL OR issued_on >= @from) AND (CAST(@to AS date) IS NULL OR issued_on <= @to)`,
		map[string]any{"revocation": r.ID, "issuer": r.InstitutionID, "kind": r.Kind, "from": r.IssuedFrom, "to": r.IssuedTo})
	return res.RowsAffected, found(res.Error, "freeze what is to be revoked")
}

// Revocation reads a revocation.
func (tx *Tx) Revocation(id string) (Revocation, error) {
	return byID[Revocation](tx.db, id, "read a revocation")
}

// LockRevocation reads a revocation and locks it.
func (tx *Tx) LockRevocation(id string) (Revocation, error) {
	return byID[Revocation](tx.held(), id, "lock a revocation")
}

// Revocations reads revocations, the latest first.
func (tx *Tx) Revocations(after *Position, limit int) ([]Revocation, error) {
	q := tx.db.Order("requested_at DESC, id DESC").Limit(limit)
	if after != nil {
		q = q.Where("(requested_at, id) < (?, ?)", after.At, after.ID)
	}
	var all []Revocation
	return all, found(q.Find(&all).Error, "list revocations")
}

// SaveRevocation writes what became of a revocation. The database refuses what is out of order.
func (tx *Tx) SaveRevocation(r Revocation) error {
	err := tx.db.Model(&Revocation{}).Where("id = ?", r.ID).
		Select("state", "decided_by", "decided_at", "decision_reason", "started_at", "finished_at").Updates(r).Error
	return found(err, "write a revocation")
}

// UnstartedRevocations reads the revocations that were approved and whose workflows were not started.
func (tx *Tx) UnstartedRevocations() ([]Revocation, error) {
	var all []Revocation
	err := tx.db.Order("decided_at").Find(&all, "state = ? AND started_at IS NULL", RequestApproved).Error
	return all, found(err, "look for revocations to be started")
}

// ClaimRevocationItem takes a certificate of a revocation that is left, and holds it; ErrNotFound when none is left that
// nobody else holds.
func (tx *Tx) ClaimRevocationItem(revocationID string) (RevocationItem, error) {
	var item RevocationItem
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).Order("certificate_id").
		Take(&item, "revocation_id = ? AND outcome = ?", revocationID, ItemPending).Error
	return item, found(err, "take a certificate to be revoked")
}

// SettleRevocationItem writes what became of a certificate of a revocation.
func (tx *Tx) SettleRevocationItem(item RevocationItem) error {
	err := tx.db.Model(&RevocationItem{}).Where("revocation_id = ? AND certificate_id = ?", item.RevocationID, item.CertificateID).
		Updates(map[string]any{"outcome": item.Outcome, "done_at": item.DoneAt}).Error
	return found(err, "write what became of a certificate")
}

// RevocationItems reads certificates of a revocation by their ids, after one; at most so many. An outcome picks.
func (tx *Tx) RevocationItems(revocationID, outcome, after string, limit int) ([]RevocationItem, error) {
	q := tx.db.Where("revocation_id = ?", revocationID).Order("certificate_id").Limit(limit)
	if outcome != "" {
		q = q.Where("outcome = ?", outcome)
	}
	if after != "" {
		q = q.Where("certificate_id > ?", after)
	}
	var items []RevocationItem
	return items, found(q.Find(&items).Error, "list what is to be revoked")
}

// RevocationSum is what a revocation comes to: how many certificates there are by outcome, and what stands on them.
type RevocationSum struct {
	Total, Pending, Revoked, Changed int
	Training, Grade, CEBase          int // by kind
	Titles                           int // cases that ended with a title
	Evaluations                      int // cases that are being evaluated on a training certificate
	Grades                           int // grade certificates that hold, of the same cases
	CEHours                          ledger.Hours
}

// RevocationSum reads what a revocation comes to. The CE hours are those that stand of its trainings.
func (tx *Tx) RevocationSum(id string) (RevocationSum, error) {
	var sum RevocationSum
	err := tx.db.Raw(`
		WITH item AS (SELECT i.outcome, c.id, c.kind, c.case_id, c.place_id FROM certificate_revocation_items i
			JOIN certificates c ON c.id = i.certificate_id WHERE i.revocation_id = @id),
		mine AS (SELECT DISTINCT k.id, k.outcome, k.ended_at FROM cases k JOIN item ON item.case_id = k.id)
		SELECT count(*) AS total, count(*) FILTER (WHERE outcome = 'pending') AS pending,
			count(*) FILTER (WHERE outcome = 'revoked') AS revoked, count(*) FILTER (WHERE outcome = 'changed') AS changed,
			count(*) FILTER (WHERE kind = 'training') AS training, count(*) FILTER (WHERE kind = 'grade') AS grade,
			count(*) FILTER (WHERE kind = 'ce_base') AS ce_base,
			(SELECT count(*) FROM mine WHERE outcome = 'mapped') AS titles,
			(SELECT count(*) FROM mine JOIN case_stages s ON s.case_id = mine.id AND s.stage = 'evaluation'
				WHERE mine.ended_at IS NULL AND s.state IN ('active', 'waiting', 'stuck')) AS evaluations,
			(SELECT count(*) FROM certificates g JOIN mine ON mine.id = g.case_id
				WHERE g.kind = 'grade' AND g.status IN ('valid', 'suspended')) AS grades,
			(SELECT coalesce(sum(e.hours), 0) FROM ce_entries e JOIN ce_claims k ON k.entry_id = e.id
				WHERE e.case_id IN (SELECT case_id FROM item WHERE kind = 'training')
				OR e.place_id IN (SELECT place_id FROM item)) AS ce_hours
		FROM item`, map[string]any{"id": id}).Scan(&sum).Error
	return sum, found(err, "sum up a revocation")
}

// RevocationLeft counts the certificates of a revocation that are left.
func (tx *Tx) RevocationLeft(id string) (int64, error) {
	var n int64
	err := tx.db.Model(&RevocationItem{}).Where("revocation_id = ? AND outcome = ?", id, ItemPending).Count(&n).Error
	return n, found(err, "count what is left of a revocation")
}
