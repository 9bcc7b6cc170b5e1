package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/store"
)

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
		views, err := viewSessions(tx, r, s.programmeNow(), session)
		if err != nil {
			return err
		}
		out.Body.SessionView = views[0]
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

type namedRosterOutput struct {
	Body struct {
		Roster []namedLine `json:"roster"`
	}
}

// namedLine is one on a roster, by name.
type namedLine struct {
	Attendee string      `json:"attendee"`
	Trainee  traineeView `json:"trainee"`
}

// nameRoster shows who is on a session's roster, for the institution that takes its attendance. That their names were read
// is written down, a line for each person.
func (s *service) nameRoster(ctx context.Context, in *idInput) (*namedRosterOutput, error) {
	r := requestOf(ctx)
	out := &namedRosterOutput{}
	out.Body.Roster = []namedLine{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		lines, err := tx.Roster(in.ID)
		if err != nil {
			return err
		}
		ids := make([]string, len(lines))
		for i, line := range lines {
			ids[i] = line.Attendee()
		}
		attendees, err := tx.Attendees(ids)
		if err != nil {
			return err
		}
		inFull := make(map[string]bool, len(lines))
		for _, line := range lines {
			inFull[line.PersonID] = attendees[line.Attendee()].InstitutionID == deref(r.account.InstitutionID)
		}
		named, err := s.namePeople(tx, r, "session:"+in.ID, inFull)
		if err != nil {
			return err
		}
		for _, line := range lines {
			out.Body.Roster = append(out.Body.Roster, namedLine{Attendee: line.Attendee(), Trainee: named[line.PersonID]})
		}
		return nil
	})
	return out, err
}
