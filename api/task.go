package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// TaskView is work asked of an institution.
type TaskView struct {
	ID            string      `json:"id"`
	Seq           int64       `json:"seq"`
	CaseID        string      `json:"case_id"`
	InstitutionID string      `json:"institution_id"`
	Kind          string      `json:"kind" enum:"enrolment,training,exam,theory,practical"`
	KindName      string      `json:"kind_name"`
	Attempt       int         `json:"attempt" doc:"2 is the first resit."`
	Issue         int         `json:"issue" doc:"2 when the same attempt was asked for again."`
	State         string      `json:"state" enum:"open,answered,rejected,cancelled"`
	IssuedAt      time.Time   `json:"issued_at"`
	DueAt         time.Time   `json:"due_at"`
	ClosedAt      *time.Time  `json:"closed_at,omitempty"`
	CloseReason   string      `json:"close_reason,omitempty"`
	Occupation    coded       `json:"occupation"`
	Direction     string      `json:"direction"`
	Level         coded       `json:"level"`
	Class         *classBrief `json:"class,omitempty" doc:"Of the institution: the class that the case is in, or was until it was closed."`

	Sitting *sittingBrief `json:"sitting,omitempty" doc:"Of an open part of an evaluation: the sitting that the trainee booked."`
	Details taskDetails   `json:"details"`
}

// taskDetails says what is asked. Dates are of the programme's calendar.
type taskDetails struct {
	RequiredHours   *float64      `json:"required_hours,omitempty"`
	RecordedHours   *float64      `json:"recorded_hours,omitempty"`
	Modules         []string      `json:"modules,omitempty"`
	MissingModules  []string      `json:"missing_modules,omitempty"`
	MissingOffline  *float64      `json:"missing_offline_hours,omitempty" doc:"Of the hours that must be taken in person."`
	PassMark        *float64      `json:"pass_mark,omitempty"`
	EarliestSession string        `json:"earliest_session,omitempty" format:"date"`
	IssuedOn        calendar.Date `json:"issued_on" doc:"No exam or assessment is held before it."`
	Today           calendar.Date `json:"today" doc:"The date in the programme's calendar: what is reported is not later."`
}

// traineeView is whom a task is about, as far as an institution needs to know.
type traineeView struct {
	Name           string `json:"name" doc:"Masked for operators."`
	IDNumberMasked string `json:"id_number_masked"`
}

type tasksInput struct {
	NumberedInput

	State  string `query:"state" enum:"open,answered,rejected,cancelled"`
	Kind   string `query:"kind" enum:"enrolment,training,exam,theory,practical"`
	CaseID string `query:"case_id" format:"uuid" doc:"Of one case."`
	Class  string `query:"class" maxLength:"64" doc:"Id of a class of the tasks' institution: of whoever is in it, or was until it was closed."`
	Due    string `query:"due" enum:"overdue,week" doc:"Open tasks that are past their date, or will be within seven days."`
	Sort   string `query:"sort" enum:"issued_at,-issued_at,due_at,-due_at" doc:"The order of numbered pages."`
	After  string `query:"after" pattern:"^([0-9]{1,18}|p[0-9]{1,18}-[0-9a-f]{8})$" doc:"The cursor of an answer before: what was issued since. A number is a cursor of before cursors lasted; begin anew instead, where nothing may be missed."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type tasksOutput struct {
	Body struct {
		Tasks []TaskView `json:"tasks"`
		PageEnd
		Total *int64 `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
	}
}

