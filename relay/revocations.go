package relay

import (
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// startRevocations starts the workflows of revocations of many certificates that were approved.
func (r *Relay) startRevocations(ctx context.Context) {
	approved, err := r.Store.Read(ctx).UnstartedRevocations()
	if err != nil {
		r.report(ctx, "look for revocations to be started", err)
		return
	}
	for _, revocation := range approved {
		if err := r.startRevocation(ctx, revocation); err != nil {
			r.report(ctx, "start a revocation", err, "revocation", revocation.ID)
		}
	}
}

// startRevocation starts a revocation's workflow, once: one that runs, or has run, is left alone.
func (r *Relay) startRevocation(ctx context.Context, revocation store.Revocation) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := r.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: contract.RevocationWorkflowID(revocation.ID), TaskQueue: contract.CaseQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
	}, contract.RevocationWorkflow, contract.RevocationInput{RevocationID: revocation.ID})
	if _, ran := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); err != nil && !ran {
		return err
	}
	return r.Store.Tx(ctx, func(tx *store.Tx) error {
		locked, err := tx.LockRevocation(revocation.ID)
		if err != nil || locked.State != store.RequestApproved {
			return err // it was done before we came to write that it was begun
		}
		now := time.Now().UTC()
		locked.StartedAt = &now
		return tx.SaveRevocation(locked)
	})
}
