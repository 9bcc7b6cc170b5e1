package api

import (
	"context"
	"errors"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// mayPause reports whether somebody may hold the case of a complaint until it is answered: an operator of the city, once.
func mayPause(p store.Petition, a store.Account) bool {
	return a.Role == store.RoleOperator && a.District == nil && p.Kind == store.PetitionComplaint && p.State == store.PetitionAsked &&
		p.CaseID != nil && p.PauseAct == nil
}

// pauseForPetition holds the case of a complaint until it is answered. What the case refuses is refused.
func (s *service) pauseForPetition(ctx context.Context, in *idBodyInput) (*petitionOutput, error) {
	body, found, err := s.petitions.pause.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.petitionStep(ctx, "pause", reason, func(tx *store.Tx, r *request) (store.Petition, []store.InboxItem, error) {
		p, err := tx.Petition(in.ID)
		if err != nil {
			return p, nil, err
		}
		if !mayPause(p, r.account) {
			return p, nil, problem(petitionStep)
		}
		asked, err := s.actFor(tx, r, p, contract.Hold, reason) // the case is locked before its petition
		if err != nil {
			return p, nil, refusedAct(err)
		}
		if p, err = tx.LockPetition(in.ID); err != nil {
			return p, nil, err
		}
		if !mayPause(p, r.account) {
			return p, nil, problem(petitionStep)
		}
		p.PauseAct = &asked.Act.ID
		return p, []store.InboxItem{asked.Item}, tx.SavePetition(p)
	})
}

// actFor does something to the case that a petition is about, as it stands.
func (s *service) actFor(tx *store.Tx, r *request, p store.Petition, verb contract.Verb, reason string) (acting.Asked, error) {
	c, err := tx.Case(*p.CaseID)
	if err != nil {
		return acting.Asked{}, err
	}
	a := acting.Asking{CaseID: c.ID, Verb: verb, Reason: reason, Seen: c.LastEvent, By: r.account.ID, At: s.moment()}
	asked, err := s.acting().Ask(tx, a)
	if err != nil {
		return asked, err
	}
	return asked, s.auditAsking(tx, r, a, asked)
}

// letGo lets a case go on that was held for a complaint, once that is over. Somebody may have let it go before.
func (s *service) letGo(tx *store.Tx, r *request, p store.Petition, reason string) ([]store.InboxItem, error) {
	if p.PauseAct == nil || p.Open() {
		return nil, nil
	}
	asked, err := s.actFor(tx, r, p, contract.Release, reason)
	if _, not := errors.AsType[*acting.NotPossibleError](err); not {
		return nil, nil
	}
	return []store.InboxItem{asked.Item}, err
}
