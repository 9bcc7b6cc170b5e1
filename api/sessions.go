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
	ID          string      `json:"id"`
	Ref         string      `json:"ref"`
	Institution bodyView    `json:"institution"`
	CourseID    *string     `json:"course_id,omitempty" doc:"Of a CE base; left out for standardised training."`
	Class       *classBrief `json:"class,omitempty" doc:"Whose members are on the roster."`
	State       string      `json:"state" enum:"upcoming,open,over,void"`
	Module      string      `json:"module"`
	Mode        string      `json:"mode" enum:"offline,online"`
	Place       string      `json:"place,omitempty"`
	Instructor  string      `json:"instructor,omitempty" doc:"The institution's own number for the person."`
	OpensAt     time.Time   `json:"opens_at"`
	ClosesAt    time.Time   `json:"closes_at"`
	AnnouncedAt time.Time   `json:"announced_at"`
	VoidedAt    *time.Time  `json:"voided_at,omitempty"`
	VoidReason  string      `json:"void_reason,omitempty"`
}

// viewSessions shows sessions as they stand at an instant of the programme.
func viewSessions(tx *store.Tx, r *request, now time.Time, sessions ...store.Session) ([]SessionView, error) {
	institutions, classIDs := make([]string, len(sessions)), []string{}
	for i, s := range sessions {
		institutions[i] = s.InstitutionID
		if s.ClassID != nil {
			classIDs = append(classIDs, *s.ClassID)
		}
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	classes, err := tx.ClassesByID(classIDs)
	if err != nil {
		return nil, err
	}
	views := make([]SessionView, len(sessions))
	for i, s := range sessions {
		views[i] = SessionView{
			ID: s.ID, Ref: s.Ref, Institution: v.institution(s.InstitutionID), CourseID: s.CourseID, State: s.State(now), Module: s.Module,
			Mode: s.Mode, Place: s.Place, Instructor: deref(s.Instructor), OpensAt: s.OpensAt, ClosesAt: s.ClosesAt,
			AnnouncedAt: s.AnnouncedAt, VoidedAt: s.VoidedAt, VoidReason: s.VoidReason,
		}
		if s.ClassID != nil {
			views[i].Class = briefOfClass(classes[*s.ClassID])
		}
	}
	return views, nil
}

// programmeNow is the present instant in the programme's time.
func (s *service) programmeNow() time.Time { return s.Calendar.Moment(s.Now()).UTC() }

type sessionsInput struct {
	NumberedInput

	Institution string `query:"institution" maxLength:"64" doc:"For an operator; an institution sees its own."`
	Class       string `query:"class" maxLength:"64" doc:"Id of a class."`
	State       string `query:"state" enum:"upcoming,open,over,void,unreported" doc:"unreported: over, in a room, and of somebody on the roster nothing was reported."`
	Attendee    string `query:"attendee" maxLength:"64" doc:"On the roster."`
	From        string `query:"from" format:"date" doc:"The first day, in Beijing."`
	To          string `query:"to" format:"date" doc:"The last day, in Beijing."`
	Sort        string `query:"sort" enum:"opens_at,-opens_at" doc:"The order of numbered pages."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// sessionLine is a session in a list.
type sessionLine struct {
	SessionView

	Listed   int `json:"listed" doc:"How many are on the roster."`
	Reported int `json:"reported" doc:"Of how many of them something was reported."`
}

type sessionsOutput struct {
	Body struct {
		Sessions []sessionLine `json:"sessions"`
		Next     *string       `json:"next" doc:"The after of the next page; null when there is none."`
		Total    *int64        `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
		Now      time.Time     `json:"now" doc:"The instant in the programme's time, which the states go by."`
	}
}

func (in *sessionsInput) filter(r *request, now time.Time) (store.SessionFilter, error) {
	found := &faults{}
	filter := store.SessionFilter{
		Within: r.within(in.Institution), ClassID: in.Class, State: in.State, Now: now, Attendee: in.Attendee,
		After: position(found, in.After), Numbered: in.numbered(found, in.Sort, in.After), Limit: in.Limit,
	}
	for field, id := range map[string]string{"attendee": in.Attendee, "class": in.Class} {
		if id != "" && !isID(id) {
			found.add(field, fieldFormat)
		}
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
	now := s.programmeNow()
	filter, err := in.filter(r, now)
	if err != nil {
		return nil, err
	}
	out := &sessionsOutput{}
	out.Body.Now = now
	err = s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		total, err := in.total(&filter.Limit, func() (int64, error) { return tx.CountSessions(filter) })
		if err != nil {
			return err
		}
		out.Body.Total = total
		sessions, err := tx.Sessions(filter)
		if err != nil {
			return err
		}
		sessions, out.Body.Next = upTo(in.Limit, sessions, func(s store.Session) (time.Time, string) { return s.OpensAt, s.ID })
		out.Body.Sessions, err = linesOfSessions(tx, r, now, sessions)
		return err
	})
	return out, err
}

func linesOfSessions(tx *store.Tx, r *request, now time.Time, sessions []store.Session) ([]sessionLine, error) {
	views, err := viewSessions(tx, r, now, sessions...)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(sessions))
	for i, session := range sessions {
		ids[i] = session.ID
	}
	sizes, err := tx.RosterSizes(ids)
	lines := make([]sessionLine, len(views))
	for i, view := range views {
		lines[i] = sessionLine{SessionView: view, Listed: sizes[view.ID].Listed, Reported: sizes[view.ID].Reported}
	}
	return lines, err
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
