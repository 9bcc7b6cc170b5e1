package contract

// BatchWorkflow is the registered name of the workflow that acts on many cases for an operator.
const BatchWorkflow = "Batch"

// BatchWorkflowID is the workflow id of a batch.
func BatchWorkflowID(batchID string) string { return "batch/" + batchID }

// BatchInput starts a batch.
type BatchInput struct {
	BatchID string `json:"batch_id"`
}

// ResumeEndpoint is what is done to an endpoint that takes nothing, for the cases behind it.
const ResumeEndpoint Verb = "resume_endpoint"

// BatchVerbs are what can be done to many cases at once.
func BatchVerbs() []Verb { return []Verb{Retry, Extend, Reassign, Override, Cancel, ResumeEndpoint} }

// BatchTurn acts on some of a batch's cases, each in a transaction of its own, and looks up what became of those that it acted
// on before. What was acted on once is not again, however often the step runs.
var BatchTurn = Step[BatchTurnRequest, Turn]{Name: "BatchTurn"}

// BatchTurnRequest names the batch.
type BatchTurnRequest struct {
	BatchID string `json:"batch_id"`
}
