// Package hours books: attendance into the hours ledger, and what stands in the ledger into the calendar years of
// continuing education (notice, section 四（二）). The arithmetic is package ledger's, the rules are the policy's, and the
// record is the store's; every function writes in the caller's transaction.
package hours

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Rule is how attendance becomes credit under a version of the rules.
func Rule(p *policy.Policy) ledger.CreditRule { return p.Attendance().Credit }

// Earned is what CE hours are credited for: one person's case, or place in a course of a CE base.
type Earned struct {
	PersonID string
	CaseID   *string
	PlaceID  *string
	// Modules limits what is credited to the hours of these modules, when the training ended unfinished; nil is all.
	Modules []string
}

// counted is what of the standing hours is credited: nothing, once the certificate that they led to was revoked because they
// were not earned.
func (e Earned) counted(tx *store.Tx) ([]ledger.Entry, error) {
	forfeited, err := tx.Forfeited(e.CaseID, e.PlaceID, certificate.UnearnedReasons())
	if err != nil || forfeited {
		return nil, err
	}
	entries, err := tx.HoursOf(e.CaseID, e.PlaceID)
	if err != nil || e.Modules == nil {
		return entries, err
	}
	return slices.DeleteFunc(entries, func(entry ledger.Entry) bool { return !slices.Contains(e.Modules, entry.Module) }), nil
}

// EarnedInCase is a case as what hours are credited for.
func EarnedInCase(c store.Case) Earned { return Earned{PersonID: c.PersonID, CaseID: &c.ID} }

// EarnedAtPlace is a place in a course as what hours are credited for.
func EarnedAtPlace(p store.CoursePlace) Earned { return Earned{PersonID: p.PersonID, PlaceID: &p.ID} }

// underWay reports whether hours are still being taken at a place in a course. Of a case its own stages say so.
func (e Earned) underWay(tx *store.Tx) (bool, error) {
	if e.PlaceID == nil {
		return false, nil
	}
	p, err := tx.Place(*e.PlaceID)
	return p.State == store.PlaceEnrolled, err
}

func (e Earned) id() string {
	if e.CaseID != nil {
		return *e.CaseID
	}
	return *e.PlaceID
}

// Change is what one year's credit became.
type Change struct {
	// Year is the year credited, and TakenYear the one in which the hours were taken: they differ when that was closed.
	Year      int
	TakenYear int
	Before    ledger.Hours
	Hours     ledger.Hours
}

// YearClosedError says that hours cannot be credited because their year is closed. Nobody moves them silently: an
// operator reopens the year, or decides for another.
type YearClosedError struct{ Year int }

// Instead is what somebody decided is credited in a closed year's place: a year that is open, or 0 for no decision. None was made
// where it is nil.
type Instead func(closed int) int

// Error names the year.
func (e *YearClosedError) Error() string { return fmt.Sprintf("CE year %d is closed", e.Year) }

// SettleCE makes the credits by calendar year what the standing hours come to: a year whose hours are others than before
// has its entry reversed and another put in its place, with the reason. Settling again changes nothing.
//
// The hours of a course are credited once the base has declared it complete; until then nothing is written.
//
// A closed year gives hours back, but takes none: then nothing is written, and the error is a *YearClosedError that names the
// closed year that nothing was decided about.
func SettleCE(tx *store.Tx, earned Earned, rules *policy.Policy, at time.Time, reason string, instead Instead) ([]Change, error) {
	// One settlement of a person after another: what the ledger says then is a matter of the order of its rows.
	if err := tx.LockPerson(earned.PersonID); err != nil {
		return nil, err
	}
	if under, err := earned.underWay(tx); err != nil || under {
		return nil, err
	}
	entries, err := earned.counted(tx)
	if err != nil {
		return nil, err
	}
	standing, err := tx.StandingCE(earned.id())
	if err != nil {
		return nil, err
	}
	changes := compare(ledger.ByYear(entries), standing, Rule(rules))
	for i, change := range changes {
		if changes[i].Year, err = open(tx, change, instead); err != nil {
			return nil, err
		}
	}
	for _, change := range changes {
		if err := write(tx, earned, change, standing, rules.Hours().Subject, at, reason); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// open is the year that a change is to be credited to. The year of hours that are given back, and of fewer in the place of
// more, may be closed.
func open(tx *store.Tx, change Change, instead Instead) (int, error) {
	if change.Hours <= change.Before {
		return change.Year, nil
	}
	closed, err := tx.CEYearClosed(change.Year)
	if err != nil || !closed {
		return change.Year, err
	}
	year := 0
	if instead != nil && change.Before == 0 {
		year = instead(change.Year)
	}
	if year == 0 {
		return 0, &YearClosedError{change.Year}
	}
	if closed, err = tx.CEYearClosed(year); err == nil && closed {
		err = &YearClosedError{year}
	}
	return year, err
}

// compare lists the years whose credit is not what the time taken in them comes to.
func compare(taken []ledger.YearTime, standing []store.CEEntry, rule ledger.CreditRule) []Change {
	var changes []Change
	for _, year := range taken {
		change := Change{Year: year.Year, TakenYear: year.Year, Hours: rule.Hours(year.Credited)}
		if e := takenIn(standing, year.Year); e != nil {
			change.Year, change.Before = e.Year, e.Hours
		}
		if change.Hours != change.Before {
			changes = append(changes, change)
		}
	}
	for _, e := range standing {
		year := yearTaken(e)
		gone := true
		for _, t := range taken {
			gone = gone && t.Year != year
		}
		if gone {
			changes = append(changes, Change{Year: e.Year, TakenYear: year, Before: e.Hours})
		}
	}
	return changes
}

func write(
	tx *store.Tx, earned Earned, change Change, standing []store.CEEntry, subject string, at time.Time, reason string,
) error {
	entry := store.CEEntry{
		PersonID: earned.PersonID, CaseID: earned.CaseID, PlaceID: earned.PlaceID, Year: change.Year, Subject: subject,
		Hours: change.Hours, Reason: reason, RecordedAt: at,
	}
	if change.TakenYear != change.Year {
		entry.TakenYear = &change.TakenYear
	}
	if before := takenIn(standing, change.TakenYear); before != nil {
		if reason == "" {
			return errors.New("reverse CE hours: a reason is needed")
		}
		contra := *before
		contra.ID, contra.Reverses, contra.Replaces = 0, &before.ID, nil
		contra.Hours, contra.Reason, contra.RecordedAt = -before.Hours, reason, at
		if err := tx.InsertCE(&contra); err != nil {
			return err
		}
		entry.Replaces = &before.ID
	}
	if change.Hours == 0 {
		return nil
	}
	var err error
	if entry.Taken, err = tx.TakenIn(earned.CaseID, earned.PlaceID, change.TakenYear); err != nil {
		return err
	}
	return tx.InsertCE(&entry)
}

func takenIn(standing []store.CEEntry, year int) *store.CEEntry {
	for i := range standing {
		if yearTaken(standing[i]) == year {
			return &standing[i]
		}
	}
	return nil
}

func yearTaken(e store.CEEntry) int {
	if e.TakenYear != nil {
		return *e.TakenYear
	}
	return e.Year
}
