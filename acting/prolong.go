package acting

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// Giver is who gives an institution more time, and why.
type Giver struct {
	Actor   string // as the timeline has it
	Account string
	Reason  string
}

// Prolong gives an institution until an instant for tasks that it owes, if that is later than what it had. A case that waits learns of
// it when the time that it had is up; one that is stuck because that was up before goes on waiting. Whatever else a case is stuck on,
// it stays stuck on.
func (f *File) Prolong(stage progress.Stage, open []store.Task, due time.Time, by Giver) error {
	if len(open) == 0 || !due.After(open[0].DueAt) {
		return nil
	}
	if _, err := f.prolong(stage, open, due, by.Actor); err != nil {
		return err
	}
	over, err := f.inTime(stage, due, by)
	if err != nil || !over && f.State(stage) != progress.Waiting {
		return err
	}
	return f.Move(stage, progress.Waiting, institutionParty(open[0].InstitutionID), &due)
}

// inTime closes the incident of a stage that was overdue and has time until an instant, and has its case told. It says whether there
// was one.
func (f *File) inTime(stage progress.Stage, due time.Time, by Giver) (bool, error) {
	late, err := f.Tx.OpenIncidentOf(f.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil || late.Cause != contract.TaskOverdue || late.Stage != stage || !due.After(f.Now()) {
		return false, err
	}
	if err := f.CloseIncident(store.ClosedByMoreTime); err != nil {
		return false, err
	}
	f.Note(stage, "overdue_over", by.Actor, map[string]any{"due": f.Cal.Today(due).String()})
	if _, err := f.Tx.InsertInbox(f.ID, store.InboxProlonged, late.ID); err != nil {
		return false, err
	}
	after, err := json.Marshal(map[string]any{"incident": late.ID, "due_at": due})
	if err != nil {
		return false, fmt.Errorf("encode a deadline: %w", err)
	}
	return true, f.Tx.Audit(store.AuditEntry{
		Actor: by.Account, Action: "incident." + store.ClosedByMoreTime, Subject: "case:" + f.ID, Reason: by.Reason, After: after, At: f.Now(),
	})
}
