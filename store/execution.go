package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/queue"
)

// Trouble is why a workflow's execution makes no progress, as Temporal tells it.
type Trouble struct {
	WorkflowID    string
	Cause         contract.Cause
	CaseID        string
	CertificateID *string
	InstitutionID *string
	Channel       string
	Params        map[string]any
	NextAttemptAt *time.Time
}

// executionCauses are the causes that are found of executions.
var executionCauses = []contract.Cause{contract.WorkflowFailing, contract.ActivityFailing}

// ExecutionWatch is when executions were last looked at.
type ExecutionWatch struct {
	LookedAt *time.Time
	Failing  int
}

// ClaimWatch takes the next turn to look at executions, if a time has passed since somebody last did.
func (tx *Tx) ClaimWatch(at time.Time, every time.Duration) (bool, error) {
	res := tx.db.Exec("UPDATE execution_watch SET claimed_at = ? WHERE claimed_at IS NULL OR claimed_at <= ?", at, at.Add(-every))
	return res.RowsAffected == 1, found(res.Error, "claim the watch")
}

// Watched notes that executions were looked at, and how many are in trouble.
func (tx *Tx) Watched(at time.Time) error {
	err := tx.db.Exec(`UPDATE execution_watch SET looked_at = ?, failing =
		(SELECT count(DISTINCT workflow_id) FROM incidents WHERE state <> 'closed' AND workflow_id <> '')`, at).Error
	return found(err, "note the watch")
}

// ExecutionWatch reads when executions were last looked at.
func (tx *Tx) ExecutionWatch() (ExecutionWatch, error) {
	var w ExecutionWatch
	err := tx.db.Table("execution_watch").Take(&w).Error
	return w, found(err, "read the watch")
}

// QueueSizes counts the open cases in each of the operators' queues.
func (tx *Tx) QueueSizes() (map[queue.Queue]int64, error) {
	var rows []struct {
		Queue queue.Queue
		N     int64
	}
	err := tx.db.Model(&Case{}).Select("queue, count(*) AS n").Where("outcome IS NULL").Group("queue").Scan(&rows).Error
	sizes := make(map[queue.Queue]int64, len(rows))
	for _, row := range rows {
		sizes[row.Queue] = row.N
	}
	return sizes, found(err, "count the cases of queues")
}

// Suspects reads the workflows that Temporal should be asked about: those that are known to be in trouble, and those whose
// work is overdue since a moment, at most so many of each.
func (tx *Tx) Suspects(before time.Time, limit int) ([]string, error) {
	var ids []string
	err := tx.db.Raw(`
		(SELECT workflow_id FROM incidents WHERE state <> 'closed' AND workflow_id <> '' LIMIT @n)
		UNION (SELECT 'case/' || id FROM cases WHERE trouble <> '' LIMIT @n)
		UNION (SELECT coalesce('case/' || c.case_id, 'issuance/' || c.id)
			FROM certificate_documents d JOIN certificates c ON c.id = d.certificate_id
			WHERE d.state = 'rendered' AND d.rendered_at < @before AND c.status = 'prepared' ORDER BY d.rendered_at LIMIT @n)`,
		map[string]any{"n": limit, "before": before}).Scan(&ids).Error
	if err != nil {
		return nil, found(err, "look for workflows in trouble")
	}
	endpoints, err := tx.Forgotten(before)
	if err != nil {
		return nil, err
	}
	for _, institution := range endpoints {
		ids = append(ids, contract.EndpointWorkflowID(institution))
	}
	channels, err := tx.ForgottenChannels(before)
	for _, channel := range channels {
		ids = append(ids, contract.ChannelWorkflowID(channel))
	}
	return ids, err
}

// OpenTroubles reads what is known to be wrong with a workflow's execution.
func (tx *Tx) OpenTroubles(workflowID string) ([]Incident, error) {
	var open []Incident
	err := tx.db.Order("opened_at, id").Find(&open, "workflow_id = ? AND state <> ?", workflowID, IncidentClosed).Error
	return open, found(err, "read what is wrong with an execution")
}

// SettleTroubles writes what is wrong with a workflow's execution now, which may be nothing: incidents are opened, kept up and
// closed, and a case stands in the queue that this asks for. It reports whether anything was opened or closed.
func (tx *Tx) SettleTroubles(workflowID, caseID string, now []Trouble, at time.Time) (changed bool, err error) {
	var file *CaseFile
	if caseID != "" {
		// The case is locked first, as by whoever else writes to it.
		if file, err = tx.OpenCase(caseID); errors.Is(err, ErrNotFound) {
			return false, nil // a workflow of that name, and no such case
		} else if err != nil {
			return false, err
		}
	}
	for _, cause := range executionCauses {
		var is *Trouble
		for i := range now {
			if now[i].Cause == cause {
				is = &now[i]
			}
		}
		done, err := tx.settleTrouble(workflowID, cause, is, at)
		if err != nil {
			return false, err
		}
		changed = changed || done
	}
	if file == nil {
		return changed, nil
	}
	trouble := contract.Kind("")
	for _, t := range now {
		if trouble == "" || t.Cause.Kind() == contract.Program {
			trouble = t.Cause.Kind()
		}
	}
	if file.EndedAt != nil {
		trouble = "" // its execution has nothing more to do
	}
	if file.Trouble == trouble {
		return changed, nil
	}
	file.Trouble = trouble
	return true, file.Save()
}

