package api

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/misconduct"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// MisconductView is misconduct at an evaluation, and how far it is. (Exported because it is embedded.)
type MisconductView struct {
	ID             string                 `json:"id"`
	ReportID       string                 `json:"report_id" doc:"What was recorded at once has one."`
	CaseID         string                 `json:"case_id"`
	TaskID         string                 `json:"task_id"`
	Institution    bodyView               `json:"institution" doc:"Whose staff recorded it."`
	Part           coded                  `json:"part"`
	Attempt        int                    `json:"attempt"`
	Act            coded                  `json:"act"`
	Citation       citationView           `json:"citation" doc:"The rule that the act is of, and how sure we are of it."`
	OccurredOn     calendar.Date          `json:"occurred_on"`
	Evidence       string                 `json:"evidence,omitempty"`
	State          coded                  `json:"state"`
	RecordedAt     time.Time              `json:"recorded_at"`
	ConfirmedAt    *time.Time             `json:"confirmed_at,omitempty" doc:"By a second person."`
	Confirmation   string                 `json:"confirmation,omitempty"`
	StatementUntil *time.Time             `json:"statement_until,omitempty" doc:"Missing: for how long is not known, and the time does not end."`
	StatedAt       *time.Time             `json:"stated_at,omitempty"`
	ReviewedAt     *time.Time             `json:"reviewed_at,omitempty"`
	Review         string                 `json:"review,omitempty"`
	Decision       *misconductDecision    `json:"decision,omitempty"`
	Delivery       *misconductDelivery    `json:"delivery,omitempty"`
	DueAt          *time.Time             `json:"due_at,omitempty" doc:"Of the next step. When it passes, people are told; nothing is decided by it."`
	Overdue        bool                   `json:"overdue"`
	Steps          []misconductStepOption `json:"steps" doc:"What the reader may do next."`
}

type misconductDecision struct {
	Founded     bool           `json:"founded"`
	Reason      string         `json:"reason"`
	Citation    citationView   `json:"citation"`
	Voids       *coded         `json:"voids,omitempty" doc:"What of the evaluation counts no longer."`
	BarredUntil *calendar.Date `json:"barred_until,omitempty" doc:"The last day on which the person may not be evaluated."`
	At          time.Time      `json:"at"`
}

type misconductDelivery struct {
	How coded     `json:"how"`
	At  time.Time `json:"at"`
}

type misconductStepOption struct {
	Step   string `json:"step" enum:"confirmation,statement,review,decision,delivery"`
	WhyNot *coded `json:"why_not,omitempty" doc:"Why the reader may not, yet or at all; missing when they may."`
}

func misconductPosition(m store.Misconduct) (time.Time, string) { return m.RecordedAt, m.ID }

func (s *service) viewMisconduct(tx *store.Tx, r *request, rows ...store.Misconduct) ([]MisconductView, error) {
	bodies, ids := make([]string, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		bodies[i], ids[i] = row.InstitutionID, row.CaseID
	}
	v, err := newReader(tx, r, bodies...)
	if err != nil {
		return nil, err
	}
	cases, err := tx.CasesByID(ids)
	if err != nil {
		return nil, err
	}
	views := make([]MisconductView, len(rows))
	for i, m := range rows {
		rules, err := policy.ByID(cases[m.CaseID].PolicyVersion)
		if err != nil {
			return nil, fmt.Errorf("read a case's rules: %w", err)
		}
		if views[i], err = s.oneMisconduct(v, r, m, misconduct.RulesFor(rules.Demonstration())); err != nil {
			return nil, err
		}
	}
	return views, nil
}

func (s *service) oneMisconduct(v reader, r *request, m store.Misconduct, rules misconduct.Rules) (MisconductView, error) {
	act, _ := rules.Act(m.Act)
	now := s.Now()
	view := MisconductView{
		ID: m.ID, ReportID: m.ReportID, CaseID: m.CaseID, TaskID: m.TaskID, Institution: v.institution(m.InstitutionID),
		Part: v.coded("part", m.Part), Attempt: m.Attempt, Act: v.coded("misconduct_act", m.Act), Citation: v.citation(act.Citation),
		OccurredOn: m.OccurredOn, Evidence: m.Evidence, State: v.coded("misconduct_state", m.State), RecordedAt: m.RecordedAt,
		ConfirmedAt: m.ConfirmedAt, Confirmation: m.Confirmation, StatementUntil: m.StatementUntil, StatedAt: m.StatedAt,
		ReviewedAt: m.ReviewedAt, Review: m.Review, DueAt: m.DueAt, Overdue: m.DueAt != nil && now.After(*m.DueAt),
		Steps: v.misconductSteps(r, m, rules, now),
	}
	if m.Founded != nil {
		var citation policy.Citation
		if err := json.Unmarshal(m.Citation, &citation); err != nil {
			return view, fmt.Errorf("read a citation: %w", err)
		}
		view.Decision = &misconductDecision{
			Founded: *m.Founded, Reason: m.DecisionReason, Citation: v.citation(citation), BarredUntil: m.BarredUntil, At: *m.DecidedAt,
		}
		view.Decision.Voids = v.codedIf("misconduct_voids", m.Voids)
	}
	if m.DeliveredAt != nil {
		view.Delivery = &misconductDelivery{How: v.coded("misconduct_how", m.DeliveredHow), At: *m.DeliveredAt}
	}
	return view, nil
}

func (v reader) citation(c policy.Citation) citationView {
	return citationView{Document: c.Document, Clause: c.Clause, Basis: string(c.Basis), Note: c.Note.In(string(v.lang))}
}

// misconductSteps is what a reader may do next, or why not.
func (v reader) misconductSteps(r *request, m store.Misconduct, rules misconduct.Rules, now time.Time) []misconductStepOption {
	a := r.account
	by := func(who *string) bool { return who != nil && *who == a.ID }
	option := func(step, whyNot string) misconductStepOption {
		return misconductStepOption{Step: step, WhyNot: v.whyNot(whyNot)}
	}
	steps := []misconductStepOption{}
	trainee, staff := a.Role == store.RoleTrainee, a.Role == store.RoleInstitution || a.Role == store.RoleOperator && a.District == nil
	switch {
	case m.State == store.MisconductRecorded && a.Role == store.RoleInstitution:
		steps = append(steps, option("confirmation", when(m.RecordedBy == a.ID, otherPersonNeeded)))
	case m.State == store.MisconductNoticed:
		if m.StatedAt == nil && (trainee || staff) {
			steps = append(steps, option("statement", ""))
		}
		if staff {
			why := when(m.StatedAt == nil && (m.StatementUntil == nil || now.Before(*m.StatementUntil)), misconductWindow)
			if m.RecordedBy == a.ID {
				why = otherPersonNeeded
			}
			steps = append(steps, option("review", why))
		}
	case m.State == store.MisconductReviewed && staff:
		why := when(rules.Decides != judgeOf(a), misconductNotJudge)
		switch {
		case rules.Decides == "":
			why = misconductNoRule
		case m.RecordedBy == a.ID || by(m.ConfirmedBy):
			why = otherPersonNeeded
		}
		steps = append(steps, option("decision", why))
	case m.State == store.MisconductDecided && staff:
		steps = append(steps, option("delivery", ""))
	}
	return steps
}

// when is a code that holds under a condition; empty otherwise.
func when(condition bool, code string) string {
	if condition {
		return code
	}
	return ""
}
