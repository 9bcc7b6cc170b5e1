package directory

import (
	"errors"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/store"
)

// Why a suspension, or its end, is refused.
var (
	ErrSuspended    = errors.New("the institution is suspended")
	ErrNotSuspended = errors.New("the institution is not suspended")
)

// Terms are on what an institution is suspended.
type Terms struct {
	Reason       string
	LegalBasis   string
	PlannedUntil *calendar.Date // nil: nobody has said
}

// Suspend keeps an institution from acting, whatever the lists say: it is given no new case and no new task, and its
// certificates wait for the city bureau. What it is doing goes on, and is marked in the timelines of its cases. The
// institution is told. A planned end lifts nothing: on that day the operators are reminded.
func (d Desk) Suspend(id string, terms Terms) ([]Effect, error) {
	return d.turn(id, store.InstitutionActive, ErrSuspended, Suspended, func(institution store.Institution) error {
		suspension := store.Suspension{
			ID: uuid.NewString(), InstitutionID: institution.ID, Reason: terms.Reason, LegalBasis: terms.LegalBasis,
			PlannedUntil: terms.PlannedUntil, SuspendedBy: d.Actor, SuspendedAt: d.At,
		}
		err := d.Tx.Suspend(suspension)
		return errors.Join(err, d.tell(id, "institution_suspended", suspension.ID), d.audit("institution.suspend", "institution:"+id, terms.Reason,
			map[string]any{"legal_basis": terms.LegalBasis, "planned_until": terms.PlannedUntil}))
	})
}

// PlanEnd writes until when a suspension is planned to last; nil: nobody has said.
func (d Desk) PlanEnd(id string, until *calendar.Date, reason string) error {
	s, err := d.Tx.LockSuspension(id)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotSuspended
	}
	if err != nil {
		return err
	}
	return errors.Join(d.Tx.PlanSuspension(s.ID, until), d.audit("institution.suspension_plan", "institution:"+id, reason,
		map[string]any{"before": s.PlannedUntil, "planned_until": until}))
}

// tell tells an institution of its suspension, or of its end.
func (d Desk) tell(id, kind, occasion string) error {
	return d.Tx.InsertNotice(store.Notice{Audience: store.AudienceInstitution, InstitutionID: &id, Kind: kind, Occasion: occasion})
}

// Reinstate lets an institution act again. Cases that are stuck because of its suspension stay so until they are retried.
func (d Desk) Reinstate(id, reason string) ([]Effect, error) {
	return d.turn(id, store.InstitutionSuspended, ErrNotSuspended, Reinstated, func(institution store.Institution) error {
		suspension, err := d.Tx.LockSuspension(institution.ID)
		if err != nil {
			return err
		}
		err = d.Tx.LiftSuspension(institution.ID, d.Actor, reason, d.At)
		return errors.Join(err, d.tell(id, "institution_reinstated", suspension.ID), d.audit("institution.reinstate", "institution:"+id, reason, nil))
	})
}

func (d Desk) turn(id, from string, refusal error, cause Cause, write func(store.Institution) error) ([]Effect, error) {
	if err := d.Tx.LockLists(); err != nil {
		return nil, err
	}
	institution, err := d.Tx.Institution(id)
	if err != nil {
		return nil, err
	}
	if institution.Status != from {
		return nil, refusal
	}
	if err := write(institution); err != nil {
		return nil, err
	}
	r, err := suspended(d.Tx, id, cause)
	if err != nil {
		return nil, err
	}
	return r.effects, d.note(r.notes, "")
}

// Suspending says what would become of running cases if an institution were suspended.
func Suspending(tx *store.Tx, id string) ([]Effect, error) {
	r, err := suspended(tx, id, Suspended)
	return r.effects, err
}

func suspended(tx *store.Tx, id string, cause Cause) (reckoning, error) {
	r := reckoning{effects: []Effect{}}
	cases, err := tx.RunningCasesOf([]string{id})
	if err != nil {
		return r, err
	}
	for _, c := range cases {
		for _, acts := range bodies(c) {
			fate := listing.FateOf(acts.role, true, c.Position())
			if acts.id != id || fate == listing.Untouched {
				continue
			}
			if cause == Reinstated {
				fate = listing.Untouched
			}
			r.add(c, id, acts.role, cause, fate)
		}
	}
	counts, err := tx.OpenCoursesOf([]string{id})
	if n := counts[id]; n > 0 {
		r.effects = append(r.effects, Effect{InstitutionID: id, Cause: cause, Role: RoleBase, Courses: n})
	}
	r.order()
	return r, err
}
