// Package directory carries published lists into the record: one is imported as a draft, what it would change and what
// becomes of running cases is shown, a person decides whose names the unknown ones are, and then it is applied or discarded,
// once. It also suspends institutions and lets them act again.
//
// No list fails a case. A case whose institution may no longer act waits for an operator at the step that it may not take,
// and says in its timeline why.
package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/store"
)

// What keeps a list from being applied.
var (
	// ErrSettled says that a list was applied or discarded before.
	ErrSettled = errors.New("the list was applied or discarded before")
	// ErrUndecided says that names wait for a person to decide whose they are.
	ErrUndecided = errors.New("names of the list are not decided on")
	// ErrChanged says that the lists, or the decisions, are no longer those that were shown.
	ErrChanged = errors.New("what the list would change is no longer what was shown")
	// ErrLate says that a list holds from the same day as the one in force, or from an earlier one.
	ErrLate = errors.New("a list that holds from that day or a later one is applied")
)

// Desk is where lists are worked on: in a transaction, by somebody, at some time.
type Desk struct {
	Tx    *store.Tx
	Actor string // an account, or the system
	At    time.Time
}

// Preview is what a list changes, and what becomes of running cases.
type Preview struct {
	Names      []listing.Named    `json:"names"`
	Difference listing.Difference `json:"difference"`
	Effects    []Effect           `json:"effects"`
	// Late says that a list is applied which holds from the same day or a later one.
	Late bool `json:"-"`
	// Seen stands for all that the preview was made of. A list is applied only as it was seen.
	Seen string `json:"-"`

	list  listing.Resolution
	notes []note
}

// Undecided counts the names that wait for a person.
func (p Preview) Undecided() int { return listing.Resolution{Names: p.Names}.Undecided() }

// Import keeps a list as a draft. A list that says the same as one before, and was not discarded, is that one. The error may
// be listing.RowErrors: rows that contradict each other once it is known whose they are.
func (d Desk) Import(list listing.Snapshot) (snapshot store.ListSnapshot, fresh bool, err error) {
	if err := d.Tx.LockLists(); err != nil {
		return snapshot, false, err
	}
	if snapshot, err = store.NewListSnapshot(list, d.Actor, d.At); err != nil {
		return snapshot, false, err
	}
	known, err := d.Tx.ListSnapshotOf(snapshot.Digest)
	if !errors.Is(err, store.ErrNotFound) {
		return known, false, err
	}
	state, err := d.Tx.ListState(list.ValidFrom)
	if err != nil {
		return snapshot, false, err
	}
	if _, faults := listing.Resolve(list, state.Institutions, nil); len(faults) > 0 {
		return snapshot, false, faults
	}
	if err := d.Tx.InsertListSnapshot(snapshot); err != nil {
		return snapshot, false, err
	}
	return snapshot, true, d.audit("list.import", "list:"+snapshot.ID, "a published list", map[string]any{
		"document": list.Document, "list_year": list.ListYear, "valid_from": list.ValidFrom,
		"rows": len(list.Bodies) + len(list.Bases),
	})
}

// Look says what a list changes. Of one that was applied it is what it changed.
func Look(tx *store.Tx, s store.ListSnapshot) (Preview, error) {
	var p Preview
	if s.State == store.ListApplied {
		err := json.Unmarshal(s.Outcome, &p)
		return p, err
	}
	state, err := tx.ListState(s.ValidFrom)
	if err != nil {
		return p, err
	}
	var faults listing.RowErrors
	if p.list, faults = listing.Resolve(s.Content, state.Institutions, s.Decisions); len(faults) > 0 && s.State == store.ListDraft {
		// The institutions changed since the decisions were made: they are made anew.
		if p.list, faults = listing.Resolve(s.Content, state.Institutions, nil); len(faults) > 0 {
			return p, faults
		}
	}
	p.Names, p.Difference = p.list.Names, listing.Compare(state, p.list)
	if p.Effects, p.notes, err = effects(tx, state, p.Difference); err != nil {
		return p, err
	}
	last, err := tx.LastApplied()
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return p, err
	}
	p.Late = err == nil && !s.ValidFrom.After(last.ValidFrom)
	p.Seen, err = seen(last.ID, state, p.Difference)
	return p, err
}

