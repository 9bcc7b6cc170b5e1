package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/contract"
)

// TaskState is the state of a task.
type TaskState string

// The states of a task. A task that has left open never changes again.
const (
	TaskOpen      TaskState = "open"
	TaskAnswered  TaskState = "answered"
	TaskRejected  TaskState = "rejected"
	TaskCancelled TaskState = "cancelled"
)

// Task is work asked of an institution.
type Task struct {
	ID            string
	Seq           int64 `gorm:"->"` // given by the database as it is written; may be committed out of order
	CaseID        string
	InstitutionID string
	Kind          string
	Attempt       int // 2 is the first resit
	Issue         int // 2 after a reassignment or a re-issue of the same attempt
	State         TaskState
	IssuedAt      time.Time
	DueAt         time.Time
	ClosedAt      *time.Time
	CloseReason   string
	Details       TaskDetails `gorm:"serializer:json"`
}

// TaskDetails says what is asked. Hours are 学时; dates are of the programme's calendar.
type TaskDetails struct {
	RequiredHours   json.Number `json:"required_hours,omitempty"`
	RecordedHours   json.Number `json:"recorded_hours,omitempty"`
	Modules         []string    `json:"modules,omitempty"`
	MissingModules  []string    `json:"missing_modules,omitempty"`
	MissingOffline  json.Number `json:"missing_offline_hours,omitempty"` // of the hours that must be taken in person
	PassMark        json.Number `json:"pass_mark,omitempty"`
	EarliestSession string      `json:"earliest_session,omitempty"`
}

// TaskAnswer is an institution's one answer to a task.
type TaskAnswer struct {
	TaskID     string          `gorm:"primaryKey"`
	Kind       string          // result or rejection
	Body       json.RawMessage `gorm:"type:jsonb"`
	Digest     []byte
	ReceivedBy string
	ReceivedAt time.Time
	TakenAt    *time.Time // when a step of the case took it into the record
	LetterID   *string    // an operator applied it from there
}

// Kinds of answer.
const (
	AnswerResult    = "result"
	AnswerRejection = "rejection"
)

// Task reads a task.
func (tx *Tx) Task(id string) (Task, error) {
	return byID[Task](tx.db, id, "read a task")
}

// TasksByID reads tasks by their ids.
func (tx *Tx) TasksByID(ids []string) (map[string]Task, error) {
	return ofIDs(tx.db, ids, func(r Task) string { return r.ID }, "read tasks")
}

// LockTask reads a task and locks it, so that answers to it are taken one at a time.
func (tx *Tx) LockTask(id string) (Task, error) {
	return byID[Task](tx.held(), id, "lock a task")
}

// OpenTasks reads the tasks of a case that are still owed.
func (tx *Tx) OpenTasks(caseID string) ([]Task, error) {
	var tasks []Task
	err := tx.db.Order("seq").Find(&tasks, "case_id = ? AND state = ?", caseID, TaskOpen).Error
	return tasks, found(err, "read a case's open tasks")
}

// LockOpenTasks reads the tasks of a case that are still owed, and locks them, so that none of them is answered meanwhile. Its case
// is locked before them.
func (tx *Tx) LockOpenTasks(caseID string) ([]Task, error) {
	var tasks []Task
	err := tx.held().Order("seq").
		Find(&tasks, "case_id = ? AND state = ?", caseID, TaskOpen).Error
	return tasks, found(err, "lock a case's open tasks")
}

// LastTask reads the task of a kind that was asked of a case last; ErrNotFound when none was.
func (tx *Tx) LastTask(caseID, kind string) (Task, error) {
	var t Task
	err := tx.db.Order("attempt DESC, issue DESC").Take(&t, "case_id = ? AND kind = ?", caseID, kind).Error
	return t, found(err, "read a case's last task")
}

// TrainedByEvaluator is the code of a case whose evaluation body had trained the person for the occupation.
const TrainedByEvaluator = string(contract.TrainedByEvaluator)

// TrainedBy reports whether an institution has ever trained somebody for an occupation: it answered a task of training, in whatever
// case of theirs, under whatever list.
func (tx *Tx) TrainedBy(personID, institutionID, occupation string) (bool, error) {
	var trained bool
	err := tx.db.Raw(`SELECT EXISTS (SELECT 1 FROM cases c JOIN tasks t ON t.case_id = c.id
		WHERE c.person_id `+family+` AND c.occupation = ? AND t.institution_id = ? AND t.kind = ? AND t.state = ?)`,
		personID, occupation, institutionID, contract.TrainingTask, TaskAnswered).Scan(&trained).Error
	return trained, found(err, "look whom an institution has trained")
}

