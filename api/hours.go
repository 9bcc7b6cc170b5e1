package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// hourLine is a line of the hours ledger, as it was written.
type hourLine struct {
	Entry       int64             `json:"entry"`
	SessionID   *string           `json:"session_id,omitempty"`
	Session     string            `json:"session" doc:"The institution's own name for it."`
	Institution bodyView          `json:"institution"`
	Date        calendar.Date     `json:"date"`
	Module      string            `json:"module"`
	Mode        string            `json:"mode" enum:"online,offline"`
	Minutes     float64           `json:"minutes" doc:"Negative in a reversal."`
	Evidence    []ledger.Evidence `json:"evidence" doc:"What the time rests on: a sign-in and a sign-out, or the first and last heartbeat of a stretch."`
	Reporter    string            `json:"reporter,omitempty" doc:"The institution's own number of who vouches; left out for what our server saw itself."`
	ReceivedAt  *time.Time        `json:"received_at,omitempty"`
	RecordedAt  time.Time         `json:"recorded_at"`
	Stands      bool              `json:"stands" doc:"False for what was reversed, and for reversals."`
	Reverses    *int64            `json:"reverses,omitempty" doc:"The entry that this one takes back."`
	ReversedBy  *int64            `json:"reversed_by,omitempty"`
	Reason      string            `json:"reason,omitempty" doc:"Why it was reversed."`
}

type caseHoursOutput struct {
	Body struct {
		CaseID         string       `json:"case_id"`
		Hours          ledger.Hours `json:"hours" doc:"学时 that stand."`
		Minutes        float64      `json:"minutes"`
		MinutesPerHour int          `json:"minutes_per_hour"`
		Lines          []hourLine   `json:"lines" doc:"In the order in which they were written. Nothing is ever changed: what was wrong is reversed."`
	}
}

// caseHours shows the ledger of a case: every line, what it rests on, and what was reversed and why.
func (s *service) caseHours(ctx context.Context, in *idInput) (*caseHoursOutput, error) {
	r := requestOf(ctx)
	out := &caseHoursOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		c, err := tx.Case(in.ID)
		if err != nil {
			return err
		}
		rules, err := policy.ByID(c.PolicyVersion)
		if err != nil {
			return fmt.Errorf("read the case's rules: %w", err)
		}
		lines, err := tx.HourLines(&in.ID, nil)
		if err != nil {
			return err
		}
		rule := hours.Rule(rules)
		var total time.Duration
		for _, line := range lines {
			total += time.Duration(line.Seconds) * time.Second
		}
		out.Body.CaseID, out.Body.Hours, out.Body.Minutes = c.ID, rule.Hours(total), total.Minutes()
		out.Body.MinutesPerHour = rule.MinutesPerHour
		out.Body.Lines, err = viewLines(tx, r, lines)
		return err
	})
	return out, err
}

func viewLines(tx *store.Tx, r *request, lines []store.HourEntry) ([]hourLine, error) {
	ids := make([]string, len(lines))
	reversed := map[int64]store.HourEntry{}
	for i, line := range lines {
		ids[i] = line.InstitutionID
		if line.Reverses != nil {
			reversed[*line.Reverses] = line
		}
	}
	v, err := newReader(tx, r, ids...)
	if err != nil {
		return nil, err
	}
	views := make([]hourLine, len(lines))
	for i, line := range lines {
		views[i] = hourLine{
			Entry: line.ID, SessionID: line.SessionID, Session: line.SessionRef, Institution: v.institution(line.InstitutionID),
			Date: line.SessionDate, Module: line.Module, Mode: line.Mode, Minutes: float64(line.Seconds) / time.Minute.Seconds(),
			Evidence: []ledger.Evidence{}, Reporter: line.Reporter, ReceivedAt: line.ReceivedAt, RecordedAt: line.RecordedAt,
			Reverses: line.Reverses, Reason: line.Reason,
		}
		if err := json.Unmarshal(line.Evidence, &views[i].Evidence); err != nil {
			return nil, fmt.Errorf("read the evidence of an entry: %w", err)
		}
		by, taken := reversed[line.ID]
		if taken {
			views[i].ReversedBy, views[i].Reason = &by.ID, by.Reason
		}
		views[i].Stands = !taken && line.Reverses == nil
	}
	return views, nil
}
