package sitting

import (
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// Check is what came of looking at somebody's document at the door.
type Check struct {
	BookingID string
	Outcome   string
	Ground    string
	Note      string
}

// Record writes that somebody's identity could not be made out at the door. Who is turned away has sat no attempt, and may
// choose another sitting. What somebody does who sits provisionally is held until a colleague has decided whether it counts.
func (d Desk) Record(tx *store.Tx, c Check, by Doer) (store.DoorCheck, []store.InboxItem, error) {
	of, o, b, err := d.atTheDoor(tx, c, by)
	if err != nil {
		return store.DoorCheck{}, nil, err
	}
	check := store.DoorCheck{
		ID: uuid.NewString(), BookingID: b.ID, CaseID: b.CaseID, InstitutionID: of.InstitutionID, Attempt: b.Attempt, Outcome: c.Outcome,
		Ground: c.Ground, Note: c.Note, RecordedBy: by.Account, RecordedAt: by.At, ChangedAt: by.At,
	}
	actor, ground := store.ActorInstitution(of.InstitutionID), map[string]any{"ground": c.Ground}
	var told []store.InboxItem
	if c.Outcome == store.TurnedAway {
		check.Woken = true // nothing is owed of it
		o.note("sitting_turned_away", actor, of, ground)
		if err = o.anew(actor); err == nil {
			err = o.end(&b, store.BookingTurnedAway)
		}
	} else {
		due := deadline.Beijing().Shift(d.Calendar, by.At, rules.DecisionWorkingDays)
		check.DueAt = &due
		o.note("sitting_provisional", actor, of, map[string]any{"ground": c.Ground, "until": d.Calendar.Today(due).String()})
		told, err = o.inform(check.ID)
	}
	if err != nil {
		return check, nil, err
	}
	err = tx.InsertDoorCheck(check)
	if store.Constraint(err) == "door_checks_one_open" {
		err = ErrChecked
	}
	if err == nil {
		err = o.Save()
	}
	return check, told, err
}

// atTheDoor locks the case of who stands at the door, on the day of the sitting or later, while the attempt is owed.
func (d Desk) atTheDoor(tx *store.Tx, c Check, by Doer) (of store.Sitting, o *opened, b store.SittingBooking, err error) {
	if b, err = tx.Booking(c.BookingID); err != nil {
		return of, nil, b, err
	}
	if of, err = tx.Sitting(b.SittingID); err != nil {
		return of, nil, b, err
	}
	if o, err = d.open(tx, b.CaseID, by); err != nil {
		return of, nil, b, err
	}
	if b, err = tx.Booking(b.ID); err != nil {
		return of, nil, b, err
	}
	switch day := calendar.DateOf(of.StartsAt.In(calendar.Beijing)); {
	case d.Calendar.Today(by.At).Before(day):
		return of, nil, b, ErrNotBegun
	case b.State == store.BookingEnded || b.Attempt != o.attempt():
		return of, nil, b, ErrNotAsked
	}
	return of, o, b, nil
}

// inform tells the case of a check.
func (o *opened) inform(id string) ([]store.InboxItem, error) {
	item, err := o.Tx.InsertInbox(o.ID, store.InboxDoor, id)
	return []store.InboxItem{item}, err
}

// Decide decides whether it was the trainee who sat provisionally, by somebody else than who recorded it. If it was, what they did
// counts; if it was not, the attempt is void, and is sat again.
func (d Desk) Decide(tx *store.Tx, id string, accepted bool, by Doer) (store.DoorCheck, []store.InboxItem, error) {
	check, err := tx.DoorCheck(id)
	if err != nil {
		return check, nil, err
	}
	o, err := d.open(tx, check.CaseID, by)
	if err != nil {
		return check, nil, err
	}
	if check, err = tx.LockDoorCheck(id); err != nil {
		return check, nil, err
	}
	switch {
	case check.Outcome != store.Provisional || check.DecidedAt != nil:
		return check, nil, ErrDecided
	case check.RecordedBy == by.Account:
		return check, nil, ErrSame
	}
	check.DecidedBy, check.DecidedAt, check.Accepted, check.Reason = &by.Account, &by.At, &accepted, by.Reason
	check.ChangedAt, check.Woken = by.At, false
	event := "identity_refused"
	if accepted {
		event = "identity_accepted"
	}
	o.Note(progress.Evaluation, event, store.ActorInstitution(check.InstitutionID), map[string]any{"attempt": check.Attempt})
	if err := tx.SaveDoorCheck(check); err != nil {
		return check, nil, err
	}
	told, err := o.inform(check.ID)
	if err == nil {
		err = o.Save()
	}
	return check, told, err
}

// Watch tells people, once, that nobody has decided in time, and says when to look; nil when there is nothing to wait for. It
// decides nothing.
func (d Desk) Watch(tx *store.Tx, id string, at time.Time) (next *time.Time, over bool, err error) {
	check, err := tx.LockDoorCheck(id)
	switch {
	case err != nil:
		return nil, false, err
	case check.DecidedAt != nil || check.DueAt == nil:
		return nil, true, nil
	case check.EscalatedAt != nil:
		return nil, false, nil
	case at.Before(*check.DueAt):
		return check.DueAt, false, nil
	}
	for _, audience := range []string{store.AudienceInstitution, store.AudienceOperators} {
		err := tx.InsertNotice(store.Notice{
			Audience: audience, InstitutionID: &check.InstitutionID, Kind: "door_check_overdue", Occasion: check.ID,
			Params: map[string]any{"check": check.ID, "due": d.Calendar.Today(*check.DueAt).String()},
		})
		if err != nil {
			return nil, false, err
		}
	}
	check.EscalatedAt = &at
	return nil, false, tx.SaveDoorCheck(check)
}
