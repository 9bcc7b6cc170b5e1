package activities

import (
	"context"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// ApplyResolution carries out what an operator decided about an incident.
func (r *Records) ApplyResolution(
	ctx context.Context, req contract.ApplyResolutionRequest,
) (contract.ApplyResolutionReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.ApplyResolutionReply, error) {
		return f.acting().ApplyResolution(req.ResolutionID)
	})
}

// ApplyAct carries out what an operator does to a case.
func (r *Records) ApplyAct(ctx context.Context, req contract.ApplyActRequest) (contract.ApplyActReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.ApplyActReply, error) {
		return f.acting().ApplyAct(req)
	})
}

// ResumeCase lets a case go on whose pause is over.
func (r *Records) ResumeCase(ctx context.Context, req contract.ResumeCaseRequest) (contract.ApplyActReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.ApplyActReply, error) {
		return f.acting().Resume()
	})
}

// acting is the case as operators act on it.
func (f *file) acting() *acting.File {
	return &acting.File{CaseFile: f.CaseFile, Tx: f.tx, Rules: f.rules, Cal: f.cal, Today: f.today}
}

// OpenStepFailed opens the incident of a step that failed for good.
func (r *Records) OpenStepFailed(
	ctx context.Context, req contract.OpenStepFailedRequest,
) (contract.StepReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.StepReply, error) {
		return f.stuck(progress.Stage(req.Stage), contract.StepFailed, store.Incident{
			Params: map[string]any{"step": req.Step},
		})
	})
}

// CloseCase ends a case. What was begun and not finished has failed, what was not begun is skipped, and what
// institutions still owe is taken back.
func (r *Records) CloseCase(ctx context.Context, req contract.CloseCaseRequest) (contract.StepReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.StepReply, error) {
		outcome := progress.Outcome(req.Outcome)
		if err := f.acting().CancelTasks("case_ended"); err != nil {
			return contract.StepReply{}, err
		}
		if err := f.acting().CancelPrepared("case_ended"); err != nil {
			return contract.StepReply{}, err
		}
		if err := f.tx.RefuseActs(f.ID, acting.CaseEnded, f.Now()); err != nil {
			return contract.StepReply{}, err
		}
		if err := f.tx.KeepUntaken(f.ID, store.LetterCaseEnded, f.Now()); err != nil {
			return contract.StepReply{}, err
		}
		if err := f.CloseIncident(store.ClosedByEnding); err != nil {
			return contract.StepReply{}, err
		}
		if f.State(progress.Training) != progress.Done && f.State(progress.CEHours) == progress.Pending {
			if err := f.creditUnfinished(); err != nil {
				return contract.StepReply{}, err
			}
		}
		if err := f.closeStages(outcome); err != nil {
			return contract.StepReply{}, err
		}
		if outcome == progress.Withdrawn {
			f.Note(f.Stage, "withdrawn", store.ActorTrainee, nil)
		}
		f.Note(f.Stage, "case_ended", store.ActorSystem, map[string]any{"outcome": req.Outcome})
		f.End(outcome)
		if outcome == progress.Trained || outcome == progress.Certified || outcome == progress.Mapped {
			return contract.StepReply{}, nil // was in its class to the end
		}
		return contract.StepReply{}, hours.LeaveWith(f.tx, f.ID, store.LeftCaseEnded, hours.At(f.cal, f.Now()))
	})
}

// closeStages leaves no stage of a case that ends as if it went on.
func (f *file) closeStages(outcome progress.Outcome) error {
	for _, stage := range progress.Stages() {
		state := f.State(stage)
		if state.Final() {
			continue
		}
		end := progress.Failed
		switch {
		case state == progress.Pending:
			end = progress.Skipped
		case stage == progress.Title && outcome == progress.Mapped:
			end = progress.Done // the question that had opened the case again was given up
		}
		if err := f.Move(stage, end, nil, nil); err != nil {
			return err
		}
	}
	return nil
}
