package execution

import (
	"strings"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// untaken is how long work may lie before nobody seems to take it.
const untaken = 30 * time.Second

// troubles are what keeps a run from making progress. What an operator paused is no trouble.
func (v View) troubles(now time.Time) []store.Trouble {
	if !v.Running || v.PausedAt != nil {
		return nil
	}
	var all []store.Trouble
	if v.Task != nil && v.Task.Failing != "" {
		all = append(all, v.trouble(contract.WorkflowFailing, v.Task.Next, map[string]any{
			"failure": v.Task.Failing, "attempt": v.Task.Attempt,
		}))
	}
	if a, failing := v.worst(now); failing != "" {
		params := map[string]any{"failure": failing, "attempt": a.Attempt, "activity": a.ID, "work": a.Type}
		if typed(a.Failure) {
			params["type"] = a.Failure
		}
		all = append(all, v.trouble(contract.ActivityFailing, a.Next, params))
	}
	return all
}

// worst is the activity that fails for longest.
func (v View) worst(now time.Time) (worst Activity, failing string) {
	for _, a := range v.Activities { // the oldest first
		switch {
		case a.State == "paused":
		case a.Failing != "" && a.Attempt > 1:
			return a, a.Failing
		case a.Taken == nil && now.Sub(a.Since) > untaken && failing == "":
			worst, failing = a, NotTaken
		}
	}
	return worst, failing
}

// typed reports whether a text is the name of a type, as programs write one. Nothing else is kept of a failure.
func typed(text string) bool {
	const longest = 64
	return text != "" && len(text) <= longest && strings.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '.' && r != '*' && r != '_'
	}) < 0
}

func (v View) trouble(cause contract.Cause, next *time.Time, params map[string]any) store.Trouble {
	params["run"] = v.RunID
	t := store.Trouble{WorkflowID: v.WorkflowID, Cause: cause, Params: params, NextAttemptAt: next}
	kind, id, _ := strings.Cut(v.WorkflowID, "/")
	switch kind {
	case "case":
		t.CaseID = id
	case "issuance":
		t.CertificateID = &id
	case "endpoint":
		t.InstitutionID = &id
	case "channel":
		t.Channel = id
	}
	return t
}

// caseOf is the case that a workflow is of; empty when it is of none.
func caseOf(workflowID string) string {
	if id, ours := strings.CutPrefix(workflowID, contract.CaseWorkflowID("")); ours {
		return id
	}
	return ""
}
