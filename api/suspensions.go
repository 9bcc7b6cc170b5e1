package api

import (
	"context"

	"github.com/dengpan/dengpan/directory"
	"github.com/dengpan/dengpan/store"
)

type suspensionBody struct {
	Reason       string `json:"reason" minLength:"1" maxLength:"500"`
	LegalBasis   string `json:"legal_basis" minLength:"1" maxLength:"500" doc:"The rule that it rests on."`
	PlannedUntil string `json:"planned_until,omitempty" format:"date" doc:"On this day the operators are reminded. It lifts nothing: an operator does."`
}

type plannedEndBody struct {
	Reason       string `json:"reason" minLength:"1" maxLength:"500"`
	PlannedUntil string `json:"planned_until" maxLength:"10" doc:"A date, or empty: nobody has said."`
}

type effectsOutput struct {
	Body struct {
		Institution bodyView     `json:"institution"`
		Status      string       `json:"status" enum:"active,suspended"`
		Effects     []effectView `json:"effects" doc:"Running cases, by what becomes of them."`
	}
}

// suspending shows what would become of running cases if an institution were suspended.
func (s *service) suspending(ctx context.Context, in *refInput) (*effectsOutput, error) {
	out := &effectsOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		effects, err := directory.Suspending(tx, in.Ref)
		if err != nil {
			return err
		}
		return s.showEffects(tx, requestOf(ctx), in.Ref, effects, out)
	})
	return out, err
}

func (s *service) showEffects(tx *store.Tx, r *request, id string, effects []directory.Effect, out *effectsOutput) error {
	i, err := tx.Institution(id)
	if err != nil {
		return err
	}
	v := listReader{reader{lang: r.lang, names: map[string]string{i.ID: i.Name}}, s}
	out.Body.Institution, out.Body.Status, out.Body.Effects = v.institution(i.ID), i.Status, v.effects(effects)
	return nil
}

// suspendInstitution keeps an institution from acting.
func (s *service) suspendInstitution(ctx context.Context, in *refBodyInput) (*effectsOutput, error) {
	body, found, err := s.supervising.suspension.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	terms := directory.Terms{
		Reason: reasonIn(found, body.Reason), LegalBasis: wordsIn(found, "legal_basis", body.LegalBasis),
		PlannedUntil: dateAhead(found, "planned_until", body.PlannedUntil, s.today()),
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.suspendOrNot(ctx, in.Ref, func(desk directory.Desk) ([]directory.Effect, error) { return desk.Suspend(in.Ref, terms) })
}

// reinstateInstitution lets an institution act again.
func (s *service) reinstateInstitution(ctx context.Context, in *refBodyInput) (*effectsOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.suspendOrNot(ctx, in.Ref, func(desk directory.Desk) ([]directory.Effect, error) { return desk.Reinstate(in.Ref, reason) })
}

// planSuspensionEnd writes until when a suspension is planned to last.
func (s *service) planSuspensionEnd(ctx context.Context, in *refBodyInput) (*effectsOutput, error) {
	body, found, err := s.supervising.plannedEnd.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason, until := reasonIn(found, body.Reason), dateAhead(found, "planned_until", body.PlannedUntil, s.today())
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.suspendOrNot(ctx, in.Ref, func(desk directory.Desk) ([]directory.Effect, error) {
		return []directory.Effect{}, desk.PlanEnd(in.Ref, until, reason)
	})
}

func (s *service) suspendOrNot(
	ctx context.Context, ref string, do func(desk directory.Desk) ([]directory.Effect, error),
) (*effectsOutput, error) {
	r, out := requestOf(ctx), &effectsOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		effects, err := do(s.desk(tx, r))
		if err != nil {
			return err
		}
		return s.showEffects(tx, r, ref, effects, out)
	})
	return out, refusedList(err)
}
