package api

import (
	"context"
	"strings"
	"time"

	"github.com/dengpan/dengpan/batches"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// claimBody names the group whose cases an operator takes charge of, or lets go of.
type claimBody struct {
	Group  groupBody `json:"group"`
	Reason string    `json:"reason,omitempty" maxLength:"500"`
}

type claimOutput struct {
	Body struct {
		Changed int `json:"changed" doc:"How many cases were taken charge of, or let go of."`
		Mine    int `json:"mine" doc:"Of how many cases of the group the caller is in charge now."`
		Others  int `json:"others" doc:"Of how many somebody else is."`
	}
}

// claimGroup puts an operator in charge of the cases of a group that nobody is in charge of.
func (s *service) claimGroup(ctx context.Context, in *bodyInput) (*claimOutput, error) {
	return s.onGroup(ctx, in.RawBody, "group.claim", (*store.Tx).ClaimGroup)
}

// releaseGroup takes an operator out of charge of the cases of a group.
func (s *service) releaseGroup(ctx context.Context, in *bodyInput) (*claimOutput, error) {
	return s.onGroup(ctx, in.RawBody, "group.release", (*store.Tx).ReleaseGroup)
}

func (s *service) onGroup(
	ctx context.Context, raw []byte, action string,
	do func(tx *store.Tx, g store.CaseGroup, by, reason string, at time.Time) (int, error),
) (*claimOutput, error) {
	r, out := requestOf(ctx), &claimOutput{}
	body, found, err := s.batching.claiming.read(raw)
	if err != nil {
		return nil, err
	}
	where, reason := s.pick(found, r, body.Group), strings.TrimSpace(body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := s.batchable(tx, r, body.Group, store.BatchParams{}); err != nil {
			return err
		}
		group := store.CaseGroup{Incidents: batches.Incidents(store.BatchSelection(body.Group), r.within(""), where), Within: r.within("")}
		if group.NotOf, err = people.Declared(tx, s.Keys, r.account.ID); err != nil {
			return err
		}
		if body.Group.EndpointID != "" {
			e, err := tx.EndpointByID(body.Group.EndpointID)
			if err != nil {
				return err
			}
			group.BehindEndpointOf = e.InstitutionID
		}
		if out.Body.Changed, err = do(tx, group, r.account.ID, reason, s.moment()); err != nil {
			return err
		}
		charge, err := tx.GroupCharge(group, r.account.ID)
		if err != nil {
			return err
		}
		out.Body.Mine, out.Body.Others = charge.Mine, charge.Claimed-charge.Mine
		return s.audit(tx, r, action, "group", reason, map[string]any{"group": body.Group, "cases": out.Body.Changed})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
