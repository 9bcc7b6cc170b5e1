package api

import (
	"strings"

	"github.com/dengpan/dengpan/store"
)

// Rows of files of what operators do, decide on and look after.

func openInstitutions(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.IDs(store.InstitutionFilter{
		Within: r.within(""), On: s.today(), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1,
	})
	view := func(all ...store.Institution) ([]RecordSummary, error) { return s.summariseRecords(tx, r, all...) }
	return exportedAs(tx, ids, func(i store.Institution) string { return i.ID }, view, func(v RecordSummary) map[string]any {
		row := map[string]any{
			"id": v.ID, "institution": v.Name, "roles": joined(v.Roles), "district": v.District.name(), "status": v.Status.Name,
			"open": v.Open, "owed": v.Owed, "stuck": v.Stuck, "unsettled": v.Unsettled, "as_of": v.AsOf,
		}
		if v.Overdue.Rate != nil {
			row["overdue_rate"] = *v.Overdue.Rate
		}
		if v.Median != nil {
			row["median_hours"] = *v.Median
		}
		return row
	}), err
}

func openInspections(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	f := r.inspections("")
	f.Where, f.Numbered, f.Limit = q.where, q.numbered(), mostExported+1
	ids, err := tx.IDs(f)
	view := func(all ...store.Inspection) ([]InspectionSummary, error) {
		return s.summariseInspections(tx, r, all...)
	}
	return exportedAs(tx, ids, func(i store.Inspection) string { return i.ID }, view, func(v InspectionSummary) map[string]any {
		row := map[string]any{
			"id": v.ID, "institution": v.Institution.Name, "role": v.Role.Name, "district": v.District.name(), "scope": v.Scope,
			"planned": v.PlannedOn.String(), "state": v.State.Name, "findings": v.Findings, "unsettled": v.Unsettled,
			"overdue_findings": v.Overdue,
		}
		if v.VisitedOn != nil {
			row["visited"] = v.VisitedOn.String()
		}
		return row
	}), err
}

func openMisconduct(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.IDs(store.MisconductFilter{Within: r.within(""), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1})
	view := func(all ...store.Misconduct) ([]MisconductView, error) { return s.viewMisconduct(tx, r, all...) }
	return exportedAs(tx, ids, func(m store.Misconduct) string { return m.ID }, view, func(v MisconductView) map[string]any {
		return map[string]any{
			"id": v.ID, "case_id": v.CaseID, "act": v.Act.Name, "part": v.Part.Name, "institution": v.Institution.Name,
			"occurred": v.OccurredOn.String(), "state": v.State.Name, "recorded": v.RecordedAt, "due": v.DueAt,
		}
	}), err
}

func openApprovals(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.IDs(store.ApprovalFilter{Within: r.within(""), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1})
	view := func(all ...store.Approval) ([]ApprovalView, error) { return viewApprovals(tx, r, all...) }
	return exportedAs(tx, ids, func(a store.Approval) string { return a.ID }, view, func(v ApprovalView) map[string]any {
		row := map[string]any{
			"id": v.ID, "verb": v.Verb.Name, "case_id": v.CaseID, "stage": v.Stage.name(), "reason": v.Reason, "legal_basis": v.LegalBasis,
			"by": v.By.Label, "requested": v.RequestedAt, "state": v.StateName, "decided": v.DecidedAt, "decision_reason": v.Decision,
		}
		if v.Incident != nil {
			row["cause"] = v.Incident.Cause.Name
		}
		if v.DecidedBy != nil {
			row["decided_by"] = v.DecidedBy.Label
		}
		return row
	}), err
}

func openBatches(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.IDs(store.BatchFilter{
		District: r.account.Caller().District, Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1,
	})
	view := func(all ...store.Batch) ([]BatchView, error) { return viewBatches(tx, r, all...) }
	return exportedAs(tx, ids, func(b store.Batch) string { return b.ID }, view, func(v BatchView) map[string]any {
		p := v.Progress
		return map[string]any{
			"id": v.ID, "name": v.Name, "verb": v.Verb.Name, "cause": v.Cause.name(), "institution": v.Institution.name(), "reason": v.Reason,
			"legal_basis": v.LegalBasis, "state": v.StateName, "requested": v.RequestedAt, "ended": v.EndedAt, "cases": p.Total,
			"cleared": p.Cleared, "stuck_again": p.StuckAgain, "refused": p.Refused, "unchanged": p.Unchanged, "skipped": p.Skipped,
		}
	}), err
}

func openItems(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	keys, err := tx.ItemKeys(store.ItemFilter{District: r.account.Caller().District, Where: q.where, Limit: mostExported + 1})
	return byKey(keys, func(batch []store.ItemKey) ([]map[string]any, error) {
		items, err := tx.ItemsByKey(batch)
		if err != nil {
			return nil, err
		}
		views, err := viewItems(tx, r, items)
		rows := shownAs(views, func(v batchItemView) map[string]any {
			return map[string]any{
				"position": v.Position, "case_id": v.CaseID, "incident_id": v.IncidentID, "result": v.StateName, "why": v.Why.name(), "acted": v.ActedAt,
				"cleared_at": v.ClearedAt, "settled": v.SettledAt, "stage": v.Now.Stage.Name, "queue": v.Now.Queue.Name, "cause": v.Now.Cause.name(),
			}
		})
		for i := range rows {
			rows[i]["batch"] = items[i].BatchID
		}
		return rows, err
	}), err
}

func openDeadlines(of string) func(*service, *store.Tx, *request, exportQuery) (exportRows, error) {
	return func(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
		f := s.deadlineFilter(of)
		f.Within, f.Where, f.Numbered, f.Limit = r.within(""), q.where, q.numbered(), mostExported+1
		ids, err := tx.DeadlineIDs(f)
		return byKey(ids, func(batch []string) ([]map[string]any, error) {
			some := f
			some.Subjects, some.Limit = batch, len(batch)
			all, err := tx.Deadlines(some)
			if err != nil {
				return nil, err
			}
			views, err := s.viewDeadlines(tx, r, all, f.Now, f.Near)
			return shownAs(views, func(v DeadlineView) map[string]any {
				row := map[string]any{
					"id": v.ID, "case_id": v.CaseID, "what": v.What.Name, "institution": v.Institution.name(), "given": v.GivenAt, "due": v.DueAt,
					"state": reader{lang: r.lang}.say("web.deadlines", v.State), "working_days": v.WorkingDays,
				}
				if len(v.Told) > 0 {
					row["told"] = v.Told[len(v.Told)-1].Text
				}
				if v.Next != nil {
					row["next"] = v.Next.Text
				}
				return row
			}), err
		}), err
	}
}

// joined are the names of several, as they stand in one cell.
func joined(all []coded) string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = one.Name
	}
	return strings.Join(names, "、")
}
