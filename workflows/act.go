package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// onwardError ends the wait for an institution's answers by an operator's act: the stage has what it needs, or its work is
// asked for again.
type onwardError struct{ next contract.Next }

func (e onwardError) Error() string { return "an operator lets the case go on: " + string(e.next) }

// act carries out the next thing that an operator does to the case, and says when what institutions owe is due from now on;
// zero when that stays as it was. An error is where the case goes.
func (c *caseRun) act(ctx workflow.Context) (due time.Time, err error) {
	id := c.acts.next()
	reply := c.applyAct(ctx, id)
	if reply.Applied && reply.Verb == contract.Hold {
		if reply, err = c.pause(ctx, id, reply.Until); err != nil {
			return due, err
		}
	}
	return reply.DueAt, c.follows(reply)
}

// follows is where the case goes by an act; nil when it stays.
func (c *caseRun) follows(reply contract.ApplyActReply) error {
	switch {
	case !reply.Applied:
	case reply.Ends != "":
		return ending{progress.Outcome(reply.Ends)}
	case reply.Back != nil:
		return backError{*reply.Back}
	case reply.Next != "":
		return onwardError{reply.Next}
	case reply.Verb == contract.Correct && c.stage == progress.Title:
		c.retitle = true
	}
	return nil
}

// pause holds the case where it is, until the day that was named or until an operator lets it go on. What arrives meanwhile
// is kept, and taken afterwards; no deadline passes.
func (c *caseRun) pause(ctx workflow.Context, act string, until *time.Time) (contract.ApplyActReply, error) {
	over, cancel := func() bool { return false }, func() {}
	defer func() { cancel() }()
	if until != nil {
		over, cancel = timer(ctx, *until)
	}
	for {
		err := workflow.Await(ctx, func() bool { return c.withdrawn || c.acts.any() || over() })
		switch {
		case err != nil:
			return contract.ApplyActReply{}, err
		case c.withdrawn:
			return contract.ApplyActReply{}, c.leave()
		case c.acts.any():
			reply := c.applyAct(ctx, c.acts.next())
			if reply.Applied { // only what ends a pause is
				return reply, nil
			}
		default:
			reply, err := perform(ctx, c, contract.ResumeCase, contract.ResumeCaseRequest{CaseID: c.id, ActID: act})
			return reply, err
		}
	}
}

// applyAct does not go through perform, for the reason that [caseRun.apply] does not. An act that cannot be carried out is
// refused.
func (c *caseRun) applyAct(ctx workflow.Context, id string) (reply contract.ApplyActReply) {
	req := contract.ApplyActRequest{Position: c.at, CaseID: c.id, ActID: id}
	err := workflow.ExecuteLocalActivity(ctx, contract.ApplyAct.Name, req).Get(ctx, &reply)
	if err == nil {
		return reply
	}
	workflow.GetLogger(ctx).Error("an act could not be carried out", "act", id, "error", err)
	req.Failed = true
	if err := workflow.ExecuteLocalActivity(ctx, contract.ApplyAct.Name, req).Get(ctx, nil); err != nil {
		workflow.GetLogger(ctx).Error("an act could not be refused", "act", id, "error", err)
	}
	return contract.ApplyActReply{}
}

// returned names the act by which an operator sent the case back, so that what was decided before is decided anew; empty when
// none did.
func (c *caseRun) returned() string {
	if c.resume.Next == nil {
		return ""
	}
	return c.resume.Change
}
