package petition

import (
	"time"

	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/store"
)

func (d Desk) after(at time.Time, working int) time.Time {
	return deadline.Beijing().Shift(d.Calendar, at, working).UTC()
}

// Watch tells who is to answer a petition before its time is up, and the city's operators too when it is; each once. It says when
// to look again; nil when whoever takes the next step wakes the watch. It decides nothing.
func (d Desk) Watch(tx *store.Tx, id string, at time.Time) (next *time.Time, over bool, err error) {
	p, err := tx.LockPetition(id)
	if err != nil || !p.Open() {
		return nil, err == nil, err
	}
	remind := d.after(p.DueAt, -RuleOf(p.Kind).RemindDays)
	switch {
	case p.EscalatedAt != nil:
		return nil, false, nil
	case !at.Before(p.DueAt):
		if err := d.notify(tx, p, "petition_overdue", p.DueAt); err != nil {
			return nil, false, err
		}
		if p.HandledBy == store.HandledByInstitution {
			if err := d.notice(tx, p, store.AudienceOperators, "petition_overdue", p.DueAt); err != nil {
				return nil, false, err
			}
		}
		p.EscalatedAt = &at
		return nil, false, tx.SavePetition(p)
	case p.RemindedAt != nil:
		return &p.DueAt, false, nil
	case at.Before(remind):
		return &remind, false, nil
	}
	if err := d.notify(tx, p, "petition_near_due", p.DueAt); err != nil {
		return nil, false, err
	}
	p.RemindedAt = &at
	return &p.DueAt, false, tx.SavePetition(p)
}
