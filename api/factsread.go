package api

import (
	"context"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

type readFactsOutput struct {
	Body struct {
		Applicant policy.Applicant `json:"applicant" doc:"In the form in which facts are given and corrected."`
	}
}

// readFacts shows what is known of the applicant, as it was given last: what a correction starts from. That somebody read it is
// written down, in the transaction that reads it.
func (s *service) readFacts(ctx context.Context, in *idInput) (*readFactsOutput, error) {
	r, out := requestOf(ctx), &readFactsOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Case(in.ID)
		if err != nil {
			return err
		}
		if out.Body.Applicant, err = latestFacts(tx, c); err != nil {
			return err
		}
		return s.audit(tx, r, "facts.read", "person:"+c.PersonID, "case:"+c.ID, map[string]any{"case": c.ID})
	})
	return out, err
}
