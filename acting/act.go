package acting

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// ApplyAct carries out what an operator does to the case. It checks again what was checked when it was asked for; what no
// longer holds is refused, and all is as before.
func (f *File) ApplyAct(req contract.ApplyActRequest) (contract.ApplyActReply, error) {
	act, err := f.Tx.Act(req.ActID)
	if err != nil {
		return contract.ApplyActReply{}, err
	}
	if act.State != store.ActPending || act.CaseID != f.ID {
		return contract.ApplyActReply{Verb: act.Verb}, nil
	}
	refusal, err := f.refusesNow(act, req)
	if err != nil {
		return contract.ApplyActReply{}, err
	}
	if refusal != "" {
		f.Note(f.Stage, "act_refused", store.ActorSystem, map[string]any{"verb": string(act.Verb)})
		return contract.ApplyActReply{Verb: act.Verb}, f.Tx.AnswerAct(act.ID, refusal, f.Now())
	}
	before := f.standing()
	reply, err := f.carryOut(act)
	if err != nil {
		return reply, err
	}
	if err := f.Tx.AnswerAct(act.ID, "", f.Now()); err != nil {
		return reply, err
	}
	return reply, f.audit(act, before)
}

// refusesNow is why an act cannot be carried out where the case stands now; empty when it can.
func (f *File) refusesNow(a store.Act, req contract.ApplyActRequest) (string, error) {
	switch {
	case req.Failed:
		return StepFailed, nil
	case req.Over:
		return CaseClosing, nil
	}
	s, err := f.scene()
	if err != nil {
		return "", err
	}
	refusal, err := f.refuses(a, s)
	if err == nil && refusal == "" && !req.Asks && (a.Verb == contract.Override || a.Verb == contract.Extend || a.Verb == contract.Reassign) {
		refusal = NothingAsked
	}
	if err == nil && refusal == "" && resolves(a.Verb, s.incident) != "" && f.PausedAt == nil {
		refusal = NotForCause // it has become stuck since: what it is stuck on is to be resolved
	}
	return refusal, err
}

// refuses is why an act cannot be carried out, with what it comes with; empty when it can.
func (f *File) refuses(a store.Act, s scene) (string, error) {
	if refusal, err := f.whyNot(a.Verb, s); err != nil || refusal != "" {
		return refusal, err
	}
	if a.Params.Own != "" {
		return f.refusesOwn(a.Verb)
	}
	switch a.Verb {
	case contract.Reassign:
		_, role := f.bodyOf(f.at())
		return f.refusesBody(role, a.Params.Institution)
	case contract.GoBack:
		return f.whyNotBack(a.Params.Stage)
	case contract.Override:
		for _, mark := range a.Params.Marks {
			if markedIn(mark.Part) != f.at() || lastMark(s.marks, mark.Part) == nil {
				return NoMark, nil
			}
		}
	case contract.Retry, contract.Extend, contract.Correct, contract.Hold, contract.Release, contract.Waive, contract.Cancel, contract.Leave,
		contract.ResumeEndpoint:
	}
	return "", nil
}

func lastMark(marks []store.Assessment, part string) *store.Assessment {
	for _, mark := range slices.Backward(marks) {
		if mark.Kind == part {
			return &mark
		}
	}
	return nil
}

// carryOut does what the verb says.
func (f *File) carryOut(a store.Act) (contract.ApplyActReply, error) {
	reply := contract.ApplyActReply{Applied: true, Verb: a.Verb}
	stage := f.at()
	var err error
	switch a.Verb {
	case contract.Retry:
		err = f.again(stage)
	case contract.Extend:
		reply.DueAt, err = f.extend(stage, a.Params.Days)
	case contract.Reassign:
		_, role := f.bodyOf(stage)
		reply.Next = contract.Reissue
		if err = f.reassign(stage, role, a.Params.Institution); err == nil {
			err = f.Move(stage, progress.Active, nil, nil)
		}
	case contract.Correct:
		f.correct(stage, a.Params.Applicant)
	case contract.GoBack:
		reply.Back, err = f.goBack(a)
	case contract.Hold:
		reply.Until = f.pause(a)
	case contract.Release:
		actor := store.ActorOperator
		if a.Params.Own != "" {
			actor = store.ActorTrainee
		}
		reply.DueAt, err = f.release(actor)
	case contract.Override:
		reply.Next, err = f.override(a)
	case contract.Cancel:
		outcome := progress.OutcomeOfCancelling(stage)
		f.Note(stage, "case_cancelled", store.ActorOperator, nil)
		reply.Ends, err = string(outcome), f.ends(outcome)
	case contract.Leave:
		reply.Ends, err = f.leave(a, stage)
	case contract.Waive, contract.ResumeEndpoint: // the one is the resolution of an incident, the other is of no case
		err = fmt.Errorf("carry out an act: %s is none on a case", a.Verb)
	}
	return reply, err
}

