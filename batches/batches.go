// Package batches acts on many cases at once for an operator, and on findings that hold up none: they are counted and frozen
// first, acted on at a pace, each at most once, and looked at afterwards. What became of a case is what the case says, never that
// a command was accepted. What concerns a person whom who asked or who decided declared is left out.
//
// The interface asks here, and the batch's workflow takes its turns here; all of it stands in the record.
package batches

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/callbacks"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Most is how many cases a batch can be of.
const Most = 20_000

// What is refused.
var (
	ErrCount     = errors.New("the cases are not as many as was said")
	ErrNothing   = errors.New("there is no case that it could be done to")
	ErrTooMany   = errors.New("the cases are too many for one batch")
	ErrState     = errors.New("the batch is not in a state for that")
	ErrDecided   = errors.New("the batch was decided on")
	ErrSameOne   = errors.New("who asked for it does not decide on it")
	ErrUnderWay  = errors.New("the endpoint is being resumed")
	ErrVerb      = errors.New("the verb does not fit what the cases are stuck on")
	errSelection = errors.New("a batch is of incidents or of what waits behind an endpoint")
)

// CountError is ErrCount with how many they are.
type CountError struct{ Count int }

// Error says so.
func (CountError) Error() string { return ErrCount.Error() }

// Is makes it an ErrCount.
func (CountError) Is(target error) bool { return target == ErrCount }

// Desk does it.
type Desk struct {
	Keeper callbacks.Keeper
	Acting acting.Desk
	Keys   *identity.Keyring
}

// Asked is a batch as it is asked for.
type Asked struct {
	Batch    store.Batch // its id, time and state are set here
	Expected int         // how many cases its requester was shown
	Within   store.Within
	Where    filter.Expr // the selection's filter, bound
	At       time.Time
}

// Ask freezes which cases a batch is of, and has it begin, or wait for a second person. Its endpoint's row, if it is of one,
// stays locked to the end of the transaction.
func (d Desk) Ask(tx *store.Tx, a Asked) (store.Batch, error) {
	b := a.Batch
	b.ID, b.RequestedAt, b.ActAfter, b.Counted = uuid.NewString(), a.At, a.At, a.Expected
	b.State = store.BatchRunning
	if b.Verb.NeedsApproval() {
		b.State = store.BatchAwaiting
	} else {
		b.WakeWantedAt = &a.At
	}
	if b.Counted == 0 {
		return b, ErrNothing
	}
	if err := d.fits(tx, &b); err != nil {
		return b, err
	}
	if err := tx.InsertBatch(b); err != nil {
		if store.Constraint(err) == "batches_one_repair" {
			err = ErrUnderWay
		}
		return b, err
	}
	n, err := freeze(tx, b, a)
	switch {
	case err != nil:
		return b, err
	case n > Most:
		return b, ErrTooMany
	case n != a.Expected:
		return b, CountError{n}
	}
	return b, nil
}

// fits checks that a verb is one for what the cases are stuck on, and that an endpoint can be resumed.
func (d Desk) fits(tx *store.Tx, b *store.Batch) error {
	resumes := b.Verb == contract.ResumeEndpoint
	switch {
	case resumes != (b.Selection.EndpointID != ""):
		return ErrVerb
	case !resumes && b.Selection.Cause != "" && !contract.Cause(b.Selection.Cause).Allows(b.Verb):
		return ErrVerb
	case !resumes:
		return nil
	}
	e, err := tx.EndpointByID(b.Selection.EndpointID)
	if err != nil {
		return err
	}
	b.InstitutionID = &e.InstitutionID
	if b.Params.URL == "" {
		return nil
	}
	return d.Keeper.Check(tx, b.Params.URL)
}

// freeze puts the cases of a selection into a batch.
func freeze(tx *store.Tx, b store.Batch, a Asked) (int, error) {
	if b.InstitutionID != nil {
		return tx.FreezeUntold(b.ID, *b.InstitutionID, a.Within, Most+1)
	}
	if b.Selection == (store.BatchSelection{}) {
		return 0, errSelection
	}
	picked := Incidents(b.Selection, a.Within, a.Where)
	picked.Limit = Most + 1
	return tx.FreezeIncidents(b.ID, picked)
}

// Incidents is the filter of the incidents that a selection picks within an area. Its own filter comes bound.
func Incidents(s store.BatchSelection, within store.Within, where filter.Expr) store.IncidentFilter {
	within.InstitutionID = s.Institution
	return store.IncidentFilter{
		States: []string{store.IncidentOpen}, Within: within, Cause: s.Cause, Stage: s.Stage, Where: where,
	}
}

// Decision is what a second person decides about a batch.
type Decision struct {
	ID      string
	Approve bool
	Reason  string
	By      string
	At      time.Time
}

// Decide approves or rejects a batch that waits for it. What is approved begins.
func (d Desk) Decide(tx *store.Tx, n Decision) (store.Batch, error) {
	b, err := tx.LockBatch(n.ID)
	switch {
	case err != nil:
		return b, err
	case b.State != store.BatchAwaiting:
		return b, ErrDecided
	case b.RequestedBy == n.By:
		return b, ErrSameOne
	}
	b.DecidedBy, b.DecidedAt, b.DecisionReason = &n.By, &n.At, n.Reason
	if n.Approve {
		b.State, b.WakeWantedAt, b.ActAfter = store.BatchRunning, &n.At, n.At
		return b, tx.SaveBatch(b)
	}
	if err := tx.SkipBatchItems(b.ID, store.ItemRejected, n.At); err != nil {
		return b, err
	}
	b.State, b.EndedAt = store.BatchRejected, &n.At
	return b, tx.SaveBatch(b)
}

// Turn is what an operator does to a batch that runs.
type Turn string

// The turns.
const (
	Pause  Turn = "pause"
	Resume Turn = "resume"
	Stop   Turn = "stop" // for good: what was not acted on is not any more
)

// Do pauses, resumes or stops a batch. What was acted on is looked at all the same.
func (d Desk) Do(tx *store.Tx, id string, turn Turn, at time.Time) (store.Batch, error) {
	b, err := tx.LockBatch(id)
	if err != nil {
		return b, err
	}
	from := map[Turn][]string{
		Pause: {store.BatchRunning}, Resume: {store.BatchPaused},
		Stop: {store.BatchRunning, store.BatchPaused, store.BatchAwaiting},
	}[turn]
	if !slices.Contains(from, b.State) {
		return b, ErrState
	}
	b.WakeWantedAt = &at
	switch turn {
	case Pause:
		b.State = store.BatchPaused
	case Resume:
		b.State = store.BatchRunning
	case Stop:
		if err := tx.SkipBatchItems(b.ID, store.ItemStopped, at); err != nil {
			return b, err
		}
		if b.State == store.BatchAwaiting { // nothing has begun
			b.State, b.EndedAt, b.WakeWantedAt = store.BatchStopped, &at, nil
			break
		}
		b.State = store.BatchStopping
	}
	return b, tx.SaveBatch(b)
}
