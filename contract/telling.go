package contract

// TellingWorkflow is the registered name of the workflow that sends what trainees are told by one channel.
const TellingWorkflow = "Telling"

// TellingWorkflowID is the workflow id of what is told by one channel.
func TellingWorkflowID(channel string) string { return "telling/" + channel }

// TellBatch sends what is due. It is a remote activity: what it does is done to servers outside.
var TellBatch = Step[TellBatchRequest, Turn]{Name: "TellBatch"}

// TellingInput starts what is told by one channel.
type TellingInput struct {
	Channel string `json:"channel"`
}

// TellBatchRequest names the channel whose messages are due.
type TellBatchRequest struct {
	Channel string `json:"channel"`
}
