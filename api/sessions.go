package api

import (
	"context"
	"errors"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// SessionView is a session as it was announced. Its instants are the programme's. (Exported because it is embedded.)
type SessionView struct {
	ID          string     `json:"id"`
	Ref         string     `json:"ref"`
	Institution bodyView   `json:"institution"`
	CourseID    *string    `json:"course_id,omitempty" doc:"Of a CE base; left out for standardised training."`
	Module      string     `json:"module"`
	Mode        string     `json:"mode" enum:"offline,online"`
	Place       string     `json:"place,omitempty"`
	Instructor  string     `json:"instructor,omitempty" doc:"The institution's own number for the person."`
	OpensAt     time.Time  `json:"opens_at"`
	ClosesAt    time.Time  `json:"closes_at"`
	AnnouncedAt time.Time  `json:"announced_at"`
	VoidedAt    *time.Time `json:"voided_at,omitempty"`
	VoidReason  string     `json:"void_reason,omitempty"`
}

func (v reader) session(s store.Session) SessionView {
	view := SessionView{
		ID: s.ID, Ref: s.Ref, Institution: v.institution(s.InstitutionID), CourseID: s.CourseID, Module: s.Module, Mode: s.Mode,
		Place: s.Place, OpensAt: s.OpensAt, ClosesAt: s.ClosesAt, AnnouncedAt: s.AnnouncedAt, VoidedAt: s.VoidedAt,
		VoidReason: s.VoidReason,
	}
	if s.Instructor != nil {
		view.Instructor = *s.Instructor
	}
	return view
}

type sessionsInput struct {
	Institution string `query:"institution" maxLength:"64" doc:"For an operator; an institution sees its own."`
	Attendee    string `query:"attendee" maxLength:"64" doc:"On the roster."`
	From        string `query:"from" format:"date" doc:"The first day, in Beijing."`
	To          string `query:"to" format:"date" doc:"The last day, in Beijing."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type sessionsOutput struct {
	Body struct {
		Sessions []SessionView `json:"sessions"`
		Next     *string       `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

func (in *sessionsInput) filter(r *request) (store.SessionFilter, error) {
	found := &faults{}
	filter := store.SessionFilter{
		Within: r.within(in.Institution), Attendee: in.Attendee, After: position(found, in.After), Limit: in.Limit + 1,
	}
	if in.Attendee != "" && !isID(in.Attendee) {
		found.add("attendee", fieldFormat)
	}
	for _, day := range []struct {
		field, text string
		into        **time.Time
		plus        int
	}{{"from", in.From, &filter.From, 0}, {"to", in.To, &filter.To, 1}} {
		if day.text == "" {
			continue
		}
		date, err := calendar.ParseDate(day.text)
		if err != nil {
			found.add(day.field, fieldDate)
		}
		at := calendar.Real().Wall(date.AddDays(day.plus))
		*day.into = &at
	}
	return filter, found.err()
}

// listSessions lists the sessions of the institution that asks, the latest first; an operator sees everybody's.
func (s *service) listSessions(ctx context.Context, in *sessionsInput) (*sessionsOutput, error) {
	r := requestOf(ctx)
	filter, err := in.filter(r)
	if err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	sessions, err := tx.Sessions(filter)
	if err != nil {
		return nil, err
	}
	out := &sessionsOutput{}
	if len(sessions) > in.Limit {
		sessions = sessions[:in.Limit]
		last := sessions[in.Limit-1]
		out.Body.Next = cursor(last.OpensAt, last.ID)
	}
	ids := make([]string, len(sessions))
	for i, session := range sessions {
		ids[i] = session.InstitutionID
	}
	v, err := newReader(tx, r, ids...)
	if err != nil {
		return nil, err
	}
	out.Body.Sessions = make([]SessionView, len(sessions))
	for i, session := range sessions {
		out.Body.Sessions[i] = v.session(session)
	}
	return out, nil
}

// rosterView is one who is to attend a session, and what became of it.
type rosterView struct {
	Attendee string         `json:"attendee" doc:"Id of the case, or of the place in the course."`
	Reports  []attendedView `json:"reports" doc:"What was reported, and each correction; the last that counts holds."`
	Minutes  float64        `json:"minutes" doc:"Credited, as it stands."`
}

type attendedView struct {
	ReportView
	Status     string    `json:"status" enum:"counted,pending,refused"`
	Reason     string    `json:"reason,omitempty" doc:"Of a correction."`
	ReceivedAt time.Time `json:"received_at"`
}

type sessionOutput struct {
	Body struct {
		SessionView
		Roster []rosterView `json:"roster"`
	}
}

// getSession shows a session with its roster and what was reported. Nobody is named: attendees are cases and places.
func (s *service) getSession(ctx context.Context, in *idInput) (*sessionOutput, error) {
	r := requestOf(ctx)
	out := &sessionOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		session, err := tx.Session(in.ID)
		if err != nil {
			return err
		}
		v, err := newReader(tx, r, session.InstitutionID)
		if err != nil {
			return err
		}
		out.Body.SessionView = v.session(session)
		out.Body.Roster, err = viewRoster(tx, session.ID)
		return err
	})
	return out, err
}

func viewRoster(tx *store.Tx, sessionID string) ([]rosterView, error) {
	lines, err := tx.Roster(sessionID)
	if err != nil {
		return nil, err
	}
	reports, err := tx.AttendanceOf(sessionID)
	if err != nil {
		return nil, err
	}
	seconds, err := tx.SecondsBySession(sessionID)
	if err != nil {
		return nil, err
	}
	views := make([]rosterView, len(lines))
	for i, line := range lines {
		views[i] = rosterView{
			Attendee: line.Attendee(), Reports: []attendedView{}, Minutes: float64(seconds[line.PersonID]) / time.Minute.Seconds(),
		}
		for _, a := range reports {
			if a.PersonID == line.PersonID {
				views[i].Reports = append(views[i].Reports, attendedView{
					ReportView: viewReport(a), Status: a.State, Reason: a.Reason, ReceivedAt: a.ReceivedAt,
				})
			}
		}
	}
	return views, nil
}

type voidingOutput struct {
	Body struct {
		SessionID string  `json:"session_id"`
		Persons   int     `json:"persons" doc:"Whose hours were taken back."`
		Minutes   float64 `json:"minutes" doc:"What was taken back in all."`
		Repeated  bool    `json:"repeated" doc:"The session was voided before for this reason; nothing was changed."`
	}
}

// voidSession takes a session out of the ledger, with a reason: an institution its own, an operator any. Every case that
// stood on its hours is told.
func (s *service) voidSession(ctx context.Context, in *idBodyInput) (*voidingOutput, error) {
	r := requestOf(ctx)
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &voidingOutput{}
	out.Body.SessionID = in.ID
	var voided hours.Voided
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		voided, err = hours.Void(tx, in.ID, r.account.ID, reason, hours.At(s.Calendar, s.Now()))
		if refusal := (*hours.RefusedError)(nil); errors.As(err, &refusal) && refusal.Code == string(ledger.ErrSessionVoided) &&
			voided.Session.VoidReason == reason {
			out.Body.Repeated = true
			return nil
		}
		if err != nil {
			return err
		}
		return s.audit(tx, r, "session.void", "session:"+in.ID, reason, map[string]any{
			"persons": voided.Persons, "seconds_reversed": int(voided.Total / time.Second),
		})
	})
	if err != nil {
		return nil, refusedAttendance(err)
	}
	out.Body.Persons, out.Body.Minutes = voided.Persons, voided.Total.Minutes()
	s.forwardAll(ctx, voided.Notify)
	return out, nil
}
