package contract

// DoorCheckWorkflow is the registered name of the workflow that watches the deadline of a check at a door.
const DoorCheckWorkflow = "DoorCheck"

// DoorCheckWorkflowID is the workflow id of a check at a door.
func DoorCheckWorkflowID(id string) string { return "door-check/" + id }

// DoorCheckInput starts the watch over a check.
type DoorCheckInput struct {
	CheckID string `json:"check_id"`
}

// WatchDoorCheck tells people, once, that nobody has decided in time whether a provisional sitting counts, and says when to look
// again.
var WatchDoorCheck = Step[WatchDoorCheckRequest, Turn]{Name: "WatchDoorCheck"}

// WatchDoorCheckRequest names the check.
type WatchDoorCheckRequest struct {
	CheckID string `json:"check_id"`
}
