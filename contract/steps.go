package contract

import (
	"strconv"
	"time"

	"github.com/dengpan/dengpan/progress"
)

// Steps of the case workflow. Each is one local activity and one database transaction, keyed by (case, Key): a step that
// runs again, after a crash or in a later run, answers what it answered the first time and does nothing.
var (
	Admit            = Step[AdmitRequest, StepReply]{Name: "Admit"}
	IssueTasks       = Step[IssueTasksRequest, IssueTasksReply]{Name: "IssueTasks"}
	MarkOverdue      = Step[MarkOverdueRequest, MarkOverdueReply]{Name: "MarkOverdue"}
	RecordEnrolment  = Step[RecordRequest, RecordReply]{Name: "RecordEnrolment"}
	RecordTraining   = Step[RecordRequest, RecordReply]{Name: "RecordTraining"}
	RecordExam       = Step[RecordRequest, RecordReply]{Name: "RecordExam"}
	RecordEvaluation = Step[RecordRequest, RecordReply]{Name: "RecordEvaluation"}
	EnterEvaluation  = Step[EnterEvaluationRequest, StepReply]{Name: "EnterEvaluation"}
	IssueCertificate = Step[IssueCertificateRequest, IssueCertificateReply]{Name: "IssueCertificate"}
	DecideTitle      = Step[DecideTitleRequest, DecideTitleReply]{Name: "DecideTitle"}
	CreditHours      = Step[CreditHoursRequest, StepReply]{Name: "CreditHours"}
	ReviewHours      = Step[ReviewHoursRequest, ReviewHoursReply]{Name: "ReviewHours"}
	TakeFacts        = Step[TakeFactsRequest, TakeFactsReply]{Name: "TakeFacts"}
	ApplyResolution  = Step[ApplyResolutionRequest, ApplyResolutionReply]{Name: "ApplyResolution"}
	OpenStepFailed   = Step[OpenStepFailedRequest, StepReply]{Name: "OpenStepFailed"}
	CloseCase        = Step[CloseCaseRequest, StepReply]{Name: "CloseCase"}
)

// DeliverBatch is the one remote activity: it sends what the outbox holds for an institution.
var DeliverBatch = Step[DeliverBatchRequest, DeliverBatchReply]{Name: "DeliverBatch"}

// StepFailedType is the error type of a step that trying again does not mend: a defect, or data that should not be.
const StepFailedType = "StepFailed"

// StepReply is the answer of a step that either went through or opened an incident.
type StepReply struct {
	Incident *Incident `json:"incident,omitempty"`
	// Undermined says that the hours which the step stands on no longer suffice.
	Undermined bool `json:"undermined,omitempty"`
	// Suspected says that there is misconduct to be decided first, of which the case was not yet told.
	Suspected bool `json:"suspected,omitempty"`
}

// AdmitRequest asks whether the person may join, at these institutions. Try counts the times it is asked, and Change names
// what sent the case back to be asked anew; what Overrides has does not keep the person out.
type AdmitRequest struct {
	CaseID string `json:"case_id"`
	Try    int    `json:"try"`
	Change string `json:"change,omitempty"`

	Overrides Overrides `json:"overrides,omitempty"`
}

// Key identifies the step within its case.
func (r AdmitRequest) Key() string { return tried("admit", r.Try, r.Change) }

// tried is the key of a step that is tried again, and anew for what sent the case back.
func tried(step string, try int, change string) string {
	key := step + "/" + strconv.Itoa(try)
	if change != "" {
		key += "/" + change
	}
	return key
}

// Kinds of task.
const (
	EnrolmentTask = "enrolment"
	TrainingTask  = "training"
	ExamTask      = "exam"
	TheoryTask    = "theory"
	PracticalTask = "practical"
)

// StageOf is the stage whose work a task is, by the task's kind.
func StageOf(taskKind string) progress.Stage {
	switch taskKind {
	case EnrolmentTask, TrainingTask:
		return progress.Training
	case ExamTask:
		return progress.Exam
	case TheoryTask, PracticalTask:
		return progress.Evaluation
	}
	return ""
}

