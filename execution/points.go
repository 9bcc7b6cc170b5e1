package execution

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// Where a run can be taken back to, beside the stages of its case.
const (
	ToStart   = "start"         // of the run
	ToFailure = "first_failure" // before what fails now
)

// Point is a place in a run's history that it can be taken back to, and what is done again from there.
type Point struct {
	To    string // ToStart, ToFailure, or a stage
	Event int64  // of the workflow's task that is done anew
	At    time.Time
	Again Again
}

// Again is what a history has after a point: messages are given to the new run once more; steps of the record answer what they
// answered; work outside is asked for again.
type Again struct {
	Messages   int
	Steps      int
	Activities int
}

// Points reads the history of a run for the places that it can be taken back to, in order.
func (s *Service) Points(ctx context.Context, workflowID, runID string) ([]Point, error) {
	events := s.Temporal.GetWorkflowHistory(ctx, workflowID, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	read := reading{open: s}
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("read a history: %w", err)
		}
		read.take(event)
	}
	return read.found(), nil
}

// reading is a history as far as it is read.
type reading struct {
	open   *Service
	tasks  []Point // the workflow's tasks that ended, with what followed each
	stages map[progress.Stage]int64
	stage  progress.Stage
}

func (r *reading) take(e *historypb.HistoryEvent) {
	switch e.GetEventType() { //nolint:exhaustive // nothing else matters here
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
		r.tasks = append(r.tasks, Point{Event: e.GetEventId(), At: e.GetEventTime().AsTime()})
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED, enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		if len(r.tasks) == 0 { // not even the first went through
			r.tasks = append(r.tasks, Point{Event: e.GetEventId(), At: e.GetEventTime().AsTime()})
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		r.count(func(a *Again) { a.Messages++ })
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
		r.count(func(a *Again) { a.Activities++ })
	case enumspb.EVENT_TYPE_MARKER_RECORDED:
		r.mark(e.GetMarkerRecordedEventAttributes())
	}
}

// count adds to what follows every task so far.
func (r *reading) count(add func(*Again)) {
	for i := range r.tasks {
		add(&r.tasks[i].Again)
	}
}

// mark takes the mark that a step of the record left.
func (r *reading) mark(m *historypb.MarkerRecordedEventAttributes) {
	const step, data = "LocalActivity", "data"
	if m.GetMarkerName() != step {
		return
	}
	r.count(func(a *Again) { a.Steps++ })
	var did struct{ ActivityType string }
	if r.open.Open.FromPayloads(m.GetDetails()[data], &did) != nil {
		return // sealed by a key that is gone: where its stage began is not known
	}
	var reply contract.IssueTasksReply
	if did.ActivityType == contract.IssueTasks.Name {
		_ = r.open.Open.FromPayloads(m.GetDetails()["result"], &reply) // without it, the next step tells the stage
	}
	stage := stageOf(did.ActivityType, r.stage, reply)
	if stage == "" || stage == r.stage {
		return
	}
	if r.stages == nil {
		r.stages = map[progress.Stage]int64{}
	}
	r.stage, r.stages[stage] = stage, m.GetWorkflowTaskCompletedEventId()
}

// stageOf is the stage that a step belongs to, after another; empty when the step is of any.
func stageOf(step string, before progress.Stage, issued contract.IssueTasksReply) progress.Stage {
	switch step {
	case contract.Admit.Name:
		return progress.Registration
	case contract.RecordEnrolment.Name, contract.RecordTraining.Name:
		return progress.Training
	case contract.RecordExam.Name:
		return progress.Exam
	case contract.EnterEvaluation.Name, contract.RecordEvaluation.Name:
		return progress.Evaluation
	case contract.DecideTitle.Name:
		return progress.Title
	case contract.IssueCertificate.Name:
		if before == progress.Evaluation || before == progress.Certificate {
			return progress.Certificate
		}
		return progress.Exam
	case contract.IssueTasks.Name:
		if len(issued.Tasks) > 0 {
			return contract.StageOf(issued.Tasks[0].Kind)
		}
	}
	return ""
}

// found are the places, the start first and what fails now last.
func (r *reading) found() []Point {
	if len(r.tasks) == 0 {
		return nil
	}
	first, last := r.tasks[0], r.tasks[len(r.tasks)-1]
	first.To, last.To = ToStart, ToFailure
	points := []Point{first}
	for _, stage := range progress.Stages() {
		for _, task := range r.tasks {
			if event, began := r.stages[stage]; began && task.Event == event {
				task.To = string(stage)
				points = append(points, task)
			}
		}
	}
	return append(points, last)
}
