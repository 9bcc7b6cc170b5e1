package workflows

import (
	"errors"
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// queue is what the case was told of and has not taken up, in the order it came. What comes again is not told again.
type queue struct {
	waiting []string
	seen    map[string]bool
}

func (q *queue) put(id string) (fresh bool) {
	if q.seen[id] {
		return false
	}
	q.seen[id] = true
	q.waiting = append(q.waiting, id)
	return true
}

func (q *queue) any() bool { return len(q.waiting) > 0 }

func (q *queue) next() string {
	id := q.waiting[0]
	q.waiting = q.waiting[1:]
	return id
}

// backError takes the case back: to its training, for hours it stood on were voided, or where an operator sent it.
type backError struct{ to contract.Resume }

func (b backError) Error() string { return "the case goes back to " + b.to.Stage }

// backToTraining takes the case up where its training is asked for what is missing, and its exam goes on afterwards.
func backToTraining(change string, to contract.Back) backError {
	return backError{contract.Resume{
		Stage: string(progress.Training), Attempt: to.Training.Attempt, Issue: to.Training.Issue, Change: change, Exam: &to.Exam,
	}}
}

// resume is where the case takes up. What an operator sent it back before is still to be asked anew.
func (b backError) resume(was contract.Resume) contract.Resume {
	at := b.to
	if at.Next == nil {
		at.Next = was.Next
	}
	return at
}

// againError takes the case up elsewhere: what it had come to was voided.
type againError struct{ at contract.Resume }

func (againError) Error() string { return "the case is taken up elsewhere" }

// toldOf reports whether the case was told of something that also concerns one that is over.
func (c *caseRun) toldOf() bool { return c.changes.any() || c.certificates.any() || c.facts.any() }

// disturbed reports whether a change of hours or of a certificate is to be reviewed now. It waits while the case is stuck on
// something else: nothing goes on meanwhile.
func (c *caseRun) disturbed() bool { return c.held == 0 && (c.changes.any() || c.certificates.any()) }

// remarked reports whether a mark was corrected that a case which is stuck may go on by. What it is stuck over while it reviews
// something else is asked afresh by that.
func (c *caseRun) remarked() bool {
	return c.held == 1 && slices.ContainsFunc(c.certificates.waiting, func(change string) bool { return c.marks[change] })
}

// takeMarks has a case that is stuck take up the marks that were corrected, and nothing else. An error is where it goes by them.
func (c *caseRun) takeMarks(ctx workflow.Context) error {
	c.held--
	defer func() { c.held++ }()
	var left, marks []string
	for _, change := range c.certificates.waiting {
		if c.marks[change] {
			marks = append(marks, change)
		} else {
			left = append(left, change)
		}
	}
	c.certificates.waiting = left
	for _, change := range marks {
		if _, err := c.follow(ctx, change); err != nil {
			return err
		}
	}
	return nil
}

// changed reviews the changes of hours and certificates that the case was told of.
func (c *caseRun) changed(ctx workflow.Context) (err error) {
	for c.disturbed() && err == nil {
		if c.certificates.any() {
			_, err = c.follow(ctx, c.certificates.next())
		} else {
			err = c.review(ctx, c.changes.next())
		}
	}
	return err
}

// review asks whether the case still stands on its hours. One that does not goes back, or waits for an operator.
func (c *caseRun) review(ctx workflow.Context, change string) error {
	_, err := c.reviewed(ctx, change)
	return err
}

// reviewed is review for a case that may be over: it says how the case had ended, if it is open again.
func (c *caseRun) reviewed(ctx workflow.Context, change string) (outcome string, err error) {
	c.held++
	defer func() { c.held-- }()
	var over contract.Overrides
	for try := 1; ; try++ {
		reply, err := perform(ctx, c, contract.ReviewHours, contract.ReviewHoursRequest{
			CaseID: c.id, Change: change, Try: try, Overrides: over,
		})
		switch {
		case err != nil:
			return outcome, err
		case reply.Back != nil:
			return outcome, backToTraining(change, *reply.Back)
		case reply.Incident == nil:
			if reply.Credited {
				err = c.credit(ctx, change)
			}
			return outcome, err
		}
		if try == 1 {
			outcome = reply.Outcome
		}
		resolution, err := c.resolved(ctx, *reply.Incident)
		if err != nil {
			return outcome, err
		}
		over = over.Resolved(*reply.Incident, resolution.Verb)
	}
}

// takeFacts puts facts that were given anew in the place of those the title was decided on.
func (c *caseRun) takeFacts(ctx workflow.Context) (last contract.TakeFactsReply, err error) {
	for c.facts.any() {
		reply, err := perform(ctx, c, contract.TakeFacts, contract.TakeFactsRequest{CaseID: c.id, FactsID: c.facts.next()})
		if err != nil {
			return last, err
		}
		if last.Round == 0 {
			last = reply
		}
	}
	return last, nil
}

// aftermath takes up what comes to light of a case that is over: hours that were voided, which may undermine its
// certificates; certificates that were suspended or revoked, which may take its title; and facts that may bring the title it
// ended without. The case closes again as it had, or as it stands now.
func (c *caseRun) aftermath(ctx workflow.Context, outcome progress.Outcome) (progress.Outcome, error) {
	c.withdrawn = false // it was heard
	for c.toldOf() {
		again, ended, err := c.reopened(ctx)
		if end, is := errors.AsType[ending](err); is && ended == "" {
			ended, err = end.outcome, nil
		} else if is {
			err = nil // giving up the question leaves the case as it had ended
		}
		if err != nil {
			return outcome, err
		}
		if ended == "" {
			continue // it did not need to be opened
		}
		outcome = ended
		if err := c.close(ctx, outcome, again); err != nil {
			return outcome, err
		}
	}
	return outcome, nil
}

// goOn takes a case that had ended up where it goes on, and says how it is to close.
func (c *caseRun) goOn(ctx workflow.Context, at contract.Resume) (progress.Outcome, error) {
	c.resume, c.at.Over, c.revived = at, false, true
	outcome, err := c.stages(ctx)
	if end, ended := errors.AsType[ending](err); ended {
		return end.outcome, nil
	}
	return outcome, err
}

// reopened takes up one thing that came to light. It says what it was, and how the case is to close again; empty when the
// case was not opened for it.
func (c *caseRun) reopened(ctx workflow.Context) (again string, outcome progress.Outcome, err error) {
	if c.certificates.any() {
		again = c.certificates.next()
		ended, err := c.follow(ctx, again)
		if taken, goes := errors.AsType[againError](err); goes {
			outcome, err := c.goOn(ctx, taken.at)
			return again, outcome, err
		}
		return again, progress.Outcome(ended), err
	}
	if c.changes.any() {
		again = c.changes.next()
		ended, err := c.reviewed(ctx, again)
		return again, progress.Outcome(ended), err
	}
	again = c.facts.waiting[0]
	taken, err := c.takeFacts(ctx)
	if err != nil || taken.Round == 0 {
		return again, progress.Outcome(taken.Outcome), err
	}
	c.stage, c.resume = progress.Title, contract.Resume{Round: taken.Round}
	outcome = progress.Outcome(taken.Outcome)
	mapped, err := c.title(ctx)
	if mapped {
		outcome = progress.Mapped
	}
	return again, outcome, err
}
