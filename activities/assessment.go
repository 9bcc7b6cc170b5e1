package activities

import (
	"context"
	"fmt"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// RecordExam takes the mark of the end-of-course exam (三（一）). Who fails or was absent sits again, as often as it takes;
// after so many failed attempts an operator is asked.
func (r *Records) RecordExam(ctx context.Context, req contract.RecordRequest) (contract.RecordReply, error) {
	return record(ctx, r, req, progress.Exam, func(f *file, tasks []answered) (contract.RecordReply, error) {
		mark, err := f.mark(tasks[0], f.rules.Exam().PassMark)
		if err != nil {
			return contract.RecordReply{}, err
		}
		f.Note(progress.Exam, "exam_"+mark.word(), store.ActorInstitution(tasks[0].InstitutionID), mark.params())
		if mark.Passed {
			return contract.RecordReply{Next: contract.GoOn}, nil
		}
		return f.resit(progress.Exam, contract.ExamAttemptsExhausted, tasks[0], f.rules.Exam().AttemptsBeforeReview)
	})
}

// RecordEvaluation takes the marks of the evaluation's parts (三（二）), every one of which must be passed. Who fails one
// sits all again, unless the rules keep a passed part, and then for as long as they do.
func (r *Records) RecordEvaluation(ctx context.Context, req contract.RecordRequest) (contract.RecordReply, error) {
	return record(ctx, r, req, progress.Evaluation, func(f *file, tasks []answered) (contract.RecordReply, error) {
		for _, task := range tasks {
			mark, err := f.mark(task, f.partMark(task.Kind))
			if err != nil {
				return contract.RecordReply{}, err
			}
			params := mark.params()
			params["part"] = task.Kind
			f.Note(progress.Evaluation, "part_"+mark.word(), store.ActorInstitution(task.InstitutionID), params)
		}
		rule := f.rules.Evaluation(f.Occupation)
		results, err := f.acting().PartResults()
		if err != nil {
			return contract.RecordReply{}, err
		}
		attempt := map[string]any{"attempt": req.Attempt}
		if len(rule.Outstanding(results)) == 0 {
			f.Note(progress.Evaluation, "evaluation_passed", store.ActorSystem, attempt)
			return contract.RecordReply{Next: contract.GoOn}, f.Move(progress.Evaluation, progress.Done, nil, nil)
		}
		f.Note(progress.Evaluation, "evaluation_failed", store.ActorSystem, attempt)
		reply, err := f.resit(progress.Evaluation, contract.EvaluationAttemptsExhausted, tasks[0], rule.AttemptsBeforeReview)
		if again := rule.SitAgain(results, f.today); len(again) < len(rule.Parts) {
			reply.Again = again
			for _, part := range again {
				f.Note(progress.Evaluation, "part_again", store.ActorSystem, map[string]any{"part": part})
			}
		}
		return reply, err
	})
}

// marked is a mark as it was recorded.
type marked struct{ store.Assessment }

// mark writes down the mark a task's answer reports.
func (f *file) mark(task answered, passMark float64) (marked, error) {
	result, err := contract.Decode[contract.MarkResult](task.answer.Body)
	if err != nil {
		return marked{}, fmt.Errorf("read a mark: %w", err)
	}
	a := store.Assessment{
		TaskID: task.ID, CaseID: f.ID, Kind: task.Kind, Attempt: task.Attempt, Score: result.Score, PassMark: passMark,
		Passed: result.Score != nil && *result.Score >= passMark, AssessedOn: result.HeldOn, RecordedAt: f.Now(),
	}
	return marked{a}, f.tx.InsertAssessment(a)
}

// word says how it went.
func (m marked) word() string {
	switch {
	case m.Score == nil:
		return "absent"
	case m.Passed:
		return "passed"
	}
	return "failed"
}

func (m marked) params() map[string]any {
	params := map[string]any{"attempt": m.Attempt}
	if m.Score != nil {
		params["score"] = *m.Score
	}
	return params
}

// resit lets the trainee sit again; every so many failed attempts an operator is asked first.
func (f *file) resit(
	stage progress.Stage, exhausted contract.Cause, task answered, reviewEvery int,
) (contract.RecordReply, error) {
	reply := contract.RecordReply{Next: contract.Resit}
	if reviewEvery <= 0 || task.Attempt%reviewEvery != 0 {
		return reply, nil
	}
	var err error
	reply.Incident, err = f.OpenIncident(stage, exhausted, store.Incident{
		InstitutionID: &task.InstitutionID, Params: map[string]any{"attempts": task.Attempt},
	})
	return reply, err
}
