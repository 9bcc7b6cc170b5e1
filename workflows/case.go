package workflows

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// caseVersion is the newest behaviour of the case workflow. A change that old histories could not replay adds one here
// and asks c.version; there is one GetVersion per run, so that a history says once which behaviour it was made under.
const caseVersion = 1

// caseRun is one run of a case's workflow.
type caseRun struct {
	id      string
	version workflow.Version
	resume  contract.Resume
	stage   progress.Stage

	// What the case was told, by the id it was told of. Looked up, never ranged over.
	answered    map[string]bool   // task id → whether it was rejected
	resolutions map[string]string // incident id → resolution id
	withdrawn   bool
}

// ending ends the case from wherever it stands.
type ending struct{ outcome progress.Outcome }

func (e ending) Error() string { return "the case ends: " + string(e.outcome) }

// Case carries one trainee's case from registration to its end. It returns an error only to continue as a new run.
func Case(ctx workflow.Context, in contract.CaseInput) (contract.CaseResult, error) {
	// A case ends by its own messages, never by a stray cancellation: an operator's cancel must leave a reason behind.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	c := &caseRun{
		id:          in.CaseID,
		version:     workflow.GetVersion(ctx, "case", workflow.DefaultVersion, caseVersion),
		stage:       progress.Registration,
		answered:    map[string]bool{},
		resolutions: map[string]string{},
	}
	if in.Resume != nil {
		c.resume = *in.Resume
	}
	if err := c.listen(ctx); err != nil {
		return contract.CaseResult{}, err
	}
	outcome, err := c.run(withStepOptions(ctx))
	if err != nil {
		return contract.CaseResult{}, err
	}
	return contract.CaseResult{Outcome: string(outcome)}, nil
}

// listen takes the case's messages. Each is stored in the record before it is sent, so a handler only notes that it
// came: sent twice, it changes nothing.
func (c *caseRun) listen(ctx workflow.Context) error {
	err := errors.Join(
		workflow.SetUpdateHandler(ctx, contract.AnswerTask.Name,
			func(_ workflow.Context, m contract.TaskAnswered) (contract.Taken, error) {
				_, had := c.answered[m.TaskID]
				c.answered[m.TaskID] = m.Rejected
				return contract.Taken{Fresh: !had}, nil
			}),
		workflow.SetUpdateHandler(ctx, contract.Resolve.Name,
			func(_ workflow.Context, m contract.IncidentResolution) (contract.Taken, error) {
				had := c.resolutions[m.IncidentID] == m.ResolutionID
				c.resolutions[m.IncidentID] = m.ResolutionID
				return contract.Taken{Fresh: !had}, nil
			}),
		workflow.SetUpdateHandler(ctx, contract.Withdraw.Name,
			func(workflow.Context, contract.WithdrawalRequest) (contract.Taken, error) {
				had := c.withdrawn
				c.withdrawn = true
				return contract.Taken{Fresh: !had}, nil
			}),
	)
	if err != nil {
		return fmt.Errorf("listen for messages: %w", err)
	}
	return nil
}

// run takes the case through its stages and closes it.
func (c *caseRun) run(ctx workflow.Context) (progress.Outcome, error) {
	outcome, err := c.stages(ctx)
	if end, ended := errors.AsType[ending](err); ended {
		outcome = end.outcome
	} else if err != nil {
		return "", err
	}
	for {
		_, err := perform(ctx, c, contract.CloseCase, contract.CloseCaseRequest{CaseID: c.id, Outcome: string(outcome)})
		if _, ended := errors.AsType[ending](err); ended {
			continue // there is no way out of a case but to close it
		}
		return outcome, err
	}
}

// stages runs the stages in order, from the one the run resumes in, and says how the case ended.
func (c *caseRun) stages(ctx workflow.Context) (progress.Outcome, error) {
	mapped := false
	steps := []struct {
		stage progress.Stage
		run   func(workflow.Context) error
	}{
		{progress.Registration, c.registration},
		{progress.Training, c.training},
		{progress.Exam, c.exam},
		{progress.Evaluation, c.evaluation},
		{progress.Certificate, c.certificate},
		{progress.Title, func(ctx workflow.Context) (err error) {
			mapped, err = c.title(ctx)
			return err
		}},
	}
	begun := c.resume.Stage == ""
	for _, step := range steps {
		begun = begun || string(step.stage) == c.resume.Stage
		if !begun {
			continue
		}
		c.stage = step.stage
		if err := step.run(ctx); err != nil {
			return "", err
		}
		c.resume = contract.Resume{}
	}
	if mapped {
		return progress.Mapped, nil
	}
	return progress.Certified, nil
}

// continueIfLong starts a new run when the history has grown long. It is called only where no task is outstanding and
// no incident is open; a message that is being taken is taken first.
func (c *caseRun) continueIfLong(ctx workflow.Context, at contract.Resume) error {
	if c.withdrawn || !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		return nil
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return fmt.Errorf("wait for messages being taken: %w", err)
	}
	at.Stage = string(c.stage)
	return workflow.NewContinueAsNewError(ctx, contract.CaseWorkflow, contract.CaseInput{CaseID: c.id, Resume: &at})
}
