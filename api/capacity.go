package api

import (
	"context"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/store"
)

type capacityBody struct {
	Capacities []declaredBody `json:"capacities" minItems:"1" maxItems:"100"`
}

type declaredBody struct {
	Role       string `json:"role" enum:"training,evaluation"`
	Occupation string `json:"occupation" minLength:"1" maxLength:"64"`
	Level      string `json:"level" enum:"junior,intermediate,senior"`
	Places     int    `json:"places" minimum:"0" maximum:"100000" doc:"How many open cases you can carry at once."`
}

// capacityView is how many cases an institution can carry in a role for an occupation and level, and carries.
type capacityView struct {
	Institution bodyView   `json:"institution"`
	Role        coded      `json:"role"`
	Occupation  coded      `json:"occupation"`
	Level       coded      `json:"level"`
	Places      *int       `json:"places" doc:"Null: it has declared none, which counts as none."`
	Carried     int        `json:"carried" doc:"Open cases in which its part is not over."`
	Free        int        `json:"free"`
	DeclaredAt  *time.Time `json:"declared_at,omitempty"`
}

type capacitiesOutput struct {
	Body struct {
		Capacities []capacityView `json:"capacities"`
	}
}

type capacitiesInput struct {
	Institution string `query:"institution" maxLength:"48" doc:"For operators; an institution sees its own."`
}

// listCapacities lists what institutions can carry: of one institution also that of which it has declared nothing.
func (s *service) listCapacities(ctx context.Context, in *capacitiesInput) (*capacitiesOutput, error) {
	r, out := requestOf(ctx), &capacitiesOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) (err error) {
		out.Body.Capacities, err = s.viewCapacities(tx, r, r.within(in.Institution))
		return err
	})
	return out, err
}

func (s *service) viewCapacities(tx *store.Tx, r *request, within store.Within) ([]capacityView, error) {
	all, err := tx.CapacityOf(within.InstitutionID, "")
	if err != nil {
		return nil, err
	}
	if within.InstitutionID != "" {
		if all, err = s.withUndeclared(tx, within.InstitutionID, all); err != nil {
			return nil, err
		}
	}
	ids := make([]string, len(all))
	for n, c := range all {
		ids[n] = c.InstitutionID
	}
	v, err := newReader(tx, r, ids...)
	if err != nil {
		return nil, err
	}
	views := []capacityView{}
	for _, c := range all {
		if within.District != "" {
			if err := supervised(tx, r, c.InstitutionID); err != nil || c.Role != "training" {
				continue
			}
		}
		view := capacityView{
			Institution: v.institution(c.InstitutionID), Role: v.coded("role", c.Role), Occupation: v.occupation(s.Policy, c.Occupation),
			Level: v.coded("level", c.Level), Carried: c.Carried, Free: c.Free(),
		}
		if c.ID != 0 {
			view.Places, view.DeclaredAt = &c.Places, &c.DeclaredAt
		}
		views = append(views, view)
	}
	return views, nil
}

// withUndeclared adds what an institution is listed for today and has declared nothing of.
func (s *service) withUndeclared(tx *store.Tx, id string, declared []store.CarriedCapacity) ([]store.CarriedCapacity, error) {
	roles, err := tx.RolesOf(id)
	if err != nil {
		return nil, err
	}
	known := map[[3]string]bool{}
	for _, c := range declared {
		known[[3]string{c.Role, c.Occupation, c.Level}] = true
	}
	today := s.today()
	for _, listed := range roles {
		if today.Before(listed.ValidFrom) || listed.ValidTo != nil && !today.Before(*listed.ValidTo) {
			continue
		}
		for _, level := range s.Policy.Levels() {
			key := [3]string{listed.Role, listed.Occupation, level.Code}
			if listed.Level != "" && listed.Level != level.Code || known[key] {
				continue
			}
			known[key] = true
			declared = append(declared, store.CarriedCapacity{Capacity: store.Capacity{
				InstitutionID: id, Role: listed.Role, Occupation: listed.Occupation, Level: level.Code,
			}})
		}
	}
	return declared, nil
}

// declareCapacity takes how many cases an institution says it can carry: in roles that it is listed in today.
func (s *service) declareCapacity(ctx context.Context, in *bodyInput) (*capacitiesOutput, error) {
	body, found, err := s.supervising.capacity.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &capacitiesOutput{}
	id, now := *r.account.InstitutionID, s.Now().UTC()
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		rows, seen := make([]store.Capacity, len(body.Capacities)), map[[3]string]bool{}
		for n, c := range body.Capacities {
			rows[n] = store.Capacity{
				InstitutionID: id, Role: c.Role, Occupation: c.Occupation, Level: c.Level, Places: c.Places, DeclaredBy: r.account.ID, DeclaredAt: now,
			}
			key := [3]string{c.Role, c.Occupation, c.Level}
			if seen[key] {
				found.add(fmt.Sprintf("capacities[%d]", n), fieldDuplicate)
			}
			seen[key] = true
			listed, err := tx.OnList(id, c.Occupation, c.Level, c.Role, s.today())
			if err != nil {
				return err
			}
			if !listed {
				found.add(fmt.Sprintf("capacities[%d].occupation", n), fieldNotListed)
			}
		}
		if err := found.err(); err != nil {
			return err
		}
		if err := tx.DeclareCapacity(rows); err != nil {
			return err
		}
		if err := s.audit(tx, r, "capacity.declare", "institution:"+id, "", body); err != nil {
			return err
		}
		out.Body.Capacities, err = s.viewCapacities(tx, r, store.Within{InstitutionID: id})
		return err
	})
	return out, err
}
