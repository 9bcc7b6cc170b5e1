package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Task is work that your institution is asked for.
type Task struct {
	ID          string      `json:"id"`
	CaseID      string      `json:"case_id"` // also who attends sessions
	Kind        string      `json:"kind"`    // enrolment, training, exam, theory or practical
	Attempt     int         `json:"attempt"` // 2 is the first resit
	Issue       int         `json:"issue"`
	State       string      `json:"state"` // open, answered, rejected or cancelled
	IssuedAt    time.Time   `json:"issued_at"`
	DueAt       time.Time   `json:"due_at"`
	ClosedAt    *time.Time  `json:"closed_at"`
	CloseReason string      `json:"close_reason"`
	Occupation  Coded       `json:"occupation"`
	Direction   string      `json:"direction"`
	Level       Coded       `json:"level"`
	Details     TaskDetails `json:"details"`
}

// Coded is a code with its name.
type Coded struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// TaskDetails say what is asked. Hours are 学时.
type TaskDetails struct {
	RequiredHours   *float64 `json:"required_hours"`
	RecordedHours   *float64 `json:"recorded_hours"`
	MissingOffline  *float64 `json:"missing_offline_hours"`
	Modules         []string `json:"modules"`
	MissingModules  []string `json:"missing_modules"`
	PassMark        *float64 `json:"pass_mark"`
	EarliestSession string   `json:"earliest_session"`
	IssuedOn        string   `json:"issued_on"`
	Today           string   `json:"today"`
}

// TaskFor is a task with whom it is about.
type TaskFor struct {
	Task

	Trainee Trainee `json:"trainee"`
	// Evidence is what was filed about it.
	Evidence []Evidence `json:"evidence"`
}

// Trainee is whom a task is about.
type Trainee struct {
	Name           string `json:"name"`
	IDNumberMasked string `json:"id_number_masked"`
}

// TaskFilter says which tasks are listed; empty fields leave everything in.
type TaskFilter struct {
	State string // open, answered, rejected or cancelled
	Kind  string
}

// Tasks are the tasks of your institution, the oldest first, page by page as they are read.
func (c *Client) Tasks(ctx context.Context, f TaskFilter) iter.Seq2[Task, error] {
	query := url.Values{"limit": {"200"}}
	for name, value := range map[string]string{"state": f.State, "kind": f.Kind} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return func(yield func(Task, error) bool) {
		for {
			var page struct {
				Tasks []Task  `json:"tasks"`
				Next  *string `json:"next"`
			}
			if err := c.get(ctx, "/v1/tasks", query, &page); err != nil {
				yield(Task{}, err)
				return
			}
			for _, task := range page.Tasks {
				if !yield(task, nil) {
					return
				}
			}
			if page.Next == nil {
				return
			}
			query.Set("after", *page.Next)
		}
	}
}

// Task is one task, with whom it is about. That you asked is written down.
func (c *Client) Task(ctx context.Context, id string) (TaskFor, error) {
	var t TaskFor
	err := c.get(ctx, "/v1/tasks/"+url.PathEscape(id), nil, &t)
	return t, err
}

// Result is an answer to a task, of the kind of the task: an [Enrolment], a [Training] or a [Mark].
type Result interface{ result() }

// Enrolment answers an enrolment: the trainee was enrolled on a day.
type Enrolment struct {
	AcceptedOn string `json:"accepted_on"` // 2027-01-10
}

// Training answers a training: which of the content that is asked for is complete. Hours come from attendance.
type Training struct {
	CompletedModules []string `json:"completed_modules"`
}

// Mark answers an exam, a theory or a practical.
type Mark struct {
	Score  *float64 `json:"score"` // nil for who was absent, which is not 0
	Absent bool     `json:"absent"`
	HeldOn string   `json:"held_on"`
	// CertificateNumber is yours, if you number certificates yourself: with a mark that passes, of an exam or a practical.
	CertificateNumber string `json:"certificate_number,omitempty"`
	// Evidence are ids of files that were filed about the task.
	Evidence []string `json:"evidence,omitempty"`
}

func (Enrolment) result() {}
func (Training) result()  {}
func (Mark) result()      {}

// Score is a score for a [Mark].
func Score(s float64) *float64 { return new(s) }

// Receipt says that an answer is kept and will not be lost.
type Receipt struct {
	TaskID    string `json:"task_id"`
	State     string `json:"state"`
	Forwarded bool   `json:"forwarded"` // false: the case will have it in a moment
	Repeated  bool   `json:"repeated"`  // it was kept before; nothing was changed
}

// Answer answers a task. The same answer may be sent as often as you like; another is refused ("result_conflict").
func (c *Client) Answer(ctx context.Context, taskID string, r Result) (Receipt, error) {
	var receipt Receipt
	err := c.post(ctx, "/v1/tasks/"+url.PathEscape(taskID)+"/result", r, &receipt)
	return receipt, err
}

// Rejection says why a task is not done: class_full, wrong_person, not_our_occupation or other.
type Rejection struct {
	ReasonCode string `json:"reason_code"`
	Note       string `json:"note,omitempty"`
}

// Reject refuses a task.
func (c *Client) Reject(ctx context.Context, taskID string, r Rejection) (Receipt, error) {
	var receipt Receipt
	err := c.post(ctx, "/v1/tasks/"+url.PathEscape(taskID)+"/rejection", r, &receipt)
	return receipt, err
}
