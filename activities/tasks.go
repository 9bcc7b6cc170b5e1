package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// due is when a time of some days ends that begins now: on a working day.
func (f *file) due(days int) time.Time { return deadline.Beijing().Due(f.cal, f.Now(), days) }

// IssueTasks asks the stage's institution for one attempt's work, if it is still listed for it today.
func (r *Records) IssueTasks(
	ctx context.Context, req contract.IssueTasksRequest,
) (contract.IssueTasksReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.IssueTasksReply, error) {
		var reply contract.IssueTasksReply
		stage := progress.Stage(req.Stage)
		body, role := f.bodyOf(stage)
		if err := f.Move(stage, progress.Active, nil, nil); err != nil {
			return reply, err
		}
		incident, err := f.unlisted(stage, body, role)
		if err != nil || incident != nil {
			return contract.IssueTasksReply{Incident: incident}, err
		}
		if incident, err = f.barred(stage); err != nil || incident != nil {
			return contract.IssueTasksReply{Incident: incident}, err
		}
		if req.Issue > 1 {
			// What was answered meanwhile is not taken up any more: the work is asked for again.
			if err := f.tx.KeepUntaken(f.ID, store.LetterAskedAgain, f.Now()); err != nil {
				return reply, err
			}
		}
		due := f.due(f.rules.Deadline(acting.WaitOf(req.Kinds[0])))
		for _, kind := range req.Kinds {
			details, err := f.details(kind)
			if missing, ok := errors.AsType[*policy.RuleMissingError](err); ok {
				return ruleMissing(f, stage, missing)
			} else if err != nil {
				return reply, err
			}
			task := store.Task{
				ID: uuid.NewString(), CaseID: f.ID, InstitutionID: body, Kind: kind, Attempt: req.Attempt,
				Issue: req.Issue, IssuedAt: f.Now(), DueAt: due, Details: details,
			}
			if err := f.tx.InsertTask(task); err != nil {
				return reply, err
			}
			reply.Tasks = append(reply.Tasks, contract.IssuedTask{ID: task.ID, Kind: kind})
			f.Note(stage, "task_issued", store.ActorSystem, map[string]any{
				"task": kind, "institution": body, "attempt": req.Attempt, "due": f.cal.Today(due).String(),
			})
		}
		reply.DueAt = due
		return reply, f.Move(stage, progress.Waiting, institutionParty(body), &due)
	})
}

func ruleMissing(f *file, stage progress.Stage, missing *policy.RuleMissingError) (contract.IssueTasksReply, error) {
	incident, err := f.OpenIncident(stage, contract.RuleMissing, store.Incident{
		Params: map[string]any{"rule": missing.Rule},
	})
	return contract.IssueTasksReply{Incident: incident}, err
}

func institutionParty(id string) *progress.Party {
	return &progress.Party{Kind: progress.ByInstitution, ID: id}
}

// details says what a task asks for, by the case's rules.
func (f *file) details(kind string) (store.TaskDetails, error) {
	switch kind {
	case contract.TrainingTask:
		return f.trainingDetails()
	case contract.ExamTask:
		return store.TaskDetails{PassMark: number(f.rules.Exam().PassMark)}, nil
	case contract.TheoryTask, contract.PracticalTask:
		return store.TaskDetails{PassMark: number(f.partMark(kind))}, nil
	}
	return store.TaskDetails{}, nil
}

func (f *file) trainingDetails() (store.TaskDetails, error) {
	standard, err := f.rules.TrainingStandard(f.Occupation, f.Level)
	if err != nil {
		return store.TaskDetails{}, err
	}
	_, gate, err := f.trainingGate()
	if err != nil {
		return store.TaskDetails{}, err
	}
	details := store.TaskDetails{
		RequiredHours: json.Number(gate.Need.String()), RecordedHours: json.Number(gate.Have.String()),
		Modules: standard.Modules, MissingModules: gate.MissingModules, EarliestSession: f.RegisteredOn.String(),
	}
	if missing := gate.OfflineAtLeast - gate.Offline; missing > 0 {
		details.MissingOffline = json.Number(missing.String())
	}
	return details, nil
}

// partMark is the pass mark of a part of the evaluation.
func (f *file) partMark(kind string) float64 {
	for _, part := range f.rules.Evaluation(f.Occupation).Parts {
		if part.Code == kind {
			return part.PassMark
		}
	}
	return 100 // a part the rules do not know cannot be passed by accident
}

