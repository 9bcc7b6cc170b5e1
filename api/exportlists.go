package api

import (
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
	"tasks": {
		route: "GET /v1/tasks", fields: func(*policy.Policy) filter.Fields { return store.TaskFields() }, sorts: []string{"issued_at", "due_at"},
		columns: []string{"id", "case_id", "institution_id", "task_kind", "attempt", "state", "occupation", "level", "issued", "due", "closed"},
		open:    openTasks,
	},
	"certificates": {
		route: "GET /v1/certificates", fields: func(*policy.Policy) filter.Fields { return store.CertificateFields() }, sorts: []string{"issued_on"},
		columns: []string{"id", "number", "certificate", "holder", "occupation", "level", "course", "issuer", "status", "issued"},
		open:    openCertificates,
	},
	"audit": {
		route: "GET /v1/audit", fields: func(*policy.Policy) filter.Fields { return store.AuditFields() },
		columns: []string{"id", "at", "actor", "actor_label", "action", "subject", "reason", "request_id"},
		open:    openAudit,
	},
}

func openCases(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.CaseIDs(store.CaseFilter{
		Within: r.within(""), Where: q.where, Numbered: store.Numbered{Sort: q.sort, Page: 1}, Limit: mostExported + 1,
	})
	return byID(ids, func(batch []string) ([]map[string]any, error) {
		cases, err := store.ByIDs(tx, batch, func(c store.Case) string { return c.ID })
		if err != nil {
			return nil, err
		}
		views, err := s.listedCases(tx, r, cases)
		rows := make([]map[string]any, len(views))
		for i, v := range views {
			row := map[string]any{
				"id": v.ID, "occupation": v.Occupation.Name, "level": v.Level.Name, "training_body": v.TrainingBody.Name,
				"evaluation_body": v.EvaluationBody.Name, "district": districtName(r, v.District), "status": v.StatusName, "stage": v.StageName,
				"queue": v.QueueName, "since": v.StandsAt, "due": v.DueAt, "outcome": v.OutcomeName, "registered": v.RegisteredAt, "ended": v.EndedAt,
			}
			if v.Cause != nil {
				row["cause"] = v.Cause.Name
			}
			if v.Owes != nil {
				row["owes"] = v.Owes.Name
			}
			if v.Assignee != nil {
				row["assignee"] = v.Assignee.Label
			}
			rows[i] = row
		}
		return rows, err
	}), err
}

func openIncidents(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	f := store.IncidentFilter{
		Within: r.within(""), Where: q.where, Numbered: store.Numbered{Sort: q.sort, Page: 1}, Limit: mostExported + 1,
	}
	if !filter.Names(q.where, "state") {
		f.States = []string{store.IncidentOpen, store.IncidentResolving}
	}
	ids, err := tx.IncidentIDs(f)
	return byID(ids, func(batch []string) ([]map[string]any, error) {
		incidents, err := store.ByIDs(tx, batch, func(i store.Incident) string { return i.ID })
		if err != nil {
			return nil, err
		}
		views, err := viewIncidents(tx, r, incidents...)
		rows := make([]map[string]any, len(views))
		for i, v := range views {
			say := reader{lang: r.lang}.say
			row := map[string]any{
				"id": v.ID, "case_id": v.CaseID, "kind": say("incident_kind", v.Kind), "cause": v.Title, "state": say("incident_state", v.State),
				"since": v.Since, "closed": v.ClosedAt, "explanation": v.Explanation,
			}
			if v.Stage != "" {
				row["stage"] = say("stage", v.Stage)
			}
			if v.Institution != nil {
				row["institution"] = v.Institution.Name
			}
			rows[i] = row
		}
		return rows, err
	}), err
}

func openTasks(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.TaskIDs(store.TaskFilter{
		Within: r.within(""), Where: q.where, Numbered: store.Numbered{Sort: q.sort, Page: 1}, Limit: mostExported + 1,
	})
	return byID(ids, func(batch []string) ([]map[string]any, error) {
		tasks, err := store.ByIDs(tx, batch, func(t store.Task) string { return t.ID })
		if err != nil {
			return nil, err
		}
		views, err := s.viewTasks(tx, r, tasks...)
		rows := make([]map[string]any, len(views))
		for i, v := range views {
			rows[i] = map[string]any{
				"id": v.ID, "case_id": v.CaseID, "institution_id": v.InstitutionID, "task_kind": v.KindName, "attempt": v.Attempt, "state": v.State,
				"occupation": v.Occupation.Name, "level": v.Level.Name, "issued": v.IssuedAt, "due": v.DueAt, "closed": v.ClosedAt,
			}
		}
		return rows, err
	}), err
}

func openCertificates(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.CertificateIDs(store.CertificateFilter{
		Within: r.within(""), Where: q.where, Numbered: store.Numbered{Sort: q.sort, Page: 1}, Limit: mostExported + 1,
	})
	return byID(ids, func(batch []string) ([]map[string]any, error) {
		certificates, err := store.ByIDs(tx, batch, func(c store.Certificate) string { return c.ID })
		if err != nil {
			return nil, err
		}
		views, err := s.issuedViews(r, certificates)
		rows := make([]map[string]any, len(views))
		for i, v := range views {
			rows[i] = map[string]any{
				"id": v.ID, "number": v.Number, "certificate": v.Name, "holder": v.Holder, "occupation": v.Occupation, "level": v.Level,
				"course": v.Course, "issuer": v.Issuer.Name, "status": v.Status, "issued": v.IssuedOn.String(),
			}
		}
		return rows, err
	}), err
}

func openAudit(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	f := store.AuditFilter{Where: q.where, Limit: exportBatch}
	newest, err := tx.AuditEntries(store.AuditFilter{Limit: 1})
	if err != nil {
		return exportRows{}, err
	}
	if len(newest) > 0 {
		f.Before = newest[0].ID + 1 // what is written of this export is of the next one
	}
	total, err := tx.CountAuditEntries(f, mostExported)
	left := min(int(total), mostExported)
	return exportRows{total: int(total), next: func() ([]map[string]any, error) {
		if f.Limit = min(exportBatch, left); f.Limit == 0 {
			return nil, nil
		}
		entries, err := tx.AuditEntries(f)
		if err != nil || len(entries) == 0 {
			return nil, err
		}
		f.Before, left = entries[len(entries)-1].ID, left-len(entries)
		views, err := viewAudit(tx, r, entries)
		rows := make([]map[string]any, len(views))
		for i, v := range views {
			rows[i] = map[string]any{
				"id": int(v.ID), "at": v.At, "actor": v.Actor.ID, "actor_label": v.Actor.Label, "action": v.Action, "subject": v.Subject,
				"reason": v.Reason, "request_id": v.RequestID,
			}
		}
		return rows, err
	}}, err
}

// districtName is what a district is called; nothing for none.
func districtName(r *request, code string) string {
	if code == "" {
		return ""
	}
	return reader{lang: r.lang}.say("district", code)
}
