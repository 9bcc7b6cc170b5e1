package activities

import (
	"context"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/sitting"
	"github.com/dengpan/dengpan/store"
)

// WatchDoorCheck tells people that nobody has decided in time whether a provisional sitting counts.
func (r *Records) WatchDoorCheck(ctx context.Context, req contract.WatchDoorCheckRequest) (contract.Turn, error) {
	return r.watched(ctx, req.CheckID, sitting.Desk{Calendar: r.Calendar}.Watch)
}

// doubt holds the evaluation until it is decided whether it was the trainee who sat.
func (v *verdict) doubt(c store.DoorCheck) (reply contract.ReviewCertificatesReply, err error) {
	was, err := v.stood()
	if err == nil {
		err = v.tx.HoldForDoorCheck(v.ID, was)
	}
	if err != nil {
		return reply, err
	}
	return v.stop(reply, progress.Evaluation, contract.IdentityPending, store.Incident{
		InstitutionID: &c.InstitutionID, Params: map[string]any{"check": c.ID, "ground": c.Ground},
	})
}

// identified gives the evaluation back that was held, as it was, once it is decided who sat; an attempt at which it was not the
// trainee is void, and sat again. It says where the case goes, or nothing.
func (v *verdict) identified() (*contract.Resume, error) {
	held, err := v.tx.ReleaseFromDoorChecks(v.ID)
	if err != nil || len(held) == 0 || v.State(progress.Evaluation).Final() {
		return nil, err
	}
	void := map[int]bool{}
	for _, c := range held {
		if !*c.Accepted {
			void[c.Attempt] = true
		}
	}
	if again, err := v.voided(void, held[0].HeldWas, "identity"); err != nil || again != nil {
		return again, err
	}
	return nil, v.giveBack(held[0].HeldWas)
}
