package hours

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Claim is one person's credit for one session, to be booked.
type Claim struct {
	Earned

	SessionID string
	// Credits is the time, with what it rests on. Any instant may be in several.
	Credits []ledger.Credit
	// Reporter is the institution's own number of who vouches; empty for what the server saw itself.
	Reporter string
	// Received is when the evidence came in.
	Received time.Time
}

// Booked is what became of a claim: one entry for each date in Beijing on which something was left to credit.
type Booked struct {
	Entries []store.HourEntry
	// Claimed is the time that was attended, Credited what of it the caps of the days left.
	Claimed  time.Duration
	Credited time.Duration
}

// Book writes a claim into the ledger: each instant once, and on no date more than what the day's cap leaves beside all
// that stands for the person there, whichever institutions said so. What is over the cap is the end of what is claimed.
//
// A claim that has time in common with an entry that stands is refused whole, with a *RefusedError that points to the
// entry: posted_before when it is of the same session, time_taken when it is of another. So is a claim to a session that
// was voided (session_voided). Then nothing is written.
//
// Book locks the person. A transaction that books claims of several takes them in the order of their ids.
func Book(tx *store.Tx, rules *policy.Policy, claim Claim) (Booked, error) {
	var booked Booked
	if err := tx.LockPerson(claim.PersonID); err != nil {
		return booked, err
	}
	session, err := tx.Session(claim.SessionID) // read after the lock, which a voiding holds until it is committed
	if err != nil {
		return booked, err
	}
	if session.VoidedAt != nil {
		return booked, refuseLedger(ledger.ErrSessionVoided, "session")
	}
	days := byDay(claim.Credits)
	var all []ledger.Interval
	for _, day := range days {
		all = append(all, day.times...)
	}
	if len(all) == 0 {
		return booked, nil
	}
	if err := free(tx, claim, ledger.Union(all...)); err != nil {
		return booked, err
	}
	for _, day := range days {
		entry, err := claim.entry(tx, Rule(rules), session, day)
		if err != nil {
			return booked, err
		}
		booked.Claimed += day.times.Length()
		if entry.Seconds == 0 {
			continue
		}
		if err := tx.InsertHour(&entry); err != nil {
			return booked, err
		}
		booked.Credited += time.Duration(entry.Seconds) * time.Second
		booked.Entries = append(booked.Entries, entry)
	}
	return booked, nil
}

// free refuses times of which some stand already for the person.
func free(tx *store.Tx, claim Claim, times ledger.Times) error {
	taken, err := tx.HoursDuring(claim.PersonID, times)
	if err != nil || len(taken) == 0 {
		return err
	}
	because := ledger.ErrTimeTaken
	if id := taken[0].SessionID; id != nil && *id == claim.SessionID {
		because = ledger.ErrPostedBefore
	}
	return &RefusedError{Code: string(because), First: &taken[0]}
}

// dayOf is what of a claim lies within one date.
type dayOf struct {
	date    calendar.Date
	times   ledger.Times
	credits []ledger.Credit
}

// byDay splits credits by date, to the microsecond that the record keeps.
func byDay(credits []ledger.Credit) []dayOf {
	const precision, uncapped = time.Microsecond, 24 * time.Hour
	rounded := make([]ledger.Credit, len(credits))
	for i, c := range credits {
		c.From, c.To = c.From.Truncate(precision), c.To.Truncate(precision)
		rounded[i] = c
	}
	var days []dayOf
	for _, part := range (ledger.CreditRule{DailyCap: uncapped}).Settle(rounded) {
		if last := len(days) - 1; last < 0 || days[last].date != part.Date {
			days = append(days, dayOf{date: part.Date})
		}
		day := &days[len(days)-1]
		day.times = ledger.Union(append(day.times, part.Interval)...)
		day.credits = append(day.credits, part.Credit)
	}
	return days
}

// entry is what is credited for one date: the whole seconds that the day's cap leaves.
func (c Claim) entry(tx *store.Tx, rule ledger.CreditRule, session store.Session, day dayOf) (store.HourEntry, error) {
	credited, err := tx.CreditedOn(c.PersonID, day.date)
	if err != nil {
		return store.HourEntry{}, err
	}
	rule.DailyCap = max(0, rule.DailyCap-credited)
	var length time.Duration
	evidence := []ledger.Evidence{}
	for _, part := range rule.Settle(day.credits) {
		length += part.Length()
		evidence = append(evidence, part.Evidence...)
	}
	encoded, err := json.Marshal(evidence)
	if err != nil {
		return store.HourEntry{}, fmt.Errorf("encode the evidence of an entry: %w", err)
	}
	return store.HourEntry{
		CaseID: c.CaseID, PlaceID: c.PlaceID, PersonID: c.PersonID, InstitutionID: session.InstitutionID,
		SessionID: &session.ID, SessionRef: session.Ref, SessionDate: day.date, Module: session.Module, Mode: session.Mode,
		Seconds: int(length / time.Second), During: store.During(day.times), Evidence: encoded,
		Reporter: c.Reporter, ReceivedAt: &c.Received,
	}, nil
}
