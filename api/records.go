package api

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// fewest is the number of cases below which no rate is shown: so few say nothing of an institution, and much of people.
const fewest = 5

// RecordSummary is an institution in the operators' list. (Exported because it is embedded.)
type RecordSummary struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Status    coded      `json:"status" doc:"active, suspended."`
	District  *coded     `json:"district,omitempty"`
	Roles     []coded    `json:"roles" doc:"In which it is listed today."`
	Open      int        `json:"open" doc:"Open cases that it trains or evaluates in."`
	Owed      int        `json:"owed" doc:"Of these, in which it owes something."`
	Stuck     int        `json:"stuck" doc:"Of these, that are stuck in its part."`
	Unsettled int        `json:"unsettled" doc:"Findings of inspections that are not put right."`
	Overdue   rateView   `json:"overdue" doc:"Of this year's tasks, those whose deadline passed before they were answered."`
	Median    *float64   `json:"median_hours" doc:"From a task to its answer, this year; null under five."`
	AsOf      *time.Time `json:"as_of" doc:"When these were counted; null: not yet."`
}

// rateView is a share. So few that it would say nothing, and it has no rate.
type rateView struct {
	Of   int      `json:"of"`
	Rate *float64 `json:"rate" doc:"Between 0 and 1; null under five."`
}

func rate(part, of float64) rateView {
	view := rateView{Of: int(of)}
	if of >= fewest {
		share := part / of
		view.Rate = &share
	}
	return view
}

