package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// How the rows of a batch of attendance are read, and what is said of each.

// readBatch takes a batch apart into its rows, which are read one by one.
func readBatch(raw []byte) (sessions, signIns []json.RawMessage, err error) {
	if _, err := parse(raw); err != nil {
		return nil, nil, err
	}
	found := &faults{}
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil || parts == nil {
		found.add(whole, fieldWrongType)
	}
	for name, part := range parts {
		rows, most := &sessions, 200
		switch name {
		case "sessions":
		case "sign_ins":
			rows, most = &signIns, 1000
		default:
			found.add(nameable(name), fieldUnknown)
			continue
		}
		if json.Unmarshal(part, rows) != nil || *rows == nil {
			found.add(name, fieldWrongType)
		} else if len(*rows) > most {
			found.add(name, fieldTooMany)
		}
	}
	return sessions, signIns, found.err()
}

// first shows the entry that stood in the way.
func (s *service) first(ctx context.Context, r *request, entry *store.HourEntry) (*firstView, error) {
	if entry == nil {
		return nil, nil
	}
	v, err := newReader(s.Store.Read(ctx), r, entry.InstitutionID)
	if err != nil {
		return nil, err
	}
	view := &firstView{Entry: entry.ID, Institution: v.institution(entry.InstitutionID)}
	if r.account.InstitutionID == nil || *r.account.InstitutionID == entry.InstitutionID {
		view.Session = entry.SessionRef
	}
	return view, nil
}

// readAttended reads from when to when somebody attended; the zero interval is an absence.
func readAttended(found *faults, in, out string, absent bool) ledger.Interval {
	if absent {
		for field, text := range map[string]string{"signed_in_at": in, "signed_out_at": out} {
			if text != "" {
				found.add(field, fieldConflict)
			}
		}
		return ledger.Interval{}
	}
	for field, text := range map[string]string{"signed_in_at": in, "signed_out_at": out} {
		if text == "" {
			found.add(field, fieldRequired)
		}
	}
	return ledger.Interval{From: readInstant(found, "signed_in_at", in), To: readInstant(found, "signed_out_at", out)}
}

// readInstant reads an instant, which must be one that the record can hold.
func readInstant(found *faults, field, text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	const first, last = 2000, 2200
	if err != nil || at.Year() < first || at.Year() > last {
		found.add(field, fieldInstant)
	}
	return at.UTC()
}

// faultRow is the row of a report whose fields are wrong in themselves: the first fault of them.
func faultRow(r *request, found *faults) RowResult {
	fault := found.problem().Errors[0]
	return RowResult{
		Status: rowRefused, Code: fault.Code, Field: fault.Field, Message: message.Text(r.lang, "field."+fault.Code, nil),
	}
}

func refusedRow(r *request, refusal *hours.RefusedError) RowResult {
	return RowResult{Status: rowRefused, Code: refusal.Code, Field: refusal.Field, Message: sayRefusal(r, refusal.Code)}
}

// sayRefusal is why attendance is not taken, in the reader's language.
func sayRefusal(r *request, code string) string { return message.Text(r.lang, "attendance."+code, nil) }
