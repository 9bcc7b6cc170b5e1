package api

import (
	"context"
	"errors"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

type classesInput struct {
	NumberedInput

	Institution string `query:"institution" maxLength:"64" doc:"For an operator; an institution sees its own."`
	State       string `query:"state" enum:"planned,running,closed"`
	Occupation  string `query:"occupation" maxLength:"64"`
	Level       string `query:"level" enum:"junior,intermediate,senior"`
	Text        string `query:"q" maxLength:"64" doc:"Within the ref or the name."`
	Sort        string `query:"sort" enum:"starts_on,-starts_on,ends_on,-ends_on" doc:"The order of numbered pages."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type classesOutput struct {
	Body struct {
		Classes []ClassView   `json:"classes"`
		Next    *string       `json:"next" doc:"The after of the next page; null when there is none."`
		Total   *int64        `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
		Today   calendar.Date `json:"today" doc:"The date in the programme's calendar, which the states go by."`
	}
}

// listClasses lists the classes of the institution that asks, in the order in which they were made; an operator sees
// everybody's.
func (s *service) listClasses(ctx context.Context, in *classesInput) (*classesOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	filter := store.ClassFilter{
		Within: r.within(in.Institution), State: in.State, Today: s.today(), Occupation: in.Occupation, Level: in.Level, Text: in.Text,
		After: position(found, in.After), Numbered: in.numbered(found, in.Sort, in.After), Limit: in.Limit,
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &classesOutput{}
	out.Body.Today = filter.Today
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		total, err := in.total(&filter.Limit, func() (int64, error) { return tx.CountClasses(filter) })
		if err != nil {
			return err
		}
		out.Body.Total = total
		classes, err := tx.Classes(filter)
		if err != nil {
			return err
		}
		classes, out.Body.Next = upTo(in.Limit, classes, func(c store.Class) (time.Time, string) { return c.OpenedAt, c.ID })
		out.Body.Classes, err = s.viewClasses(tx, r, classes...)
		return err
	})
	return out, err
}

type classDetailOutput struct {
	Body struct {
		ClassView
		Required   *ledger.Hours `json:"required_hours,omitempty" doc:"学时 that the standard asks for; left out where none is entered."`
		Modules    []string      `json:"modules" doc:"Of the standard: what its sessions may teach."`
		Members    []memberView  `json:"members"`
		Former     []formerView  `json:"former" doc:"Who left before the class was closed."`
		Unfinished int           `json:"unfinished" doc:"Members on whom something is still to be done: the class is not closed before they have left it or are through."`
		Today      calendar.Date `json:"today" doc:"The date in the programme's calendar."`
		Offer      *offerView    `json:"offer" doc:"What it offers who would join; null where nothing was said of it."`
	}
}

// memberView is a case in a class, and how far it is.
type memberView struct {
	CaseID   string        `json:"case_id" doc:"The attendee of the class's sessions."`
	Trainee  traineeView   `json:"trainee"`
	JoinedAt time.Time     `json:"joined_at"`
	Status   string        `json:"status" enum:"active,waiting,stuck,withdrawn,ended" doc:"Of the case."`
	Training string        `json:"training" enum:"pending,active,waiting,stuck,done,failed,skipped" doc:"How its training stands."`
	Hours    ledger.Hours  `json:"hours" doc:"学时 that stand, wherever they were taken."`
	Required *ledger.Hours `json:"required,omitempty" doc:"By the case's own rules."`
	Missing  *ledger.Hours `json:"missing,omitempty"`
	Finished bool          `json:"finished" doc:"Through with the training, and owed no answer by the institution; or the case has ended."`
	Tasks    []memberTask  `json:"open_tasks" doc:"That the institution owes."`
}

type memberTask struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind" enum:"enrolment,training,exam,theory,practical"`
	KindName string    `json:"kind_name"`
	DueAt    time.Time `json:"due_at"`
}

// formerView is somebody who left a class. Nobody is named: they may be another institution's by now.
type formerView struct {
	CaseID   string    `json:"case_id"`
	JoinedAt time.Time `json:"joined_at"`
	LeftAt   time.Time `json:"left_at"`
	How      coded     `json:"how"`
	Reason   string    `json:"reason,omitempty"`
}

