package acting

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// ApplyResolution carries out what an operator decided about an incident. It checks again what was checked when it was asked
// for, since the world may have moved; what no longer holds is refused, and the incident stays open.
func (f *File) ApplyResolution(resolutionID string) (contract.ApplyResolutionReply, error) {
	resolution, err := f.Tx.Resolution(resolutionID)
	if err != nil {
		return contract.ApplyResolutionReply{}, err
	}
	incident, err := f.Tx.Incident(resolution.IncidentID)
	if err != nil {
		return contract.ApplyResolutionReply{}, err
	}
	reply := contract.ApplyResolutionReply{Verb: resolution.Verb}
	if resolution.Outcome != store.ResolutionPending {
		return reply, nil // the incident closed by itself meanwhile, and answered it
	}
	refusal, err := f.refusesResolution(incident, resolution)
	if err != nil {
		return reply, err
	}
	if refusal != "" {
		f.Note(incident.Stage, "resolution_refused", store.ActorSystem, map[string]any{"verb": string(resolution.Verb)})
		return reply, f.Tx.AnswerResolution(resolution, refusal)
	}
	if err := f.closeBy(incident, resolution); err != nil {
		return reply, err
	}
	reply.Applied = true
	return reply, f.resolve(incident, resolution, &reply)
}

// refusesResolution is why a resolution cannot be carried out; empty when it can.
func (f *File) refusesResolution(i store.Incident, r store.Resolution) (string, error) {
	switch {
	case i.State == store.IncidentClosed || i.CaseID != f.ID:
		return "incident_closed", nil
	case !i.Cause.Allows(r.Verb):
		return "verb_not_allowed", nil
	case r.Verb != contract.Reassign:
		return "", nil
	}
	return f.refusesBody(i.Role(), r.Params.Institution)
}

// refusesBody is why an institution cannot take over in a role; empty when it can.
func (f *File) refusesBody(role, institution string) (string, error) {
	if _, other := f.Body(role); institution == other {
		return "same_body", nil
	}
	listed, err := f.Tx.Listed(institution, f.Occupation, f.Level, role, f.Today)
	switch {
	case err != nil:
		return "", err
	case !listed:
		return "not_listed_for_role", nil
	case role != policy.RoleEvaluation:
		return "", nil
	}
	trained, err := f.Tx.TrainedBy(f.PersonID, institution, f.Occupation)
	if trained {
		return store.TrainedByEvaluator, err
	}
	return "", err
}

// closeBy closes the incident with its resolution, and writes who did it and why.
func (f *File) closeBy(i store.Incident, r store.Resolution) error {
	if err := f.CloseIncident(store.ClosedByResolution); err != nil {
		return err
	}
	if err := f.Tx.AnswerResolution(r, ""); err != nil {
		return err
	}
	f.Note(i.Stage, "incident_resolved", store.ActorOperator, map[string]any{"verb": string(r.Verb)})
	params, err := json.Marshal(r.Params)
	if err != nil {
		return fmt.Errorf("encode a resolution: %w", err)
	}
	return f.Tx.Audit(store.AuditEntry{
		Actor: r.RequestedBy, Action: "incident." + string(r.Verb), Subject: "case:" + f.ID, Reason: r.Reason,
		After: params, At: f.Now(),
	})
}