type recordsInput struct {
	NumberedInput
	FilteredInput

	Text       string `query:"q" maxLength:"64" doc:"Within the name."`
	Status     string `query:"status" enum:"active,suspended"`
	Role       string `query:"role" enum:"training,evaluation"`
	Occupation string `query:"occupation" maxLength:"64"`
	District   string `query:"district" maxLength:"64"`
	Sort       string `query:"sort" enum:"name,-name"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type recordsOutput struct {
	Body struct {
		Institutions []RecordSummary `json:"institutions"`
		Total        int64           `json:"total"`
	}
}

// listRecords lists institutions with how they stand. A district sees the training bodies that it supervises.
func (s *service) listRecords(ctx context.Context, in *recordsInput) (*recordsOutput, error) {
	r, out, found := requestOf(ctx), &recordsOutput{}, &faults{}
	filter := store.InstitutionFilter{
		Within: r.within(""), Query: strings.TrimSpace(in.Text), Status: in.Status, Role: in.Role, Occupation: in.Occupation,
		District: in.District, On: s.today(), Limit: in.Limit, Numbered: store.Numbered{Sort: in.Sort, Page: in.Page},
		Where: s.expression(found, r, in.FilteredInput, store.InstitutionFields(s.Policy)),
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		all, total, err := tx.Institutions(filter)
		if err != nil {
			return err
		}
		out.Body.Total = total
		out.Body.Institutions, err = s.summariseRecords(tx, r, all...)
		return err
	})
	return out, err
}

func (s *service) summariseRecords(tx *store.Tx, r *request, all ...store.Institution) ([]RecordSummary, error) {
	v, today := reader{lang: r.lang}, s.today()
	ids := make([]string, len(all))
	for n, i := range all {
		ids[n] = i.ID
	}
	if len(ids) == 0 {
		return []RecordSummary{}, nil
	}
	now, err := measuresOf(tx, ids, store.Present)
	if err != nil {
		return nil, err
	}
	year, err := measuresOf(tx, ids, today.Year())
	if err != nil {
		return nil, err
	}
	roles, err := tx.RolesOn(ids, today)
	if err != nil {
		return nil, err
	}
	counted, err := tx.FiguresCounted(store.Present)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	views := make([]RecordSummary, len(all))
	for n, i := range all {
		open, m := now[i.ID], year[i.ID]
		views[n] = RecordSummary{
			ID: i.ID, Name: i.Name, Status: v.coded("institution_status", i.Status), Roles: []coded{},
			Open: int(open["open.training"] + open["open.evaluation"]), Owed: int(open["open.owed"]), Stuck: int(open["open.stuck"]),
			Unsettled: int(open["open.findings"]), Overdue: rate(m["tasks.overdue"], m["tasks.asked"]), Median: m.hours("tasks.median"),
		}
		if err == nil {
			views[n].AsOf = &counted
		}
		for _, role := range roles[i.ID] {
			views[n].Roles = append(views[n].Roles, v.coded("role", role))
		}
		if i.District != nil {
			district := v.coded("district", *i.District)
			views[n].District = &district
		}
	}
	return views, nil
}

// measures are what was counted of an institution in a year.
type measures map[string]float64

func measuresOf(tx *store.Tx, ids []string, year int) (map[string]measures, error) {
	figures, err := tx.Figures(ids, year)
	of := map[string]measures{}
	for _, f := range figures {
		if f.Year != year {
			continue
		}
		if of[f.InstitutionID] == nil {
			of[f.InstitutionID] = measures{}
		}
		of[f.InstitutionID][f.Measure] = f.Value
	}
	return of, err
}

// hours is a length of time in hours; none when too few answered.
func (m measures) hours(measure string) *float64 {
	if m["tasks.answered"]+m["tasks.refused"] < fewest {
		return nil
	}
	hours := m[measure] / time.Hour.Seconds()
	return &hours
}

// supervised reports whether an institution is within a caller's reach: an institution's own record is, and a district's are
// the training bodies in it. Another is not found.
func supervised(tx *store.Tx, r *request, id string) error {
	caller := r.account.Caller()
	i, err := tx.Institution(id)
	switch {
	case err != nil:
		return err
	case caller.Institution != "" && caller.Institution != id, caller.District != "" && deref(i.District) != caller.District:
		return store.ErrNotFound
	case caller.District == "":
		return nil
	}
	trains, err := tx.EverHadRole(id, policy.RoleTraining)
	if err == nil && !trains {
		err = store.ErrNotFound
	}
	return err
}

// yearView are the figures of an institution in a year.
type yearView struct {
	Year         int                 `json:"year"`
	Trained      int                 `json:"trained" doc:"Cases registered with it as training body."`
	Evaluated    int                 `json:"evaluated" doc:"Cases registered with it as evaluation body."`
	Tasks        int                 `json:"tasks"`
	Answered     rateView            `json:"answered"`
	Refused      rateView            `json:"refused"`
	Overdue      rateView            `json:"overdue"`
	Median       *float64            `json:"median_hours"`
	P90          *float64            `json:"p90_hours"`
	Passed       map[string]rateView `json:"passed" doc:"By exam, theory, practical: of the sittings that year."`
	Corrections  int                 `json:"corrections" doc:"Of attendance."`
	Certificates int                 `json:"certificates" doc:"Issued that year."`
	Superseded   int                 `json:"superseded" doc:"Of these, corrected since."`
	Revoked      int                 `json:"revoked" doc:"Of these, revoked since."`
	Inspections  int                 `json:"inspections"`
	Findings     int                 `json:"findings"`
	Incidents    []causeCount        `json:"incidents"`
}

type causeCount struct {
	Cause coded `json:"cause"`
	Count int   `json:"count"`
}

func (v reader) year(year int, m measures) yearView {
	asked := m["tasks.asked"]
	view := yearView{
		Year: year, Trained: int(m["cases.training"]), Evaluated: int(m["cases.evaluation"]), Tasks: int(asked),
		Answered: rate(m["tasks.answered"], asked), Refused: rate(m["tasks.refused"], asked), Overdue: rate(m["tasks.overdue"], asked),
		Median: m.hours("tasks.median"), P90: m.hours("tasks.p90"), Passed: map[string]rateView{}, Corrections: int(m["corrections"]),
		Certificates: int(m["certificates.standing"] + m["certificates.superseded"] + m["certificates.revoked"]),
		Superseded:   int(m["certificates.superseded"]), Revoked: int(m["certificates.revoked"]), Inspections: int(m["inspections"]),
		Findings: int(m["findings.minor"] + m["findings.major"] + m["findings.grave"]), Incidents: []causeCount{},
	}
	for _, kind := range []string{contract.ExamTask, contract.TheoryTask, contract.PracticalTask} {
		if sat := m[kind+".sat"]; sat > 0 {
			view.Passed[kind] = rate(m[kind+".passed"], sat)
		}
	}
	for measure, value := range m {
		if cause, is := strings.CutPrefix(measure, "incident."); is {
			view.Incidents = append(view.Incidents, causeCount{Cause: coded{cause, v.say("cause", cause+".title")}, Count: int(value)})
		}
	}
	slices.SortFunc(view.Incidents, func(a, b causeCount) int { return b.Count - a.Count })
	return view
}

// recordView is how an institution stands.
type recordView struct {
	RecordSummary

	Suspension *suspensionDetail `json:"suspension,omitempty" doc:"That it is under."`
	Capacities []capacityView    `json:"capacities"`
	Years      []yearView        `json:"years" doc:"The latest first."`
	Endpoint   *recordEndpoint   `json:"endpoint,omitempty"`
	Group      string            `json:"group" doc:"The filter that picks its open cases."`
}

type suspensionDetail struct {
	Since        time.Time      `json:"since"`
	Reason       string         `json:"reason"`
	LegalBasis   string         `json:"legal_basis"`
	PlannedUntil *calendar.Date `json:"planned_until,omitempty"`
	Over         bool           `json:"over" doc:"Its planned end has passed, and nobody has lifted it."`
}

type recordEndpoint struct {
	ID           string     `json:"id"`
	State        string     `json:"state" enum:"active,paused,disabled"`
	FailingSince *time.Time `json:"failing_since,omitempty"`
}

type recordOutput struct{ Body recordView }

// getRecord shows how an institution stands, to operators and to itself.
func (s *service) getRecord(ctx context.Context, in *refInput) (*recordOutput, error) {
	r, out := requestOf(ctx), &recordOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		if err := supervised(tx, r, in.Ref); err != nil {
			return err
		}
		i, err := tx.Institution(in.Ref)
		if err != nil {
			return err
		}
		summaries, err := s.summariseRecords(tx, r, i)
		if err != nil {
			return err
		}
		out.Body = recordView{RecordSummary: summaries[0], Years: []yearView{}, Group: "status:active,waiting,stuck institution:" + i.ID}
		return s.fillRecord(tx, r, &out.Body)
	})
	return out, err
}

func (s *service) fillRecord(tx *store.Tx, r *request, of *recordView) error {
	v := reader{lang: r.lang}
	suspensions, err := tx.SuspensionsOf(of.ID)
	if err != nil {
		return err
	}
	for _, p := range suspensions {
		if p.LiftedAt == nil {
			of.Suspension = &suspensionDetail{
				Since: p.SuspendedAt, Reason: p.Reason, LegalBasis: p.LegalBasis, PlannedUntil: p.PlannedUntil,
				Over: p.PlannedUntil != nil && !p.PlannedUntil.After(s.today()),
			}
		}
	}
	if of.Capacities, err = s.viewCapacities(tx, r, store.Within{InstitutionID: of.ID, District: r.account.Caller().District}); err != nil {
		return err
	}
	figures, err := tx.Figures([]string{of.ID}, 0)
	if err != nil {
		return err
	}
	for len(figures) > 0 {
		year, m := figures[0].Year, measures{}
		for len(figures) > 0 && figures[0].Year == year {
			m[figures[0].Measure], figures = figures[0].Value, figures[1:]
		}
		if year != store.Present {
			of.Years = append(of.Years, v.year(year, m))
		}
	}
	endpoint, err := tx.Endpoint(of.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		of.Endpoint = &recordEndpoint{ID: endpoint.ID, State: endpoint.State, FailingSince: endpoint.FailingSince}
	}
	return err
}
