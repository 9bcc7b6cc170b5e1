// Package workflows holds what Temporal carries: a case's way through its seven stages, one file a stage, the issuance of
// certificates that no case waits for, the deliveries to one institution, and the publications on one channel.
//
// The code here is deterministic: it reads no clock but the workflow's, does no I/O, starts no goroutine and ranges over
// no map. What it knows of the world it knows from the replies of steps (package contract), each one transaction of the
// record. It keeps no copy of the record: it decides what is asked next, waits, and wakes.
//
// A business problem never fails a case. A step that cannot go on opens an incident and the case waits for an operator's
// resolution; so every case that has not ended is live, and why it is not moving is a row in the record.
package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/contract"
)

// Registry is the part of a worker that workflows are registered with.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// RegisterCase registers the case workflow.
func RegisterCase(r Registry) {
	r.RegisterWorkflowWithOptions(Case, workflow.RegisterOptions{Name: contract.CaseWorkflow})
}

// RegisterRevocation registers the workflow that revokes many certificates.
func RegisterRevocation(r Registry) {
	r.RegisterWorkflowWithOptions(Revocation, workflow.RegisterOptions{Name: contract.RevocationWorkflow})
}

// RegisterMisconduct registers the watch over misconduct.
func RegisterMisconduct(r Registry) {
	r.RegisterWorkflowWithOptions(Misconduct, workflow.RegisterOptions{Name: contract.MisconductWorkflow})
}

// RegisterPetition registers the watch over petitions.
func RegisterPetition(r Registry) {
	r.RegisterWorkflowWithOptions(Petition, workflow.RegisterOptions{Name: contract.PetitionWorkflow})
}

// RegisterDoorCheck registers the watch over provisional sittings.
func RegisterDoorCheck(r Registry) {
	r.RegisterWorkflowWithOptions(DoorCheck, workflow.RegisterOptions{Name: contract.DoorCheckWorkflow})
}

// RegisterEndpoint registers the delivery workflow.
func RegisterEndpoint(r Registry) {
	r.RegisterWorkflowWithOptions(Endpoint, workflow.RegisterOptions{Name: contract.EndpointWorkflow})
}

// RegisterIssuance registers the workflow of certificates that no case waits for.
func RegisterIssuance(r Registry) {
	r.RegisterWorkflowWithOptions(Issuance, workflow.RegisterOptions{Name: contract.IssuanceWorkflow})
}
