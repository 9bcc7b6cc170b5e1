package workflows

import (
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
	attempt, issue := max(c.resume.Attempt, 1), max(c.resume.Issue, 1)
	for {
		if err := c.continueIfLong(ctx, contract.Resume{Attempt: attempt, Issue: issue}); err != nil {
			return err
		}
		next, err := c.askOnce(ctx, w, attempt, issue)
		if err != nil {
			return err
		}
		switch next {
		case contract.GoOn:
			return nil
		case contract.Reissue:
			issue++
		case contract.Resit:
			attempt, issue = attempt+1, 1
		}
	}
}

func (c *caseRun) askOnce(ctx workflow.Context, w work, attempt, issue int) (contract.Next, error) {
	issued, err := perform(ctx, c, contract.IssueTasks, contract.IssueTasksRequest{
		CaseID: c.id, Stage: string(c.stage), Kinds: w.kinds, Attempt: attempt, Issue: issue,
	})
	if err != nil {
		return "", err
	}
	if issued.Incident != nil {
		_, err := c.resolved(ctx, *issued.Incident)
		return contract.Reissue, err
	}
	again, err := c.collect(ctx, issued.Tasks, issued.DueAt)
	if err != nil {
		return "", err
	}
	if again {
		return contract.Reissue, nil
	}
	ids := make([]string, len(issued.Tasks))
	for i, task := range issued.Tasks {
		ids[i] = task.ID
	}
	recorded, err := perform(ctx, c, w.record, contract.RecordRequest{CaseID: c.id, TaskIDs: ids, Attempt: attempt})
	if err != nil {
		return "", err
	}
	if recorded.Incident != nil {
		if _, err := c.resolved(ctx, *recorded.Incident); err != nil {
			return "", err
		}
	}
	return recorded.Next, nil
}
