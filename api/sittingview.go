package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/store"
)

// SittingView is a dated appointment of an evaluation body. Its instants are of the programme's time. (Exported because it is
// embedded.)
type SittingView struct {
	ID           string     `json:"id"`
	Institution  bodyView   `json:"institution"`
	Ref          string     `json:"ref" doc:"The institution's own name for it."`
	Occupations  []coded    `json:"occupations"`
	Levels       []coded    `json:"levels"`
	StartsAt     time.Time  `json:"starts_at"`
	EndsAt       time.Time  `json:"ends_at"`
	Venue        string     `json:"venue"`
	Capacity     int        `json:"capacity"`
	PlacesLeft   int        `json:"places_left"`
	BookUntil    time.Time  `json:"book_until" doc:"Until when it can be booked, changed and given up."`
	Notes        string     `json:"notes,omitempty"`
	State        coded      `json:"state" doc:"open, closed, over or cancelled."`
	MovedAt      *time.Time `json:"moved_at,omitempty"`
	MoveReason   string     `json:"move_reason,omitempty"`
	CancelledAt  *time.Time `json:"cancelled_at,omitempty"`
	CancelReason string     `json:"cancel_reason,omitempty"`
}

// sittingBrief is the sitting that is booked, as tasks have it.
type sittingBrief struct {
	ID       string    `json:"id"`
	StartsAt time.Time `json:"starts_at" doc:"In the programme's time."`
	EndsAt   time.Time `json:"ends_at"`
	Venue    string    `json:"venue"`
	Agreed   bool      `json:"agreed" doc:"False: it was moved, and the trainee has yet to agree."`
}

func (s *service) viewSitting(tx *store.Tx, r *request, of store.Sitting) (SittingView, error) {
	views, err := s.viewSittings(tx, r, of)
	if err != nil {
		return SittingView{}, err
	}
	return views[0], nil
}

func (s *service) viewSittings(tx *store.Tx, r *request, rows ...store.Sitting) ([]SittingView, error) {
	ids, bodies := make([]string, len(rows)), make([]string, len(rows))
	for i, of := range rows {
		ids[i], bodies[i] = of.ID, of.InstitutionID
	}
	taken, err := tx.SittingsTaken(ids)
	if err != nil {
		return nil, err
	}
	v, err := newReader(tx, r, bodies...)
	if err != nil {
		return nil, err
	}
	now, views := s.programmeNow(), make([]SittingView, len(rows))
	for i, of := range rows {
		views[i] = SittingView{
			ID: of.ID, Institution: v.institution(of.InstitutionID), Ref: of.Ref, Levels: v.codedAll("level", of.Levels),
			Occupations: []coded{}, StartsAt: of.StartsAt, EndsAt: of.EndsAt, Venue: of.Venue, Capacity: of.Capacity,
			PlacesLeft: max(0, of.Capacity-taken[of.ID]), BookUntil: of.BookUntil, Notes: of.Notes, State: v.coded("sitting_state", of.State(now)),
			MovedAt: of.MovedAt, MoveReason: of.MoveReason, CancelledAt: of.CancelledAt, CancelReason: of.CancelReason,
		}
		for _, code := range of.Occupations {
			views[i].Occupations = append(views[i].Occupations, v.occupation(s.Policy, code))
		}
	}
	return views, nil
}

type sittingDetailOutput struct {
	Body struct {
		SittingView

		Bookings []bookingView `json:"bookings" doc:"In the order in which they were made; those that ended, too."`
		Now      time.Time     `json:"now" doc:"The instant in the programme's time."`
	}
}

// bookingView is somebody's place at a sitting, as its body sees it.
type bookingView struct {
	ID       string          `json:"id"`
	CaseID   string          `json:"case_id"`
	Trainee  traineeView     `json:"trainee"`
	Attempt  int             `json:"attempt"`
	BookedAt time.Time       `json:"booked_at"`
	State    coded           `json:"state" doc:"booked, moved (the trainee has yet to agree), or how it ended."`
	Live     bool            `json:"live"`
	Fee      *coded          `json:"fee,omitempty" doc:"What the trainee chose, once the sitting was taken from them: kept or refunded."`
	Checks   []doorCheckView `json:"door_checks"`
}

// getSitting shows a sitting with who booked it: by name to the body that evaluates them, masked to others. That somebody read them
// is written down.
func (s *service) getSitting(ctx context.Context, in *idInput) (*sittingDetailOutput, error) {
	r, out := requestOf(ctx), &sittingDetailOutput{}
	out.Body.Now = s.programmeNow()
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		of, err := tx.Sitting(in.ID)
		if err != nil {
			return err
		}
		if out.Body.SittingView, err = s.viewSitting(tx, r, of); err != nil {
			return err
		}
		all, err := tx.BookingsOf(of.ID)
		if err != nil {
			return err
		}
		out.Body.Bookings, err = s.viewBookings(tx, r, of, all)
		return err
	})
	return out, err
}

func (s *service) viewBookings(tx *store.Tx, r *request, of store.Sitting, all []store.SittingBooking) ([]bookingView, error) {
	cases, bookings := make([]string, len(all)), make([]string, len(all))
	for i, b := range all {
		cases[i], bookings[i] = b.CaseID, b.ID
	}
	known, err := tx.CasesByID(cases)
	if err != nil {
		return nil, err
	}
	inFull := make(map[string]bool, len(known))
	for _, c := range known {
		inFull[c.PersonID] = inFull[c.PersonID] || c.EvaluationBody == deref(r.account.InstitutionID)
	}
	named, err := s.namePeople(tx, r, "sitting:"+of.ID, inFull)
	if err != nil {
		return nil, err
	}
	checks, err := tx.DoorChecksOf(bookings)
	if err != nil {
		return nil, err
	}
	v, views := reader{lang: r.lang}, make([]bookingView, len(all))
	for i, b := range all {
		state := b.State
		if b.EndedHow != nil {
			state = *b.EndedHow
		}
		views[i] = bookingView{
			ID: b.ID, CaseID: b.CaseID, Trainee: named[known[b.CaseID].PersonID], Attempt: b.Attempt, BookedAt: b.BookedAt,
			State: v.coded("booking_state", state), Live: b.State != store.BookingEnded, Fee: v.codedIf("sitting_fee", deref(b.Fee)),
			Checks: []doorCheckView{},
		}
		for _, c := range checks {
			if c.BookingID == b.ID {
				views[i].Checks = append(views[i].Checks, s.viewDoorCheck(v, r, c))
			}
		}
	}
	return views, nil
}
