package activities

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/store"
)

// Intakes take the turns of intakes.
type Intakes struct {
	Store *store.Store
	Desk  intake.Desk
}

// Register registers the turns under their contract's name.
func (i *Intakes) Register(reg Registry) { implement(reg, contract.CohortTurn, i.CohortTurn) }

// CohortTurn takes one turn of an intake.
func (i *Intakes) CohortTurn(ctx context.Context, req contract.CohortTurnRequest) (contract.Turn, error) {
	return i.Desk.Go(ctx, i.Store, req.IntakeID, func() time.Time { return time.Now().UTC() })
}
