package api

import (
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// exported are the lists that can be had as files, by their names.
var exported = map[string]exportedList{
	"cases": {
		route: "GET /v1/cases", fields: store.CaseFields, sorts: []string{"registered", "since", "due", "stage", "age"},
		columns: []string{
			"id", "occupation", "level", "training_body", "evaluation_body", "district", "status", "stage", "queue", "cause", "owes",
			"since", "due", "assignee", "outcome", "registered", "ended",
		},
		open: openCases,
	},
	"incidents": {
		route: "GET /v1/incidents", fields: store.IncidentFields, sorts: []string{"since"},
		columns: []string{"id", "case_id", "kind", "cause", "stage", "institution", "state", "since", "closed", "explanation"},
		open:    openIncidents,
	},
	"incident_groups": {
		route: "GET /v1/incidents", fields: store.IncidentFields,
		columns: []string{"cause", "kind", "stage", "institution", "count", "cases", "claimed", "since", "explanation"},
		open:    openGroups,
	},
	"tasks": {
		route: "GET /v1/tasks", fields: always(store.TaskFields), sorts: []string{"issued_at", "due_at"},
		columns: []string{"id", "case_id", "institution_id", "task_kind", "attempt", "state", "occupation", "level", "issued", "due", "closed"},
		open:    openTasks,
	},
	"certificates": {
		route: "GET /v1/certificates", fields: always(store.CertificateFields), sorts: []string{"issued_on"},
		columns: []string{"id", "number", "certificate", "holder", "occupation", "level", "course", "issuer", "status", "issued"},
		open:    openCertificates,
	},
	"institutions": {
		route: "GET /v1/institution-records", fields: store.InstitutionFields, sorts: []string{"name"},
		columns: []string{
			"id", "institution", "roles", "district", "status", "open", "owed", "stuck", "overdue_rate", "median_hours", "unsettled", "as_of",
		},
		open: openInstitutions,
	},
	"inspections": {
		route: "GET /v1/inspections", fields: always(store.InspectionFields), sorts: []string{"planned_on"},
		columns: []string{
			"id", "institution", "role", "district", "scope", "planned", "visited", "state", "findings", "unsettled", "overdue_findings",
		},
		open: openInspections,
	},
	"misconduct": {
		route: "GET /v1/misconduct", fields: always(store.MisconductFields), sorts: []string{"recorded_at", "due_at"},
		columns: []string{"id", "case_id", "act", "part", "institution", "occurred", "state", "recorded", "due"},
		open:    openMisconduct,
	},
	"petitions": {
		route: "GET /v1/petitions", fields: always(store.PetitionFields), sorts: []string{"asked_at", "due_at"},
		columns: []string{
			"id", "petition", "topic", "case_id", "institution", "asked", "state", "handler", "due", "answered", "answer_outcome",
		},
		open: openPetitions,
	},
	"employers": {
		route: "GET /v1/employers", fields: always(store.EmployerFields), sorts: []string{"name"},
		columns: []string{"id", "employer", "uscc", "district", "classes", "accounts", "registered_at"},
		open:    openEmployers,
	},
	"intakes": {
		route: "GET /v1/intakes", fields: always(store.IntakeFields), sorts: []string{"uploaded_at"},
		columns: []string{
			"id", "class", "list_of", "uploaded", "state", "mode", "rows", "rows_registered", "rows_already", "rows_refused", "rows_ready", "started",
			"ended",
		},
		open: openIntakes,
	},
	"approvals": {
		route: "GET /v1/approvals", fields: always(store.ApprovalFields), sorts: []string{"requested_at"},
		columns: []string{
			"id", "verb", "case_id", "cause", "stage", "reason", "legal_basis", "by", "requested", "state", "decided_by", "decided",
			"decision_reason",
		},
		open: openApprovals,
	},
	"batches": {
		route: "GET /v1/incident-batches", fields: always(store.BatchFields), sorts: []string{"requested_at"},
		columns: []string{
			"id", "name", "verb", "cause", "institution", "reason", "legal_basis", "state", "requested", "ended", "cases", "cleared",
			"stuck_again", "refused", "unchanged", "skipped",
		},
		open: openBatches,
	},
	"batch_items": {
		route: "GET /v1/incident-batches", fields: always(store.ItemFields),
		columns: []string{"batch", "position", "case_id", "incident_id", "result", "why", "acted", "cleared_at", "settled", "stage", "queue", "cause"},
		open:    openItems,
	},
	"task_deadlines":     deadlinesOf(deadline.OfTask),
	"incident_deadlines": deadlinesOf(deadline.OfIncident),
	"approval_deadlines": deadlinesOf(deadline.OfApproval),
	"case_deadlines":     deadlinesOf(deadline.OfCase),
	"endpoints": {
		route: "GET /v1/endpoints", fields: always(store.EndpointFields), sorts: []string{"institution_id", "state_since", "failing_since"},
		columns: []string{
			"id", "institution", "state", "state_since", "health", "attempts", "failed", "waiting", "oldest", "failing_since",
		},
		open: openEndpoints,
	},
	"deliveries": {
		route: "GET /v1/deliveries", fields: always(store.EventFields), sorts: []string{"created_at"},
		columns: []string{
			"id", "type", "institution", "case_id", "task_id", "state", "written", "delivered", "attempts", "last_attempt", "status_code", "error",
		},
		open: openDeliveries,
	},
	"dead_letters": {
		route: "GET /v1/dead-letters", fields: always(store.LetterFields), sorts: []string{"received_at"},
		columns: []string{
			"id", "institution", "answer", "task_id", "task_kind", "case_id", "why", "received", "times", "state", "resolved", "resolution_reason",
		},
		open: openLetters,
	},
	"audit": {
		route: "GET /v1/audit", fields: always(store.AuditFields),
		columns: []string{"id", "at", "actor", "actor_label", "action", "subject", "reason", "request_id"},
		open:    openAudit,
	},
}

// always are fields that are the same whatever the rules are.
func always(fields func() filter.Fields) func(*policy.Policy) filter.Fields {
	return func(*policy.Policy) filter.Fields { return fields() }
}

func deadlinesOf(of string) exportedList {
	return exportedList{
		route: "GET /v1/deadlines", fields: always(store.DeadlineFields), sorts: []string{"deadline"},
		columns: []string{"id", "case_id", "what", "institution", "given", "due", "state", "working_days", "told", "next"},
		open:    openDeadlines(of),
	}
}

// exportedAs are the rows of a list that have these ids, each as the list shows it to its reader.
func exportedAs[T, V any](
	tx *store.Tx, ids []string, id func(T) string, view func(...T) ([]V, error), row func(V) map[string]any,
) exportRows {
	return byKey(ids, func(batch []string) ([]map[string]any, error) {
		all, err := store.ByIDs(tx, batch, id)
		if err != nil {
			return nil, err
		}
		views, err := view(all...)
		return shownAs(views, row), err
	})
}

func shownAs[V any](views []V, row func(V) map[string]any) []map[string]any {
	rows := make([]map[string]any, len(views))
	for i, v := range views {
		rows[i] = row(v)
	}
	return rows
}
