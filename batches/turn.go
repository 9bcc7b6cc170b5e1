package batches

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/callbacks"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

const (
	// Patience is how long nothing may move, anywhere in a batch, until what has not changed is given up on.
	Patience = 5 * time.Minute

	mostAtOnce   = 25
	longestTurn  = 4 * time.Second
	shortestRest = time.Second
	longestRest  = 30 * time.Second
)

// Pace is how many cases a turn acts on, and how long it is until the next: so many a minute.
func Pace(perMinute int) (atOnce int, rest time.Duration) {
	atOnce = min(max(perMinute/60, 1), mostAtOnce)
	return atOnce, time.Duration(atOnce) * time.Minute / time.Duration(perMinute)
}

// Go takes one turn of a batch: it acts on some of its cases if it runs and their time has come, looks up what became of those
// that were acted on, and ends it when nothing is left. It can be cut off anywhere, and taken again.
func (d Desk) Go(ctx context.Context, record *store.Store, id string, now func() time.Time) (contract.Turn, error) {
	n, err := d.due(ctx, record, id, now())
	if err != nil {
		return contract.Turn{}, err
	}
	for until := now().Add(longestTurn); n > 0 && now().Before(until); n-- {
		more, err := d.next(ctx, record, id, now())
		if err != nil {
			return contract.Turn{}, err
		}
		if !more {
			break
		}
	}
	return look(ctx, record, id, now())
}

// due says how many cases may be acted on now, and writes when the next may: before they are, so that a turn which is cut
// off and taken again goes no faster.
func (d Desk) due(ctx context.Context, record *store.Store, id string, at time.Time) (n int, err error) {
	err = record.Tx(ctx, func(tx *store.Tx) error {
		b, err := tx.LockBatch(id)
		if err != nil || b.State != store.BatchRunning || at.Before(b.ActAfter) {
			return err
		}
		atOnce, rest := Pace(b.PerMinute)
		n, b.ActAfter = atOnce, at.Add(rest)
		return tx.SaveBatch(b)
	})
	return n, err
}

