package api

import (
	"cmp"
	"context"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

type offeredInput struct {
	Institution string `query:"institution" maxLength:"64"`
	Occupation  string `query:"occupation" maxLength:"64"`
	Direction   string `query:"direction" maxLength:"64"`
	Level       string `query:"level" enum:"junior,intermediate,senior"`
	Delivery    string `query:"delivery" enum:"onsite,online,mixed"`
	From        string `query:"from" format:"date" doc:"It begins on this day or later."`
	To          string `query:"to" format:"date" doc:"It begins on this day or earlier."`
	Places      string `query:"places" enum:"free" doc:"With a place that can be had today."`
	Sort        string `query:"sort" enum:"starts_on,-starts_on,fee,-fee" default:"starts_on"`
	Page        int    `query:"page" minimum:"1" maximum:"1000" default:"1"`
	Limit       int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// Enrolment says whether a place in a class can be had.
const (
	enrolmentOpen   = "open"
	enrolmentFull   = "full"
	enrolmentClosed = "closed" // its last day for enrolling is over
)

// OfferedView is a class as the public sees it. (Exported because it is embedded.)
type OfferedView struct {
	ID            string        `json:"id"`
	Name          string        `json:"name"`
	Institution   bodyView      `json:"institution"`
	Occupation    coded         `json:"occupation"`
	Direction     *coded        `json:"direction,omitempty"`
	Level         coded         `json:"level"`
	StartsOn      calendar.Date `json:"starts_on"`
	EndsOn        calendar.Date `json:"ends_on"`
	State         string        `json:"state" enum:"planned,running"`
	StateName     string        `json:"state_name"`
	Required      *ledger.Hours `json:"required_hours,omitempty" doc:"学时 that the standard asks for; left out where none is entered."`
	Capacity      int           `json:"capacity"`
	PlacesLeft    int           `json:"places_left"`
	Enrolment     string        `json:"enrolment" enum:"open,full,closed"`
	EnrolmentName string        `json:"enrolment_name"`
	Offer         offerView     `json:"offer"`
}

type offeredListOutput struct {
	Body struct {
		Classes            []OfferedView `json:"classes"`
		Total              int64         `json:"total"`
		Today              calendar.Date `json:"today" doc:"The date in the programme's calendar."`
		DemonstrationLabel *policy.Text  `json:"demonstration_label,omitempty" doc:"To be shown with every class of a demonstration."`
	}
}

// listOffered lists the classes that the public sees: offered, not over, of bodies that are listed for them and not suspended.
func (s *service) listOffered(ctx context.Context, in *offeredInput) (*offeredListOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	f := store.OfferedFilter{
		Today: s.today(), InstitutionID: in.Institution, Occupation: in.Occupation, Direction: in.Direction, Level: in.Level, Delivery: in.Delivery,
		From: dayIn(found, "from", in.From), To: dayIn(found, "to", in.To), Free: in.Places != "",
		Numbered: store.Numbered{Sort: in.Sort, Page: in.Page}, Limit: in.Limit,
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &offeredListOutput{}
	out.Body.Today, out.Body.DemonstrationLabel = f.Today, s.Policy.Catalogue().DemonstrationLabel
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		classes, total, err := tx.OfferedClasses(f)
		if err != nil {
			return err
		}
		out.Body.Total = total
		out.Body.Classes, err = s.viewOffered(tx, r, classes)
		return err
	})
	return out, err
}

// dayIn reads a day that may be left out.
func dayIn(found *faults, field, text string) *calendar.Date {
	if text == "" {
		return nil
	}
	day, err := calendar.ParseDate(text)
	if err != nil {
		found.add(field, fieldDate)
		return nil
	}
	return &day
}

func (s *service) viewOffered(tx *store.Tx, r *request, classes []store.OfferedClass) ([]OfferedView, error) {
	institutions := make([]string, len(classes))
	for i, c := range classes {
		institutions[i] = c.Class.InstitutionID
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	views := make([]OfferedView, len(classes))
	for i, c := range classes {
		if views[i], err = s.viewOneOffered(v, c); err != nil {
			return nil, err
		}
	}
	return views, nil
}

func (s *service) viewOneOffered(v reader, of store.OfferedClass) (OfferedView, error) {
	c, today := of.Class, s.today()
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return OfferedView{}, err
	}
	state, enrolment := c.State(today), enrolmentOpen
	switch {
	case of.Offer.EnrolUntil != nil && today.After(*of.Offer.EnrolUntil):
		enrolment = enrolmentClosed
	case of.Taken >= c.Capacity:
		enrolment = enrolmentFull
	}
	view := OfferedView{
		ID: c.ID, Name: c.Name, Institution: v.institution(c.InstitutionID), Occupation: v.occupation(rules, c.Occupation),
		Direction: v.direction(rules, c.Occupation, c.Direction), Level: v.coded("level", c.Level), StartsOn: c.StartsOn, EndsOn: c.EndsOn,
		State: state, StateName: v.say("class_state", state), Capacity: c.Capacity, PlacesLeft: max(0, c.Capacity-of.Taken),
		Enrolment: enrolment, EnrolmentName: v.say("class_enrolment", enrolment), Offer: v.offer(of.Offer),
	}
	view.Required, _ = standardOf(rules, c.Occupation, c.Level)
	return view, nil
}

// offeredSession is when and where a class meets. Who teaches is not said here.
type offeredSession struct {
	Module   string    `json:"module"`
	Mode     string    `json:"mode" enum:"online,offline"`
	Place    string    `json:"place,omitempty"`
	OpensAt  time.Time `json:"opens_at"`
	ClosesAt time.Time `json:"closes_at"`
}

type offeredOutput struct {
	Body struct {
		OfferedView

		Modules     []string         `json:"modules" doc:"Of the standard."`
		Sessions    []offeredSession `json:"sessions" doc:"That are announced so far, the first 200."`
		Supervision []noticeOfView   `json:"supervision" doc:"What the city bureau published of inspections of the body, the latest first."`
		Today       calendar.Date    `json:"today"`

		DemonstrationLabel *policy.Text `json:"demonstration_label,omitempty"`
	}
}

// getOffered shows one class that the public sees.
func (s *service) getOffered(ctx context.Context, in *idInput) (*offeredOutput, error) {
	r := requestOf(ctx)
	if !isID(in.ID) {
		return nil, problem(notFound)
	}
	out := &offeredOutput{}
	out.Body.Today, out.Body.DemonstrationLabel = s.today(), s.Policy.Catalogue().DemonstrationLabel
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		offered, err := s.offeredClass(tx, in.ID)
		if err != nil {
			return err
		}
		views, err := s.viewOffered(tx, r, []store.OfferedClass{offered})
		if err != nil {
			return err
		}
		out.Body.OfferedView = views[0]
		return s.addToOffered(tx, out, offered.Class)
	})
	return out, err
}

// offeredClass reads a class that the public sees; ErrNotFound when it sees none by that id.
func (s *service) offeredClass(tx *store.Tx, id string) (store.OfferedClass, error) {
	classes, _, err := tx.OfferedClasses(store.OfferedFilter{Today: s.today(), ID: id, Limit: 1})
	if err != nil || len(classes) == 0 {
		return store.OfferedClass{}, cmp.Or(err, store.ErrNotFound)
	}
	return classes[0], nil
}

// addToOffered adds what only one class is shown with.
func (s *service) addToOffered(tx *store.Tx, out *offeredOutput, c store.Class) error {
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return err
	}
	_, out.Body.Modules = standardOf(rules, c.Occupation, c.Level)
	const most = 200
	sessions, err := tx.SessionsOfClass(c.ID, false, most)
	if err != nil {
		return err
	}
	out.Body.Sessions = make([]offeredSession, len(sessions))
	for i, m := range sessions {
		out.Body.Sessions[i] = offeredSession{Module: m.Module, Mode: m.Mode, Place: m.Place, OpensAt: m.OpensAt, ClosesAt: m.ClosesAt}
	}
	published, err := tx.PublishedNotices(c.InstitutionID)
	out.Body.Supervision = viewPublished(published)
	return err
}
