package api

import (
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// ClassView is a class of standardised training. (Exported because it is embedded.)
type ClassView struct {
	ID          string        `json:"id"`
	Institution bodyView      `json:"institution"`
	Ref         string        `json:"ref" doc:"The institution's own name for it."`
	Name        string        `json:"name"`
	Occupation  coded         `json:"occupation"`
	Direction   *coded        `json:"direction,omitempty"`
	Level       coded         `json:"level"`
	Mode        coded         `json:"mode" doc:"How it comes about: ordinary, order, named, instructors, advanced."`
	Sponsor     *SponsorView  `json:"sponsor,omitempty" doc:"Of an order class or a named one."`
	StartsOn    calendar.Date `json:"starts_on"`
	EndsOn      calendar.Date `json:"ends_on"`
	State       string        `json:"state" enum:"planned,running,closed"`
	StateName   string        `json:"state_name"`
	Capacity    int           `json:"capacity"`
	Size        int           `json:"size" doc:"How many are in it, or were until it was closed."`
	PlacesLeft  int           `json:"places_left"`
	Notes       string        `json:"notes,omitempty"`
	OpenedAt    time.Time     `json:"opened_at"`
	ClosedAt    *time.Time    `json:"closed_at,omitempty"`
	CloseReason string        `json:"close_reason,omitempty"`
}

// classBrief is a class as tasks and sessions refer to it.
type classBrief struct {
	ID   string `json:"id"`
	Ref  string `json:"ref"`
	Name string `json:"name"`
}

func briefOfClass(c store.Class) *classBrief { return &classBrief{ID: c.ID, Ref: c.Ref, Name: c.Name} }

func (s *service) viewClass(tx *store.Tx, r *request, c store.Class) (ClassView, error) {
	views, err := s.viewClasses(tx, r, c)
	if err != nil {
		return ClassView{}, err
	}
	return views[0], nil
}

func (s *service) viewClasses(tx *store.Tx, r *request, classes ...store.Class) ([]ClassView, error) {
	ids, institutions := make([]string, len(classes)), make([]string, len(classes))
	for i, c := range classes {
		ids[i], institutions[i] = c.ID, c.InstitutionID
	}
	sizes, err := tx.ClassSizes(ids)
	if err != nil {
		return nil, err
	}
	v, err := newReader(tx, r, slices.Compact(institutions)...)
	if err != nil {
		return nil, err
	}
	sponsors, err := viewSponsors(tx, r, classes)
	if err != nil {
		return nil, err
	}
	today := s.today()
	views := make([]ClassView, len(classes))
	for i, c := range classes {
		rules, err := policy.ByID(c.PolicyVersion)
		if err != nil {
			return nil, err
		}
		state := c.State(today)
		views[i] = ClassView{
			ID: c.ID, Institution: v.institution(c.InstitutionID), Ref: c.Ref, Name: c.Name,
			Occupation: v.occupation(rules, c.Occupation), Direction: v.direction(rules, c.Occupation, c.Direction),
			Level: v.coded("level", c.Level), StartsOn: c.StartsOn, EndsOn: c.EndsOn, State: state, StateName: v.say("class_state", state),
			Capacity: c.Capacity, Size: sizes[c.ID], PlacesLeft: max(0, c.Capacity-sizes[c.ID]), Notes: c.Notes, OpenedAt: c.OpenedAt,
			ClosedAt: c.ClosedAt, CloseReason: c.CloseReason, Mode: v.coded("class_mode", c.Mode), Sponsor: sponsors[c.ID],
		}
		if sponsor := views[i].Sponsor; sponsor != nil {
			views[i].PlacesLeft = max(0, c.Capacity-max(sponsor.Taken, sizes[c.ID]))
		}
		if r.account.Role == employer {
			views[i].Notes = "" // are the training body's own
		}
	}
	return views, nil
}

// direction names a direction of an occupation; nil when there is none.
func (v reader) direction(rules *policy.Policy, occupation, code string) *coded {
	if code == "" {
		return nil
	}
	o, _ := rules.Occupation(occupation)
	d, known := o.Direction(code)
	if !known {
		return &coded{Code: code, Name: code}
	}
	return &coded{Code: code, Name: d.Name}
}