// TrainersOf lists, of cases, who had trained their person for their occupation.
func (tx *Tx) TrainersOf(caseIDs []string) (map[string][]string, error) {
	var rows []struct{ CaseID, InstitutionID string }
	if len(caseIDs) > 0 {
		err := tx.db.Raw(`SELECT DISTINCT o.id AS case_id, t.institution_id FROM cases o JOIN cases c ON c.human = o.human AND c.occupation = o.occupation
			JOIN tasks t ON t.case_id = c.id WHERE o.id IN ? AND t.kind = ? AND t.state = ?`, caseIDs, contract.TrainingTask, TaskAnswered).
			Scan(&rows).Error
		if err != nil {
			return nil, found(err, "look who has trained people")
		}
	}
	trainers := make(map[string][]string, len(rows))
	for _, row := range rows {
		trainers[row.CaseID] = append(trainers[row.CaseID], row.InstitutionID)
	}
	return trainers, nil
}

// InsertTask writes a task and, in the same transaction, the event that tells the institution of it.
func (tx *Tx) InsertTask(t Task) error {
	t.State = TaskOpen
	if err := tx.db.Create(&t).Error; err != nil {
		return fmt.Errorf("write a task: %w", err)
	}
	return tx.queueTask(t, OutboxTaskIssued, t.IssuedAt)
}

// CloseTask closes an open task. Cancelling one tells the institution that it is no longer owed.
func (tx *Tx) CloseTask(t Task, state TaskState, reason string, at time.Time) error {
	closed := tx.db.Model(&Task{}).Where("id = ? AND state = ?", t.ID, TaskOpen).
		Updates(map[string]any{"state": state, "closed_at": at, "close_reason": reason})
	if closed.Error != nil {
		return fmt.Errorf("close a task: %w", closed.Error)
	}
	if closed.RowsAffected == 0 {
		return nil
	}
	if err := tx.leaveSitting(t, state, at); err != nil || state != TaskCancelled {
		return err
	}
	return tx.queueTask(t, OutboxTaskCancelled, at)
}

// ExtendTask moves the deadline of an open task and tells the institution.
func (tx *Tx) ExtendTask(t Task, due, at time.Time) error {
	moved := tx.db.Model(&Task{}).Where("id = ? AND state = ?", t.ID, TaskOpen).Update("due_at", due)
	if moved.Error != nil {
		return fmt.Errorf("extend a task: %w", moved.Error)
	}
	if moved.RowsAffected == 0 {
		return nil
	}
	t.DueAt = due
	return tx.queueTask(t, OutboxTaskExtended, at)
}

// Answer reads the answer to a task.
func (tx *Tx) Answer(taskID string) (TaskAnswer, error) {
	var a TaskAnswer
	err := tx.db.Take(&a, "task_id = ?", taskID).Error
	return a, found(err, "read an answer")
}

// ResultsOf reads the results a case's tasks of one kind were answered with, oldest first.
func (tx *Tx) ResultsOf(caseID, kind string) ([]json.RawMessage, error) {
	var answers []TaskAnswer
	err := tx.db.Joins("JOIN tasks t ON t.id = task_id AND t.case_id = ? AND t.kind = ?", caseID, kind).
		Order("received_at").Find(&answers, "task_answers.kind = ?", AnswerResult).Error
	bodies := make([]json.RawMessage, len(answers))
	for i, a := range answers {
		bodies[i] = a.Body
	}
	return bodies, found(err, "read a case's results")
}

// InsertAnswer writes the answer to an open task, closes the task, and puts it in the inbox for the case. The caller has
// locked the task.
func (tx *Tx) InsertAnswer(t Task, a TaskAnswer) (InboxItem, error) {
	if err := tx.db.Create(&a).Error; err != nil {
		return InboxItem{}, fmt.Errorf("write an answer: %w", err)
	}
	state := TaskAnswered
	if a.Kind == AnswerRejection {
		state = TaskRejected
	}
	if err := tx.CloseTask(t, state, "", a.ReceivedAt); err != nil {
		return InboxItem{}, err
	}
	return tx.InsertInbox(t.CaseID, InboxAnswer, t.ID)
}
