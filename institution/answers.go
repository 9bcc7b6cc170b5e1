package institution

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"time"
)

// task is what the simulator reads of a task. Who the trainee is, it does not read.
type task struct {
	ID       string    `json:"id"`
	CaseID   string    `json:"case_id"`
	Kind     string    `json:"kind"`
	Attempt  int       `json:"attempt"`
	State    string    `json:"state"`
	IssuedAt time.Time `json:"issued_at"`
	DueAt    time.Time `json:"due_at"`
	Details  details   `json:"details"`

	taught []string // the content that is complete now
}

// details is what a task asks for.
type details struct {
	RequiredHours  float64  `json:"required_hours"`
	RecordedHours  float64  `json:"recorded_hours"`
	Modules        []string `json:"modules"`
	MissingModules []string `json:"missing_modules"` // of Modules, those that still have to be taught
	PassMark       *float64 `json:"pass_mark"`
	Today          string   `json:"today"`
}

// answer is what is sent to a task, as bytes, so that sending it again sends the same.
type answer struct {
	path string // result or rejection
	body []byte
}

// key names the answer to the API: the same answer to the same task has the same key, also after a restart.
func (a answer) key(taskID string) string {
	return a.path + "-" + taskID + "-" + digest(a.body)
}

type enrolmentResult struct {
	AcceptedOn date `json:"accepted_on"`
}

type trainingResult struct {
	CompletedModules []string `json:"completed_modules"`
}

type scoreResult struct {
	Score  *int `json:"score"`
	Absent bool `json:"absent"`
	HeldOn date `json:"held_on"`
}

type rejection struct {
	ReasonCode string `json:"reason_code"`
}

// hours counts tenths of an hour (学时).
type hours int64

func tenths(h float64) hours { return hours(math.Round(h * 10)) }

// length is how long so many hours last.
func (h hours) length() time.Duration { return time.Duration(h) * hourLength / 10 }

var errNoDay = errors.New("the task does not say what day it is")

// today is the day a task is answered on, in the programme's calendar.
func (t *task) today() (date, error) {
	if t.Details.Today != "" {
		day, err := parseDate(t.Details.Today)
		if err != nil {
			return date{}, fmt.Errorf("read the task's day: %w", err)
		}
		return day, nil
	}
	if t.IssuedAt.IsZero() {
		return date{}, errNoDay
	}
	return dateOf(t.IssuedAt), nil
}

// compose writes the answer to a task. The same task on the same day always gets the same answer.
func compose(t *task, b Behaviour) (answer, error) {
	if b.refuses() {
		return write("rejection", rejection{ReasonCode: rejections[b]})
	}
	today, err := t.today()
	if err != nil {
		return answer{}, err
	}
	switch t.Kind {
	case enrolment:
		return write("result", enrolmentResult{AcceptedOn: today})
	case training:
		result := trainingResult{CompletedModules: append([]string{}, t.taught...)}
		if b == WrongScore {
			result.CompletedModules = append(result.CompletedModules, unknownModule)
		}
		return write("result", result)
	case exam, theory, practical:
		result := scoreResult{HeldOn: today}
		switch b {
		case Absent:
			result.Absent = true
		case WrongScore:
			result.Score = new(101)
		case Fail:
			result.Score = new(t.failingScore())
		default:
			result.Score = new(t.passingScore())
		}
		return write("result", result)
	default:
		return answer{}, fmt.Errorf("there is no answer to a task of the kind %q", t.Kind)
	}
}

func write(path string, body any) (answer, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return answer{}, fmt.Errorf("write a %s: %w", path, err)
	}
	return answer{path: path, body: data}, nil
}

const (
	usualPassMark = 60
	unknownModule = "标准之外的内容"
)

func (t *task) passMark() int {
	if t.Details.PassMark == nil {
		return usualPassMark
	}
	return int(math.Ceil(min(max(*t.Details.PassMark, 0), 100)))
}

// passingScore is between the pass mark, or 60 if it is lower, and 98.
func (t *task) passingScore() int {
	lowest := max(t.passMark(), usualPassMark)
	return lowest + t.draw(max(99-lowest, 1))
}

// failingScore is one to thirty marks below the pass mark.
func (t *task) failingScore() int { return max(t.passMark()-1-t.draw(30), 0) }

// draw is a number below n that looks drawn by lot and is always the same for a task.
func (t *task) draw(n int) int {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(t.ID))
	return int(hash.Sum64() % uint64(n))
}
