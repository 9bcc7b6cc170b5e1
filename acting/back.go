package acting

import (
	"errors"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// goBack takes the case back to an earlier stage, and says where it takes up. What was recorded stays; what is asked again is
// another attempt, or the one that was broken off once more.
func (f *File) goBack(a store.Act) (*contract.Resume, error) {
	from, to := f.at(), a.Params.Stage
	f.Note(from, "case_returned", store.ActorOperator, map[string]any{"stage": string(to)})
	f.tell("stage_reopened", map[string]any{"stage": string(to)})
	if err := f.CloseIncident(store.ClosedBySuperseded); err != nil {
		return nil, err
	}
	if err := f.Tx.KeepUntaken(f.ID, store.LetterAskedAgain, f.Now()); err != nil {
		return nil, err
	}
	if err := f.CancelTasks("returned"); err != nil {
		return nil, err
	}
	if err := f.CancelPrepared("returned"); err != nil {
		return nil, err
	}
	if err := f.reopen(to); err != nil {
		return nil, err
	}
	back, err := f.takeUp(a.ID, to)
	if err != nil {
		return nil, err
	}
	if to != progress.Registration {
		institution, _ := f.bodyOf(to)
		f.tell("asked_next", map[string]any{"institution": institution, "stage": string(to)})
	}
	return back, f.tellKept()
}

// reopen takes a stage back to work, and those after it to their beginning.
func (f *File) reopen(to progress.Stage) error {
	for _, stage := range progress.Stages() {
		state := f.State(stage)
		var err error
		switch {
		case stage == progress.CEHours:
			if state == progress.Stuck {
				err = f.Move(stage, progress.Active, nil, nil) // it is booked again after the training
			}
		case stage == to:
			err = f.Reopen(stage, progress.Active)
		case before(to, stage) && state != progress.Pending:
			err = f.Reopen(stage, progress.Pending)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeUp is where the workflow takes up. Every piece of work from there on is asked for as it was never asked for before.
func (f *File) takeUp(act string, to progress.Stage) (*contract.Resume, error) {
	back := contract.Resume{Stage: string(to), Change: act, Next: map[string]contract.Sitting{}}
	for _, kinds := range [][]string{
		{contract.EnrolmentTask}, {contract.TrainingTask}, {contract.ExamTask}, {contract.TheoryTask, contract.PracticalTask},
	} {
		next, err := f.next(kinds...)
		if err != nil {
			return nil, err
		}
		back.Next[kinds[0]] = next
	}
	exam := back.Next[contract.ExamTask]
	switch to {
	case progress.Training, progress.Registration:
		passed, err := f.passed(progress.Exam)
		if err != nil {
			return nil, err
		}
		exam.Passed = passed // who passed it need not sit it again
		back.Exam = &exam
	case progress.Exam:
		back.Attempt, back.Issue = exam.Attempt, exam.Issue
	case progress.Evaluation, progress.Certificate, progress.Title, progress.CEHours: // the entry is asked for first
	}
	if to == progress.Training {
		training := back.Next[contract.TrainingTask]
		back.Attempt, back.Issue = training.Attempt, training.Issue
	}
	return &back, nil
}

// next is the next asking for work that is asked for together: the attempt that was broken off once more, or another when it
// was answered and a mark is kept for each.
func (f *File) next(kinds ...string) (contract.Sitting, error) {
	next := contract.Sitting{Attempt: 1, Issue: 1}
	for _, kind := range kinds {
		last, err := f.Tx.LastTask(f.ID, kind)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return next, err
		}
		sitting := contract.Sitting{Attempt: last.Attempt, Issue: last.Issue + 1}
		marked := kind != contract.EnrolmentTask && kind != contract.TrainingTask
		if marked && last.State == store.TaskAnswered {
			sitting = contract.Sitting{Attempt: last.Attempt + 1, Issue: 1}
		}
		if sitting.Attempt > next.Attempt || sitting.Attempt == next.Attempt && sitting.Issue > next.Issue {
			next = sitting
		}
	}
	return next, nil
}
