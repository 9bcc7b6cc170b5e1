package workflows

import (
	"cmp"
	"errors"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// caseVersion is the newest behaviour of the case workflow. A change that old histories could not replay adds one here
// and asks c.version; there is one GetVersion per run, so that a history says once which behaviour it was made under. What
// only follows a message that old histories do not have, as operators' acts, needs no new one.
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
	prolonged   map[string]bool   // by the id of an incident: what was overdue has more time
	withdrawn   bool
	changes     queue // of hours, to be reviewed
	facts       queue // given anew, to be decided on
	// certificates were suspended, reinstated or revoked, which the case is to follow; retitle says that the title, which was
	// held meanwhile, is to be decided again.
	certificates queue
	marks        map[string]bool // those of them that are marks whose review was answered
	answers      bool            // one of those came since the certificate was last asked for
	retitle      bool
	revived      bool // it had ended, and goes on
	// held counts the reasons for which changes must wait: the case is stuck on something, or a change is being reviewed.
	held int

	acts queue // of operators, to be carried out
	// at says what the record does not know of where the case stands.
	at contract.Position
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
		prolonged:   map[string]bool{},
		changes:     queue{seen: map[string]bool{}},
		facts:       queue{seen: map[string]bool{}},

		certificates: queue{seen: map[string]bool{}},
		acts:         queue{seen: map[string]bool{}},
		marks:        map[string]bool{},
	}
	if in.Resume != nil {
		c.resume = *in.Resume
	}
	told(ctx, contract.CaseWorkflow, in)
	if err := c.listen(ctx); err != nil {
		return contract.CaseResult{}, err
	}
	ctx = withStepOptions(ctx)
	var outcome progress.Outcome
	var err error
	if in.Reopened {
		c.at.Over = true
		// What it was opened for came with the start; its handler runs once the case waits.
		err = workflow.Await(ctx, c.toldOf)
	} else {
		outcome, err = c.run(ctx)
	}
	if err != nil {
		return contract.CaseResult{}, err
	}
	// A message that came while the case was closing is for the closed case, as is one that opens it again.
	if outcome, err = c.aftermath(ctx, outcome); err != nil {
		return contract.CaseResult{}, err
	}
	return contract.CaseResult{Outcome: string(outcome)}, nil
}

// listen takes the case's messages. Each is stored in the record before it is sent, so a handler only notes that it
// came: sent twice, it changes nothing.
func (c *caseRun) listen(ctx workflow.Context) error {
	err := errors.Join(
		workflow.SetUpdateHandler(ctx, contract.AnswerTask.Name,
			func(ctx workflow.Context, m contract.TaskAnswered) (contract.Taken, error) {
				told(ctx, contract.AnswerTask.Name, m)
				_, had := c.answered[m.TaskID]
				c.answered[m.TaskID] = m.Rejected
				return contract.Taken{Fresh: !had}, nil
			}),
		workflow.SetUpdateHandler(ctx, contract.Resolve.Name,
			func(ctx workflow.Context, m contract.IncidentResolution) (contract.Taken, error) {
				told(ctx, contract.Resolve.Name, m)
				had := c.resolutions[m.IncidentID] == m.ResolutionID
				c.resolutions[m.IncidentID] = m.ResolutionID
				return contract.Taken{Fresh: !had}, nil
			}),
		workflow.SetUpdateHandler(ctx, contract.Withdraw.Name,
			func(ctx workflow.Context, m contract.WithdrawalRequest) (contract.Taken, error) {
				told(ctx, contract.Withdraw.Name, m)
				had := c.withdrawn
				c.withdrawn = true
				return contract.Taken{Fresh: !had}, nil
			}),
		workflow.SetUpdateHandler(ctx, contract.Prolonged.Name,
			func(ctx workflow.Context, m contract.MoreTime) (contract.Taken, error) {
				told(ctx, contract.Prolonged.Name, m)
				had := c.prolonged[m.IncidentID]
				c.prolonged[m.IncidentID] = true
				return contract.Taken{Fresh: !had}, nil
			}),
		workflow.SetUpdateHandler(ctx, contract.HoursChanged.Name,
			func(ctx workflow.Context, m contract.HoursChange) (contract.Taken, error) {
				told(ctx, contract.HoursChanged.Name, m)
				return contract.Taken{Fresh: c.changes.put(m.ChangeID)}, nil
			}),
		workflow.SetUpdateHandler(ctx, contract.FactsGiven.Name,
			func(ctx workflow.Context, m contract.NewFacts) (contract.Taken, error) {
				told(ctx, contract.FactsGiven.Name, m)
				return contract.Taken{Fresh: c.facts.put(m.FactsID)}, nil
			}),
		workflow.SetUpdateHandler(ctx, contract.CertificateChanged.Name,
			func(ctx workflow.Context, m contract.CertificateChange) (contract.Taken, error) {
				told(ctx, contract.CertificateChanged.Name, m)
				if m.Mark {
					c.marks[m.ChangeID], c.answers = true, true
				}
				return contract.Taken{Fresh: c.certificates.put(m.ChangeID)}, nil
			}),
		workflow.SetUpdateHandler(ctx, contract.Act.Name,
			func(ctx workflow.Context, m contract.OperatorAct) (contract.Taken, error) {
				told(ctx, contract.Act.Name, m)
				return contract.Taken{Fresh: c.acts.put(m.ActID)}, nil
			}),
	)
	if err != nil {
		return fmt.Errorf("listen for messages: %w", err)
	}
	return nil
}

