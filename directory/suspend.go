package directory

import (
	"errors"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/store"
)

// Why a suspension, or its end, is refused.
var (
	ErrSuspended    = errors.New("the institution is suspended")
	ErrNotSuspended = errors.New("the institution is not suspended")
)

// Suspend keeps an institution from acting, whatever the lists say: it is given no new case and no new task, and its
// certificates wait for the city bureau. What it is doing goes on, and is marked in the timelines of its cases.
func (d Desk) Suspend(id, reason string) ([]Effect, error) {
	return d.turn(id, store.InstitutionActive, ErrSuspended, Suspended, func(institution store.Institution) error {
		err := d.Tx.Suspend(store.Suspension{
			ID: uuid.NewString(), InstitutionID: institution.ID, Reason: reason, SuspendedBy: d.Actor, SuspendedAt: d.At,
		})
		return errors.Join(err, d.audit("institution.suspend", "institution:"+id, reason, nil))
	})
}

// Reinstate lets an institution act again. Cases that are stuck because of its suspension stay so until they are retried.
func (d Desk) Reinstate(id, reason string) ([]Effect, error) {
	return d.turn(id, store.InstitutionSuspended, ErrNotSuspended, Reinstated, func(institution store.Institution) error {
		err := d.Tx.LiftSuspension(institution.ID, d.Actor, reason, d.At)
		return errors.Join(err, d.audit("institution.reinstate", "institution:"+id, reason, nil))
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
