package hours

import (
	"errors"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// Voided is what the voiding of a session took back.
type Voided struct {
	Session store.Session
	Persons int // whose hours were taken back
	Total   time.Duration
	// Notify is what cases must be told.
	Notify []store.InboxItem
}

// Void takes a session out of the ledger: it was not held, or not as was reported. What it credited is reversed with the
// reason, for everybody, and nothing more is credited for it. What a full day had no room for because of it is credited
// now; what was refused because of it is not, but may be reported anew.
func Void(tx *store.Tx, sessionID, by, reason string, now Instant) (Voided, error) {
	if reason == "" {
		return Voided{}, refuse(CodeReasonMissing, "reason")
	}
	session, err := tx.LockSession(sessionID)
	if err != nil {
		return Voided{}, err
	}
	if session.VoidedAt != nil {
		return Voided{Session: session}, refuseLedger(ledger.ErrSessionVoided, "")
	}
	if err := tx.VoidSession(sessionID, by, reason, now.Wall); err != nil {
		return Voided{}, err
	}
	session.VoidedAt, session.VoidedBy, session.VoidReason = &now.Wall, &by, reason
	voided := Voided{Session: session}
	roster, err := tx.Roster(sessionID)
	if err != nil {
		return voided, err
	}
	var given []freed
	for _, line := range roster {
		if err := tx.LockPerson(line.PersonID); err != nil {
			return voided, err
		}
		back, err := reverse(tx, sessionID, line.PersonID, reason, now)
		if err != nil {
			return voided, err
		}
		if back.total == 0 {
			continue
		}
		given = append(given, back)
		voided.Persons++
		voided.Total += back.total
		items, err := back.refill(tx, now)
		if err != nil {
			return voided, err
		}
		item, err := settle(tx, line, sessionID, reduced, reason, now)
		if err != nil {
			return voided, err
		}
		if voided.Notify = append(voided.Notify, items...); item != nil {
			voided.Notify = append(voided.Notify, *item)
		}
	}
	return voided, unsettle(tx, given...)
}

// freed is what reversals gave back of one person's days.
type freed struct {
	personID  string
	sessionID string
	days      []calendar.Date
	total     time.Duration
	reason    string
}

// reverse takes back all that stands for one person at one session. The person is locked.
func reverse(tx *store.Tx, sessionID, personID, reason string, now Instant) (freed, error) {
	f := freed{personID: personID, sessionID: sessionID, reason: reason}
	entries, err := tx.HoursOfSession(sessionID, personID)
	if err != nil {
		return f, err
	}
	for _, e := range entries {
		if err := tx.ReverseHour(e, reason, now.Wall); err != nil {
			return f, err
		}
		f.total += time.Duration(e.Seconds) * time.Second
		if !slices.Contains(f.days, e.SessionDate) {
			f.days = append(f.days, e.SessionDate)
		}
	}
	return f, nil
}

// refill credits what the days that were given back had no room for when it was reported, in the order in which that was
// received: on every day what stands is all that was attended, or what the cap allows of it. What was watched is settled
// anew by whoever settles it, when it is told by unsettle.
func (f freed) refill(tx *store.Tx, now Instant) ([]store.InboxItem, error) {
	var items []store.InboxItem
	for _, day := range f.days {
		window := ledger.Interval{From: calendar.Real().Wall(day), To: calendar.Real().Wall(day.AddDays(1))}
		reports, err := tx.AttendedBetween(f.personID, window)
		if err != nil {
			return nil, err
		}
		for _, report := range reports {
			if report.SessionID == f.sessionID {
				continue
			}
			item, err := f.top(tx, report, day, window, now)
			if err != nil {
				return nil, err
			}
			if item != nil {
				items = append(items, *item)
			}
		}
	}
	return items, nil
}

// unsettle has what was watched on days that were given back settled anew.
func unsettle(tx *store.Tx, given ...freed) error {
	var persons []string
	var all []ledger.Interval
	for _, f := range given {
		persons = append(persons, f.personID)
		for _, day := range f.days {
			all = append(all, ledger.Interval{From: calendar.Real().Wall(day), To: calendar.Real().Wall(day.AddDays(1))})
		}
	}
	days := ledger.Union(all...)
	if len(days) == 0 {
		return nil
	}
	return tx.UnsettleWatches(persons, ledger.Interval{From: days[0].From, To: days[len(days)-1].To})
}

// top credits what is still uncredited of one report on one day, if the day has room.
func (f freed) top(
	tx *store.Tx, report store.Attendance, day calendar.Date, window ledger.Interval, now Instant,
) (*store.InboxItem, error) {
	line, err := tx.RosterLineFor(report.SessionID, report.PersonID)
	if err != nil {
		return nil, err
	}
	d, err := openDesk(tx, report.SessionID, line)
	if err != nil {
		return nil, err
	}
	credit, err := d.credit(report)
	if err != nil {
		return nil, err
	}
	credit.Interval = credit.Intersect(window)
	standing, err := tx.HoursOfSession(report.SessionID, report.PersonID)
	if err != nil {
		return nil, err
	}
	standing = slices.DeleteFunc(standing, func(e store.HourEntry) bool { return e.SessionDate != day })
	var has time.Duration
	for _, e := range standing {
		has += time.Duration(e.Seconds) * time.Second
	}
	taken, err := tx.CreditedOn(f.personID, day)
	if err != nil {
		return nil, err
	}
	if room := Rule(d.rules).DailyCap - taken; min(room, credit.Length()-has) < time.Second {
		return nil, nil
	}
	for _, e := range standing {
		if err := tx.ReverseHour(e, f.reason, now.Wall); err != nil {
			return nil, err
		}
	}
	_, err = Book(tx, d.rules, Claim{
		Earned: earnedBy(d.attendee), SessionID: report.SessionID, Credits: []ledger.Credit{credit}, Reporter: report.Reporter,
		Received: report.ReceivedAt,
	})
	if taken := (*RefusedError)(nil); errors.As(err, &taken) {
		return nil, nil // the day was full, so nothing stood, and the time has gone to another session since
	}
	if err != nil {
		return nil, err
	}
	return settle(tx, line, report.SessionID, added, f.reason, now)
}