// again has the institution told once more of what it owes.
func (f *File) again(stage progress.Stage) error {
	open, err := f.Tx.OpenTasks(f.ID)
	if err != nil {
		return err
	}
	f.Note(stage, "told_again", store.ActorOperator, map[string]any{"institution": open[0].InstitutionID})
	return f.tellAgain(open)
}

// extend gives the institution more days than it had, counted from today when its time is up.
func (f *File) extend(stage progress.Stage, days int) (time.Time, error) {
	open, err := f.Tx.OpenTasks(f.ID)
	if err != nil {
		return time.Time{}, err
	}
	from := f.Now()
	if open[0].DueAt.After(from) {
		from = open[0].DueAt
	}
	due := deadline.Beijing().Due(f.Cal, from, days).UTC()
	return due, f.postpone(stage, due, false)
}

// pause holds the case where it is, and says when it goes on by itself.
func (f *File) pause(a store.Act) *time.Time {
	now := f.Now()
	f.PausedAt, f.PausedUntil = &now, a.Params.Until
	if a.Params.Until == nil {
		f.Note(f.at(), "case_paused", store.ActorOperator, nil)
		f.tell("case_paused", nil)
		return nil
	}
	day := map[string]any{"until": a.Params.Until.String()}
	if a.Params.Own != "" {
		f.Note(f.at(), "case_paused_own", store.ActorTrainee, map[string]any{"until": a.Params.Until.String(), "reason": a.Params.Own})
	} else {
		f.Note(f.at(), "case_paused_until", store.ActorOperator, day)
	}
	f.tell("case_paused_until", day)
	until := f.Cal.Wall(*a.Params.Until).UTC()
	return &until
}

// Resume lets a case go on whose pause is over.
func (f *File) Resume() (contract.ApplyActReply, error) {
	reply := contract.ApplyActReply{Verb: contract.Release}
	if f.PausedAt == nil || f.Ended() {
		return reply, nil
	}
	var err error
	reply.Applied = true
	reply.DueAt, err = f.release(store.ActorSystem)
	return reply, err
}

// release lets a paused case go on. Who had time left before the pause has as much after it.
func (f *File) release(actor string) (due time.Time, err error) {
	paused := f.Now().Sub(*f.PausedAt)
	f.PausedAt, f.PausedUntil = nil, nil
	stage := f.at()
	f.Note(stage, "case_resumed", actor, nil)
	f.tell("case_resumed", nil)
	open, err := f.Tx.OpenTasks(f.ID)
	if err != nil || len(open) == 0 || f.State(stage) != progress.Waiting {
		return time.Time{}, err
	}
	due = open[0].DueAt.Add(paused).UTC()
	return due, f.postpone(stage, due, false)
}

// leave ends the case at the trainee's wish. Who already holds the grade certificate keeps it: only the wait for the title
// ends.
func (f *File) leave(a store.Act, stage progress.Stage) (outcome string, err error) {
	ends := progress.Withdrawn
	if stage == progress.Title {
		ends = progress.Certified
	}
	_, err = f.Tx.InsertWithdrawal(store.Withdrawal{
		CaseID: f.ID, Reason: a.Reason, RequestedBy: a.RequestedBy, RequestedAt: a.RequestedAt,
	})
	if err != nil {
		return "", err
	}
	return string(ends), f.ends(ends)
}

