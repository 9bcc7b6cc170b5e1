package hours

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Settled is what became of the watching of one person.
type Settled struct {
	Watches int
	Entries []store.HourEntry
	// Notify is what cases must be told: hours came in after their training was complete.
	Notify []store.InboxItem
	// YearsClosed are years of continuing education that took nothing more of a course's hours: an operator decides.
	YearsClosed []int
}

// SettlePerson books what a person watched and what is not in the ledger yet, whether they still watch or not. A training
// gate calls it before it counts.
//
// A watch is folded whole, from its first heartbeat on, and what of it stands in the ledger already is left out, so that it
// does not matter how often it is settled or what came late. An instant that other hours of the person stand for is left
// out as well: nobody is credited twice for one instant, and of two sessions that are settled together it goes to the one
// that was watched first. What a full day had no room for is credited once the day has room.
//
// It locks the person and then the watches; a case that is to be held must be held before.
func SettlePerson(tx *store.Tx, personID string, now Instant) (Settled, error) {
	if err := tx.LockPerson(personID); err != nil {
		return Settled{}, err
	}
	return settleWatches(tx, personID, now)
}

// settleWatches settles a person who is locked.
func settleWatches(tx *store.Tx, personID string, now Instant) (Settled, error) {
	watches, err := tx.LockUnsettled(personID)
	if err != nil || len(watches) == 0 {
		return Settled{}, err
	}
	settled := Settled{Watches: len(watches)}
	sessions := map[string]*watched{}
	var all []ledger.Credit
	for _, w := range watches {
		seen, err := fold(tx, w)
		if err != nil {
			return settled, err
		}
		if seen == nil {
			continue
		}
		sessions[w.SessionID] = seen
		all = append(all, seen.credits...)
		if err := seen.reopen(tx, now); err != nil {
			return settled, err
		}
	}
	fresh, err := untaken(tx, personID, all)
	if err != nil {
		return settled, err
	}
	var order []*watched // as they were watched first
	for _, credit := range fresh {
		seen := sessions[credit.Session]
		if len(seen.fresh) == 0 {
			order = append(order, seen)
		}
		seen.fresh = append(seen.fresh, credit)
	}
	for _, seen := range order {
		if err := settled.book(tx, seen, now); err != nil {
			return settled, err
		}
	}
	return settled, tx.MarkSettled(watches)
}

// watched is what a person watched of one session.
type watched struct {
	session  store.Session
	line     store.RosterLine
	attendee store.Attendee
	rules    *policy.Policy
	credits  []ledger.Credit
	fresh    []ledger.Credit // what of it is not in the ledger
}

// fold folds a watch; nil when its session was voided.
func fold(tx *store.Tx, w store.Watch) (*watched, error) {
	seen := &watched{}
	var err error
	if seen.session, err = tx.Session(w.SessionID); err != nil || seen.session.VoidedAt != nil {
		return nil, err
	}
	if seen.line, err = tx.RosterLineFor(w.SessionID, w.PersonID); err != nil {
		return nil, err
	}
	if seen.attendee, seen.rules, err = attendeeOf(tx, seen.line); err != nil {
		return nil, err
	}
	beats, challenges, err := tx.Heartbeats(w.ID)
	seen.credits = Rule(seen.rules).Watch(w.SessionID, beats, challenges)
	return seen, err
}

// reopen takes back the entries that a full day cut short, where the day has room by now: they are booked anew, with more.
func (w *watched) reopen(tx *store.Tx, now Instant) error {
	short, err := tx.HoursCutShort(w.session.ID, w.line.PersonID)
	if err != nil {
		return err
	}
	for _, e := range short {
		credited, err := tx.CreditedOn(e.PersonID, e.SessionDate)
		if err != nil {
			return err
		}
		if Rule(w.rules).DailyCap-credited < time.Second {
			continue
		}
		if err := tx.ReverseHour(e, "day_has_room", now.Wall); err != nil {
			return err
		}
	}
	return nil
}

// untaken is what of credits does not stand for the person yet, each instant once, in order.
func untaken(tx *store.Tx, personID string, credits []ledger.Credit) ([]ledger.Credit, error) {
	const uncapped = 24 * time.Hour
	var fresh []ledger.Credit
	var claimed []ledger.Interval
	parts := ledger.CreditRule{DailyCap: uncapped}.Settle(credits)
	for _, part := range parts {
		claimed = append(claimed, part.Interval)
	}
	taken, err := tx.TimesTaken(personID, ledger.Union(claimed...))
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		for _, i := range ledger.Union(part.Interval).Subtract(taken) {
			fresh = append(fresh, ledger.Credit{Interval: i, Session: part.Session, Evidence: part.Evidence})
		}
	}
	slices.SortStableFunc(fresh, func(a, b ledger.Credit) int { return a.From.Compare(b.From) })
	return fresh, nil
}

// book books what is new of one session, and tells whoever is concerned.
func (s *Settled) book(tx *store.Tx, w *watched, now Instant) error {
	booked, err := Book(tx, w.rules, Claim{
		Earned: earnedBy(w.attendee), SessionID: w.session.ID, Credits: w.fresh, Received: now.Wall,
	})
	if err != nil || len(booked.Entries) == 0 {
		return err
	}
	s.Entries = append(s.Entries, booked.Entries...)
	for _, e := range booked.Entries {
		after, err := json.Marshal(map[string]any{"session": w.session.ID, "attendee": w.attendee.ID, "seconds": e.Seconds})
		if err == nil {
			err = tx.Audit(store.AuditEntry{
				At: now.Wall, Actor: store.ActorSystem, Action: "hours.watched", Subject: "hour:" + strconv.FormatInt(e.ID, 10),
				Reason: "heartbeats", After: after,
			})
		}
		if err != nil {
			return fmt.Errorf("note hours that were watched: %w", err)
		}
	}
	item, err := settle(tx, w.line, w.session.ID, added, "hours_watched", now)
	if closed := (*RefusedError)(nil); errors.As(err, &closed) && closed.Code == CodeYearClosed {
		s.YearsClosed = append(s.YearsClosed, booked.Entries[0].SessionDate.Year())
		return nil
	}
	if item != nil {
		s.Notify = append(s.Notify, *item)
	}
	return err
}
