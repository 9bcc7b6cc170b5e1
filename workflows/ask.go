package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// work is what a stage asks of its institution: the tasks of one attempt, which go out together, and the step that takes
// their answers into the record.
type work struct {
	kinds  []string
	record contract.Step[contract.RecordRequest, contract.RecordReply]
}

// ask gets a stage's work done: it issues the tasks, waits for the answers and records them, and does so again for a
// resit, a refusal or a reassignment, until the record lets the case go on.
func (c *caseRun) ask(ctx workflow.Context, w work) error {
	at := contract.Resume{Attempt: max(c.resume.Attempt, 1), Issue: max(c.resume.Issue, 1), Again: c.resume.Again}
	if next, back := c.resume.Next[w.kinds[0]]; back && c.resume.Attempt == 0 {
		at.Attempt, at.Issue = next.Attempt, next.Issue
	}
	for {
		if err := c.continueIfLong(ctx, at); err != nil {
			return err
		}
		c.at.Asks = true
		recorded, err := c.askOnce(ctx, w, at)
		c.at.Asks = false
		if onward, acted := errors.AsType[onwardError](err); acted {
			recorded, err = contract.RecordReply{Next: onward.next}, nil
		}
		if err != nil {
			return err
		}
		switch recorded.Next {
		case contract.GoOn:
			return nil
		case contract.Reissue:
			at.Issue++
		case contract.Resit:
			at = contract.Resume{Attempt: at.Attempt + 1, Issue: 1, Again: recorded.Again}
		}
	}
}

func (c *caseRun) askOnce(ctx workflow.Context, w work, at contract.Resume) (contract.RecordReply, error) {
	reissue := contract.RecordReply{Next: contract.Reissue}
	kinds := w.kinds
	if len(at.Again) > 0 {
		kinds = at.Again
	}
	issued, err := perform(ctx, c, contract.IssueTasks, contract.IssueTasksRequest{
		CaseID: c.id, Stage: string(c.stage), Kinds: kinds, Attempt: at.Attempt, Issue: at.Issue,
	})
	if err != nil {
		return contract.RecordReply{}, err
	}
	if issued.Incident != nil {
		_, err := c.resolved(ctx, *issued.Incident)
		return reissue, err
	}
	again, err := c.collect(ctx, issued.Tasks, issued.DueAt)
	if err != nil || again {
		return reissue, err
	}
	ids := make([]string, len(issued.Tasks))
	for i, task := range issued.Tasks {
		ids[i] = task.ID
	}
	recorded, err := perform(ctx, c, w.record, contract.RecordRequest{CaseID: c.id, TaskIDs: ids, Attempt: at.Attempt})
	if err != nil || recorded.Incident == nil {
		return recorded, err
	}
	_, err = c.resolved(ctx, *recorded.Incident)
	return recorded, err
}
