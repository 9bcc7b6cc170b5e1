package api

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/store"
)

// DeadlineView is a deadline, who was told of it, and who will be.
type DeadlineView struct {
	ID          string     `json:"id" doc:"Of the task, the incident, the approval or the case."`
	Of          string     `json:"of" enum:"task,incident,approval,case"`
	CaseID      string     `json:"case_id,omitempty" doc:"None: an approval that is about no case."`
	What        coded      `json:"what" doc:"The kind of the task, the cause of the incident, or the verb that was asked for."`
	Institution *bodyView  `json:"institution,omitempty" doc:"Who owes the task, or whose work waits."`
	GivenAt     time.Time  `json:"given_at"`
	DueAt       time.Time  `json:"due_at"`
	State       string     `json:"state" enum:"ahead,near,passed"`
	WorkingDays int        `json:"working_days" doc:"Until then; since then, when negative."`
	Provisional bool       `json:"provisional" doc:"The public holidays of its year have not been entered: only weekends are known."`
	Told        []toldView `json:"told" doc:"The first first."`
	Next        *nextView  `json:"next,omitempty" doc:"What follows if nobody sees to it."`
}

type toldView struct {
	Step string    `json:"step"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

type nextView struct {
	Step string        `json:"step"`
	Text string        `json:"text"`
	On   calendar.Date `json:"on"`
}

type deadlinesInput struct {
	NumberedInput
	FilteredInput

	Of          string `query:"of" enum:"task,incident,approval,case" default:"task"`
	State       string `query:"state" enum:"near,passed"`
	Institution string `query:"institution" maxLength:"64"`
	Sort        string `query:"sort" enum:"deadline,-deadline"`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type deadlinesOutput struct {
	Body struct {
		Deadlines    []DeadlineView `json:"deadlines"`
		Total        int64          `json:"total"`
		TotalIsLeast bool           `json:"total_is_least" doc:"There are more than the total: it is not counted further."`
	}
}

type officeOutput struct {
	Body struct {
		Years  []deadline.Year `json:"years" doc:"The years whose public holidays were entered. Of another, Saturdays and Sundays are free."`
		Ladder deadline.Ladder `json:"ladder" doc:"Who is told of a deadline when."`
	}
}

func (s *service) registerDeadlines(api huma.API) {
	const deadlines = "deadlines"
	read(api, "GET /v1/deadlines", deadlines, "Deadlines of open work, and who was told of them", s.listDeadlines)
	read(api, "GET /v1/office-calendar", deadlines, "Working days, and who is told of a deadline when", s.officeCalendar)
}

// officeCalendar shows the data that deadlines are counted by.
func (s *service) officeCalendar(context.Context, *struct{}) (*officeOutput, error) {
	out := &officeOutput{}
	out.Body.Years, out.Body.Ladder = deadline.Beijing().Years(), deadline.Steps()
	return out, nil
}

// listDeadlines lists deadlines of one kind, the earliest first unless asked otherwise.
func (s *service) listDeadlines(ctx context.Context, in *deadlinesInput) (*deadlinesOutput, error) {
	r, found := requestOf(ctx), &faults{}
	filter := s.deadlineFilter(in.Of)
	filter.Within, filter.Limit, filter.Numbered = r.within(in.Institution), in.Limit, store.Numbered{Sort: in.Sort, Page: in.Page}
	filter.Where = s.expression(found, r, in.FilteredInput, store.DeadlineFields())
	if err := found.err(); err != nil {
		return nil, err
	}
	switch in.State {
	case "near":
		filter.After, filter.Before = filter.Now, filter.Near
	case "passed":
		filter.Before = filter.Now
	}
	tx := s.Store.Read(ctx)
	out := &deadlinesOutput{}
	read := func(int) ([]store.Deadline, error) { return tx.Deadlines(filter) }
	count := func(most int) (int64, error) { return tx.CountDeadlines(filter, most) }
	all, total, least, err := readPage(in.first(), in.Limit, read, count)
	if err != nil {
		return nil, err
	}
	out.Body.Total, out.Body.TotalIsLeast = *total, least
	out.Body.Deadlines, err = s.viewDeadlines(tx, r, all, filter.Now, filter.Near)
	return out, err
}

// deadlineFilter picks all deadlines of a kind, as of now.
func (s *service) deadlineFilter(of string) store.DeadlineFilter {
	now := s.Now().UTC()
	return store.DeadlineFilter{
		Of: of, Span: deadline.Span(s.Calendar, s.Policy, of), Now: now, Near: deadline.Steps().NearBy(deadline.Beijing(), s.Calendar, now),
	}
}

func (s *service) viewDeadlines(tx *store.Tx, r *request, all []store.Deadline, now, near time.Time) ([]DeadlineView, error) {
	subjects, institutions := make([]string, len(all)), make([]string, len(all))
	for i, d := range all {
		subjects[i], institutions[i] = d.SubjectID, d.InstitutionID
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	told, err := tx.RemindersOf(subjects)
	if err != nil {
		return nil, err
	}
	office, today := deadline.Beijing(), s.Calendar.Today(now)
	views := make([]DeadlineView, len(all))
	for i, d := range all {
		due := s.Calendar.Today(d.Deadline)
		view := DeadlineView{
			ID: d.SubjectID, Of: d.Of, CaseID: d.CaseID, What: v.what(d), GivenAt: d.GivenAt, DueAt: d.Deadline, State: "ahead",
			WorkingDays: office.Between(today, due), Provisional: !office.Known(due.Year()), Told: []toldView{},
		}
		switch {
		case d.Deadline.Before(now):
			view.State = "passed"
		case d.Deadline.Before(near):
			view.State = "near"
		}
		if d.InstitutionID != "" {
			at := v.institution(d.InstitutionID)
			view.Institution = &at
		}
		for _, t := range told[d.SubjectID] {
			if t.Deadline.Equal(d.Deadline) {
				view.Told = append(view.Told, toldView{t.Step, v.say("reminder", t.Step), t.ToldAt})
			}
		}
		view.Next = v.next(d, due, view.Told, today)
		views[i] = view
	}
	return views, nil
}

// what names what has a deadline.
func (v reader) what(d store.Deadline) coded {
	switch d.Of {
	case deadline.OfTask:
		return v.coded("task_kind", d.What)
	case deadline.OfIncident:
		return coded{Code: d.What, Name: v.say("cause", d.What+".title")}
	case deadline.OfApproval:
		return v.coded("act_verb", d.What)
	}
	return v.coded("reminder", "whole_case")
}

// next is the first step that is yet to come about a deadline; nil when all were taken.
func (v reader) next(d store.Deadline, due calendar.Date, told []toldView, today calendar.Date) *nextView {
	office := deadline.Beijing()
	for _, step := range deadline.Steps().Steps {
		taken := slices.ContainsFunc(told, func(t toldView) bool { return t.Step == step.Code })
		if step.Of != d.Of || taken || step.WorkingDays < 0 && !due.After(today) {
			continue
		}
		return &nextView{step.Code, v.say("reminder", step.Code), later(step.On(office, due), office.On(today))}
	}
	return nil
}
