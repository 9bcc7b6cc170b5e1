package activities

import (
	"context"
	"errors"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// ReviewHours asks whether a case still stands on its hours after some were voided or corrected. Nothing is asked of a
// case whose training is not complete: its gate is before it. Of any other the training's gate is decided again:
//
//   - it holds: the case goes on where it is;
//   - it does not, and there is no certificate yet: the case goes back to its training, and its exam is taken back;
//   - it does not, and there is a certificate: the case is stuck, and was perhaps over and is open again.
//
// CE hours that were booked of what was taken back are reversed at once.
func (r *Records) ReviewHours(
	ctx context.Context, req contract.ReviewHoursRequest,
) (contract.ReviewHoursReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.ReviewHoursReply, error) {
		reply := contract.ReviewHoursReply{Credited: f.State(progress.CEHours) == progress.Done}
		if f.Outcome != nil {
			reply.Outcome = string(*f.Outcome)
		}
		if reply.Credited {
			if err := f.followHours("hours_changed"); err != nil {
				return reply, err
			}
		}
		state := f.State(progress.Training)
		if req.Try == 1 && state != progress.Done {
			return reply, nil
		}
		done, gate, err := f.trainingGate()
		if err != nil {
			return reply, err
		}
		accepted := req.Overrides.Has(contract.CertificateUndermined)
		if gate.Outcome == policy.Met || accepted {
			if accepted {
				f.Note(progress.Training, "hours_accepted", store.ActorOperator, map[string]any{
					"have": gate.Have.String(), "need": gate.Need.String(),
				})
			}
			if state != progress.Done {
				err = f.Move(progress.Training, progress.Done, nil, nil)
			}
			return reply, err
		}
		if err := f.decide(policy.DecisionTraining, string(gate.Outcome), done, gate); err != nil {
			return reply, err
		}
		return f.regress(gate, reply)
	})
}

// followHours makes what was booked as CE hours follow what stands. Hours for a closed year wait for a step of their own.
func (f *file) followHours(reason string) error {
	_, err := f.settleCE(reason, nil)
	if _, closed := errors.AsType[*hours.YearClosedError](err); closed {
		return nil
	}
	return err
}

// regress takes a case whose hours no longer suffice back to its training, or opens an incident when a certificate
// stands on them.
func (f *file) regress(g policy.TrainingDecision, reply contract.ReviewHoursReply) (contract.ReviewHoursReply, error) {
	certificate, err := f.certified("")
	if err != nil {
		return reply, err
	}
	params := shortfall(g)
	if certificate != nil {
		f.Revive()
		if err := f.begin(progress.Training); err != nil {
			return reply, err
		}
		reply.Incident, err = f.OpenIncident(progress.Training, contract.CertificateUndermined, store.Incident{
			InstitutionID: &f.TrainingBody, Params: params,
		})
		return reply, err
	}
	if reply.Outcome != "" {
		return reply, nil // it ended without a certificate: there is nothing to undo
	}
	f.Note(progress.Training, "training_reopened", store.ActorSystem, params)
	reply.Back, err = f.goBack()
	return reply, err
}

// goBack takes the exam back and reopens the training, and says where both go on.
func (f *file) goBack() (*contract.Back, error) {
	var back contract.Back
	var err error
	if err = f.acting().CancelTasks("hours_voided"); err != nil {
		return nil, err
	}
	if err = f.acting().CancelPrepared("hours_voided"); err != nil {
		return nil, err
	}
	if back.Training, err = f.next(contract.TrainingTask); err != nil {
		return nil, err
	}
	if back.Exam, err = f.next(contract.ExamTask); err != nil {
		return nil, err
	}
	marks, err := f.tx.Assessments(f.ID)
	if err != nil {
		return nil, err
	}
	for _, mark := range marks {
		back.Exam.Passed = back.Exam.Passed || mark.Kind == contract.ExamTask && mark.Passed
	}
	if f.State(progress.Exam) != progress.Pending {
		if err := f.Reopen(progress.Exam, progress.Pending); err != nil {
			return nil, err
		}
	}
	return &back, f.Reopen(progress.Training, progress.Active)
}

// next is the next asking for work of a kind: the attempt that was broken off once more, or another when it was answered.
func (f *file) next(kind string) (contract.Sitting, error) {
	last, err := f.tx.LastTask(f.ID, kind)
	if errors.Is(err, store.ErrNotFound) {
		return contract.Sitting{Attempt: 1, Issue: 1}, nil
	}
	if kind == contract.ExamTask && last.State == store.TaskAnswered {
		return contract.Sitting{Attempt: last.Attempt + 1, Issue: 1}, err
	}
	return contract.Sitting{Attempt: last.Attempt, Issue: last.Issue + 1}, err
}

// TakeFacts puts facts that were given anew in the place of those the case was decided on. A case that ended without a
// title is open again for another decision.
func (r *Records) TakeFacts(ctx context.Context, req contract.TakeFactsRequest) (contract.TakeFactsReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.TakeFactsReply, error) {
		var reply contract.TakeFactsReply
		facts, err := f.tx.CaseFacts(req.FactsID)
		if err != nil {
			return reply, err
		}
		f.Applicant = facts.Applicant
		f.Note(f.Stage, "facts_given", facts.Actor, nil)
		if f.Outcome == nil || *f.Outcome != progress.Certified {
			return reply, nil
		}
		rounds, err := f.tx.CountDecisions(f.ID, policy.DecisionTitle)
		if err != nil {
			return reply, err
		}
		reply.Outcome, reply.Round = string(*f.Outcome), rounds+1
		f.Revive()
		return reply, f.begin(progress.Title)
	})
}
