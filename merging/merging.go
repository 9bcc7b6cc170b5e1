// Package merging makes two records of one person one, and two again. One operator asks, having seen both; another
// decides, as long as neither has changed since. Nothing is moved: the record says which stands for whom, and whatever is a
// person's is found by any of their records. So taking a merge back restores what was there.
//
// What one person may have once is never had twice by a merge: as long as both have it, the merge is refused, and says why.
package merging

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/store"
)

// What is refused.
var (
	ErrChanged  = errors.New("a record has changed since it was seen")
	ErrOpen     = errors.New("a second person has yet to decide about the two")
	ErrDecided  = errors.New("it is decided")
	ErrSame     = errors.New("who asked does not decide")
	ErrNotAsker = errors.New("only who asked withdraws")
)

// ObstacleError is what is in the way, by its code.
type ObstacleError struct{ Code string }

func (e *ObstacleError) Error() string { return "the records cannot be merged: " + e.Code }

// Desk is where records are merged.
type Desk struct {
	// DayCap is how much of one date counts for a person.
	DayCap time.Duration
}

// Asking is what an operator asks for, of two cases that name the two records.
type Asking struct {
	KeptCase, MergedCase string
	Reason               string
	LegalBasis           string
	Evidence             string
	Seen                 string // of the look that the operator had
	By                   string
	At                   time.Time
}

// Ask asks for two records to be merged.
func (d Desk) Ask(tx *store.Tx, a Asking) (store.Merge, error) {
	kept, merged, err := d.named(tx, a.KeptCase, a.MergedCase)
	if err != nil {
		return store.Merge{}, err
	}
	if _, err := tx.HoldRecords(kept, merged); err != nil {
		return store.Merge{}, err
	}
	l, err := d.Look(tx, kept, merged)
	if err != nil {
		return store.Merge{}, err
	}
	return d.insert(tx, l, store.Merge{Kept: standing(l.Kept.Records).ID, Merged: merged, KeptCase: a.KeptCase, MergedCase: a.MergedCase}, a)
}

// named reads whose the two cases are.
func (d Desk) named(tx *store.Tx, keptCase, mergedCase string) (kept, merged string, err error) {
	one, err := tx.Case(keptCase)
	if err != nil {
		return "", "", err
	}
	other, err := tx.Case(mergedCase)
	return one.PersonID, other.PersonID, err
}

// AskBack asks for a merge to be taken back.
func (d Desk) AskBack(tx *store.Tx, id string, a Asking) (store.Merge, error) {
	m, err := tx.Merge(id)
	if err != nil {
		return m, err
	}
	if _, err := tx.HoldRecords(m.Kept, m.Merged); err != nil {
		return m, err
	}
	l, err := d.LookBack(tx, m)
	if err != nil {
		return m, err
	}
	return d.insert(tx, l, store.Merge{Kept: m.Kept, Merged: m.Merged, KeptCase: m.KeptCase, MergedCase: m.MergedCase, Reverses: &m.ID}, a)
}

func (d Desk) insert(tx *store.Tx, l Look, m store.Merge, a Asking) (store.Merge, error) {
	switch {
	case len(l.Obstacles) > 0:
		return m, &ObstacleError{Code: l.Obstacles[0].Code}
	case l.Seen != a.Seen:
		return m, ErrChanged
	}
	m.ID, m.State = uuid.NewString(), store.RequestOpen
	m.Reason, m.LegalBasis, m.Evidence, m.Seen, m.RequestedBy, m.RequestedAt = a.Reason, a.LegalBasis, a.Evidence, a.Seen, a.By, a.At
	err := tx.InsertMerge(m)
	if store.Constraint(err) == "merges_one_open" {
		return m, ErrOpen
	}
	return m, err
}

// LookAgain looks at the records of what was asked for, as they stand now.
func (d Desk) LookAgain(tx *store.Tx, m store.Merge) (Look, error) {
	if m.Reverses == nil {
		return d.Look(tx, m.Kept, m.Merged)
	}
	reversed, err := tx.Merge(*m.Reverses)
	if err != nil {
		return Look{}, err
	}
	return d.LookBack(tx, reversed)
}

// Decision is what a second person decides.
type Decision struct {
	ID      string
	Approve bool
	Reason  string
	Seen    string // of the look that they had
	By      string
	At      time.Time
}

// Decide approves or refuses what somebody else asked for. If either record has changed since, it is overtaken instead, and says
// so in its state: that is no error, for it is to be kept. Cases are those whose person is another now.
func (d Desk) Decide(tx *store.Tx, n Decision) (m store.Merge, cases []string, err error) {
	if m, err = tx.Merge(n.ID); err != nil {
		return m, nil, err
	}
	if _, err := tx.HoldRecords(m.Kept, m.Merged); err != nil {
		return m, nil, err
	}
	if m, err = tx.LockMerge(n.ID); err != nil {
		return m, nil, err
	}
	switch {
	case m.State != store.RequestOpen:
		return m, nil, ErrDecided
	case m.RequestedBy == n.By:
		return m, nil, ErrSame
	}
	l, err := d.LookAgain(tx, m)
	if err != nil {
		return m, nil, err
	}
	m.DecidedBy, m.DecidedAt, m.DecisionReason = &n.By, &n.At, n.Reason
	switch {
	case !n.Approve:
		m.State = store.RequestRefused
		return m, nil, tx.DecideMerge(m)
	case l.Seen != m.Seen || len(l.Obstacles) > 0:
		m.State, m.DecidedBy, m.DecisionReason = store.MergeOvertaken, nil, ""
		return m, nil, tx.DecideMerge(m)
	case n.Seen != m.Seen:
		return m, nil, ErrChanged
	}
	m.State = store.RequestApproved
	for _, c := range slices.Concat(l.Kept.Cases, l.Merged.Cases) {
		cases = append(cases, c.ID)
	}
	if m.Reverses == nil {
		return m, cases, d.merge(tx, &m, l)
	}
	return m, cases, d.separate(tx, m)
}

// merge makes two records one. A person has one account: the other's is closed, and whoever uses it logs in with the first.
func (d Desk) merge(tx *store.Tx, m *store.Merge, l Look) error {
	if closes := l.ClosesAccount(); closes != nil {
		m.ClosedAccount = &closes.ID
		if err := tx.CloseAccount(closes.ID, *m.DecidedAt); err != nil {
			return err
		}
	}
	if err := tx.DecideMerge(*m); err != nil {
		return err
	}
	return tx.SetMergedInto(m.Merged, &m.Kept)
}

// separate makes one record two again, and opens the account that the merge had closed.
func (d Desk) separate(tx *store.Tx, m store.Merge) error {
	if err := tx.DecideMerge(m); err != nil {
		return err
	}
	if err := tx.SetMergedInto(m.Merged, nil); err != nil {
		return err
	}
	reversed, err := tx.Merge(*m.Reverses)
	if err != nil || reversed.ClosedAccount == nil {
		return err
	}
	return tx.ReopenAccount(*reversed.ClosedAccount)
}

// Withdraw takes back what somebody asked for themselves.
func (d Desk) Withdraw(tx *store.Tx, id, by string, at time.Time) (store.Merge, error) {
	m, err := tx.LockMerge(id)
	switch {
	case err != nil:
		return m, err
	case m.State != store.RequestOpen:
		return m, ErrDecided
	case m.RequestedBy != by:
		return m, ErrNotAsker
	}
	m.State, m.DecidedBy, m.DecidedAt = store.RequestWithdrawn, &by, &at
	return m, tx.DecideMerge(m)
}
