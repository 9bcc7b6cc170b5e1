package activities

import (
	"context"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// Admit decides whether the person may join (notice, section 三), and whether both bodies are listed in their roles.
func (r *Records) Admit(ctx context.Context, req contract.AdmitRequest) (contract.StepReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.StepReply, error) {
		if err := f.Move(progress.Registration, progress.Active, nil, nil); err != nil {
			return contract.StepReply{}, err
		}
		decision := f.rules.MayJoin(f.Applicant, f.Occupation, f.Level, f.today)
		reply, err := f.enter(entry{
			stage: progress.Registration, decision: decision, overrides: req.Overrides, cause: contract.EligibilityNotMet,
			met: "eligibility_met", notMet: "eligibility_not_met",
		})
		if err != nil || reply.Incident != nil {
			return reply, err
		}
		reply.Incident, err = f.unlisted(progress.Registration, f.TrainingBody, policy.RoleTraining)
		if err != nil || reply.Incident != nil {
			return reply, err
		}
		reply.Incident, err = f.unlisted(progress.Registration, f.EvaluationBody, policy.RoleEvaluation)
		if err != nil || reply.Incident != nil {
			return reply, err
		}
		if reply.Incident, err = f.trainedByEvaluator(progress.Registration); err != nil || reply.Incident != nil {
			return reply, err
		}
		return reply, f.Move(progress.Registration, progress.Done, nil, nil)
	})
}

// EnterEvaluation decides whether the trained person may be evaluated (the national standard's entry conditions).
func (r *Records) EnterEvaluation(
	ctx context.Context, req contract.EnterEvaluationRequest,
) (contract.StepReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.StepReply, error) {
		if err := f.Move(progress.Evaluation, progress.Active, nil, nil); err != nil {
			return contract.StepReply{}, err
		}
		reply, err := f.enter(entry{
			stage: progress.Evaluation, overrides: req.Overrides, cause: contract.EvaluationEntryNotMet,
			decision: f.rules.MayEnterEvaluation(f.Applicant, f.Occupation, f.Level, f.today),
			met:      "evaluation_entry_met", notMet: "evaluation_entry_not_met",
		})
		if err == nil && reply.Incident == nil { // two records may have become one person's since
			reply.Incident, err = f.trainedByEvaluator(progress.Evaluation)
		}
		return reply, err
	})
}

// trainedByEvaluator opens an incident when the body that is to evaluate had trained the person for the occupation, in this case
// or another. An override is looked for in the record, because it is of this body, and holds in every step that asks.
func (f *file) trainedByEvaluator(stage progress.Stage) (*contract.Incident, error) {
	trained, err := f.tx.TrainedBy(f.PersonID, f.EvaluationBody, f.Occupation)
	if err != nil || !trained {
		return nil, err
	}
	let, err := f.tx.LetBe(f.ID, contract.TrainedByEvaluator, f.EvaluationBody)
	if err != nil || let {
		return nil, err
	}
	return f.OpenIncident(stage, contract.TrainedByEvaluator, store.Incident{
		InstitutionID: &f.EvaluationBody, Params: map[string]any{"role": policy.RoleEvaluation, "institution": f.EvaluationBody},
	})
}

// entry is a decision that lets a case into a stage, or not.
type entry struct {
	stage       progress.Stage
	decision    policy.Decision
	overrides   contract.Overrides
	cause       contract.Cause
	met, notMet string
}

// enter keeps an entry decision, and opens an incident when it is not met and not overridden.
func (f *file) enter(e entry) (contract.StepReply, error) {
	err := f.decide(e.decision.Kind, string(e.decision.Outcome), f.Applicant, e.decision)
	if err != nil {
		return contract.StepReply{}, err
	}
	switch {
	case e.decision.Outcome == policy.Met:
		f.Note(e.stage, e.met, store.ActorSystem, nil)
		return contract.StepReply{}, nil
	case e.overrides.Has(e.cause):
		return contract.StepReply{}, nil // the override itself is on the timeline
	}
	f.Note(e.stage, e.notMet, store.ActorSystem, nil)
	return f.stuck(e.stage, e.cause, store.Incident{})
}