// override puts marks in the place of those that were reported. When with them the stage has what it needs, the case goes on.
func (f *File) override(a store.Act) (contract.Next, error) {
	marks, err := f.Tx.Assessments(f.ID)
	if err != nil {
		return "", err
	}
	stage := f.at()
	for _, mark := range a.Params.Marks {
		of := *lastMark(marks, mark.Part)
		if err := f.Tx.ReplaceMark(a.ID, of, mark.Score, f.Now()); err != nil {
			return "", err
		}
		params := map[string]any{"part": mark.Part, "score": mark.Score, "attempt": of.Attempt}
		f.Note(stage, "mark_replaced", store.ActorOperator, params)
		f.tell("mark_replaced", params)
	}
	passed, err := f.passed(stage)
	if err != nil || !passed {
		f.tell("still_not_passed", map[string]any{"stage": string(stage)})
		return "", err
	}
	if err := f.CloseIncident(store.ClosedBySuperseded); err != nil {
		return "", err
	}
	if err := f.Tx.KeepUntaken(f.ID, store.LetterAskedAgain, f.Now()); err != nil {
		return "", err
	}
	if err := f.CancelTasks("result_replaced"); err != nil {
		return "", err
	}
	f.tell("stage_passed", map[string]any{"stage": string(stage)})
	state := progress.Active // the certificate of the exam is part of its stage
	if stage == progress.Evaluation {
		state = progress.Done
	}
	return contract.GoOn, f.Move(stage, state, nil, nil)
}

// passed reports whether a stage has the marks it needs.
func (f *File) passed(stage progress.Stage) (bool, error) {
	marks, err := f.Tx.Assessments(f.ID)
	if err != nil {
		return false, err
	}
	if stage == progress.Exam {
		return slices.ContainsFunc(marks, func(m store.Assessment) bool { return m.Kind == contract.ExamTask && m.Passed }), nil
	}
	results, err := f.PartResults()
	return err == nil && len(f.Rules.Evaluation(f.Occupation).Outstanding(results)) == 0, err
}

// PartResults is the marks of the evaluation's parts, as its rule reads them. One that was voided for misconduct, or that somebody
// else had sat, is not passed.
func (f *File) PartResults() ([]policy.PartResult, error) {
	marks, err := f.Tx.Assessments(f.ID)
	if err != nil {
		return nil, err
	}
	void, err := f.Tx.FoundMisconduct(f.ID)
	if err != nil {
		return nil, err
	}
	refused, err := f.Tx.RefusedAttempts(f.ID)
	if err != nil {
		return nil, err
	}
	results := make([]policy.PartResult, 0, len(marks))
	for _, m := range marks {
		if m.Kind == contract.ExamTask {
			continue
		}
		counts := !slices.Contains(refused, m.Attempt) && !slices.ContainsFunc(void, func(found store.Misconduct) bool {
			return found.Attempt == m.Attempt && (found.Voids == store.VoidsAttempt || found.Part == m.Kind)
		})
		results = append(results, policy.PartResult{Part: m.Kind, Attempt: m.Attempt, Passed: m.Passed && counts, On: m.AssessedOn})
	}
	return results, nil
}

// standing is where the case stands, for the audit log.
func (f *File) standing() map[string]any {
	s := map[string]any{
		"stage": f.at(), "state": f.State(f.at()), "training_body": f.TrainingBody, "evaluation_body": f.EvaluationBody,
	}
	if f.DueAt != nil {
		s["due_at"] = f.DueAt
	}
	if f.PausedAt != nil {
		s["paused"] = true
	}
	return s
}

// audit writes who did it and why, and where the case stood before and after.
func (f *File) audit(a store.Act, before map[string]any) error {
	after := f.standing()
	after["act"], after["params"] = a.ID, a.Params
	entry := store.AuditEntry{
		Actor: a.RequestedBy, Action: "case." + string(a.Verb), Subject: "case:" + f.ID, Reason: a.Reason, At: f.Now(),
	}
	var err, failed error
	entry.Before, err = json.Marshal(before)
	entry.After, failed = json.Marshal(after)
	if err := errors.Join(err, failed); err != nil {
		return fmt.Errorf("encode an act: %w", err)
	}
	return f.Tx.Audit(entry)
}
