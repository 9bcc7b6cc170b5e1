package contract

// MisconductWorkflow is the registered name of the workflow that watches the deadlines of misconduct.
const MisconductWorkflow = "Misconduct"

// MisconductWorkflowID is the workflow id of misconduct.
func MisconductWorkflowID(id string) string { return "misconduct/" + id }

// MisconductInput starts the watch over misconduct.
type MisconductInput struct {
	MisconductID string `json:"misconduct_id"`
}

// WatchMisconduct tells people of a step that is overdue, once, and says when to look again.
var WatchMisconduct = Step[WatchMisconductRequest, Turn]{Name: "WatchMisconduct"}

// WatchMisconductRequest names the misconduct.
type WatchMisconductRequest struct {
	MisconductID string `json:"misconduct_id"`
}