// seen stands for what a preview was made of.
func seen(last string, state listing.State, d listing.Difference) (string, error) {
	content, err := json.Marshal([]any{last, state, d})
	if err != nil {
		return "", fmt.Errorf("digest a preview: %w", err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16]), nil
}

// draft locks a list that is neither applied nor discarded.
func (d Desk) draft(id string) (store.ListSnapshot, error) {
	if err := d.Tx.LockLists(); err != nil {
		return store.ListSnapshot{}, err
	}
	s, err := d.Tx.LockListSnapshot(id)
	if err == nil && s.State != store.ListDraft {
		err = ErrSettled
	}
	return s, err
}

// Decide keeps verdicts on names of a draft, each in the place of the one before. The error may be listing.RowErrors.
func (d Desk) Decide(id string, decisions []listing.Decision) (store.ListSnapshot, error) {
	s, err := d.draft(id)
	if err != nil {
		return s, err
	}
	for _, decision := range decisions {
		s.Decisions = slices.DeleteFunc(s.Decisions, func(before listing.Decision) bool { return before.Name == decision.Name })
		s.Decisions = append(s.Decisions, decision)
	}
	state, err := d.Tx.ListState(s.ValidFrom)
	if err != nil {
		return s, err
	}
	if _, faults := listing.Resolve(s.Content, state.Institutions, s.Decisions); len(faults) > 0 {
		return s, faults
	}
	if err := d.Tx.SaveListDecisions(id, s.Decisions); err != nil {
		return s, err
	}
	return s, d.audit("list.names", "list:"+id, "whose names they are", map[string]any{"decisions": decisions})
}

// Apply puts a draft in force as it was seen: the rows of the list before end on its first day, its own begin, and what
// becomes of running cases is noted in their timelines.
func (d Desk) Apply(id, asSeen, reason string) (store.ListSnapshot, error) {
	s, err := d.draft(id)
	if err != nil {
		return s, err
	}
	p, err := Look(d.Tx, s)
	switch {
	case err != nil:
		return s, err
	case p.Late:
		return s, ErrLate
	case p.Undecided() > 0:
		return s, ErrUndecided
	case p.Seen != asSeen:
		return s, ErrChanged
	}
	if err := d.Tx.WriteList(s.Content, p.list, p.Difference); err != nil {
		return s, err
	}
	if err := d.note(p.notes, s.Document); err != nil {
		return s, err
	}
	if s.Outcome, err = json.Marshal(p); err != nil {
		return s, fmt.Errorf("encode what a list changed: %w", err)
	}
	return d.settle(s, store.ListApplied, "list.apply", reason)
}

// Discard puts a draft aside.
func (d Desk) Discard(id, reason string) (store.ListSnapshot, error) {
	s, err := d.draft(id)
	if err != nil {
		return s, err
	}
	return d.settle(s, store.ListDiscarded, "list.discard", reason)
}

func (d Desk) settle(s store.ListSnapshot, state, action, reason string) (store.ListSnapshot, error) {
	s.State, s.SettledBy, s.SettledAt, s.Reason = state, &d.Actor, &d.At, &reason
	if err := d.Tx.SettleListSnapshot(s); err != nil {
		return s, err
	}
	return s, d.audit(action, "list:"+s.ID, reason, s.Outcome)
}

func (d Desk) audit(action, subject, reason string, after any) error {
	content, err := json.Marshal(after)
	if err != nil {
		return fmt.Errorf("encode an audit entry: %w", err)
	}
	return d.Tx.Audit(store.AuditEntry{Actor: d.Actor, Action: action, Subject: subject, Reason: reason, After: content, At: d.At})
}
