package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// stuckAttribute lets Temporal's own lists show what a case is stuck on.
var stuckAttribute = temporal.NewSearchAttributeKeyKeyword(contract.AttributeStuck)

// resolved waits until an operator has resolved an incident, and says how. Giving up ends the case.
func (c *caseRun) resolved(ctx workflow.Context, incident contract.Incident) (contract.ApplyResolutionReply, error) {
	reply, err := c.resolvedUnless(ctx, incident, func() bool { return false })
	if err != nil {
		return contract.ApplyResolutionReply{}, err
	}
	return *reply, nil
}

// resolvedUnless is resolved for an incident that can also go away by itself: when it does, there is no reply.
func (c *caseRun) resolvedUnless(
	ctx workflow.Context, incident contract.Incident, gone func() bool,
) (*contract.ApplyResolutionReply, error) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, stuckAttribute.ValueSet(string(incident.Cause))); err != nil {
		return nil, err
	}
	c.held++
	defer func() {
		c.held--
		// The attribute is a convenience of Temporal's own pages: the record has the incident, whatever becomes of this.
		_ = workflow.UpsertTypedSearchAttributes(ctx, stuckAttribute.ValueUnset())
	}()
	for {
		_, err := c.await(ctx, nil, func() bool { return c.resolutions[incident.ID] != "" || gone() || c.remarked() })
		if err == nil && c.remarked() {
			err = c.takeMarks(ctx)
		}
		if err != nil {
			return nil, err
		}
		resolution := c.resolutions[incident.ID]
		if resolution == "" && !gone() {
			continue // a mark was corrected, and the case is stuck as before
		}
		if resolution == "" {
			return nil, nil //nolint:nilnil // the incident went away: there is no reply, and nothing went wrong
		}
		delete(c.resolutions, incident.ID)
		reply := c.apply(ctx, resolution)
		switch {
		case !reply.Applied: // it no longer held; the incident is open as before
		case reply.Verb == contract.Cancel:
			return nil, ending{progress.OutcomeOfCancelling(c.stage)}
		default:
			return &reply, nil
		}
	}
}

// apply carries out a resolution. It does not go through perform: a resolution that cannot be carried out must not open
// an incident about an incident. The case goes on waiting, and the operator sees the resolution unanswered.
func (c *caseRun) apply(ctx workflow.Context, resolution string) contract.ApplyResolutionReply {
	var reply contract.ApplyResolutionReply
	err := workflow.ExecuteLocalActivity(ctx, contract.ApplyResolution.Name,
		contract.ApplyResolutionRequest{CaseID: c.id, ResolutionID: resolution}).Get(ctx, &reply)
	if err != nil {
		workflow.GetLogger(ctx).Error("a resolution could not be carried out", "resolution", resolution, "error", err)
		return contract.ApplyResolutionReply{}
	}
	return reply
}

// gate repeats a step until it lets the case through. What an operator overrides does not stop it again; whatever else it finds does.
func (c *caseRun) gate(
	ctx workflow.Context, ask func(try int, over contract.Overrides) (contract.StepReply, error),
) error {
	var over contract.Overrides
	for try := 1; ; try++ {
		reply, err := ask(try, over)
		if err != nil || reply.Incident == nil {
			return err
		}
		resolution, err := c.resolved(ctx, *reply.Incident)
		if err != nil {
			return err
		}
		over = over.Resolved(*reply.Incident, resolution.Verb)
	}
}

// withStepOptions sets how steps run. Trying again mends a database that is away, for as long as it takes; it does not
// mend a defect, which becomes an incident.
func withStepOptions(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		// Unset, it would be the same ten seconds, and a database that restarts would be ten seconds away from an
		// incident in every case.
		ScheduleToCloseTimeout: 10 * 365 * 24 * time.Hour,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:        200 * time.Millisecond,
			BackoffCoefficient:     2,
			MaximumInterval:        30 * time.Second,
			NonRetryableErrorTypes: []string{contract.StepFailedType, "PanicError"},
		},
	})
}

// keyed is a request that names its step within the case.
type keyed interface{ Key() string }

// perform runs a step. One that fails for good opens an incident, and is run again when an operator says so.
func perform[Req keyed, Res any](
	ctx workflow.Context, c *caseRun, step contract.Step[Req, Res], req Req,
) (Res, error) {
	for try := 1; ; try++ {
		var res Res
		err := workflow.ExecuteLocalActivity(ctx, step.Name, req).Get(ctx, &res)
		if err == nil {
			return res, nil
		}
		workflow.GetLogger(ctx).Error("a step failed", "step", step.Name, "key", req.Key(), "error", err)
		if err := c.stepFailed(ctx, req.Key(), try); err != nil {
			return res, err
		}
	}
}

// stepFailed opens the incident of a failed step and waits for its resolution.
func (c *caseRun) stepFailed(ctx workflow.Context, step string, try int) error {
	c.held++
	defer func() { c.held-- }()
	for pause := time.Minute; ; pause = min(2*pause, time.Hour) {
		var reply contract.StepReply
		err := workflow.ExecuteLocalActivity(ctx, contract.OpenStepFailed.Name, contract.OpenStepFailedRequest{
			CaseID: c.id, Stage: string(c.stage), Step: step, Try: try,
		}).Get(ctx, &reply)
		if err == nil && reply.Incident != nil {
			_, err := c.resolved(ctx, *reply.Incident)
			return err
		}
		// Not even the incident can be written. The case keeps trying, ever more slowly: it never fails.
		later := workflow.Now(ctx).Add(pause)
		if _, err := c.await(ctx, &later, func() bool { return false }); err != nil {
			return err
		}
	}
}
