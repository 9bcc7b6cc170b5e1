package activities

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/batches"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// Batches take the turns of batches.
type Batches struct {
	Store *store.Store
	Desk  batches.Desk
}

// Register registers the turns under their contract's name.
func (b *Batches) Register(reg Registry) { implement(reg, contract.BatchTurn, b.BatchTurn) }

// BatchTurn takes one turn of a batch.
func (b *Batches) BatchTurn(ctx context.Context, req contract.BatchTurnRequest) (contract.Turn, error) {
	return b.Desk.Go(ctx, b.Store, req.BatchID, func() time.Time { return time.Now().UTC() })
}
