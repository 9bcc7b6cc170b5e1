// Package contract is what crosses the Temporal boundary: workflow ids, inputs, the messages a case takes, the steps it
// asks of the activities, and the incidents a step can open. A name and its payload types are bound here once, so that
// the caller and the implementer cannot disagree.
//
// Nothing in it is personal: cases, people and institutions appear by opaque ids only.
package contract

// Task queues. Deliveries have their own, so that a slow endpoint never delays a case.
const (
	CaseQueue     = "dengpan-cases"
	DeliveryQueue = "dengpan-deliveries"
)

// Registered workflow names.
const (
	CaseWorkflow     = "Case"
	EndpointWorkflow = "Endpoint"
	IssuanceWorkflow = "Issuance"
)

// Search attributes a case carries in Temporal; the product's own lists never depend on them.
const (
	AttributeOccupation = "DengpanOccupation"
	AttributeLevel      = "DengpanLevel"
	AttributeStuck      = "DengpanStuck" // the cause of the open incident, empty when there is none
)

// CaseWorkflowID is the workflow id of a case.
func CaseWorkflowID(caseID string) string { return "case/" + caseID }

// EndpointWorkflowID is the workflow id of the deliveries to one institution.
func EndpointWorkflowID(institutionID string) string { return "endpoint/" + institutionID }

// IssuanceWorkflowID is the workflow id of the issuance of a certificate that no case waits for.
func IssuanceWorkflowID(certificateID string) string { return "issuance/" + certificateID }

// Update is a message that a running case takes and answers. Res is what the case says once it has taken it.
type Update[Req, Res any] struct{ Name string }

// Signal is a message that a workflow takes without answering.
type Signal[Req any] struct{ Name string }

// Step is something a workflow asks of an activity. Every step is idempotent.
type Step[Req, Res any] struct{ Name string }

// Messages a case takes.
var (
	AnswerTask = Update[TaskAnswered, Taken]{Name: "AnswerTask"}
	Resolve    = Update[IncidentResolution, Taken]{Name: "Resolve"}
	Withdraw   = Update[WithdrawalRequest, Taken]{Name: "Withdraw"}
	Prolonged  = Update[MoreTime, Taken]{Name: "Prolonged"}
	// HoursChanged and FactsGiven also reach a case that has ended: it is opened again.
	HoursChanged = Update[HoursChange, Taken]{Name: "HoursChanged"}
	FactsGiven   = Update[NewFacts, Taken]{Name: "FactsGiven"}
)

// Wake tells an endpoint's workflow that the outbox holds something for it, and an issuance that what held it up is gone.
var Wake = Signal[struct{}]{Name: "Wake"}

// TaskAnswered says that an institution's answer to a task is stored.
type TaskAnswered struct {
	Asked

	TaskID   string `json:"task_id"`
	Rejected bool   `json:"rejected"`
}

// Asked is the request that a message came with; empty when it came with none. It is for logs.
type Asked struct {
	RequestID string `json:"request_id,omitempty"`
}

// Request is the request's id.
func (a Asked) Request() string { return a.RequestID }

// IncidentResolution says that an operator's resolution of an incident is stored.
type IncidentResolution struct {
	Asked

	ResolutionID string `json:"resolution_id"`
	IncidentID   string `json:"incident_id"`
}

// MoreTime says that what a case was stuck on as overdue has more time: the incident is closed. Until when, the record knows.
type MoreTime struct {
	Asked

	IncidentID string `json:"incident_id"`
}

// WithdrawalRequest says that a withdrawal is stored.
type WithdrawalRequest struct {
	Asked
}

// HoursChange says that hours which the case rests on were taken back, or that hours were added after its training.
type HoursChange struct {
	Asked

	ChangeID string `json:"change_id"`
}

// NewFacts says that the facts the title is decided on were given anew.
type NewFacts struct {
	Asked

	FactsID string `json:"facts_id"`
}

// Taken is a case's answer to a message.
type Taken struct {
	// Fresh is false when the case had the message already.
	Fresh bool `json:"fresh"`
}

// CaseInput starts a case's workflow, or continues it as a new run.
type CaseInput struct {
	Asked

	CaseID string `json:"case_id"`
	// Resume says where a new run takes up; nil for the first.
	Resume *Resume `json:"resume,omitempty"`
	// Reopened is for a case that had ended, of which something came to light.
	Reopened bool `json:"reopened,omitempty"`
}

// Resume is the state carried from run to run. It is taken only between attempts, when no task is outstanding.
type Resume struct {
	Stage   string `json:"stage"`
	Attempt int    `json:"attempt"`
	Issue   int    `json:"issue"`
	Round   int    `json:"round"`
	// Again is the kinds of work that the attempt is of; empty for all of the stage's.
	Again []string `json:"again,omitempty"`
	// Change is what sent the case back, and Exam where its exam goes on afterwards.
	Change string   `json:"change,omitempty"`
	Exam   *Sitting `json:"exam,omitempty"`
	// Next is where the work of stages goes on that an operator sent the case back before, by its first kind of task.
	Next map[string]Sitting `json:"next,omitempty"`
}

// Sitting is the next attempt at something that was broken off.
type Sitting struct {
	Attempt int `json:"attempt"`
	Issue   int `json:"issue"`
	// Passed says that it was passed before, and need not be sat again.
	Passed bool `json:"passed,omitempty"`
}

// CaseResult is how a case ended.
type CaseResult struct {
	Outcome string `json:"outcome"`
}

// EndpointInput starts the deliveries to one institution.
type EndpointInput struct {
	InstitutionID string `json:"institution_id"`
}