// resolve does what the verb says.
func (f *File) resolve(i store.Incident, r store.Resolution, reply *contract.ApplyResolutionReply) error {
	f.tell("incident_closed", map[string]any{"cause": string(i.Cause)})
	switch r.Verb {
	case contract.Retry:
		if i.Cause == contract.TaskOverdue {
			due := f.due(f.Rules.Deadline(WaitOf(fmt.Sprint(i.Params["task"]))))
			reply.DueAt = due
			return f.postpone(i.Stage, due, true)
		}
		f.tell("asked_anew", map[string]any{"stage": string(i.Stage)})
	case contract.Extend:
		reply.DueAt = f.due(r.Params.Days)
		return f.postpone(i.Stage, reply.DueAt, false)
	case contract.Reassign:
		if err := f.reassign(i.Stage, i.Role(), r.Params.Institution); err != nil {
			return err
		}
	case contract.Correct:
		f.correct(i.Stage, r.Params.Applicant)
	case contract.Override:
		f.Note(i.Stage, "condition_overridden", store.ActorOperator, nil)
		f.tell("condition_passed", map[string]any{"cause": string(i.Cause)})
	case contract.Cancel:
		if err := f.ends(progress.OutcomeOfCancelling(i.Stage)); err != nil {
			return err
		}
	case contract.GoBack, contract.Hold, contract.Release, contract.Waive, contract.Leave, contract.ResumeEndpoint: // no resolution of a case is one of these
	}
	return f.Move(i.Stage, progress.Active, nil, nil)
}

// due is when a time of some days ends that begins now: on a working day.
func (f *File) due(days int) time.Time { return deadline.Beijing().Due(f.Cal, f.Now(), days) }

// WaitOf names the deadline that a kind of task is under.
func WaitOf(kind string) string {
	if kind == contract.TheoryTask || kind == contract.PracticalTask {
		return "evaluation"
	}
	return kind
}

// postpone moves the deadline of what an institution owes, and tells it of its tasks again if asked to.
func (f *File) postpone(stage progress.Stage, due time.Time, again bool) error {
	open, err := f.Tx.OpenTasks(f.ID)
	if err != nil {
		return err
	}
	on, err := f.prolong(stage, open, due, store.ActorOperator)
	if err != nil {
		return err
	}
	if again {
		if err := f.tellAgain(open); err != nil {
			return err
		}
	}
	f.tell("deadline_moved", on)
	body, _ := f.bodyOf(stage)
	return f.Move(stage, progress.Waiting, institutionParty(body), &due)
}

func (f *File) prolong(stage progress.Stage, open []store.Task, due time.Time, by string) (on map[string]any, err error) {
	for _, task := range open {
		if err := f.Tx.ExtendTask(task, due, f.Now()); err != nil {
			return nil, err
		}
	}
	on = map[string]any{"due": f.Cal.Today(due).String()}
	f.Note(stage, "deadline_extended", by, on)
	return on, nil
}

// tellAgain has institutions told once more of what they owe.
func (f *File) tellAgain(open []store.Task) error {
	for _, task := range open {
		told := store.EventFilter{TaskID: task.ID, Kinds: []string{store.OutboxTaskIssued}}
		if _, err := f.Tx.Redeliver(told); err != nil {
			return err
		}
		f.tell("told_again", map[string]any{"task": task.Kind, "institution": task.InstitutionID})
	}
	return nil
}

// reassign gives the work of a stage to another institution. What the first has done stays done: hours are the trainee's.
func (f *File) reassign(stage progress.Stage, role, institution string) error {
	if role == policy.RoleEvaluation {
		f.EvaluationBody = institution
	} else {
		f.TrainingBody = institution
		if err := hours.LeaveWith(f.Tx, f.ID, store.LeftReassigned, hours.At(f.Cal, f.Now())); err != nil {
			return err
		}
	}
	to := map[string]any{"role": role, "institution": institution}
	f.Note(stage, "body_reassigned", store.ActorOperator, to)
	if err := f.CancelTasks("reassigned"); err != nil {
		return err
	}
	f.tell("asked_next", map[string]any{"institution": institution, "stage": string(stage)})
	return f.tellKept()
}

// correct puts facts in the place of those that the case is decided on.
func (f *File) correct(stage progress.Stage, applicant *policy.Applicant) {
	if applicant != nil {
		f.Applicant = *applicant
	}
	f.Note(stage, "facts_corrected", store.ActorOperator, nil)
	f.tell("decided_anew", map[string]any{"stage": string(stage)})
}
