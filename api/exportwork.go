package api

import (
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/store"
)

// Rows of files of cases, of what they are stuck on, of tasks, of certificates, and of the audit log.

func openCases(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.CaseIDs(store.CaseFilter{Within: r.within(""), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1})
	view := func(cases ...store.Case) ([]listedCase, error) { return s.listedCases(tx, r, cases) }
	return exportedAs(tx, ids, func(c store.Case) string { return c.ID }, view, func(v listedCase) map[string]any {
		row := map[string]any{
			"id": v.ID, "occupation": v.Occupation.Name, "level": v.Level.Name, "training_body": v.TrainingBody.Name,
			"evaluation_body": v.EvaluationBody.Name, "district": districtName(r, v.District), "status": v.StatusName, "stage": v.StageName,
			"queue": v.QueueName, "since": v.StandsAt, "due": v.DueAt, "outcome": v.OutcomeName, "registered": v.RegisteredAt, "ended": v.EndedAt,
			"cause": v.Cause.name(),
		}
		if v.Owes != nil {
			row["owes"] = v.Owes.Name
		}
		if v.Assignee != nil {
			row["assignee"] = v.Assignee.Label
		}
		return row
	}), err
}

func openIncidents(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	f := store.IncidentFilter{Within: r.within(""), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1}
	if !filter.Names(q.where, "state") {
		f.States = []string{store.IncidentOpen, store.IncidentResolving}
	}
	ids, err := tx.IncidentIDs(f)
	view := func(incidents ...store.Incident) ([]listedIncident, error) { return viewIncidents(tx, r, incidents...) }
	say := reader{lang: r.lang}.say
	return exportedAs(tx, ids, func(i store.Incident) string { return i.ID }, view, func(v listedIncident) map[string]any {
		row := map[string]any{
			"id": v.ID, "case_id": v.CaseID, "kind": say("incident_kind", v.Kind), "cause": v.Title, "state": say("incident_state", v.State),
			"since": v.Since, "closed": v.ClosedAt, "explanation": v.Explanation, "institution": v.Institution.name(),
		}
		if v.Stage != "" {
			row["stage"] = say("stage", v.Stage)
		}
		return row
	}), err
}

// openGroups counts what is stuck by what it has in common, as the page of groups does: all fit into one reading.
func openGroups(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	f := store.IncidentFilter{Within: r.within(""), Where: q.where, Limit: mostExported + 1}
	if !filter.Names(q.where, "state") {
		f.States = []string{store.IncidentOpen, store.IncidentResolving}
	}
	out, err := groupIncidents(tx, r, f)
	if err != nil {
		return exportRows{}, err
	}
	return byKey(out.Body.Groups, func(batch []incidentGroup) ([]map[string]any, error) {
		return shownAs(batch, func(g incidentGroup) map[string]any {
			v := reader{lang: r.lang}
			row := map[string]any{
				"cause": g.Title, "kind": v.say("web.incident_kind", string(g.Kind)), "institution": g.Institution.name(), "count": g.Count,
				"cases": g.Cases, "claimed": g.Claimed, "since": g.Oldest, "explanation": g.Explanation,
			}
			if g.Stage != "" {
				row["stage"] = v.say("stage", g.Stage)
			}
			return row
		}), nil
	}), nil
}

func openTasks(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.TaskIDs(store.TaskFilter{Within: r.within(""), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1})
	view := func(tasks ...store.Task) ([]TaskView, error) { return s.viewTasks(tx, r, tasks...) }
	return exportedAs(tx, ids, func(t store.Task) string { return t.ID }, view, func(v TaskView) map[string]any {
		return map[string]any{
			"id": v.ID, "case_id": v.CaseID, "institution_id": v.InstitutionID, "task_kind": v.KindName, "attempt": v.Attempt, "state": v.State,
			"occupation": v.Occupation.Name, "level": v.Level.Name, "issued": v.IssuedAt, "due": v.DueAt, "closed": v.ClosedAt,
		}
	}), err
}

func openCertificates(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.CertificateIDs(store.CertificateFilter{Within: r.within(""), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1})
	view := func(certificates ...store.Certificate) ([]issuedView, error) { return s.issuedViews(r, certificates) }
	return exportedAs(tx, ids, func(c store.Certificate) string { return c.ID }, view, func(v issuedView) map[string]any {
		return map[string]any{
			"id": v.ID, "number": v.Number, "certificate": v.Name, "holder": v.Holder, "occupation": v.Occupation, "level": v.Level,
			"course": v.Course, "issuer": v.Issuer.Name, "status": v.Status, "issued": v.IssuedOn.String(),
		}
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
