package api

import (
	"context"

	"github.com/dengpan/dengpan/sitting"
	"github.com/dengpan/dengpan/store"
)

func (s *service) seating() sitting.Desk { return sitting.Desk{Calendar: s.Calendar} }

func (s *service) doer(r *request, reason string) sitting.Doer {
	return sitting.Doer{Account: r.account.ID, Reason: reason, At: s.moment()}
}

// refusedSitting is the problem that a refusal makes.
func refusedSitting(err error) error {
	return problemOf(err, map[error]string{
		sitting.ErrCancelled: sittingCancelled, sitting.ErrOver: sittingOver, sitting.ErrBegun: sittingBegun, sitting.ErrLate: sittingLate,
		sitting.ErrFull: sittingFull, sitting.ErrNotAsked: sittingNotForCase, sitting.ErrElsewhere: sittingOverlaps,
		sitting.ErrNone: sittingNone, sitting.ErrChosen: sittingFeeChosen, sitting.ErrPaused: casePaused,
		sitting.ErrNotBegun: sittingNotBegun, sitting.ErrChecked: doorCheckOpen, sitting.ErrDecided: doorCheckDecided,
		sitting.ErrSame: otherPersonNeeded,
	})
}

type sittingChangeOutput struct {
	Body struct {
		SittingView

		Told int `json:"told" doc:"How many had booked it, and are told."`
	}
}

// reviseSitting changes what may change of a sitting. Whoever booked one that is moved is told.
func (s *service) reviseSitting(ctx context.Context, in *idBodyInput) (*sittingChangeOutput, error) {
	body, found, err := s.sittings.revision.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	plan, reason := body.read(found, s.programmeNow()), reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.changeSitting(ctx, "sitting.revise", reason, func(tx *store.Tx, r *request) (store.Sitting, int, error) {
		return s.seating().Revise(tx, in.ID, plan, s.doer(r, reason))
	})
}

// cancelSitting cancels a sitting. Whoever booked it is told.
func (s *service) cancelSitting(ctx context.Context, in *idBodyInput) (*sittingChangeOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.changeSitting(ctx, "sitting.cancel", reason, func(tx *store.Tx, r *request) (store.Sitting, int, error) {
		return s.seating().Cancel(tx, in.ID, s.doer(r, reason))
	})
}

func (s *service) changeSitting(
	ctx context.Context, action, reason string, change func(*store.Tx, *request) (store.Sitting, int, error),
) (*sittingChangeOutput, error) {
	r, out := requestOf(ctx), &sittingChangeOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		of, told, err := change(tx, r)
		if err != nil {
			return err
		}
		out.Body.Told = told
		if out.Body.SittingView, err = s.viewSitting(tx, r, of); err != nil {
			return err
		}
		return s.audit(tx, r, action, "sitting:"+of.ID, reason, map[string]any{
			"starts_at": of.StartsAt, "ends_at": of.EndsAt, "venue": of.Venue, "capacity": of.Capacity, "book_until": of.BookUntil, "told": told,
		})
	})
	if err != nil {
		return nil, refusedSitting(err)
	}
	return out, nil
}
