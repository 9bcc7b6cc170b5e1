package directory

import (
	"cmp"
	"slices"

	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Cause is what happens to an institution that running cases depend on.
type Cause string

// The causes.
const (
	Removed     Cause = "removed"      // it is listed no longer
	RoleChanged Cause = "role_changed" // it is listed in the other role
	Renamed     Cause = "renamed"
	Suspended   Cause = "suspended"
	Reinstated  Cause = "reinstated"
)

// RoleBase is the role of an institution that is a base of continuing education.
const RoleBase = "ce_base"

// Effect is how many running cases an institution has in a role for an occupation, by what becomes of them.
type Effect struct {
	InstitutionID string `json:"institution_id"`
	Cause         Cause  `json:"cause"`
	Role          string `json:"role"`
	Occupation    string `json:"occupation,omitempty"`
	Stops         int    `json:"stops"`             // an operator gives the next work to another
	Finishes      int    `json:"finishes"`          // goes on; the certificate waits for the city bureau
	Held          int    `json:"held"`              // only the certificate is missing; it waits for the city bureau
	Unaffected    int    `json:"unaffected"`        // goes on; of a new name, printed from now on
	Courses       int    `json:"courses,omitempty"` // of a base: open ones, whose certificates wait
}

func (e *Effect) count(fate listing.Fate) {
	switch fate {
	case listing.Stops:
		e.Stops++
	case listing.Finishes:
		e.Finishes++
	case listing.Held:
		e.Held++
	case listing.Untouched:
		e.Unaffected++
	}
}

// note is a line for the timelines of cases: one cause, one institution, one fate.
type note struct {
	cause       Cause
	institution string
	role        string
	fate        listing.Fate
	cases       []string
}

// reckoning counts what becomes of cases.
type reckoning struct {
	effects []Effect
	notes   []note
}

func (r *reckoning) add(c store.CasePosition, id, role string, cause Cause, fate listing.Fate) {
	i := slices.IndexFunc(r.effects, func(e Effect) bool {
		return e.InstitutionID == id && e.Cause == cause && e.Role == role && e.Occupation == c.Occupation
	})
	if i < 0 {
		i = len(r.effects)
		r.effects = append(r.effects, Effect{InstitutionID: id, Cause: cause, Role: role, Occupation: c.Occupation})
	}
	r.effects[i].count(fate)
	n := slices.IndexFunc(r.notes, func(n note) bool {
		return n.cause == cause && n.institution == id && n.role == role && n.fate == fate
	})
	if n < 0 {
		n = len(r.notes)
		r.notes = append(r.notes, note{cause: cause, institution: id, role: role, fate: fate})
	}
	r.notes[n].cases = append(r.notes[n].cases, c.ID)
}

// effects says what becomes of running cases when the lists change.
func effects(tx *store.Tx, old listing.State, d listing.Difference) ([]Effect, []note, error) {
	next := d.Apply(old)
	var touched []string
	for _, l := range d.Removed {
		touched = append(touched, l.InstitutionID)
	}
	for _, name := range d.Renamed {
		touched = append(touched, name.InstitutionID)
	}
	cases, err := tx.RunningCasesOf(distinct(touched))
	if err != nil {
		return nil, nil, err
	}
	r := &reckoning{effects: []Effect{}}
	for _, c := range cases {
		for _, acts := range bodies(c) {
			role, id := acts.role, acts.id
			fate := listing.FateOf(role, false, c.Position())
			ended := old.Covers(id, c.Occupation, c.Level, role) && !next.Covers(id, c.Occupation, c.Level, role)
			switch {
			case fate == listing.Untouched:
			case ended:
				r.add(c, id, role, causeOf(d, id, c.Occupation), fate)
			case slices.ContainsFunc(d.Renamed, func(n listing.Rename) bool { return n.InstitutionID == id }):
				r.add(c, id, role, Renamed, listing.Untouched)
			}
		}
	}
	if err := r.courses(tx, d.BasesRemoved); err != nil {
		return nil, nil, err
	}
	r.order()
	return r.effects, r.notes, nil
}

// courses counts the open courses of bases that are listed no longer.
func (r *reckoning) courses(tx *store.Tx, removed []listing.Base) error {
	ids := make([]string, len(removed))
	for i, b := range removed {
		ids[i] = b.InstitutionID
	}
	counts, err := tx.OpenCoursesOf(ids)
	for id, n := range counts {
		r.effects = append(r.effects, Effect{InstitutionID: id, Cause: Removed, Role: RoleBase, Courses: n})
	}
	return err
}

func (r *reckoning) order() {
	slices.SortFunc(r.effects, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.InstitutionID, b.InstitutionID),
			cmp.Compare(a.Role, b.Role), cmp.Compare(a.Occupation, b.Occupation))
	})
}

func causeOf(d listing.Difference, id, occupation string) Cause {
	if slices.ContainsFunc(d.RoleChanges, func(c listing.RoleChange) bool { return c.InstitutionID == id && c.Occupation == occupation }) {
		return RoleChanged
	}
	return Removed
}

// acting is an institution in the role that it has in a case.
type acting struct{ role, id string }

func bodies(c store.CasePosition) [2]acting {
	return [2]acting{{policy.RoleTraining, c.TrainingBody}, {policy.RoleEvaluation, c.EvaluationBody}}
}

func distinct(ids []string) []string {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// events are the lines that causes leave in timelines.
var events = map[Cause]string{
	Removed: "listing_ended", RoleChanged: "listing_ended", Renamed: "institution_renamed", Suspended: "institution_suspended",
	Reinstated: "institution_reinstated",
}

// note writes what becomes of cases into their timelines. A case may have two lines: one for each of its bodies.
func (d Desk) note(notes []note, document string) error {
	for _, n := range notes {
		params := map[string]any{"institution": n.institution, "role": n.role}
		if n.fate != listing.Untouched {
			params["fate"] = string(n.fate)
		}
		if document != "" {
			params["document"] = document
		}
		if err := d.Tx.NoteCases(n.cases, events[n.cause], store.ActorOperator, params); err != nil {
			return err
		}
	}
	return nil
}
