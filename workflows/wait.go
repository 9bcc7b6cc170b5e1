package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// await waits until ready, or until the deadline if there is one, and says whether it was ready. A withdrawal ends every
// wait; a change of the case's hours is reviewed meanwhile, and the wait goes on unless the case goes back. The
// deadline's timer is cancelled as soon as the wait is over: one that is left running would wake the case months later,
// for nothing.
func (c *caseRun) await(ctx workflow.Context, deadline *time.Time, ready func() bool) (bool, error) {
	expired := func() bool { return false }
	if deadline != nil && !ready() && !c.withdrawn {
		timerCtx, cancel := workflow.WithCancel(ctx)
		defer cancel()
		timer := workflow.NewTimer(timerCtx, deadline.Sub(workflow.Now(ctx)))
		expired = timer.IsReady
	}
	for {
		err := workflow.Await(ctx, func() bool { return c.withdrawn || ready() || expired() || c.disturbed() })
		switch {
		case err != nil:
			return false, fmt.Errorf("wait: %w", err)
		case c.withdrawn:
			return false, c.leave()
		case ready() || expired():
			return ready(), nil
		}
		if err := c.changed(ctx); err != nil {
			return false, err
		}
	}
}

// leave ends the case at the trainee's wish. Who already holds the grade certificate keeps it: only the wait for the
// title ends.
func (c *caseRun) leave() error {
	if c.stage == progress.Title {
		return ending{progress.Certified}
	}
	return ending{progress.Withdrawn}
}

// collect waits until every task is answered, or one is refused. A deadline that passes opens an incident, and the wait
// goes on: an answer that arrives late is taken like any other. It says whether the work must be asked for again,
// because an operator gave it to another institution.
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
			CaseID: c.id, Stage: string(c.stage), TaskID: c.owed(tasks), Round: round,
		})
		if err != nil {
			return false, err
		}
		resolved, err := c.resolvedUnless(ctx, *reply.Incident, answered)
		if err != nil || resolved == nil {
			return false, err
		}
		if resolved.Verb == contract.Reassign {
			return true, nil
		}
		deadline = resolved.DueAt
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