func number(v float64) json.Number {
	text, _ := json.Marshal(v) //nolint:errchkjson // a pass mark is a finite number
	return json.Number(text)
}

// MarkOverdue opens the incident of a wait that passed its deadline. The task stays open: its answer is still welcome. Where the
// institution was given more time meanwhile, it says until when.
func (r *Records) MarkOverdue(ctx context.Context, req contract.MarkOverdueRequest) (contract.MarkOverdueReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (reply contract.MarkOverdueReply, err error) {
		task, err := f.tx.Task(req.TaskID)
		if err != nil {
			return reply, err
		}
		if !req.DueAt.IsZero() && task.DueAt.After(req.DueAt) {
			reply.DueAt = task.DueAt.UTC()
			return reply, nil
		}
		due := f.cal.Today(task.DueAt).String()
		f.Note(progress.Stage(req.Stage), "task_overdue", store.ActorSystem, map[string]any{
			"task": task.Kind, "institution": task.InstitutionID, "due": due,
		})
		reply.StepReply, err = f.stuck(progress.Stage(req.Stage), contract.TaskOverdue, store.Incident{
			InstitutionID: &task.InstitutionID, TaskID: &task.ID,
			Params: map[string]any{"task": task.Kind, "institution": task.InstitutionID, "due": due},
		})
		return reply, err
	})
}

// answered is a task with its answer.
type answered struct {
	store.Task

	answer store.TaskAnswer
}

// record takes the answers to an attempt's tasks into the record. What was overdue has arrived; a refusal opens an
// incident and leaves the attempt to be asked for again.
func record(
	ctx context.Context, r *Records, req contract.RecordRequest, stage progress.Stage,
	take func(*file, []answered) (contract.RecordReply, error),
) (contract.RecordReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.RecordReply, error) {
		var reply contract.RecordReply
		if err := f.CloseIncident(store.ClosedByArrival); err != nil {
			return reply, err
		}
		if err := f.Move(stage, progress.Active, nil, nil); err != nil {
			return reply, err
		}
		tasks, refused, err := f.answers(req.TaskIDs)
		if err != nil {
			return reply, err
		}
		if refused != nil {
			return f.refused(stage, *refused)
		}
		for _, task := range tasks {
			kind, actor := "task_answered", store.ActorInstitution(task.InstitutionID)
			if task.answer.LetterID != nil {
				kind, actor = "answer_applied", store.ActorOperator
			}
			f.Note(stage, kind, actor, map[string]any{"task": task.Kind, "institution": task.InstitutionID})
		}
		if err := f.tx.MarkTaken(req.TaskIDs, f.Now()); err != nil {
			return reply, err
		}
		return take(f, tasks)
	})
}

// answers reads the tasks with their answers, up to the first that was refused.
func (f *file) answers(taskIDs []string) (tasks []answered, refused *answered, err error) {
	for _, id := range taskIDs {
		task, err := f.tx.Task(id)
		if err != nil {
			return nil, nil, err
		}
		answer, err := f.tx.Answer(id)
		if errors.Is(err, store.ErrNotFound) {
			continue // its partner was refused before it was answered
		} else if err != nil {
			return nil, nil, err
		}
		if answer.Kind == store.AnswerRejection {
			return nil, &answered{task, answer}, nil
		}
		tasks = append(tasks, answered{task, answer})
	}
	if len(tasks) != len(taskIDs) {
		return nil, nil, fmt.Errorf("record answers: %d of %d tasks are answered", len(tasks), len(taskIDs))
	}
	return tasks, nil, nil
}

func (f *file) refused(stage progress.Stage, task answered) (contract.RecordReply, error) {
	reason, err := contract.Decode[contract.Rejection](task.answer.Body)
	if err != nil {
		return contract.RecordReply{}, fmt.Errorf("read a rejection: %w", err)
	}
	params := map[string]any{
		"task": task.Kind, "institution": task.InstitutionID, "reason": reason.ReasonCode,
	}
	f.Note(stage, "task_rejected", store.ActorInstitution(task.InstitutionID), params)
	if err := f.tx.MarkTaken([]string{task.ID}, f.Now()); err != nil {
		return contract.RecordReply{}, err
	}
	if err := f.acting().CancelTasks("partner_rejected"); err != nil {
		return contract.RecordReply{}, err
	}
	incident, err := f.OpenIncident(stage, reason.Cause(task.Kind), store.Incident{
		InstitutionID: &task.InstitutionID, TaskID: &task.ID, Params: params,
	})
	return contract.RecordReply{Next: contract.Reissue, Incident: incident}, err
}
