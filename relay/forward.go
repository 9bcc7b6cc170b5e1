package relay

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/payload"
	"github.com/dengpan/dengpan/store"
)

// Forward brings an inbox item to its case. It returns nil once the case has taken the item, or will never take it
// because it is over or was erased; an error leaves the item to the next sweep. Forwarding an item again changes nothing.
func (r *Relay) Forward(ctx context.Context, item store.InboxItem) error {
	refused, err := r.deliver(ctx, item)
	if errors.Is(err, payload.ErrDestroyed) {
		refused, err = "case_erased", nil
	}
	if err != nil {
		return err
	}
	if refused == "" || item.Kind != store.InboxAnswer {
		return r.Store.Read(ctx).MarkForwarded(item.ID, refused)
	}
	// An answer that was acknowledged and no case will take is an operator's to decide on.
	return r.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.KeepUntaken(item.CaseID, store.LetterReason(refused), time.Now().UTC()); err != nil {
			return err
		}
		return tx.MarkForwarded(item.ID, refused)
	})
}

func (r *Relay) deliver(ctx context.Context, item store.InboxItem) (refused string, err error) {
	tx, asked := r.Store.Read(ctx), contract.Asked{RequestID: item.RequestID}
	switch item.Kind {
	case store.InboxStart:
		return "", r.start(ctx, item)
	case store.InboxAnswer:
		answer, err := tx.Answer(item.SubjectID)
		if err != nil {
			return "", err
		}
		return update(ctx, r, item, contract.AnswerTask, contract.TaskAnswered{
			Asked: asked, TaskID: item.SubjectID, Rejected: answer.Kind == store.AnswerRejection,
		})
	case store.InboxResolution:
		resolution, err := tx.Resolution(item.SubjectID)
		if err != nil {
			return "", err
		}
		return update(ctx, r, item, contract.Resolve, contract.IncidentResolution{
			Asked: asked, ResolutionID: resolution.ID, IncidentID: resolution.IncidentID,
		})
	case store.InboxWithdrawal:
		return update(ctx, r, item, contract.Withdraw, contract.WithdrawalRequest{Asked: asked})
	case store.InboxProlonged:
		return update(ctx, r, item, contract.Prolonged, contract.MoreTime{Asked: asked, IncidentID: item.SubjectID})
	case store.InboxAct:
		return update(ctx, r, item, contract.Act, contract.OperatorAct{Asked: asked, ActID: item.SubjectID})
	case store.InboxHours:
		return "", reopen(ctx, r, item, contract.HoursChanged, contract.HoursChange{Asked: asked, ChangeID: item.ID},
			contract.ReviewHoursRequest{Change: item.ID, Try: 1}.Key())
	case store.InboxIssuance:
		return "", r.issue(ctx, item)
	case store.InboxFacts:
		return "", reopen(ctx, r, item, contract.FactsGiven, contract.NewFacts{Asked: asked, FactsID: item.SubjectID},
			contract.TakeFactsRequest{FactsID: item.SubjectID}.Key())
	case store.InboxCertificate, store.InboxMisconduct, store.InboxDoor, store.InboxMark:
		return "", reopen(ctx, r, item, contract.CertificateChanged,
			contract.CertificateChange{Asked: asked, ChangeID: item.ID, Mark: item.Kind == store.InboxMark},
			contract.ReviewCertificatesRequest{Change: item.ID, Try: 1}.Key())
	}
	return "", fmt.Errorf("forward an inbox item: unknown kind %q", item.Kind)
}

// Search attributes a case starts with.
var (
	occupationAttribute = temporal.NewSearchAttributeKeyKeyword(contract.AttributeOccupation)
	levelAttribute      = temporal.NewSearchAttributeKeyKeyword(contract.AttributeLevel)
)

// caseOptions is how a case's workflow is started.
func caseOptions(c store.Case, reuse enumspb.WorkflowIdReusePolicy) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                       contract.CaseWorkflowID(c.ID),
		TaskQueue:                contract.CaseQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    reuse,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			occupationAttribute.ValueSet(c.Occupation), levelAttribute.ValueSet(c.Level)),
	}
}

// start starts a case's workflow, once: a case that runs, or has run, is left alone.
func (r *Relay) start(ctx context.Context, item store.InboxItem) error {
	c, err := r.Store.Read(ctx).Case(item.CaseID)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err = r.Temporal.ExecuteWorkflow(ctx, caseOptions(c, enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE),
		contract.CaseWorkflow, contract.CaseInput{Asked: contract.Asked{RequestID: item.RequestID}, CaseID: c.ID})
	if _, ran := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); ran {
		return nil
	}
	if err != nil {
		return fmt.Errorf("start a case: %w", err)
	}
	return nil
}

// issue wakes the workflow that completes a certificate, or starts it.
func (r *Relay) issue(ctx context.Context, item store.InboxItem) error {
	err := r.rouse(ctx, contract.IssuanceWorkflowID(item.SubjectID), contract.CaseQueue,
		contract.IssuanceWorkflow, contract.IssuanceInput{CertificateID: item.SubjectID})
	if err != nil {
		return fmt.Errorf("start the issuance of a certificate: %w", err)
	}
	return nil
}

// update sends a message to a case and waits until it has taken it. The item's id is the update's, so that the server
// knows a repeat.
func update[Req, Res any](
	ctx context.Context, r *Relay, item store.InboxItem, message contract.Update[Req, Res], req Req,
) (refused string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	handle, err := r.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID:   contract.CaseWorkflowID(item.CaseID),
		UpdateID:     item.ID,
		UpdateName:   message.Name,
		Args:         []any{req},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		var taken Res
		err = handle.Get(ctx, &taken)
	}
	if err == nil {
		return "", nil
	}
	// A case that is over takes nothing more of this kind. One that was not started yet, because its own item is still on the way,
	// looks the same to Temporal; the record knows better.
	c, readErr := r.Store.Read(ctx).Case(item.CaseID)
	if readErr == nil && c.Ended() {
		return "case_ended", nil
	}
	return "", fmt.Errorf("send %s to a case: %w", message.Name, err)
}

// reopen sends a message to a case and waits until it has taken it. A case that is over is opened again for it, once: the
// step that takes the message up tells whether it was, for a run of a workflow knows only its own messages.
func reopen[Req, Res any](
	ctx context.Context, r *Relay, item store.InboxItem, message contract.Update[Req, Res], req Req, step string,
) error {
	tx := r.Store.Read(ctx)
	if done, err := tx.StepDone(item.CaseID, step); err != nil || done {
		return err
	}
	c, err := tx.Case(item.CaseID)
	if err != nil {
		return err
	}
	if !c.Ended() {
		refused, err := update(ctx, r, item, message, req)
		if err == nil && refused != "" {
			err = fmt.Errorf("send %s to a case: it ended meanwhile", message.Name) // and is opened again next time
		}
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start := r.Temporal.NewWithStartWorkflowOperation(caseOptions(c, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE),
		contract.CaseWorkflow, contract.CaseInput{CaseID: c.ID, Reopened: true})
	handle, err := r.Temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			WorkflowID: contract.CaseWorkflowID(c.ID), // the SDK would find it, but only once the message is sealed
			UpdateID:   item.ID, UpdateName: message.Name, Args: []any{req},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err == nil {
		var taken Res
		err = handle.Get(ctx, &taken)
	}
	if err != nil {
		return fmt.Errorf("open a case again for %s: %w", message.Name, err)
	}
	return nil
}
