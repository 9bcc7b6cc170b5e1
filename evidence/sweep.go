package evidence

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

const (
	// sweepPause is how long the sweep waits between two looks.
	sweepPause = 10 * time.Minute
	// late is how long after its address expired a file may still be on its way.
	late = time.Hour
	// sweepBatch is how many are read at once.
	sweepBatch = 200
)

// Run sweeps until the context is done.
func (k *Keeper) Run(ctx context.Context) {
	rounds.Make(ctx, sweepPause, k.log(), "the sweep of evidence will try again", k.Sweep)
}

// Sweep removes images of identity documents that are needed no more, forgets evidence that was promised and never came, and
// removes from the bucket the files of evidence that was removed. It may run in any number of processes.
func (k *Keeper) Sweep(ctx context.Context) error {
	if err := k.removeDocuments(ctx); err != nil {
		return err
	}
	for {
		all, err := k.Store.Read(ctx).EvidenceToSweep(k.Now.UTC().Add(-late), sweepBatch)
		if err != nil {
			return err
		}
		for _, e := range all {
			if err := k.sweep(ctx, e); err != nil {
				return err
			}
		}
		if len(all) < sweepBatch {
			return nil
		}
	}
}

func (k *Keeper) sweep(ctx context.Context, e store.Evidence) error {
	if e.Place == store.PlaceS3 {
		if k.Bucket == nil {
			return errNoBucket
		}
		if err := k.Bucket.clear(ctx, e.ID); err != nil {
			return err
		}
	}
	return k.Store.Tx(ctx, func(tx *store.Tx) error { return tx.SweepEvidence(e) })
}

// removeDocuments removes images of identity documents, in the name of who filed them, once their time is over.
func (k *Keeper) removeDocuments(ctx context.Context) error {
	kind, _ := rules.Kind(store.EvidenceIdentity)
	now := k.Now.UTC()
	over, err := k.Store.Read(ctx).DocumentsToRemove(now.AddDate(0, 0, -kind.KeptDays), sweepBatch)
	if err != nil {
		return err
	}
	for _, e := range over {
		err := k.Store.Tx(ctx, func(tx *store.Tx) error {
			locked, err := tx.LockEvidence(e.ID)
			if err != nil || locked.State != store.EvidenceComplete {
				return err
			}
			if err := tx.RemoveEvidence(locked, e.AskedBy, "retention", now); err != nil {
				return err
			}
			return tx.Audit(store.AuditEntry{
				Actor: store.ActorSystem, Action: "evidence.remove", Subject: "evidence:" + e.ID, Reason: "retention", At: now,
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
