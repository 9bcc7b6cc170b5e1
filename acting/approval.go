package acting

import (
	"time"

	"github.com/dengpan/dengpan/store"
)

// Decision is what a second person decides.
type Decision struct {
	ID      string
	Approve bool
	Reason  string
	Seen    int // the last line of the case's timeline that they saw; nothing is about a case: 0
	By      string
	At      time.Time
}

// Decided is an approval that was decided, with what it is of. Items are the messages to cases.
type Decided struct {
	Approval   store.Approval
	Act        *store.Act
	Resolution *store.Resolution
	Items      []store.InboxItem
}

// Decide approves or rejects what somebody else asked for. If what it was about has changed, it is overtaken instead, and
// says so in its state: that is no error, for it is to be kept.
func (d Desk) Decide(tx *store.Tx, n Decision) (Decided, error) {
	done, f, i, err := d.lock(tx, n.ID)
	if err != nil {
		return done, err
	}
	a := &done.Approval
	switch {
	case a.State != store.ApprovalPending:
		return done, ErrDecided
	case a.RequestedBy == n.By:
		return done, ErrSame
	case f != nil && f.LastEvent != a.Seen, i != nil && i.State != store.IncidentOpen:
		return done, d.overtake(tx, f, a, n.At)
	case n.Seen != a.Seen:
		return done, ErrChanged
	}
	a.State, a.DecidedBy, a.DecidedAt, a.DecisionReason = store.ApprovalRejected, &n.By, &n.At, n.Reason
	if n.Approve {
		a.State = store.ApprovalApproved
		if done.Act != nil {
			if way, err := tx.ActOnItsWay(done.Act.CaseID); err != nil {
				return done, err
			} else if way {
				return done, &NotPossibleError{ActPending}
			}
		}
	}
	if done.Items, err = tx.DecideApproval(*a); err != nil {
		return done, err
	}
	if n.Approve && done.Resolution != nil {
		if err := done.release(tx, *i, n.At); err != nil {
			return done, err
		}
	}
	return done, settled(f)
}

// release lets go the resolution that was approved.
func (d *Decided) release(tx *store.Tx, i store.Incident, at time.Time) error {
	if i.Holds {
		item, err := tx.ReleaseResolution(i, *d.Resolution)
		d.Items = append(d.Items, item)
		return err
	}
	r := *d.Resolution
	r.RequestedAt = at // it closes now
	return resolveFinding(tx, i, r)
}

// Withdraw takes back what somebody asked for themselves.
func (d Desk) Withdraw(tx *store.Tx, id, by string, at time.Time) (Decided, error) {
	done, f, _, err := d.lock(tx, id)
	if err != nil {
		return done, err
	}
	a := &done.Approval
	switch {
	case a.State != store.ApprovalPending:
		return done, ErrDecided
	case a.RequestedBy != by:
		return done, ErrNotAsker
	}
	a.State, a.DecidedBy, a.DecidedAt = store.ApprovalWithdrawn, &by, &at
	if _, err := tx.DecideApproval(*a); err != nil {
		return done, err
	}
	return done, settled(f)
}

// lock reads an approval with what it is of, and locks it all: the case first, the incident, the approval.
func (d Desk) lock(tx *store.Tx, id string) (done Decided, f *File, i *store.Incident, err error) {
	if done.Approval, err = tx.Approval(id); err != nil {
		return done, nil, nil, err
	}
	if done.Approval.CaseID != nil {
		if f, err = d.Open(tx, *done.Approval.CaseID); err != nil {
			return done, nil, nil, err
		}
	}
	if done.Approval.IncidentID != nil {
		locked, err := tx.LockIncident(*done.Approval.IncidentID)
		if err != nil {
			return done, nil, nil, err
		}
		i = &locked
	}
	if done.Approval, err = tx.LockApproval(id); err != nil {
		return done, nil, nil, err
	}
	about, err := tx.ApprovalSubjects([]store.Approval{done.Approval})
	if act, is := about.Acts[id]; is {
		done.Act = &act
	}
	if resolution, is := about.Resolutions[id]; is {
		done.Resolution = &resolution
	}
	return done, f, i, err
}

func (d Desk) overtake(tx *store.Tx, f *File, a *store.Approval, at time.Time) error {
	if err := tx.Overtake(*a, at); err != nil {
		return err
	}
	a.State, a.DecidedAt = store.ApprovalOvertaken, &at
	return settled(f)
}

// settled writes that the case awaits no approval any more.
func settled(f *File) error {
	if f == nil {
		return nil
	}
	f.AwaitsApproval = false
	return f.Save()
}
