package store

import (
	"fmt"
	"time"
)

// Merge is what an operator asks for about two records that are one person, and what another decided: that they are
// merged, or, when it takes back a merge, that they were not one after all.
type Merge struct {
	ID             string
	Kept           string // the record that stands for both
	Merged         string
	KeptCase       string // by which the two were named
	MergedCase     string
	Reverses       *string // the merge that is to be taken back
	Reason         string
	LegalBasis     string
	Evidence       string // what shows it
	Seen           string // both records as they were when it was asked for
	RequestedBy    string
	RequestedAt    time.Time
	State          string
	DecidedBy      *string
	DecidedAt      *time.Time
	DecisionReason string
	ClosedAccount  *string // that the merge closed
}

// MergeOvertaken is the state of what cannot be decided any more: a record has changed since it was asked for. The other states
// are those of requests about certificates.
const MergeOvertaken = "overtaken"

// InsertMerge writes what somebody asks for, and tells the operators of the city. The database refuses a second that is open of
// the same two.
func (tx *Tx) InsertMerge(m Merge) error {
	m.State = RequestOpen
	if err := tx.db.Create(&m).Error; err != nil {
		return found(err, "ask for a merge")
	}
	return tx.InsertNotice(Notice{Audience: AudienceOperators, Kind: "merge_asked", Occasion: m.ID, Params: map[string]any{}})
}

// Merge reads what was asked for about two records.
func (tx *Tx) Merge(id string) (Merge, error) {
	return byID[Merge](tx.db, id, "read a merge")
}

// LockMerge reads a merge and locks it. Its records are held before it.
func (tx *Tx) LockMerge(id string) (Merge, error) {
	return byID[Merge](tx.held(), id, "lock a merge")
}

// DecideMerge writes what became of a merge that is open. The database refuses who asked.
func (tx *Tx) DecideMerge(m Merge) error {
	res := tx.db.Model(&Merge{}).Where("id = ? AND state = ?", m.ID, RequestOpen).
		Select("state", "decided_by", "decided_at", "decision_reason", "closed_account").Updates(m)
	if res.Error == nil && res.RowsAffected != 1 {
		return fmt.Errorf("decide on a merge: it was decided already: %w", ErrNotFound)
	}
	return found(res.Error, "decide on a merge")
}

// StandingMerges reads, of these merges, which stand: approved, and not taken back.
func (tx *Tx) StandingMerges(ids ...string) (map[string]bool, error) {
	var standing []string
	err := tx.db.Model(&Merge{}).Where("id IN ? AND state = ? AND reverses IS NULL", ids, RequestApproved).
		Where("NOT EXISTS (SELECT 1 FROM merges r WHERE r.reverses = merges.id AND r.state = ?)", RequestApproved).Pluck("id", &standing).Error
	stands := make(map[string]bool, len(standing))
	for _, id := range standing {
		stands[id] = true
	}
	return stands, found(err, "look for merges that stand")
}

// MergeFilter picks merges; an empty field picks all.
type MergeFilter struct {
	State string
	After *Position
	Limit int
}

// Merges reads merges and what took them back, the latest first.
func (tx *Tx) Merges(f MergeFilter) ([]Merge, error) {
	q := tx.db.Order("requested_at DESC, id DESC").Limit(f.Limit)
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.After != nil {
		q = q.Where("(requested_at, id) < (?, ?)", f.After.At, f.After.ID)
	}
	var all []Merge
	return all, found(q.Find(&all).Error, "list merges")
}
