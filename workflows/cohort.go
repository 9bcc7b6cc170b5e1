package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// RegisterCohort registers the workflow that registers the people of an intake.
func RegisterCohort(r Registry) {
	r.RegisterWorkflowWithOptions(Cohort, workflow.RegisterOptions{Name: contract.CohortWorkflow})
}

// Cohort registers the rows of an intake, some at a time, so that no more of its cases are at their registration at once than
// was said. It returns an error only to continue as a new run.
func Cohort(ctx workflow.Context, in contract.CohortInput) error {
	return takeTurns(ctx, contract.CohortWorkflow, in, contract.CohortTurn, contract.CohortTurnRequest(in))
}