func (tx *Tx) settleTrouble(workflowID string, cause contract.Cause, is *Trouble, at time.Time) (changed bool, err error) {
	open := tx.db.Model(&Incident{}).Where("workflow_id = ? AND cause = ? AND state <> ?", workflowID, cause, IncidentClosed)
	if is == nil {
		res := open.Updates(map[string]any{"state": IncidentClosed, "closed_at": at, "closed_by": ClosedByVanishing})
		return res.RowsAffected > 0, found(res.Error, "close what was wrong with an execution")
	}
	_, fresh, err := tx.OpenFinding(Incident{
		Cause: cause, CaseID: is.CaseID, CertificateID: is.CertificateID, InstitutionID: is.InstitutionID, Channel: is.Channel,
		WorkflowID: workflowID, Params: is.Params, NextAttemptAt: is.NextAttemptAt,
	}, at)
	if err != nil || fresh {
		return fresh, err
	}
	params, err := json.Marshal(is.Params)
	if err != nil {
		return false, fmt.Errorf("encode what is wrong with an execution: %w", err)
	}
	err = open.Where("params <> ?::jsonb OR next_attempt_at IS DISTINCT FROM ?", string(params), is.NextAttemptAt).
		Updates(map[string]any{"params": string(params), "next_attempt_at": is.NextAttemptAt}).Error
	return false, found(err, "keep up what is wrong with an execution")
}

// Repair is what an operator has done to an execution.
type Repair struct {
	ID          string
	WorkflowID  string
	RunID       string
	CaseID      *string
	Verb        contract.Repair
	Params      RepairParams `gorm:"serializer:json"`
	Reason      string
	RequestedBy string
	RequestedAt time.Time
	State       string
	Refusal     string
	NewRunID    string
	SettledAt   *time.Time
}

// TableName is the table's name.
func (Repair) TableName() string { return "execution_repairs" }

// RepairParams is what a repair needs: the activity it is about and its new options, or where a reset goes back to.
type RepairParams struct {
	Activity string `json:"activity,omitempty"` // its id; empty: every one that is under way
	To       string `json:"to,omitempty"`
	// Seconds; 0 leaves what is.
	Attempt  int `json:"attempt_seconds,omitempty"`
	Interval int `json:"interval_seconds,omitempty"`
	Patience int `json:"patience_seconds,omitempty"`
}

// States of a repair.
const (
	RepairPending = "pending"
	RepairDone    = "done"
	RepairRefused = "refused"
)

// InsertRepair writes down what is to be done to an execution, before it is.
func (tx *Tx) InsertRepair(r Repair) error {
	r.State = RepairPending
	return found(tx.db.Create(&r).Error, "write a repair")
}

// SettleRepair writes what became of a repair; one that is settled stays so.
func (tx *Tx) SettleRepair(id, refusal, newRun string, at time.Time) error {
	state := RepairDone
	if refusal != "" {
		state = RepairRefused
	}
	err := tx.db.Model(&Repair{}).Where("id = ? AND state = ?", id, RepairPending).
		Updates(map[string]any{"state": state, "refusal": refusal, "new_run_id": newRun, "settled_at": at}).Error
	return found(err, "settle a repair")
}

// Repair reads a repair.
func (tx *Tx) Repair(id string) (Repair, error) {
	return byID[Repair](tx.db, id, "read a repair")
}

// Repairs reads what was done to a workflow's execution, the latest first.
func (tx *Tx) Repairs(workflowID string, limit int) ([]Repair, error) {
	var all []Repair
	err := tx.db.Order("requested_at DESC, id").Limit(limit).Find(&all, "workflow_id = ?", workflowID).Error
	return all, found(err, "read the repairs of an execution")
}

// PendingRepairs reads repairs that were asked for before a moment and of which nobody knows what became of them.
func (tx *Tx) PendingRepairs(before time.Time, limit int) ([]Repair, error) {
	var all []Repair
	err := tx.db.Order("requested_at").Limit(limit).Find(&all, "state = ? AND requested_at < ?", RepairPending, before).Error
	return all, found(err, "read pending repairs")
}

// retryExecution has what fails in an execution tried again at once: the watcher does it, which can reach Temporal.
func (tx *Tx) retryExecution(i Incident, r Resolution) error {
	run, _ := i.Params["run"].(string)
	repair := Repair{
		ID: uuid.NewString(), WorkflowID: i.WorkflowID, RunID: run, Verb: contract.RetryActivity, Reason: r.Reason,
		RequestedBy: r.RequestedBy, RequestedAt: r.RequestedAt,
	}
	if i.CaseID != "" {
		repair.CaseID = &i.CaseID
	}
	return tx.InsertRepair(repair)
}
