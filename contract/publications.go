package contract

// Registered workflow names of publication.
const (
	ChannelWorkflow        = "Channel"
	ReconciliationWorkflow = "Reconciliation"
)

// ReconciliationSchedule is the id of the schedule of the daily comparisons, and what their workflows' ids begin with.
const ReconciliationSchedule = "reconciliation"

// ChannelWorkflowID is the workflow id of the publications on one channel.
func ChannelWorkflowID(channel string) string { return "channel/" + channel }

// Steps of publication. They are remote activities: what they do is done to registers outside.
var (
	PublishBatch     = Step[PublishBatchRequest, Turn]{Name: "PublishBatch"}
	ComparedChannels = Step[ComparedChannelsRequest, ComparedChannelsReply]{Name: "ComparedChannels"}
	ReconcileChannel = Step[ReconcileChannelRequest, ReconcileChannelReply]{Name: "ReconcileChannel"}
)

// ChannelInput starts the publications on one channel.
type ChannelInput struct {
	Channel string `json:"channel"`
}

// PublishBatchRequest names the channel whose publications are due.
type PublishBatchRequest struct {
	Channel string `json:"channel"`
}

// ComparedChannelsRequest asks which channels can be compared.
type ComparedChannelsRequest struct{}

// ComparedChannelsReply names them.
type ComparedChannelsReply struct {
	Channels []string `json:"channels"`
}

// ReconcileChannelRequest asks for one channel to be compared.
type ReconcileChannelRequest struct {
	Channel string `json:"channel"`
}

// ReconcileChannelReply says what came of it.
type ReconcileChannelReply struct {
	Listed      int `json:"listed"`
	Differences int `json:"differences"`
	Opened      int `json:"opened"`
	Closed      int `json:"closed"`
}
