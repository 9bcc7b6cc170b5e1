package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/store"
)

// intakeStartBody starts an intake.
type intakeStartBody struct {
	Mode     string `json:"mode" enum:"rows,whole" doc:"rows: each good row is registered; whole: all rows, or none."`
	Consents string `json:"consents" maxLength:"16" doc:"The version of the declaration that everybody in the list consented, as the intake gives its words."`
	Abreast  int    `json:"abreast,omitempty" minimum:"1" maximum:"12000" doc:"How many cases may be at their registration at once; 200 unless it says otherwise."`
}

// startIntake has the people of an intake registered. Started again, it is as it was.
func (s *service) startIntake(ctx context.Context, in *idBodyInput) (*intakeOutput, error) {
	r, out := requestOf(ctx), &intakeOutput{Status: http.StatusOK}
	body, found, err := s.intakes.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if body.Consents != intake.Declaration && !found.has("consents") {
		found.add("consents", fieldUnknownValue)
	}
	if body.Abreast == 0 {
		body.Abreast = intake.Abreast
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		i, err := tx.LockIntake(in.ID)
		if err != nil {
			return err
		}
		sums, err := tx.IntakeSums([]string{i.ID})
		if err != nil {
			return err
		}
		ready, refused := sums[i.ID][store.RowReady], sums[i.ID][store.RowRefused]
		if body.Mode == store.ModeWhole && ready > intake.MostWhole {
			found.add("mode", "too_many_whole")
		}
		if err := found.err(); err != nil {
			return err
		}
		switch {
		case i.ForgottenAt != nil:
			return problem(intakeForgotten)
		case i.State != store.IntakeChecked:
			return showIntake(tx, r, out, i)
		case ready == 0:
			return problem(intakeEmpty)
		case body.Mode == store.ModeWhole && refused > 0:
			return problem(workbookFaulty)
		}
		now := s.Now().UTC()
		i.State, i.Mode, i.Abreast, i.ConsentsVersion, i.StartedBy = store.IntakeRunning, &body.Mode, &body.Abreast, &body.Consents, &r.account.ID
		i.StartedAt, i.WakeWantedAt = &now, &now
		if err := tx.SaveIntake(i); err != nil {
			return err
		}
		if err := s.audit(tx, r, "intake.start", "intake:"+i.ID, "", body); err != nil {
			return err
		}
		return showIntake(tx, r, out, i)
	})
	return out, err
}

// turnIntake brings an intake from one of some states into another. Where it is there already, it stays.
func (s *service) turnIntake(action, to string, from ...string) func(context.Context, *idInput) (*intakeOutput, error) {
	return func(ctx context.Context, in *idInput) (*intakeOutput, error) {
		r, out := requestOf(ctx), &intakeOutput{Status: http.StatusOK}
		err := s.Store.Tx(ctx, func(tx *store.Tx) error {
			i, err := tx.LockIntake(in.ID)
			switch {
			case err != nil:
				return err
			case i.State == to:
				return showIntake(tx, r, out, i)
			case !slices.Contains(from, i.State):
				return problem(intakeEnded)
			}
			now := s.Now().UTC()
			i.State, i.WakeWantedAt = to, &now
			if to == store.IntakeStopped {
				i.EndedAt = &now
			}
			if err := tx.SaveIntake(i); err != nil {
				return err
			}
			if err := s.audit(tx, r, action, "intake:"+i.ID, "", nil); err != nil {
				return err
			}
			return showIntake(tx, r, out, i)
		})
		return out, err
	}
}
