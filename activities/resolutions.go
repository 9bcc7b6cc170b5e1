package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// ApplyResolution carries out what an operator decided about an incident. It checks again what the API checked when the
// operator asked, since the world may have moved; what no longer holds is refused, and the incident stays open.
func (r *Records) ApplyResolution(
	ctx context.Context, req contract.ApplyResolutionRequest,
) (contract.ApplyResolutionReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.ApplyResolutionReply, error) {
		resolution, err := f.tx.Resolution(req.ResolutionID)
		if err != nil {
			return contract.ApplyResolutionReply{}, err
		}
		incident, err := f.tx.Incident(resolution.IncidentID)
		if err != nil {
			return contract.ApplyResolutionReply{}, err
		}
		reply := contract.ApplyResolutionReply{Verb: resolution.Verb}
		if resolution.Outcome != store.ResolutionPending {
			return reply, nil // the incident closed by itself meanwhile, and answered it
		}
		refusal, err := f.refusal(incident, resolution)
		if err != nil {
			return reply, err
		}
		if refusal != "" {
			f.Note(incident.Stage, "resolution_refused", store.ActorSystem, map[string]any{"verb": string(resolution.Verb)})
			return reply, f.tx.AnswerResolution(resolution, refusal)
		}
		if err := f.closeBy(incident, resolution); err != nil {
			return reply, err
		}
		reply.Applied = true
		return reply, f.carryOut(incident, resolution, &reply)
	})
}

// refusal is why a resolution cannot be carried out; empty when it can.
func (f *file) refusal(i store.Incident, r store.Resolution) (string, error) {
	switch {
	case i.State == store.IncidentClosed || i.CaseID != f.ID:
		return "incident_closed", nil
	case !i.Cause.Allows(r.Verb):
		return "verb_not_allowed", nil
	case r.Verb != contract.Reassign:
		return "", nil
	}
	role := i.Role()
	if _, other := f.Body(role); r.Params.Institution == other {
		return "same_body", nil
	}
	listed, err := f.tx.Listed(r.Params.Institution, f.Occupation, f.Level, role, f.today)
	if err == nil && !listed {
		return "not_listed_for_role", nil
	}
	return "", err
}

// closeBy closes the incident with its resolution, and writes who did it and why.
func (f *file) closeBy(i store.Incident, r store.Resolution) error {
	if err := f.CloseIncident(store.ClosedByResolution); err != nil {
		return err
	}
	if err := f.tx.AnswerResolution(r, ""); err != nil {
		return err
	}
	f.Note(i.Stage, "incident_resolved", store.ActorOperator, map[string]any{"verb": string(r.Verb)})
	params, err := json.Marshal(r.Params)
	if err != nil {
		return fmt.Errorf("encode a resolution: %w", err)
	}
	return f.tx.Audit(store.AuditEntry{
		Actor: r.RequestedBy, Action: "incident." + string(r.Verb), Subject: "case:" + f.ID, Reason: r.Reason,
		After: params, At: f.Now(),
	})
}

// carryOut does what the verb says.
func (f *file) carryOut(i store.Incident, r store.Resolution, reply *contract.ApplyResolutionReply) error {
	switch r.Verb {
	case contract.Retry:
		if i.Cause == contract.TaskOverdue {
			return f.postpone(i, reply, f.rules.Deadline(waitOf(fmt.Sprint(i.Params["task"]))), true)
		}
	case contract.Extend:
		return f.postpone(i, reply, r.Params.Days, false)
	case contract.Reassign:
		if err := f.reassign(i, r.Params.Institution); err != nil {
			return err
		}
	case contract.Correct:
		if r.Params.Applicant != nil {
			f.Applicant = *r.Params.Applicant
		}
		f.Note(i.Stage, "facts_corrected", store.ActorOperator, nil)
	case contract.Override:
		f.Note(i.Stage, "condition_overridden", store.ActorOperator, nil)
	case contract.Cancel, contract.ResumeEndpoint: // the one ends the case, the other is of no case
	}
	return f.Move(i.Stage, progress.Active, nil, nil)
}

// postpone gives the institution more days, from now, and tells it of its tasks again if asked to.
func (f *file) postpone(i store.Incident, reply *contract.ApplyResolutionReply, days int, again bool) error {
	reply.DueAt = f.due(days)
	open, err := f.tx.OpenTasks(f.ID)
	if err != nil {
		return err
	}
	for _, task := range open {
		if err := f.tx.ExtendTask(task, reply.DueAt, f.Now()); err != nil {
			return err
		}
		if !again {
			continue
		}
		told := store.EventFilter{TaskID: task.ID, Kinds: []string{store.OutboxTaskIssued}}
		if _, err := f.tx.Redeliver(told); err != nil {
			return err
		}
	}
	f.Note(i.Stage, "deadline_extended", store.ActorOperator, map[string]any{"due": f.cal.Today(reply.DueAt).String()})
	body, _ := f.bodyOf(i.Stage)
	return f.Move(i.Stage, progress.Waiting, institutionParty(body), &reply.DueAt)
}

// reassign gives the work to another institution. What the first has done stays done: hours are the trainee's.
func (f *file) reassign(i store.Incident, institution string) error {
	role := i.Role()
	if role == policy.RoleEvaluation {
		f.EvaluationBody = institution
	} else {
		f.TrainingBody = institution
		if err := hours.LeaveWith(f.tx, f.ID, store.LeftReassigned, hours.At(f.cal, f.Now())); err != nil {
			return err
		}
	}
	f.Note(i.Stage, "body_reassigned", store.ActorOperator, map[string]any{"role": role, "institution": institution})
	return f.cancelTasks("reassigned", f.Now())
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
		if err := f.cancelTasks("case_ended", f.Now()); err != nil {
			return contract.StepReply{}, err
		}
		if err := f.cancelPrepared("case_ended"); err != nil {
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
