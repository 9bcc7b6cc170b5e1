package api

import (
	"context"

	"github.com/dengpan/dengpan/misconduct"
	"github.com/dengpan/dengpan/store"
)

type misconductOutput struct{ Body MisconductView }

// misconductStep takes one step in a transaction, writes it down, and tells the case of it.
func (s *service) misconductStep(
	ctx context.Context, step, reason string, take func(*store.Tx, *request) (store.Misconduct, []store.InboxItem, error),
) (*misconductOutput, error) {
	r, out := requestOf(ctx), &misconductOutput{}
	var told []store.InboxItem
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		m, items, err := take(tx, r)
		if err != nil {
			return err
		}
		told = items
		views, err := s.viewMisconduct(tx, r, m)
		if err != nil {
			return err
		}
		out.Body = views[0]
		return s.auditMisconduct(tx, r, step, m, reason)
	})
	if err != nil {
		return nil, refusedMisconduct(err)
	}
	s.forwardAll(ctx, told)
	return out, nil
}

func (s *service) step(r *request, id, reason string) misconduct.Step {
	return misconduct.Step{ID: id, Reason: reason, By: r.account.ID, At: s.moment()}
}

// confirmMisconduct is the second person's word.
func (s *service) confirmMisconduct(ctx context.Context, in *idBodyInput) (*misconductOutput, error) {
	body, found, err := s.misconduct.confirmation.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	name := "drop"
	if body.Agrees {
		name = "confirm"
	}
	return s.misconductStep(ctx, name, reason, func(tx *store.Tx, r *request) (store.Misconduct, []store.InboxItem, error) {
		return s.conduct().Confirm(tx, body.Agrees, s.step(r, in.ID, reason))
	})
}

// stateMisconduct keeps the trainee's statement; whoever writes it down for them is named.
func (s *service) stateMisconduct(ctx context.Context, in *idBodyInput) (*misconductOutput, error) {
	body, found, err := s.misconduct.statement.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	statement := textIn(found, "statement", body.Statement)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.misconductStep(ctx, "state", "", func(tx *store.Tx, r *request) (store.Misconduct, []store.InboxItem, error) {
		actor := store.ActorTrainee
		if r.account.Role != store.RoleTrainee {
			actor = store.ActorOperator
		}
		if r.account.InstitutionID != nil {
			actor = store.ActorInstitution(*r.account.InstitutionID)
		}
		m, err := s.conduct().State(tx, actor, statement, s.step(r, in.ID, ""))
		return m, nil, err
	})
}

// reviewMisconduct writes what came of looking at it again.
func (s *service) reviewMisconduct(ctx context.Context, in *idBodyInput) (*misconductOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.misconductStep(ctx, "review", reason, func(tx *store.Tx, r *request) (store.Misconduct, []store.InboxItem, error) {
		m, err := s.conduct().Review(tx, s.step(r, in.ID, reason))
		return m, nil, err
	})
}

// decideMisconduct decides, if the rule has the caller's kind decide.
func (s *service) decideMisconduct(ctx context.Context, in *idBodyInput) (*misconductOutput, error) {
	body, found, err := s.misconduct.decision.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.misconductStep(ctx, "decide", reason, func(tx *store.Tx, r *request) (store.Misconduct, []store.InboxItem, error) {
		return s.conduct().Decide(tx, judgeOf(r.account), body.Founded, s.step(r, in.ID, reason))
	})
}

// judgeOf is as what an account decides.
func judgeOf(a store.Account) string {
	if a.Role == store.RoleOperator {
		return misconduct.ByCity
	}
	return misconduct.ByEvaluationBody
}

// deliverMisconduct writes how the trainee was handed the decision.
func (s *service) deliverMisconduct(ctx context.Context, in *idBodyInput) (*misconductOutput, error) {
	body, err := s.misconduct.delivery.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.misconductStep(ctx, "deliver", "", func(tx *store.Tx, r *request) (store.Misconduct, []store.InboxItem, error) {
		m, err := s.conduct().Deliver(tx, body.How, s.step(r, in.ID, ""))
		return m, nil, err
	})
}

type misconductDetail struct {
	Body struct {
		MisconductView

		Name      string `json:"name" doc:"Of the trainee, masked."`
		Account   string `json:"account" doc:"What was seen."`
		Statement string `json:"statement,omitempty" doc:"What the trainee says to it."`
	}
}

// getMisconduct shows what was seen and said. That it was read is written down, in the transaction that reads it.
func (s *service) getMisconduct(ctx context.Context, in *idInput) (*misconductDetail, error) {
	r, out := requestOf(ctx), &misconductDetail{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		m, err := tx.Misconduct(in.ID)
		if err != nil {
			return err
		}
		views, err := s.viewMisconduct(tx, r, m)
		if err != nil {
			return err
		}
		out.Body.MisconductView = views[0]
		desk := s.conduct()
		out.Body.Account, err = desk.Account(m)
		if err != nil {
			return err
		}
		if out.Body.Statement, err = desk.Statement(m); err != nil {
			return err
		}
		c, err := tx.Case(m.CaseID)
		if err != nil {
			return err
		}
		if out.Body.Name, err = s.maskedName(tx, c.PersonID); err != nil {
			return err
		}
		return s.audit(tx, r, "misconduct.read", personSubject(c.PersonID), "", map[string]any{"misconduct": m.ID})
	})
	return out, err
}
