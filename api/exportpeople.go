package api

import (
	"github.com/dengpan/dengpan/store"
)

// Rows of files of what trainees ask for, and of the employers and lists by which they come. Nobody is named in them.

func openPetitions(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	within := r.within("")
	ids, err := tx.IDs(store.PetitionFilter{
		InstitutionID: within.InstitutionID, District: within.District, Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1,
	})
	view := func(all ...store.Petition) ([]PetitionView, error) { return s.viewPetitions(tx, r, all...) }
	return exportedAs(tx, ids, func(p store.Petition) string { return p.ID }, view, func(v PetitionView) map[string]any {
		return map[string]any{
			"id": v.ID, "petition": v.Kind.Name, "topic": v.Topic.name(), "case_id": deref(v.CaseID), "institution": v.Institution.Name,
			"asked": v.AskedAt, "state": v.State.Name, "handler": v.HandledBy.Name, "due": v.DueAt, "answered": v.AnsweredAt,
			"answer_outcome": v.Outcome.name(),
		}
	}), err
}

func openEmployers(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.IDs(store.EmployerFilter{
		District: r.account.Caller().District, Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1,
	})
	view := func(all ...store.Employer) ([]EmployerView, error) { return viewEmployers(tx, r, all...) }
	return exportedAs(tx, ids, func(e store.Employer) string { return e.ID }, view, func(v EmployerView) map[string]any {
		return map[string]any{
			"id": v.ID, "employer": v.Name, "uscc": v.USCC, "district": v.District.Name, "classes": v.Classes, "accounts": v.Accounts,
			"registered_at": v.RegisteredAt,
		}
	}), err
}

func openIntakes(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.IDs(store.IntakeFilter{
		Within: r.within(""), EmployerID: r.account.Caller().Employer, Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1,
	})
	view := func(all ...store.Intake) ([]IntakeView, error) { return viewIntakes(tx, r, all...) }
	say := reader{lang: r.lang}.say
	return exportedAs(tx, ids, func(i store.Intake) string { return i.ID }, view, func(v IntakeView) map[string]any {
		row := map[string]any{
			"id": v.ID, "class": v.Class.Name, "list_of": v.Body.name(), "uploaded": v.UploadedAt, "state": v.StateName, "rows": v.Totals.Rows,
			"rows_registered": v.Totals.Registered, "rows_already": v.Totals.Already, "rows_refused": v.Totals.Refused,
			"rows_ready": v.Totals.Ready, "started": v.StartedAt, "ended": v.EndedAt,
		}
		if v.Employer != nil {
			row["list_of"] = v.Employer.Name
		}
		if v.Mode != "" {
			row["mode"] = say("intake_mode", v.Mode)
		}
		return row
	}), err
}
