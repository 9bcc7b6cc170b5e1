package api

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/timetable"
)

const (
	mediaCalendar = "text/calendar"
	mostMeetings  = 1000 // sessions of a calendar file
	mostAhead     = 20   // sessions that a case shows
)

// routeClassCalendar gives when a class meets to everybody.
const routeClassCalendar = "GET /v1/offered-classes/{id}/calendar"

// registerTimetables adds when people are expected where.
func (s *service) registerTimetables(api huma.API) {
	read(api, "GET /v1/cases/{id}/sessions", "cases", "The sessions that a case's trainee is expected at and that are not over", s.sessionsAhead)
	file(api, "GET /v1/cases/{id}/calendar", "cases", "The sessions of a case as a calendar file (RFC 5545); it names nobody", mediaCalendar, s.calendarOfCase)
	file(api, routeClassCalendar, "public", "When a class meets, as a calendar file (RFC 5545)", mediaCalendar, s.calendarOfOffered)
}

// aheadView is a session that somebody is expected at.
type aheadView struct {
	ID       string    `json:"id"`
	Module   string    `json:"module"`
	Mode     coded     `json:"mode"`
	Place    string    `json:"place,omitempty"`
	Class    string    `json:"class,omitempty" doc:"What the class is called."`
	OpensAt  time.Time `json:"opens_at"`
	ClosesAt time.Time `json:"closes_at"`
	Off      bool      `json:"called_off"`
}

type aheadOutput struct {
	Body struct {
		Sessions []aheadView `json:"sessions" doc:"The next first, and no more than twenty."`
		Total    int         `json:"total" doc:"How many are not over, those that are called off left out."`
		Listed   bool        `json:"listed" doc:"There were sessions, or there are: a calendar file of them can be had."`
	}
}

// sessionsAhead shows the sessions that a case's trainee is expected at. The calendar file has those that are over, too.
func (s *service) sessionsAhead(ctx context.Context, in *idInput) (*aheadOutput, error) {
	r, out := requestOf(ctx), &aheadOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		sessions, classes, err := sessionsOfCase(tx, in.ID)
		if err != nil {
			return err
		}
		v, now := reader{lang: r.lang}, s.Calendar.Moment(s.Now())
		out.Body.Sessions, out.Body.Listed = []aheadView{}, len(sessions) > 0
		for _, m := range sessions {
			if !m.ClosesAt.After(now) {
				continue
			}
			if m.VoidedAt == nil {
				out.Body.Total++
			}
			if len(out.Body.Sessions) == mostAhead {
				continue
			}
			view := aheadView{
				ID: m.ID, Module: m.Module, Mode: v.coded("session_mode", m.Mode), Place: m.Place, OpensAt: m.OpensAt, ClosesAt: m.ClosesAt,
				Off: m.VoidedAt != nil,
			}
			if m.ClassID != nil {
				view.Class = classes[*m.ClassID].Name
			}
			out.Body.Sessions = append(out.Body.Sessions, view)
		}
		return nil
	})
	return out, err
}

// sessionsOfCase reads the sessions that a case's trainee is, or was, expected at, and the classes that they are of.
func sessionsOfCase(tx *store.Tx, caseID string) ([]store.Session, map[string]store.Class, error) {
	sessions, err := tx.SessionsOfCase(caseID, mostMeetings)
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, m := range sessions {
		if m.ClassID != nil {
			ids = append(ids, *m.ClassID)
		}
	}
	classes, err := tx.ClassesByID(ids)
	return sessions, classes, err
}

// calendarOfCase gives a case's sessions as a calendar file.
func (s *service) calendarOfCase(ctx context.Context, in *idInput) (*fileOutput, error) {
	r, out := requestOf(ctx), &fileOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		c, err := tx.Case(in.ID)
		if err != nil {
			return err
		}
		rules, err := policy.ByID(c.PolicyVersion)
		if err != nil {
			return err
		}
		sessions, classes, err := sessionsOfCase(tx, in.ID)
		if err != nil {
			return err
		}
		v, err := newTimetableReader(tx, r, rules, sessions, classes)
		if err != nil {
			return err
		}
		name := v.occupation(rules, c.Occupation).Name + " · " + v.coded("level", c.Level).Name
		out, err = v.calendar("sessions.ics", name, sessions)
		return err
	})
	return out, err
}

// calendarOfOffered gives when a class meets that the public sees.
func (s *service) calendarOfOffered(ctx context.Context, in *idInput) (*fileOutput, error) {
	r, out := requestOf(ctx), &fileOutput{}
	if !isID(in.ID) {
		return nil, problem(notFound)
	}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		offered, err := s.offeredClass(tx, in.ID)
		if err != nil {
			return err
		}
		c := offered.Class
		rules, err := policy.ByID(c.PolicyVersion)
		if err != nil {
			return err
		}
		sessions, err := tx.SessionsOfClass(c.ID, true, mostMeetings)
		if err != nil {
			return err
		}
		v, err := newTimetableReader(tx, r, rules, sessions, map[string]store.Class{c.ID: c})
		if err != nil {
			return err
		}
		out, err = v.calendar("class.ics", c.Name, sessions)
		return err
	})
	return out, err
}

// timetableReader puts sessions into words.
type timetableReader struct {
	reader

	classes map[string]store.Class
	label   string // of what rests on 演示数据
}

func newTimetableReader(
	tx *store.Tx, r *request, rules *policy.Policy, sessions []store.Session, classes map[string]store.Class,
) (v timetableReader, err error) {
	bodies := make([]string, len(sessions))
	for i, m := range sessions {
		bodies[i] = m.InstitutionID
	}
	v.classes = classes
	if label := rules.Catalogue().DemonstrationLabel; label != nil {
		v.label = label.In(string(r.lang))
	}
	v.reader, err = newReader(tx, r, bodies...)
	return v, err
}

// calendar writes sessions into a file. Who teaches, and who is expected, is not said in it.
func (v timetableReader) calendar(file, name string, sessions []store.Session) (*fileOutput, error) {
	meetings := make([]timetable.Meeting, len(sessions))
	for i, m := range sessions {
		about := []string{}
		if m.ClassID != nil {
			about = append(about, v.classes[*m.ClassID].Name)
		}
		about = append(about, v.institution(m.InstitutionID).Name, v.say("session_mode", m.Mode))
		if v.label != "" {
			about = append(about, v.label)
		}
		meetings[i] = timetable.Meeting{
			ID: m.ID, Title: m.Module, Place: m.Place, About: strings.Join(about, "\n"), From: m.OpensAt, To: m.ClosesAt, Changed: m.AnnouncedAt,
		}
		if m.VoidedAt != nil {
			meetings[i].Off, meetings[i].Changed = true, *m.VoidedAt
			meetings[i].Title = v.say("timetable", "off") + m.Module
		}
	}
	var out bytes.Buffer
	if err := timetable.Write(&out, name, meetings); err != nil {
		return nil, err
	}
	return &fileOutput{
		ContentType: mediaCalendar + "; charset=utf-8", Disposition: `attachment; filename="` + file + `"`, Body: out.Bytes(),
	}, nil
}
