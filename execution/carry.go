package execution

import (
	"context"
	"errors"
	"fmt"
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// Why a repair is refused, as codes.
const (
	RunChanged   = "run_changed"   // another run is under way than the one that was seen
	NotRunning   = "not_running"   // the workflow has ended
	NoSuchPoint  = "no_such_point" // the run's history does not have it
	ActivityGone = "activity_gone" // it is not under way any more
	NotPossible  = "not_possible"  // Temporal will not have it
)

// identity is how Temporal's own history names whoever repairs; the record has the name and the reason.
const identity = "dengpan"

// Carry does to an execution what a repair says, and writes down what became of it. An error leaves it pending: the watcher
// tries again. Done twice it changes nothing more.
func (s *Service) Carry(ctx context.Context, r store.Repair) (store.Repair, error) {
	newRun, err := s.carry(ctx, r)
	refusal := refusalOf(err)
	if err != nil && refusal == "" {
		return r, err
	}
	tx := s.Store.Read(ctx)
	if err := tx.SettleRepair(r.ID, refusal, newRun, time.Now().UTC()); err != nil {
		return r, err
	}
	return tx.Repair(r.ID)
}

// refused is a repair that cannot be carried out.
type refused string

func (r refused) Error() string { return string(r) }

func refusalOf(err error) string {
	if why, is := errors.AsType[refused](err); is {
		return string(why)
	}
	if _, is := errors.AsType[*serviceerror.NotFound](err); is {
		return ActivityGone // the run was there a moment ago
	}
	for _, is := range []bool{
		as[*serviceerror.InvalidArgument](err), as[*serviceerror.FailedPrecondition](err), as[*serviceerror.Unimplemented](err),
	} {
		if is {
			return NotPossible
		}
	}
	return ""
}

func as[E error](err error) bool {
	_, is := errors.AsType[E](err)
	return is
}

func (s *Service) carry(ctx context.Context, r store.Repair) (newRun string, err error) {
	v, err := s.Describe(ctx, r.WorkflowID)
	switch {
	case errors.Is(err, ErrNone):
		return "", refused(NotRunning)
	case err != nil:
		return "", err
	case v.RunID != r.RunID && r.Verb == contract.ResetExecution:
		return s.resetBefore(ctx, r, v)
	case v.RunID != r.RunID:
		return "", refused(RunChanged)
	case !v.Running:
		return "", refused(NotRunning)
	}
	its := &commonpb.WorkflowExecution{WorkflowId: r.WorkflowID, RunId: r.RunID}
	switch r.Verb {
	case contract.ResetExecution:
		return s.reset(ctx, r, its)
	case contract.PauseExecution:
		_, err = s.Temporal.WorkflowService().PauseWorkflowExecution(ctx, &workflowservice.PauseWorkflowExecutionRequest{
			Namespace: s.Namespace, WorkflowId: r.WorkflowID, RunId: r.RunID, Identity: identity, Reason: r.ID, RequestId: r.ID,
		})
	case contract.ResumeExecution:
		_, err = s.Temporal.WorkflowService().UnpauseWorkflowExecution(ctx, &workflowservice.UnpauseWorkflowExecutionRequest{
			Namespace: s.Namespace, WorkflowId: r.WorkflowID, RunId: r.RunID, Identity: identity, Reason: r.ID, RequestId: r.ID,
		})
	case contract.PauseActivity, contract.ResumeActivity, contract.RetryActivity, contract.ReoptionActivity:
		return "", s.onActivities(ctx, r, v, its)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", r.Verb, err)
	}
	return "", nil
}

// reset runs a workflow again from a point of its history. What it was told since is given to the new run.
func (s *Service) reset(ctx context.Context, r store.Repair, its *commonpb.WorkflowExecution) (string, error) {
	points, err := s.Points(ctx, r.WorkflowID, r.RunID)
	if err != nil {
		return "", err
	}
	for _, point := range points {
		if point.To != r.Params.To {
			continue
		}
		answer, err := s.Temporal.ResetWorkflowExecution(ctx, &workflowservice.ResetWorkflowExecutionRequest{
			Namespace: s.Namespace, WorkflowExecution: its, Reason: r.ID, RequestId: r.ID, Identity: identity,
			WorkflowTaskFinishEventId: point.Event,
		})
		if err != nil {
			return "", fmt.Errorf("reset an execution: %w", err)
		}
		return answer.GetRunId(), nil
	}
	return "", refused(NoSuchPoint)
}

// resetBefore tells a reset that was done, and of which the record was not told, from a run that changed.
func (s *Service) resetBefore(ctx context.Context, r store.Repair, now View) (string, error) {
	seen, err := s.Temporal.DescribeWorkflowExecution(ctx, r.WorkflowID, r.RunID)
	if err != nil {
		return "", fmt.Errorf("ask about a run that was reset: %w", err)
	}
	if seen.GetWorkflowExtendedInfo().GetResetRunId() == now.RunID && !now.Since.Before(r.RequestedAt) {
		return now.RunID, nil
	}
	return "", refused(RunChanged)
}

// onActivities does something to one activity of a run, or to each that fails.
func (s *Service) onActivities(ctx context.Context, r store.Repair, v View, its *commonpb.WorkflowExecution) error {
	done := false
	for _, a := range v.Activities {
		if r.Params.Activity != a.ID && (r.Params.Activity != "" || a.Failing == "") {
			continue
		}
		if err := s.onActivity(ctx, r, a, its); err != nil {
			return err
		}
		done = true
	}
	if !done && r.Params.Activity != "" {
		return refused(ActivityGone)
	}
	return nil // of every one that fails there may be none any more
}

func (s *Service) onActivity(ctx context.Context, r store.Repair, a Activity, its *commonpb.WorkflowExecution) (err error) {
	service := s.Temporal.WorkflowService()
	switch r.Verb { //nolint:exhaustive // the others are done to the execution
	case contract.PauseActivity:
		_, err = service.PauseActivity(ctx, &workflowservice.PauseActivityRequest{
			Namespace: s.Namespace, Execution: its, Identity: identity, Reason: r.ID, RequestId: r.ID,
			Activity: &workflowservice.PauseActivityRequest_Id{Id: a.ID},
		})
	case contract.ResumeActivity:
		_, err = service.UnpauseActivity(ctx, &workflowservice.UnpauseActivityRequest{
			Namespace: s.Namespace, Execution: its, Identity: identity, Activity: &workflowservice.UnpauseActivityRequest_Id{Id: a.ID},
		})
	case contract.RetryActivity:
		_, err = service.ResetActivity(ctx, &workflowservice.ResetActivityRequest{
			Namespace: s.Namespace, Execution: its, Identity: identity, KeepPaused: true,
			Activity: &workflowservice.ResetActivityRequest_Id{Id: a.ID},
		})
	case contract.ReoptionActivity:
		options, mask := optionsOf(r.Params)
		_, err = service.UpdateActivityOptions(ctx, &workflowservice.UpdateActivityOptionsRequest{
			Namespace: s.Namespace, Execution: its, Identity: identity, ActivityOptions: options, UpdateMask: mask,
			Activity: &workflowservice.UpdateActivityOptionsRequest_Id{Id: a.ID},
		})
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.Verb, err)
	}
	return nil
}

func optionsOf(p store.RepairParams) (*activitypb.ActivityOptions, *fieldmaskpb.FieldMask) {
	options, mask := &activitypb.ActivityOptions{}, &fieldmaskpb.FieldMask{}
	seconds := func(n int) *durationpb.Duration { return durationpb.New(time.Duration(n) * time.Second) }
	if p.Attempt > 0 {
		options.StartToCloseTimeout = seconds(p.Attempt)
		mask.Paths = append(mask.Paths, "start_to_close_timeout")
	}
	if p.Interval > 0 {
		options.RetryPolicy = &commonpb.RetryPolicy{MaximumInterval: seconds(p.Interval)}
		mask.Paths = append(mask.Paths, "retry_policy.maximum_interval")
	}
	if p.Patience > 0 {
		options.ScheduleToCloseTimeout = seconds(p.Patience)
		mask.Paths = append(mask.Paths, "schedule_to_close_timeout")
	}
	return options, mask
}
