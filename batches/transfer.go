package batches

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// AskTransfer freezes which cases go to whom, and has it begin: each is reassigned to a target of its own. The cases are
// those of the institution that the batch's selection names, in the role that its parameters name.
func (d Desk) AskTransfer(tx *store.Tx, b store.Batch, moves []store.BatchItem, at time.Time) (store.Batch, error) {
	b.ID, b.Verb, b.RequestedAt, b.ActAfter, b.WakeWantedAt = uuid.NewString(), contract.Reassign, at, at, &at
	b.State, b.Counted = store.BatchRunning, len(moves)
	switch {
	case len(moves) == 0:
		return b, ErrNothing
	case len(moves) > Most:
		return b, ErrTooMany
	}
	if err := tx.InsertBatch(b); err != nil {
		return b, err
	}
	for i := range moves {
		moves[i].BatchID, moves[i].Position, moves[i].State = b.ID, i+1, store.ItemWaiting
	}
	return b, tx.FreezeTransfer(moves)
}

// move asks for the reassignment of one case: of what it is stuck on, or of what its institution is at. What the case would
// not have is skipped, with why.
func (d Desk) move(tx *store.Tx, b store.Batch, item store.BatchItem, at time.Time) error {
	item.State, item.SettledAt = store.ItemSkipped, &at
	refused := tx.Attempt(func(tx *store.Tx) error {
		f, err := d.Acting.Open(tx, item.CaseID)
		if err != nil {
			return err
		}
		if acts, _ := f.Body(b.Params.Role); acts != b.Selection.Institution {
			item.Code = store.ItemElsewhere
			return nil
		}
		asked, err := d.Acting.Ask(tx, acting.Asking{
			CaseID: item.CaseID, Verb: contract.Reassign, Params: store.ActParams{Institution: *item.Target}, Reason: b.Reason,
			Seen: f.LastEvent, By: b.RequestedBy, At: at,
		})
		if err != nil {
			return err
		}
		item.State, item.SettledAt, item.ActedAt = store.ItemActed, nil, &at
		if asked.Resolution != nil {
			item.ResolutionID = &asked.Resolution.ID
		} else {
			item.ActID = &asked.Act.ID
		}
		return nil
	})
	if impossible, ok := errors.AsType[*acting.NotPossibleError](refused); ok {
		item.Code, refused = impossible.Why, nil
	} else if errors.Is(refused, acting.ErrResolving) || errors.Is(refused, acting.ErrOpen) {
		item.Code, refused = store.ItemBusy, nil
	}
	if refused != nil {
		return refused
	}
	return tx.SaveBatchItem(item)
}