// listTasks lists an institution's own tasks; an operator sees everybody's.
func (s *service) listTasks(ctx context.Context, in *tasksInput) (*tasksOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	filter := store.TaskFilter{
		Within: r.within(""), State: in.State, Kind: in.Kind, CaseID: in.CaseID, Limit: in.Limit, Numbered: in.numbered(found, in.Sort, in.After),
	}
	if filter.ClassID = in.Class; in.Class != "" && !isID(in.Class) {
		found.add("class", fieldFormat)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	filter.DueBefore = s.dueBefore(in.Due)
	out := &tasksOutput{}
	tx := s.Store.Read(ctx)
	if in.Page == 0 {
		tasks, end, err := s.pollTasks(ctx, filter, in.After)
		if err != nil {
			return nil, err
		}
		out.Body.PageEnd = end
		out.Body.Tasks, err = s.viewTasks(tx, r, tasks...)
		return out, err
	}
	total, err := tx.CountTasks(filter)
	if err != nil {
		return nil, err
	}
	tasks, err := tx.Tasks(filter)
	if err != nil {
		return nil, err
	}
	out.Body.Total = &total
	out.Body.Tasks, err = s.viewTasks(tx, r, tasks...)
	return out, err
}

// dueBefore is before when tasks are due that are overdue, or will be within a week; zero: whenever they are.
func (s *service) dueBefore(due string) time.Time {
	switch due {
	case "overdue":
		return s.Now()
	case "week":
		return s.Now().Add(7 * s.Calendar.Day)
	}
	return time.Time{}
}

// pollTasks reads tasks on from a cursor, in the order of the feed that told of them.
func (s *service) pollTasks(ctx context.Context, filter store.TaskFilter, sent string) ([]store.Task, PageEnd, error) {
	if err := s.Store.LineUp(ctx, filter.InstitutionID); err != nil {
		return nil, PageEnd{}, err
	}
	tx := s.Store.Read(ctx)
	after, err := s.tasksAfter(tx, filter, sent)
	if err != nil {
		return nil, PageEnd{}, err
	}
	limit := filter.Limit
	filter.Limit++ // whether there is a next page
	issued, err := tx.IssuedTasks(filter, after)
	if err != nil {
		return nil, PageEnd{}, err
	}
	issued, end := endOf(issued, limit, cmp.Or(sent, feedStart))
	tasks := make([]store.Task, len(issued))
	for i, t := range issued {
		tasks[i] = t.Task
	}
	return tasks, end, nil
}

// tasksAfter reads where to go on. A plain number is the seq of a task: what cursors once were.
func (s *service) tasksAfter(tx *store.Tx, filter store.TaskFilter, cursor string) (int64, error) {
	if seq, err := strconv.ParseInt(cursor, 10, 64); err == nil {
		return tx.BehindTask(filter, seq)
	}
	mark := feedMark(cmp.Or(cursor, feedStart))
	return mark.Position, standing(tx, mark)
}

type taskOutput struct {
	Body struct {
		TaskView
		Trainee  traineeView    `json:"trainee"`
		Evidence []evidenceView `json:"evidence" doc:"Files that were filed about the task."`
	}
}

// getTask shows a task with the trainee's name and masked ID number. That somebody read them is written down, in the
// transaction that reads them.
func (s *service) getTask(ctx context.Context, in *idInput) (*taskOutput, error) {
	r := requestOf(ctx)
	out := &taskOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		t, err := tx.Task(in.ID)
		if err != nil {
			return err
		}
		views, err := s.viewTasks(tx, r, t)
		if err != nil {
			return err
		}
		out.Body.TaskView = views[0]
		c, err := tx.Case(t.CaseID)
		if err != nil {
			return err
		}
		if out.Body.Trainee, err = s.trainee(tx, c.PersonID); err != nil {
			return err
		}
		if out.Body.Evidence, err = s.filedAbout(tx, r, store.AboutTask, t.ID); err != nil {
			return err
		}
		if r.account.Role != institution {
			out.Body.Trainee.Name = maskName(out.Body.Trainee.Name) // who teaches calls people by name; others unmask
		}
		return s.audit(tx, r, "trainee.read", "person:"+c.PersonID, "task:"+t.ID, nil)
	})
	return out, err
}

// trainee opens a person's name and ID number, and masks the number.
func (s *service) trainee(tx *store.Tx, personID string) (traineeView, error) {
	person, err := tx.Person(personID)
	if err != nil {
		return traineeView{}, err
	}
	return s.openTrainee(person)
}

