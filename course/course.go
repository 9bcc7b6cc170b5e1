// Package course carries the courses of CE bases to their end (annexes 2 and 3 of the notice): whose hours suffice is given
// the base's training certificate, without an exam, and everybody's hours are credited to the years they were taken in.
//
// Nothing here waits for another organisation: a base declares its course complete, and that is one transaction. Declared
// again it changes nothing but what has changed since: hours that came in later, a year that was opened again, a certificate
// that was released. A workflow for each certificate has it printed, signed and published.
package course

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// ErrMayNotIssue says that an institution may not hold courses: it is no CE base, or no longer, or is suspended, or its
// listing is not confirmed.
var ErrMayNotIssue = errors.New("not a CE base that may issue certificates")

// Ending is what the end of a course is written with.
type Ending struct {
	Tx    *store.Tx
	Desk  issuing.Desk
	Today calendar.Date // in the programme's calendar
	At    time.Time
	Actor string // the account that declares
}

// Complete ends a course for all who have a place in it. The course is locked by the caller.
func (e Ending) Complete(c store.Course) error {
	places, err := e.Tx.Places(c.ID, nil, -1)
	if err != nil {
		return err
	}
	// People are locked one after another, by all in the same order.
	slices.SortFunc(places, func(a, b store.CoursePlace) int { return cmp.Compare(a.PersonID, b.PersonID) })
	for _, p := range places {
		if err := e.end(c, p); err != nil {
			return fmt.Errorf("end place %s: %w", p.ID, err)
		}
	}
	return e.Tx.CloseCourse(c.ID, e.At)
}

// Release lets the certificate of a place be issued that is held, or would be: the city bureau has confirmed the document,
// or lets a suspended base issue for those who had finished.
func (e Ending) Release(c store.Course, p store.CoursePlace) error {
	base, err := e.Tx.CEBaseOf(c.InstitutionID, e.Today)
	if err != nil {
		return err
	}
	if !base.MayIssue {
		return ErrMayNotIssue
	}
	if err := e.Tx.ReleasePlace(p.ID, e.Actor, e.At); err != nil {
		return err
	}
	if p.State == store.PlaceEnrolled {
		return nil
	}
	p.ReleasedAt = &e.At
	return e.end(c, p)
}

// Credit credits what of a place's hours waits for a closed year: to that year, if it is open again, or by the city
// bureau's decision to another. The error may be a *hours.YearClosedError.
func (e Ending) Credit(c store.Course, p store.CoursePlace, reason string, instead hours.Instead) ([]hours.Change, error) {
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return nil, fmt.Errorf("read the course's rules: %w", err)
	}
	return hours.SettleCE(e.Tx, hours.EarnedAtPlace(p), rules, e.At, reason, instead)
}

// end says how the course ended for one person, credits the hours that stand, and issues the certificate.
func (e Ending) end(c store.Course, p store.CoursePlace) error {
	if err := e.Tx.LockPerson(p.PersonID); err != nil {
		return err
	}
	found, err := Look(e.Tx, e.Desk, c, e.Today, p)
	if err != nil {
		return err
	}
	standing := found[0]
	if standing.Certificate == nil && p.State != standing.due() {
		p.State = standing.due()
		if err := e.Tx.ClosePlace(p.ID, p.State, e.At); err != nil {
			return err
		}
	}
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return fmt.Errorf("read the course's rules: %w", err)
	}
	_, err = hours.SettleCE(e.Tx, hours.EarnedAtPlace(p), rules, e.At, "course_completion", nil)
	// The hours of a closed year wait for the year to be opened, or for a decision; the certificate does not.
	if _, closed := errors.AsType[*hours.YearClosedError](err); err != nil && !closed {
		return err
	}
	if p.State != store.PlaceCompleted || standing.Certificate != nil {
		return nil
	}
	standing.Place = p
	if standing.Held, err = held(e.Tx, c, p, e.Today); err != nil || standing.Held != "" {
		return err
	}
	return e.issue(c, standing, rules)
}

func (e Ending) issue(c store.Course, s Standing, rules *policy.Policy) error {
	issuer := c.InstitutionID
	name, err := e.Tx.InstitutionNameOn(issuer, e.Today)
	if err != nil {
		return err
	}
	prepared, err := e.Desk.Prepare(e.Tx, issuing.Order{
		PlaceID: &s.Place.ID, PersonID: s.Place.PersonID, IDType: s.Place.Document,
		PolicyVersion: c.PolicyVersion, Actor: e.Actor, Reason: certificate.KindCEBase, At: e.At,
		Facts: certificate.Facts{
			Kind: certificate.KindCEBase, IssuerID: issuer, IssuerName: name, Course: c.Title,
			From: s.From, To: s.To, Hours: s.Hours.String(), IssuedOn: e.Today, Demonstration: rules.Demonstration(),
		},
	})
	if _, waits := errors.AsType[*issuing.ObstacleError](err); waits {
		return nil // it is held, and declaring the course complete once more issues it
	}
	if err != nil {
		return err
	}
	return e.Tx.StartIssuance(prepared.ID)
}

// MayHold checks that an institution is a CE base that may hold courses and issue certificates on a day; else ErrMayNotIssue.
func MayHold(tx *store.Tx, institutionID string, on calendar.Date) error {
	base, err := tx.CEBaseOf(institutionID, on)
	if errors.Is(err, store.ErrNotFound) {
		return ErrMayNotIssue
	}
	if err != nil {
		return err
	}
	institution, err := tx.Institution(institutionID)
	if err == nil && (!base.Listed(on) || !base.MayIssue || institution.Status != store.InstitutionActive) {
		err = ErrMayNotIssue
	}
	return err
}
