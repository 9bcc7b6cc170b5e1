package contract

// CohortWorkflow is the registered name of the workflow that registers the people of an intake.
const CohortWorkflow = "Cohort"

// CohortWorkflowID is the workflow id of an intake.
func CohortWorkflowID(intakeID string) string { return "cohort/" + intakeID }

// CohortInput starts an intake.
type CohortInput struct {
	IntakeID string `json:"intake_id"`
}

// CohortTurn registers some of the rows of an intake, as many as may be at their registration at once. What was registered once
// is not again, however often the step runs.
var CohortTurn = Step[CohortTurnRequest, Turn]{Name: "CohortTurn"}

// CohortTurnRequest names the intake.
type CohortTurnRequest struct {
	IntakeID string `json:"intake_id"`
}
