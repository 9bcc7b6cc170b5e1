package contract

import "time"

// PetitionWorkflow is the registered name of the workflow that watches the deadline of a petition.
const PetitionWorkflow = "Petition"

// PetitionWorkflowID is the workflow id of a petition.
func PetitionWorkflowID(id string) string { return "petition/" + id }

// PetitionInput starts the watch over a petition.
type PetitionInput struct {
	PetitionID string `json:"petition_id"`
}

// WatchPetition tells people that the answer to a petition is due, and when it is overdue, and says when to look again.
var WatchPetition = Step[WatchPetitionRequest, WatchPetitionReply]{Name: "WatchPetition"}

// WatchPetitionRequest names the petition.
type WatchPetitionRequest struct {
	PetitionID string `json:"petition_id"`
}

// WatchPetitionReply says when to look again.
type WatchPetitionReply struct {
	// NextAt is when to look again; nil: whoever takes the next step wakes the watch.
	NextAt *time.Time `json:"next_at,omitempty"`
	// Over says that nothing is left to be watched.
	Over bool `json:"over,omitempty"`
}