// told notes in the log which request a message came with: from there on the log knows what follows by the case.
func told(ctx workflow.Context, message string, m interface{ Request() string }) {
	if id := m.Request(); id != "" {
		workflow.GetLogger(ctx).Info("a case was told", "message", message, "request_id", id)
	}
}

// run takes the case through its stages and closes it.
func (c *caseRun) run(ctx workflow.Context) (progress.Outcome, error) {
	outcome, err := c.stages(ctx)
	if end, ended := errors.AsType[ending](err); ended {
		outcome = end.outcome
	} else if err != nil {
		return "", err
	}
	return outcome, c.close(ctx, outcome, "")
}

// close ends the case in the record; again names what it was opened again for.
func (c *caseRun) close(ctx workflow.Context, outcome progress.Outcome, again string) error {
	c.at.Over = true
	for {
		_, err := perform(ctx, c, contract.CloseCase, contract.CloseCaseRequest{
			CaseID: c.id, Outcome: string(outcome), Again: again,
		})
		if _, ended := errors.AsType[ending](err); ended {
			continue // there is no way out of a case but to close it
		}
		return err
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
	for i := 0; i < len(steps); i++ {
		if c.resume.Stage != "" && string(steps[i].stage) != c.resume.Stage {
			continue
		}
		c.stage = steps[i].stage
		_, err := c.takeFacts(ctx)
		if err == nil {
			err = c.changed(ctx)
		}
		if err == nil {
			err = steps[i].run(ctx)
		}
		if back, goes := errors.AsType[backError](err); goes {
			c.resume = back.resume(c.resume)
			i = -1
			continue
		}
		if again, goes := errors.AsType[againError](err); goes {
			again.at.Change, again.at.Exam = cmp.Or(again.at.Change, c.resume.Change), c.resume.Exam
			c.resume = again.at
			i = -1
			continue
		}
		if err != nil {
			return "", err
		}
		// The exam goes on where it was broken off, and hours that were credited before are credited anew.
		c.resume = contract.Resume{Change: c.resume.Change, Exam: c.resume.Exam, Next: c.resume.Next}
	}
	if mapped {
		return progress.Mapped, nil
	}
	return progress.Certified, nil
}

// continueIfLong starts a new run when the history has grown long. It is called only where no task is outstanding and
// no incident is open; a message that is being taken is taken first.
func (c *caseRun) continueIfLong(ctx workflow.Context, at contract.Resume) error {
	if c.withdrawn || c.revived || c.disturbed() || c.acts.any() || !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		return nil
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return fmt.Errorf("wait for messages being taken: %w", err)
	}
	at.Stage, at.Change, at.Exam, at.Next = string(c.stage), c.resume.Change, c.resume.Exam, c.resume.Next
	return workflow.NewContinueAsNewError(ctx, contract.CaseWorkflow, contract.CaseInput{CaseID: c.id, Resume: &at})
}
