package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// Schedule is a workflow that is run again and again by Temporal's own clock, whatever becomes of the processes.
type Schedule struct {
	ID       string // and what its workflows' ids begin with
	Workflow string
	Queue    string
	Every    time.Duration
	Offset   time.Duration // from the hour 0 of UTC
}

// EnsureSchedule makes a schedule, or has one that is there follow what is wanted now. Whether it is paused stays as it is.
func EnsureSchedule(ctx context.Context, c client.Client, s Schedule) error {
	spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: s.Every, Offset: s.Offset}}}
	action := &client.ScheduleWorkflowAction{ID: s.ID, Workflow: s.Workflow, TaskQueue: s.Queue}
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{ID: s.ID, Spec: spec, Action: action})
	if err == nil {
		return nil
	}
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return fmt.Errorf("make the schedule %s: %w", s.ID, err)
	}
	err = c.ScheduleClient().GetHandle(ctx, s.ID).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			there := in.Description.Schedule
			there.Spec, there.Action = &spec, action
			return &client.ScheduleUpdate{Schedule: &there}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("change the schedule %s: %w", s.ID, err)
	}
	return nil
}
