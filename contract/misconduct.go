package contract

import "time"

// MisconductWorkflow is the registered name of the workflow that watches the deadlines of misconduct.
const MisconductWorkflow = "Misconduct"

// MisconductWorkflowID is the workflow id of misconduct.
func MisconductWorkflowID(id string) string { return "misconduct/" + id }

// MisconductInput starts the watch over misconduct.
type MisconductInput struct {
	MisconductID string `json:"misconduct_id"`
}

// WatchMisconduct tells people of a step that is overdue, once, and says when to look again.
var WatchMisconduct = Step[WatchMisconductRequest, WatchMisconductReply]{Name: "WatchMisconduct"}

// WatchMisconductRequest names the misconduct.
type WatchMisconductRequest struct {
	MisconductID string `json:"misconduct_id"`
}

// WatchMisconductReply says when to look again.
type WatchMisconductReply struct {
	// NextAt is the next deadline; nil: whoever takes the next step wakes the watch.
	NextAt *time.Time `json:"next_at,omitempty"`
	// Over says that nothing is left to be watched.
	Over bool `json:"over,omitempty"`
}
