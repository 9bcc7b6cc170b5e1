// Package execution is what Temporal tells of the workflows it executes, and what is done to them there: which of them make no
// progress and why, what is under way in one, and repairs (pause, retry, reset) that touch the run that was seen and no other.
//
// The watcher carries what Temporal tells into the record, so that lists ask nobody and show something while Temporal is away.
package execution

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/dengpan/dengpan/store"
)

// ErrNone says that Temporal knows no such workflow: it was never started, or ended long ago.
var ErrNone = errors.New("there is no such execution")

// Service asks Temporal, and has it do something.
type Service struct {
	Store     *store.Store
	Temporal  client.Client
	Namespace string
	// Open reads what workflows sealed.
	Open converter.DataConverter
	// UI is where Temporal's own interface is; empty: nobody is sent there.
	UI string
}

// View is a workflow's execution as it is now.
type View struct {
	WorkflowID string
	RunID      string
	Running    bool
	Since      time.Time // of the run
	Events     int64     // in its history
	PausedAt   *time.Time
	Task       *Task
	Activities []Activity
	problems   []string // as Temporal reports them
}

// Task is the workflow's own next step, when one is due or being taken.
type Task struct {
	Attempt int
	Since   time.Time
	Next    *time.Time
	Failing string // why it fails, as a code; empty: it does not
}

// Activity is work outside the workflow that is under way.
type Activity struct {
	ID      string
	Type    string
	State   string // scheduled, started, paused
	Attempt int
	Since   time.Time
	Taken   *time.Time // when somebody last took it
	Next    *time.Time // when it is tried again
	Until   *time.Time // when it is given up
	Failing string     // why its last attempt failed, as a code; empty: none did
	Failure string     // the type of that failure
	Options Options
}

// Options are how long an activity is tried, in seconds; 0: without end.
type Options struct {
	Attempt  int // one attempt
	Interval int // between attempts, at most
	Patience int // altogether
}

// Why something fails, as codes that have words.
const (
	Nondeterministic = "nondeterministic" // the program no longer does what the history says it did
	Panicked         = "panicked"
	TimedOut         = "timed_out"
	NotTaken         = "not_taken" // nobody takes the work
	Failed           = "failed"
)

// Describe asks Temporal how a workflow's current run is.
func (s *Service) Describe(ctx context.Context, workflowID string) (View, error) {
	answer, err := s.Temporal.DescribeWorkflowExecution(ctx, workflowID, "")
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return View{}, ErrNone
	}
	if err != nil {
		return View{}, fmt.Errorf("ask about an execution: %w", err)
	}
	v := view(workflowID, answer)
	if v.Task != nil && v.Task.Failing == TimedOut {
		v.Task.Failing, err = s.firstFailure(ctx, v)
	}
	return v, err
}

// firstFailure is why a workflow's task failed first. A worker reports that once and then lets the task time out, which is all
// that Temporal goes on reporting; the history has it.
func (s *Service) firstFailure(ctx context.Context, v View) (string, error) {
	const most = 30 // events since: messages that came meanwhile
	answer, err := s.Temporal.WorkflowService().GetWorkflowExecutionHistoryReverse(ctx, &workflowservice.GetWorkflowExecutionHistoryReverseRequest{
		Namespace: s.Namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: v.WorkflowID, RunId: v.RunID}, MaximumPageSize: most,
	})
	if err != nil {
		return TimedOut, fmt.Errorf("read the end of a history: %w", err)
	}
	for _, event := range answer.GetHistory().GetEvents() {
		switch event.GetEventType() { //nolint:exhaustive // nothing else matters here
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			return TimedOut, nil
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
			return failureOf(event.GetWorkflowTaskFailedEventAttributes().GetCause()), nil
		}
	}
	return TimedOut, nil
}

func view(workflowID string, d *workflowservice.DescribeWorkflowExecutionResponse) View {
	info := d.GetWorkflowExecutionInfo()
	v := View{
		WorkflowID: workflowID, RunID: info.GetExecution().GetRunId(), Since: info.GetStartTime().AsTime(), Events: info.GetHistoryLength(),
		Running: running(info.GetStatus()), PausedAt: moment(d.GetWorkflowExtendedInfo().GetPauseInfo().GetPausedTime()),
		problems: problems(info),
	}
	if task := d.GetPendingWorkflowTask(); task != nil {
		v.Task = &Task{
			Attempt: int(task.GetAttempt()), Since: task.GetOriginalScheduledTime().AsTime(), Next: future(task.GetScheduledTime()),
			Failing: taskFailure(v.problems),
		}
	}
	for _, a := range d.GetPendingActivities() {
		v.Activities = append(v.Activities, activity(a))
	}
	slices.SortFunc(v.Activities, func(a, b Activity) int { return a.Since.Compare(b.Since) })
	return v
}