// maskedName opens a person's name, and masks it.
func (s *service) maskedName(tx *store.Tx, personID string) (string, error) {
	person, err := tx.Person(personID)
	if err != nil {
		return "", err
	}
	name, err := people.Name(s.Keys, person)
	return maskName(name), err
}

func (s *service) openTrainee(person store.Person) (traineeView, error) {
	name, err := people.Name(s.Keys, person)
	if err != nil {
		return traineeView{}, err
	}
	number, err := people.Number(s.Keys, person)
	if err != nil {
		return traineeView{}, err
	}
	return traineeView{Name: name, IDNumberMasked: maskDocument(person.IDType, number)}, nil
}

func (s *service) viewTasks(tx *store.Tx, r *request, tasks ...store.Task) ([]TaskView, error) {
	ids := make([]string, len(tasks))
	for i, t := range tasks {
		ids[i] = t.CaseID
	}
	cases, err := tx.CasesByID(ids)
	if err != nil {
		return nil, err
	}
	classes, err := tx.ClassesOfCases(ids)
	if err != nil {
		return nil, err
	}
	v := reader{lang: r.lang}
	views := make([]TaskView, len(tasks))
	for i, t := range tasks {
		c := cases[t.CaseID]
		rules, err := policy.ByID(c.PolicyVersion)
		if err != nil {
			return nil, fmt.Errorf("read the case's rules: %w", err)
		}
		views[i] = TaskView{
			ID: t.ID, Seq: t.Seq, CaseID: t.CaseID, InstitutionID: t.InstitutionID, Kind: t.Kind,
			KindName: v.say("task_kind", t.Kind), Attempt: t.Attempt, Issue: t.Issue, State: string(t.State),
			IssuedAt: t.IssuedAt, DueAt: t.DueAt, ClosedAt: t.ClosedAt, CloseReason: t.CloseReason,
			Occupation: v.occupation(rules, c.Occupation), Direction: c.Direction, Level: v.coded("level", c.Level),
			Details: s.details(t),
		}
		if class, found := classes[store.Membership{CaseID: t.CaseID, InstitutionID: t.InstitutionID}]; found {
			views[i].Class = briefOfClass(class)
		}
	}
	return views, seat(tx, views)
}

// seat shows in which sitting the trainees of open parts of evaluations have a place.
func seat(tx *store.Tx, views []TaskView) error {
	asked := func(t TaskView) bool {
		return t.State == string(store.TaskOpen) && (t.Kind == contract.TheoryTask || t.Kind == contract.PracticalTask)
	}
	var cases, sittings []string
	for _, t := range views {
		if asked(t) {
			cases = append(cases, t.CaseID)
		}
	}
	booked, err := tx.BookingsOfCases(cases)
	if err != nil || len(booked) == 0 {
		return err
	}
	for _, b := range booked {
		sittings = append(sittings, b.SittingID)
	}
	known, err := tx.SittingsByID(sittings)
	for i, t := range views {
		if b, has := booked[t.CaseID]; has && asked(t) {
			of := known[b.SittingID]
			views[i].Sitting = &sittingBrief{
				ID: of.ID, StartsAt: of.StartsAt, EndsAt: of.EndsAt, Venue: of.Venue, Agreed: b.State == store.BookingBooked,
			}
		}
	}
	return err
}

func (s *service) details(t store.Task) taskDetails {
	return taskDetails{
		RequiredHours: numberOf(t.Details.RequiredHours), RecordedHours: numberOf(t.Details.RecordedHours),
		MissingOffline: numberOf(t.Details.MissingOffline),
		Modules:        t.Details.Modules, MissingModules: t.Details.MissingModules, PassMark: numberOf(t.Details.PassMark),
		EarliestSession: t.Details.EarliestSession, IssuedOn: s.Calendar.Today(t.IssuedAt), Today: s.today(),
	}
}

func numberOf(n json.Number) *float64 {
	value, err := n.Float64()
	if err != nil {
		return nil // not part of what is asked
	}
	return &value
}