// IssueTasksRequest asks a stage's institution for one attempt's work. Issue counts how often the same attempt was asked
// for: it grows when the work is reassigned or asked for again.
type IssueTasksRequest struct {
	CaseID  string   `json:"case_id"`
	Stage   string   `json:"stage"`
	Kinds   []string `json:"kinds"`
	Attempt int      `json:"attempt"`
	Issue   int      `json:"issue"`
}

// Key identifies the step within its case.
func (r IssueTasksRequest) Key() string {
	return "issue/" + r.Kinds[0] + "/" + strconv.Itoa(r.Attempt) + "/" + strconv.Itoa(r.Issue)
}

// IssueTasksReply names the tasks issued, or the incident that kept them from being.
type IssueTasksReply struct {
	Tasks    []IssuedTask `json:"tasks,omitempty"`
	DueAt    time.Time    `json:"due_at"`
	Incident *Incident    `json:"incident,omitempty"`
}

// IssuedTask is a task an institution now owes.
type IssuedTask struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

// MarkOverdueRequest opens the incident of a wait that passed its deadline, which is DueAt. Round counts the deadlines of one wait.
type MarkOverdueRequest struct {
	CaseID string    `json:"case_id"`
	Stage  string    `json:"stage"`
	TaskID string    `json:"task_id"`
	Round  int       `json:"round"`
	DueAt  time.Time `json:"due_at,omitzero"`
}

// MarkOverdueReply is the incident, or the later deadline that the record knows by now.
type MarkOverdueReply struct {
	StepReply

	DueAt time.Time `json:"due_at,omitzero"`
}

// Key identifies the step within its case.
func (r MarkOverdueRequest) Key() string { return "overdue/" + r.TaskID + "/" + strconv.Itoa(r.Round) }

// RecordRequest takes the answers to an attempt's tasks into the record.
type RecordRequest struct {
	CaseID  string   `json:"case_id"`
	TaskIDs []string `json:"task_ids"`
	Attempt int      `json:"attempt"`
}

// Key identifies the step within its case.
func (r RecordRequest) Key() string { return "record/" + r.TaskIDs[0] }

// Next is what a recorded answer lets the case do.
type Next string

// What may follow an answer.
const (
	GoOn    Next = "go_on"   // the stage has what it needs
	Reissue Next = "reissue" // the same attempt is asked for again: it was refused, or is not complete
	Resit   Next = "resit"   // another attempt
)

// RecordReply says what follows, once the incident, if there is one, is resolved.
type RecordReply struct {
	Next     Next      `json:"next"`
	Incident *Incident `json:"incident,omitempty"`
	// Again is the kinds of work that another attempt is of; empty for all of the stage's.
	Again []string `json:"again,omitempty"`
}

// EnterEvaluationRequest asks whether the trained person may be evaluated; its fields are those of [AdmitRequest].
type EnterEvaluationRequest struct {
	CaseID string `json:"case_id"`
	Try    int    `json:"try"`
	Change string `json:"change,omitempty"`

	Overrides Overrides `json:"overrides,omitempty"`
}

// Key identifies the step within its case.
func (r EnterEvaluationRequest) Key() string { return tried("enter-evaluation", r.Try, r.Change) }

// DecideTitleRequest asks what title the grade certificate leads to. Round counts the askings.
type DecideTitleRequest struct {
	CaseID string `json:"case_id"`
	Round  int    `json:"round"`
}

// Key identifies the step within its case.
func (r DecideTitleRequest) Key() string { return "title/" + strconv.Itoa(r.Round) }

// DecideTitleReply says whether a title follows, or that only time is missing until a day.
type DecideTitleReply struct {
	Mapped bool `json:"mapped"`
	// Undermined says that the grade certificate does not hold, which the case has yet to follow.
	Undermined bool `json:"undermined,omitempty"`
	// Until is when to ask again; nil when no amount of time would help.
	Until *time.Time `json:"until,omitempty"`
}