// getClass shows a class with its members by their names. That somebody read them is written down, a line for each person,
// in the transaction that reads them.
func (s *service) getClass(ctx context.Context, in *idInput) (*classDetailOutput, error) {
	r := requestOf(ctx)
	out := &classDetailOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Class(in.ID)
		if err != nil {
			return err
		}
		if out.Body.ClassView, err = s.viewClass(tx, r, c); err != nil {
			return err
		}
		rules, err := policy.ByID(c.PolicyVersion)
		if err != nil {
			return err
		}
		out.Body.Today = s.today()
		out.Body.Required, out.Body.Modules = standardOf(rules, c.Occupation, c.Level)
		all, err := tx.ClassMembers(c.ID)
		if err != nil {
			return err
		}
		if out.Body.Members, err = s.viewMembers(tx, r, c, all); err != nil {
			return err
		}
		for _, m := range out.Body.Members {
			if !m.Finished {
				out.Body.Unfinished++
			}
		}
		out.Body.Former = viewFormer(reader{lang: r.lang}, all)
		offer, err := tx.OfferOf(c.ID)
		if err == nil {
			view := reader{lang: r.lang}.offer(offer)
			out.Body.Offer = &view
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
	return out, err
}

func viewFormer(v reader, all []store.ClassMember) []formerView {
	former := []formerView{}
	for _, m := range all {
		if m.Left() {
			former = append(former, formerView{
				CaseID: m.CaseID, JoinedAt: m.JoinedAt, LeftAt: *m.LeftAt, How: v.coded("class_left", *m.LeftHow), Reason: m.LeftReason,
			})
		}
	}
	return former
}

// viewMembers shows who is in a class, or was until it was closed.
func (s *service) viewMembers(tx *store.Tx, r *request, class store.Class, all []store.ClassMember) ([]memberView, error) {
	var ids []string
	var members []store.ClassMember
	for _, m := range all {
		if !m.Left() {
			ids, members = append(ids, m.CaseID), append(members, m)
		}
	}
	cases, err := tx.CasesByID(ids)
	if err != nil {
		return nil, err
	}
	named, err := s.nameTrainees(tx, r, "class:"+class.ID, cases)
	if err != nil {
		return nil, err
	}
	seconds, err := tx.SecondsOfCases(ids)
	if err != nil {
		return nil, err
	}
	training, err := tx.StatesOf(progress.Training, ids)
	if err != nil {
		return nil, err
	}
	owed, err := tx.TasksOwed(class.InstitutionID, ids)
	if err != nil {
		return nil, err
	}
	unfinished, err := hours.Unfinished(tx, class, ids)
	if err != nil {
		return nil, err
	}
	v := reader{lang: r.lang}
	views := make([]memberView, len(members))
	for i, m := range members {
		c := cases[m.CaseID]
		views[i] = memberView{
			CaseID: m.CaseID, Trainee: named[c.PersonID], JoinedAt: m.JoinedAt, Status: string(c.Status),
			Training: string(training[m.CaseID]), Finished: !unfinished[m.CaseID], Tasks: []memberTask{},
		}
		if views[i].Hours, views[i].Required, err = hoursOf(c, time.Duration(seconds[m.CaseID])*time.Second); err != nil {
			return nil, err
		}
		if required := views[i].Required; required != nil {
			missing := max(0, *required-views[i].Hours)
			views[i].Missing = &missing
		}
		for _, t := range owed[m.CaseID] {
			views[i].Tasks = append(views[i].Tasks, memberTask{ID: t.ID, Kind: t.Kind, KindName: v.say("task_kind", t.Kind), DueAt: t.DueAt})
		}
	}
	return views, nil
}

// hoursOf is how many hours stand of a case, and how many its rules ask for; nil where no standard is entered.
func hoursOf(c store.Case, credited time.Duration) (stand ledger.Hours, required *ledger.Hours, err error) {
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return 0, nil, err
	}
	required, _ = standardOf(rules, c.Occupation, c.Level)
	return hours.Rule(rules).Hours(credited), required, nil
}

// standardOf is what rules ask of a training, in hours and by modules; nil and none where no standard is entered, which is all
// that can keep it from being read.
func standardOf(rules *policy.Policy, occupation, level string) (required *ledger.Hours, modules []string) {
	standard, err := rules.TrainingStandard(occupation, level)
	if err != nil {
		return nil, []string{}
	}
	return &standard.Hours, append([]string{}, standard.Modules...)
}
