package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// await waits until ready, or until the deadline if there is one, and says whether it was ready. A withdrawal ends every
// wait; a change of the case's hours is reviewed meanwhile, and what an operator does to the case is done: the wait goes on
// unless the case goes elsewhere. The deadline's timer is cancelled as soon as the wait is over: one that is left running
// would wake the case months later, for nothing.
func (c *caseRun) await(ctx workflow.Context, deadline *time.Time, ready func() bool) (bool, error) {
	expired, cancel := func() bool { return false }, func() {}
	defer func() { cancel() }()
	if deadline != nil && !ready() && !c.withdrawn {
		expired, cancel = timer(ctx, *deadline)
	}
	for {
		err := workflow.Await(ctx, func() bool {
			return c.withdrawn || ready() || expired() || c.disturbed() || c.acts.any()
		})
		switch {
		case err != nil:
			return false, fmt.Errorf("wait: %w", err)
		case c.withdrawn:
			return false, c.leave()
		case c.acts.any():
			due, err := c.act(ctx)
			if err != nil {
				return false, err
			}
			if deadline != nil && !due.IsZero() {
				cancel()
				*deadline = due
				expired, cancel = timer(ctx, due)
			}
			continue
		case ready() || expired():
			return ready(), nil
		}
		if err := c.changed(ctx); err != nil {
			return false, err
		}
	}
}

// timer is a timer until an instant: whether it has come, and what stops it.
func timer(ctx workflow.Context, until time.Time) (expired func() bool, cancel func()) {
	ctx, cancel = workflow.WithCancel(ctx)
	return workflow.NewTimer(ctx, until.Sub(workflow.Now(ctx))).IsReady, cancel
}

// leave ends the case at the trainee's wish. Who already holds the grade certificate keeps it: only the wait for the
// title ends.
func (c *caseRun) leave() error {
	if c.stage == progress.Title {
		return ending{progress.Certified}
	}
	return ending{progress.Withdrawn}
}

// collect waits until every task is answered, or one is refused. A deadline that passes opens an incident, unless the record knows
// a later one, and the wait goes on: an answer that arrives late is taken like any other, and so is more time. It says whether the work
// must be asked for again, because an operator gave it to another institution.
func (c *caseRun) collect(ctx workflow.Context, tasks []contract.IssuedTask, deadline time.Time) (again bool, err error) {
	answered := func() bool {
		for _, task := range tasks {
			rejected, had := c.answered[task.ID]
			if had && rejected {
				return true
			}
			if !had {
				return false
			}
		}
		return true
	}
	for round := 1; ; round++ {
		met, err := c.await(ctx, &deadline, answered)
		if err != nil || met {
			return false, err
		}
		reply, err := perform(ctx, c, contract.MarkOverdue, contract.MarkOverdueRequest{
			CaseID: c.id, Stage: string(c.stage), TaskID: c.owed(tasks), Round: round, DueAt: deadline,
		})
		if err != nil {
			return false, err
		}
		if reply.Incident == nil { // there is more time by now: of a sitting that was booked or moved
			deadline = reply.DueAt
			continue
		}
		prolonged := func() bool { return c.prolonged[reply.Incident.ID] }
		resolved, err := c.resolvedUnless(ctx, *reply.Incident, func() bool { return answered() || prolonged() })
		switch {
		case err != nil:
			return false, err
		case resolved == nil && answered():
			return false, nil
		case resolved == nil: // the record is asked once more until when there is time
		case resolved.Verb == contract.Reassign:
			return true, nil
		default:
			deadline = resolved.DueAt
		}
	}
}

// owed is the first task that is not answered.
func (c *caseRun) owed(tasks []contract.IssuedTask) string {
	for _, task := range tasks {
		if _, had := c.answered[task.ID]; !had {
			return task.ID
		}
	}
	return tasks[0].ID
}