// next acts on one case of a batch, or on the endpoint that all of them wait behind, and says whether there was any.
func (d Desk) next(ctx context.Context, record *store.Store, id string, at time.Time) (more bool, err error) {
	err = record.Tx(ctx, func(tx *store.Tx) error {
		b, err := tx.LockBatch(id) // so that who pauses it knows that nothing more is done
		if err != nil || b.State != store.BatchRunning {
			return err
		}
		item, err := tx.NextBatchItem(id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		if b.InstitutionID != nil {
			return d.resume(tx, b, at)
		}
		more = true
		own, err := d.theirOwn(tx, b, item)
		switch {
		case err != nil:
			return err
		case own:
			return skip(tx, item, store.ItemOwn, at)
		case item.Target != nil:
			return d.move(tx, b, item, at)
		}
		return d.act(tx, b, item, at)
	})
	return more, err
}

// theirOwn reports whether an item is about a person whom one of those who want it done declared.
func (d Desk) theirOwn(tx *store.Tx, b store.Batch, item store.BatchItem) (bool, error) {
	if item.CaseID == "" {
		return false, nil
	}
	who := []string{b.RequestedBy}
	if b.DecidedBy != nil {
		who = append(who, *b.DecidedBy)
	}
	declared, err := people.Declared(tx, d.Keys, who...)
	if err != nil || len(declared) == 0 {
		return false, err
	}
	c, err := tx.Case(item.CaseID)
	return slices.Contains(declared, c.PersonID), err
}

// skip notes that an item is not acted on, and why.
func skip(tx *store.Tx, item store.BatchItem, why string, at time.Time) error {
	item.State, item.Code, item.SettledAt = store.ItemSkipped, why, &at
	return tx.SaveBatchItem(item)
}

// act puts the resolution of a case's incident on its way, or resolves a finding. Its id follows from the item's: it exists once.
func (d Desk) act(tx *store.Tx, b store.Batch, item store.BatchItem, at time.Time) error {
	i, err := tx.Incident(*item.IncidentID)
	if err != nil {
		return err
	}
	var c *store.CaseFile
	if i.Holds { // a case is locked before its incident, by everybody
		if c, err = tx.OpenCase(item.CaseID); err != nil {
			return err
		}
	}
	if i, err = tx.LockIncident(i.ID); err != nil {
		return err
	}
	if why := notNow(b, item, c, i); why != "" {
		return skip(tx, item, why, at)
	}
	resolution := store.Resolution{
		ID:         uuid.NewSHA1(uuid.MustParse(b.ID), fmt.Appendf(nil, "item/%d", item.Position)).String(),
		IncidentID: i.ID, Verb: b.Verb, Params: b.Params.ResolutionParams, Reason: b.Reason,
		RequestedBy: b.RequestedBy, RequestedAt: at, BatchID: &b.ID,
	}
	if i.Holds {
		_, err = tx.InsertResolution(i, resolution) // the relay brings the case word of it: nobody waits here
	} else if _, err = d.Acting.Resolve(tx, resolution, b.LegalBasis); err == nil {
		err = audit(tx, b, "incident."+string(b.Verb), "incident:"+i.ID, nil, map[string]any{"batch": b.ID}, at)
	}
	if err != nil {
		return err
	}
	item.State, item.ActedAt, item.ResolutionID = store.ItemActed, &at, &resolution.ID
	return tx.SaveBatchItem(item)
}

// notNow is why nothing is done about an incident when its turn comes; empty when something is. What two people want done to a
// case, they want done to it as it stood when it was counted.
func notNow(b store.Batch, item store.BatchItem, c *store.CaseFile, i store.Incident) string {
	switch {
	case c != nil && c.PausedAt != nil:
		return store.ItemPaused
	case i.State == store.IncidentClosed:
		return store.ItemGone
	case i.State == store.IncidentResolving:
		return store.ItemBusy
	case !i.Cause.Allows(b.Verb):
		return "verb_not_allowed"
	case c != nil && item.Seen != nil && b.Verb.NeedsApproval() && c.LastEvent != *item.Seen:
		return store.ItemMoved
	}
	return ""
}

// resume lets events go to the endpoint that the cases of a batch wait behind, at another address if one was given. The events
// that wait are sent at once, and so is what was given up since it began to fail.
func (d Desk) resume(tx *store.Tx, b store.Batch, at time.Time) error {
	e, err := tx.LockEndpoint(*b.InstitutionID)
	if err != nil {
		return err
	}
	before := map[string]any{"state": e.State, "why": e.StateReason}
	refused := tx.Attempt(func(tx *store.Tx) error {
		if b.Params.URL != "" {
			if err := d.Keeper.Move(tx, e, b.Params.URL); err != nil {
				return err
			}
		}
		switch e.State {
		case store.EndpointDisabled:
			_, err := callbacks.Enable(tx, e, store.StoppedByOperator, true)
			return err
		case store.EndpointPaused:
			return callbacks.Resume(tx, e, store.StoppedByOperator)
		}
		if _, err := tx.CatchUp(e); err != nil {
			return err
		}
		return tx.SetEndpointState(e.InstitutionID, store.EndpointActive, "") // it is judged anew
	})
	if refused != nil && store.Away(refused) {
		return refused
	}
	if refused != nil { // its address is not one that callbacks go to any more
		return tx.SkipBatchItems(b.ID, store.ItemEndpointKept, at)
	}
	if err := tx.ActOnUntold(b.ID, at); err != nil {
		return err
	}
	return audit(tx, b, "endpoint.resume", "endpoint:"+e.ID, before, map[string]any{"batch": b.ID, "moved": b.Params.URL != ""}, at)
}

// look looks up what became of the cases that were acted on, and says when to look again. A batch is over when all its cases
// are settled, and have been for as long as it is watched.
func look(ctx context.Context, record *store.Store, id string, at time.Time) (reply contract.Turn, err error) {
	err = record.Tx(ctx, func(tx *store.Tx) error {
		b, err := tx.LockBatch(id)
		if err != nil || b.Ended() {
			reply.Over = err == nil
			return err
		}
		if b.State == store.BatchAwaiting {
			return nil
		}
		if _, err := tx.SettleBatch(id, at); err != nil {
			return err
		}
		sum, err := summed(tx, id)
		if err != nil {
			return err
		}
		moved := b.RequestedAt
		if sum.LastMoved != nil {
			moved = *sum.LastMoved
		}
		still := at.Sub(moved)
		acting := sum.Waiting > 0 && b.State == store.BatchRunning
		if !acting && sum.Acted > 0 && still >= Patience {
			if err := tx.GiveUpOn(id, at); err != nil {
				return err
			}
			sum.Unchanged, sum.Acted = sum.Unchanged+sum.Acted, 0
		}
		watched := still >= time.Duration(b.WatchSeconds)*time.Second || sum.Cleared+sum.StuckAgain == 0
		switch {
		case sum.Waiting == 0 && sum.Acted == 0 && watched:
			reply.Over = true
			return end(tx, b, sum, at)
		case acting:
			reply.NextAt = &b.ActAfter
		case sum.Acted > 0 || !watched:
			next := at.Add(min(max(still/10, shortestRest), longestRest))
			reply.NextAt = &next
		}
		return nil
	})
	return reply, err
}

func summed(tx *store.Tx, id string) (store.BatchSum, error) {
	sums, err := tx.BatchSums([]string{id})
	return sums[id], err
}

// end ends a batch, and writes what came of it.
func end(tx *store.Tx, b store.Batch, sum store.BatchSum, at time.Time) error {
	if b.State == store.BatchStopping {
		b.State = store.BatchStopped
	} else {
		b.State = store.BatchDone
	}
	b.EndedAt = &at
	if err := tx.SaveBatch(b); err != nil {
		return err
	}
	return audit(tx, b, "batch."+b.State, "batch:"+b.ID, nil, map[string]any{
		"cases": b.Counted, "cleared": sum.Cleared, "stuck_again": sum.StuckAgain, "refused": sum.Refused,
		"unchanged": sum.Unchanged, "skipped": sum.Skipped,
	}, at)
}