func running(status enumspb.WorkflowExecutionStatus) bool {
	return status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING || status == enumspb.WORKFLOW_EXECUTION_STATUS_PAUSED
}

// problems are what Temporal reports of the workflow's own code, once it has failed some times in a row.
func problems(info *workflowpb.WorkflowExecutionInfo) []string {
	const attribute = "TemporalReportedProblems"
	payload, reported := info.GetSearchAttributes().GetIndexedFields()[attribute]
	var all []string
	if !reported || converter.GetDefaultDataConverter().FromPayload(payload, &all) != nil {
		return nil
	}
	return all
}

// taskFailure puts what Temporal reports into a code.
func taskFailure(problems []string) string {
	if len(problems) == 0 {
		return ""
	}
	const failed = "cause=WorkflowTaskFailedCause"
	for _, problem := range problems {
		if name, says := strings.CutPrefix(problem, failed); says {
			cause, _ := enumspb.WorkflowTaskFailedCauseFromString(name)
			return failureOf(cause)
		}
	}
	return TimedOut
}

func failureOf(cause enumspb.WorkflowTaskFailedCause) string {
	switch cause { //nolint:exhaustive // the others are rare, and need no words of their own
	case enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR:
		return Nondeterministic
	case enumspb.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE:
		return Panicked
	}
	return Failed
}

func activity(a *workflowpb.PendingActivityInfo) Activity {
	options := a.GetActivityOptions()
	v := Activity{
		ID: a.GetActivityId(), Type: a.GetActivityType().GetName(), State: activityState(a), Attempt: int(a.GetAttempt()),
		Since: a.GetScheduledTime().AsTime(), Taken: moment(a.GetLastStartedTime()), Next: future(a.GetNextAttemptScheduleTime()),
		Until: moment(a.GetExpirationTime()),
		Options: Options{
			Attempt:  int(options.GetStartToCloseTimeout().AsDuration().Seconds()),
			Interval: int(options.GetRetryPolicy().GetMaximumInterval().AsDuration().Seconds()),
			Patience: int(options.GetScheduleToCloseTimeout().AsDuration().Seconds()),
		},
	}
	v.Failing, v.Failure = activityFailure(a.GetLastFailure())
	return v
}

func activityState(a *workflowpb.PendingActivityInfo) string {
	switch a.GetState() { //nolint:exhaustive // the others are scheduled
	case enumspb.PENDING_ACTIVITY_STATE_STARTED, enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED:
		return "started"
	case enumspb.PENDING_ACTIVITY_STATE_PAUSED, enumspb.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED:
		return "paused"
	}
	return "scheduled"
}

// activityFailure is why an attempt failed, and the type of the failure. Its message is sealed, and stays so.
func activityFailure(f *failurepb.Failure) (code, kind string) {
	switch {
	case f == nil:
		return "", ""
	case f.GetTimeoutFailureInfo() != nil:
		return TimedOut, f.GetTimeoutFailureInfo().GetTimeoutType().String()
	}
	return Failed, f.GetApplicationFailureInfo().GetType()
}

func moment(t *timestamppb.Timestamp) *time.Time {
	if t == nil {
		return nil
	}
	at := t.AsTime()
	return &at
}

// future is a moment that is yet to come.
func future(t *timestamppb.Timestamp) *time.Time {
	at := moment(t)
	if at == nil || at.Before(time.Now()) {
		return nil
	}
	return at
}

// Link is where Temporal's own interface shows a run's history; empty when nobody is sent there.
func (s *Service) Link(v View) string {
	if s.UI == "" {
		return ""
	}
	return strings.TrimSuffix(s.UI, "/") + "/namespaces/" + url.PathEscape(s.Namespace) + "/workflows/" +
		url.PathEscape(v.WorkflowID) + "/" + url.PathEscape(v.RunID) + "/history"
}