// CreditHoursRequest books the training's hours as CE hours; Change names what changed them since they were booked before.
// An override of a year that is closed books its hours in the year that is open.
type CreditHoursRequest struct {
	CaseID string `json:"case_id"`
	Change string `json:"change,omitempty"`
	Try    int    `json:"try,omitempty"`

	Overrides Overrides `json:"overrides,omitempty"`
}

// Key identifies the step within its case.
func (r CreditHoursRequest) Key() string {
	key := "credit-hours"
	if r.Change != "" {
		key += "/" + r.Change
	}
	if r.Try > 1 {
		key += "/" + strconv.Itoa(r.Try)
	}
	return key
}

// ReviewHoursRequest asks whether the case still stands on its hours after a change of them. An override lets it stand
// though they do not suffice.
type ReviewHoursRequest struct {
	CaseID string `json:"case_id"`
	Change string `json:"change"`
	Try    int    `json:"try"`

	Overrides Overrides `json:"overrides,omitempty"`
}

// Key identifies the step within its case.
func (r ReviewHoursRequest) Key() string { return "review/" + r.Change + "/" + strconv.Itoa(r.Try) }

// ReviewHoursReply says what became of the case. When the hours do not suffice, a case that has no certificate goes back
// to its training; one that has is stuck.
type ReviewHoursReply struct {
	Incident *Incident `json:"incident,omitempty"`
	Back     *Back     `json:"back,omitempty"`
	// Credited says that CE hours were booked of the training, and must follow.
	Credited bool `json:"credited,omitempty"`
	// Outcome is how a case had ended that is open again for this; empty for any other.
	Outcome string `json:"outcome,omitempty"`
}

// Back sends a case back to its training, and says where its training and its exam go on.
type Back struct {
	Training Sitting `json:"training"`
	Exam     Sitting `json:"exam"`
}

// TakeFactsRequest puts facts that were given anew in the place of those the case was decided on.
type TakeFactsRequest struct {
	CaseID  string `json:"case_id"`
	FactsID string `json:"facts_id"`
}

// Key identifies the step within its case.
func (r TakeFactsRequest) Key() string { return "facts/" + r.FactsID }

// TakeFactsReply says how a case had ended whose title is open again for the new facts, and the round of its decision.
type TakeFactsReply struct {
	Outcome string `json:"outcome,omitempty"`
	Round   int    `json:"round,omitempty"`
}

// ApplyResolutionRequest carries out an operator's resolution.
type ApplyResolutionRequest struct {
	CaseID       string `json:"case_id"`
	ResolutionID string `json:"resolution_id"`
}

// Key identifies the step within its case.
func (r ApplyResolutionRequest) Key() string { return "resolution/" + r.ResolutionID }

// ApplyResolutionReply says whether the resolution held. When it did not, the incident is open as before.
type ApplyResolutionReply struct {
	Applied bool `json:"applied"`
	Verb    Verb `json:"verb"`
	// DueAt is the new deadline, for a retry or an extension of an overdue wait.
	DueAt time.Time `json:"due_at"`
}

// OpenStepFailedRequest opens the incident of a step that failed for good.
type OpenStepFailedRequest struct {
	CaseID string `json:"case_id"`
	Stage  string `json:"stage"`
	Step   string `json:"step"`
	Try    int    `json:"try"`
}

// Key identifies the step within its case.
func (r OpenStepFailedRequest) Key() string { return "failed/" + r.Step + "/" + strconv.Itoa(r.Try) }

// CloseCaseRequest ends a case: open tasks are cancelled and an open incident is closed.
type CloseCaseRequest struct {
	CaseID  string `json:"case_id"`
	Outcome string `json:"outcome"`
	// Again names what a case was opened again for that had been closed.
	Again string `json:"again,omitempty"`
}

// Key identifies the step within its case.
func (r CloseCaseRequest) Key() string {
	if r.Again != "" {
		return "close/" + r.Again
	}
	return "close"
}

// DeliverBatchRequest names the institution whose callbacks are due.
type DeliverBatchRequest struct {
	InstitutionID string `json:"institution_id"`
}

// DeliverBatchReply says how many were delivered, and when the next attempt is due.
type DeliverBatchReply struct {
	Turn

	Delivered int `json:"delivered"`
}
