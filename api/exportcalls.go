package api

import (
	"github.com/dengpan/dengpan/store"
)

// Rows of files of what institutions are told: where, what, and what they answered that no case could take.

func openEndpoints(s *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.IDs(store.EndpointFilter{Within: r.within(""), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1})
	view := func(all ...store.Endpoint) ([]EndpointView, error) { return s.viewEndpoints(tx, r, all...) }
	say := reader{lang: r.lang}.say
	return exportedAs(tx, ids, func(e store.Endpoint) string { return e.ID }, view, func(v EndpointView) map[string]any {
		return map[string]any{
			"id": v.ID, "institution": v.Institution.Name, "state": say("web.endpoint_state", v.State), "state_since": v.StateSince,
			"health": say("web.endpoint_health", v.Health.Level), "attempts": v.Health.Attempts, "failed": v.Health.Failed,
			"waiting": v.Waiting, "oldest": v.Oldest, "failing_since": v.FailingSince,
		}
	}), err
}

func openDeliveries(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.IDs(store.EventFilter{Within: r.within(""), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1})
	view := func(events ...store.OutboxEvent) ([]DeliveryView, error) { return viewDeliveries(tx, r, events...) }
	say := reader{lang: r.lang}.say
	return exportedAs(tx, ids, func(e store.OutboxEvent) string { return e.ID }, view, func(v DeliveryView) map[string]any {
		row := map[string]any{
			"id": v.ID, "type": say("web.event_type", v.Type), "institution": v.Institution.Name, "case_id": v.CaseID, "task_id": v.TaskID,
			"state": say("web.delivery_state", v.State), "written": v.CreatedAt, "delivered": v.DeliveredAt, "attempts": v.Attempts,
		}
		if last := v.Last; last != nil {
			row["last_attempt"], row["error"] = last.At, last.Message
			if last.Status != nil {
				row["status_code"] = *last.Status
			}
		}
		return row
	}), err
}

func openLetters(_ *service, tx *store.Tx, r *request, q exportQuery) (exportRows, error) {
	ids, err := tx.IDs(store.LetterFilter{Within: r.within(""), Where: q.where, Numbered: q.numbered(), Limit: mostExported + 1})
	view := func(letters ...store.Letter) ([]LetterView, error) { return viewLetters(tx, r, letters...) }
	say := reader{lang: r.lang}.say
	return exportedAs(tx, ids, func(l store.Letter) string { return l.ID }, view, func(v LetterView) map[string]any {
		row := map[string]any{
			"id": v.ID, "institution": v.Institution.Name, "answer": say("web.letter_kind", v.Kind), "task_id": v.TaskID, "why": v.Reason.Name,
			"received": v.ReceivedAt, "times": v.Times, "state": say("web.letter_state", v.State), "resolved": v.ResolvedAt,
			"resolution_reason": v.Resolution,
		}
		if v.Task != nil {
			row["task_kind"], row["case_id"] = v.Task.KindName, v.Task.CaseID
		}
		return row
	}), err
}
