package api

import (
	"context"
	"math"

	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/store"
)

// petitionStep takes one step in a transaction, writes it down, and tells the case of it.
func (s *service) petitionStep(
	ctx context.Context, step, reason string, take func(*store.Tx, *request) (store.Petition, []store.InboxItem, error),
) (*petitionOutput, error) {
	r, out := requestOf(ctx), &petitionOutput{}
	var told []store.InboxItem
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		p, items, err := take(tx, r)
		if err != nil {
			return err
		}
		told = items
		if out.Body, err = s.onePetition(tx, r, p); err != nil {
			return err
		}
		return s.auditPetition(tx, r, step, p, reason)
	})
	if err != nil {
		return nil, refusedPetition(err)
	}
	s.forwardAll(ctx, told)
	return out, nil
}

// withdrawPetition takes back what the trainee asked for and nobody has answered.
func (s *service) withdrawPetition(ctx context.Context, in *idInput) (*petitionOutput, error) {
	return s.petitionStep(ctx, "withdraw", "", func(tx *store.Tx, r *request) (store.Petition, []store.InboxItem, error) {
		p, told, err := s.petitioning().Withdraw(tx, in.ID, s.moment())
		if err != nil {
			return p, nil, err
		}
		released, err := s.letGo(tx, r, p, "petition.withdraw")
		return p, append(told, released...), err
	})
}

// answerPetition answers, or proposes the answer.
func (s *service) answerPetition(ctx context.Context, in *idBodyInput) (*petitionOutput, error) {
	body, found, err := s.petitions.answer.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	text := textIn(found, "answer", body.Answer)
	if body.Score != nil && math.Round(*body.Score*100)/100 != *body.Score {
		found.add("score", fieldScorePrecision)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.petitionStep(ctx, "answer", text, func(tx *store.Tx, r *request) (store.Petition, []store.InboxItem, error) {
		p, err := s.petitioning().Answer(tx, r.account, petition.Answer{
			ID: in.ID, Outcome: body.Outcome, Score: body.Score, Text: text, By: r.account.ID, At: s.moment(),
		})
		if err != nil {
			return p, nil, err
		}
		told, err := s.petitioning().Settle(tx, p, r.account.ID, s.moment())
		if err != nil {
			return p, nil, err
		}
		released, err := s.letGo(tx, r, p, text)
		return p, append(told, released...), err
	})
}

// confirmPetition is the second person's word on an answer.
func (s *service) confirmPetition(ctx context.Context, in *idBodyInput) (*petitionOutput, error) {
	body, found, err := s.petitions.confirmation.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	step := "decline"
	if body.Agrees {
		step = "confirm"
	}
	return s.petitionStep(ctx, step, reason, func(tx *store.Tx, r *request) (store.Petition, []store.InboxItem, error) {
		return s.petitioning().Confirm(tx, r.account, in.ID, body.Agrees, reason, s.moment())
	})
}

// hearPetition asks the institution for its statement.
func (s *service) hearPetition(ctx context.Context, in *idInput) (*petitionOutput, error) {
	return s.petitionStep(ctx, "hear", "", func(tx *store.Tx, r *request) (store.Petition, []store.InboxItem, error) {
		p, err := s.petitioning().Hear(tx, r.account, in.ID, s.moment())
		return p, nil, err
	})
}

// statePetition keeps the institution's statement.
func (s *service) statePetition(ctx context.Context, in *idBodyInput) (*petitionOutput, error) {
	body, found, err := s.petitions.statement.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	statement := textIn(found, "statement", body.Statement)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.petitionStep(ctx, "state", "", func(tx *store.Tx, r *request) (store.Petition, []store.InboxItem, error) {
		p, err := s.petitioning().State(tx, in.ID, statement, r.account.ID, s.moment())
		return p, nil, err
	})
}

type petitionDetail struct {
	Body struct {
		PetitionView

		Name      string `json:"name" doc:"Of the trainee, masked."`
		Text      string `json:"text,omitempty" doc:"What is asked. Missing: it is done again, by the answer to an appeal."`
		Statement string `json:"statement,omitempty" doc:"What the institution states."`

		Files   []evidenceView `json:"files" doc:"That go with it: those of the trainee, and, but for the trainee, those of the institution."`
		MayFile bool           `json:"may_file" doc:"The reader may add one (POST /v1/evidence)."`

		Certificates []certificateBrief `json:"certificates,omitempty" doc:"Of an agreed correction of whom the trainee is, to who carries it out: the certificates that are corrected with it."`
	}
}

// getPetition shows what was asked and said. That it was read is written down, in the transaction that reads it.
func (s *service) getPetition(ctx context.Context, in *idInput) (*petitionDetail, error) {
	r, out := requestOf(ctx), &petitionDetail{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		p, err := tx.Petition(in.ID)
		if err != nil {
			return err
		}
		if out.Body.PetitionView, err = s.onePetition(tx, r, p); err != nil {
			return err
		}
		desk := s.petitioning()
		if out.Body.Text, err = desk.Text(p); err != nil {
			return err
		}
		// What the institution states is between it and who answers.
		if r.account.Role != store.RoleTrainee {
			if out.Body.Statement, err = desk.Statement(p); err != nil {
				return err
			}
		}
		if out.Body.Files, err = s.petitionFiles(tx, r, p); err != nil {
			return err
		}
		out.Body.MayFile = mayFile(r, p)
		if out.Body.Certificates, err = toCorrect(tx, r, p, out.Body.Steps); err != nil {
			return err
		}
		if out.Body.Name, err = s.maskedName(tx, p.PersonID); err != nil {
			return err
		}
		return s.audit(tx, r, "petition.read", personSubject(p.PersonID), "", map[string]any{"petition": p.ID})
	})
	return out, err
}
