package contract

// PetitionWorkflow is the registered name of the workflow that watches the deadline of a petition.
const PetitionWorkflow = "Petition"

// PetitionWorkflowID is the workflow id of a petition.
func PetitionWorkflowID(id string) string { return "petition/" + id }

// PetitionInput starts the watch over a petition.
type PetitionInput struct {
	PetitionID string `json:"petition_id"`
}

// WatchPetition tells people that the answer to a petition is due, and when it is overdue, and says when to look again.
var WatchPetition = Step[WatchPetitionRequest, Turn]{Name: "WatchPetition"}

// WatchPetitionRequest names the petition.
type WatchPetitionRequest struct {
	PetitionID string `json:"petition_id"`
}
