package course

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Hold is why a certificate that was earned is not issued.
type Hold string

// The reasons to hold a certificate.
const (
	// HeldDocument waits for the city bureau: annex 3 has a slot for a resident identity number and for no other.
	HeldDocument Hold = "document"
	// HeldIssuer waits for the base: it is suspended or listed no longer, or its listing is not confirmed.
	HeldIssuer Hold = "issuer"
	// HeldPrinting waits for the settings that the certificate is printed with.
	HeldPrinting Hold = "printing"
)

// Standing is how one person stands in a course, by what is on record now.
type Standing struct {
	Place    store.CoursePlace
	Hours    ledger.Hours // attended
	Required ledger.Hours
	// From and To are the first and the last day of attendance; zero before it.
	From calendar.Date
	To   calendar.Date
	// Pending are the years whose hours ought to be credited and are not: they are closed.
	Pending     []int
	Certificate *store.Certificate // the latest
	Held        Hold
	// Questioned says that hours were taken back on which the certificate rests. An operator decides what becomes of it.
	Questioned bool

	enough bool
}

// Missing is what is to be attended still.
func (s Standing) Missing() ledger.Hours {
	if s.enough {
		return 0
	}
	// At least something: a rest too short to show is a rest all the same.
	return max(s.Required-s.Hours, ledger.Tenths(1))
}

// due is how the course ends for the person.
func (s Standing) due() string {
	if s.enough {
		return store.PlaceCompleted
	}
	return store.PlaceIncomplete
}

// Look reads how people stand in a course on a day, in the order of the places given.
func Look(tx *store.Tx, desk issuing.Desk, c store.Course, on calendar.Date, places ...store.CoursePlace) ([]Standing, error) {
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return nil, fmt.Errorf("read the course's rules: %w", err)
	}
	ids := make([]string, len(places))
	for i, p := range places {
		ids[i] = p.ID
	}
	attended, err := tx.AttendedAt(ids)
	if err != nil {
		return nil, err
	}
	credited, err := tx.CreditedAt(ids)
	if err != nil {
		return nil, err
	}
	certificates, err := tx.CertificatesOfPlaces(ids)
	if err != nil {
		return nil, err
	}
	prints, err := ready(tx, desk, c, on, rules.Demonstration())
	if err != nil {
		return nil, err
	}
	rule := hours.Rule(rules)
	standings := make([]Standing, len(places))
	for i, p := range places {
		s := Standing{Place: p, Required: Hours(c)}
		var sum time.Duration
		for n, year := range attended[p.ID] {
			taken := time.Duration(year.Seconds) * time.Second
			sum += taken
			if s.To = year.To; n == 0 {
				s.From = year.From
			}
			if p.State != store.PlaceEnrolled && rule.Hours(taken) > credited[p.ID][year.Year] {
				s.Pending = append(s.Pending, year.Year)
			}
		}
		s.Hours, s.enough = rule.Hours(sum), sum >= time.Duration(c.Seconds)*time.Second
		if of := slices.DeleteFunc(certificates[p.ID], givenUp); len(of) > 0 {
			s.Certificate = &of[len(of)-1]
			s.Questioned = !s.enough && s.Certificate.Status == store.CertificateValid
		} else if p.State == store.PlaceCompleted {
			if s.Held, err = held(tx, c, p, on); err != nil {
				return nil, err
			}
			if s.Held == "" && !prints {
				s.Held = HeldPrinting
			}
		}
		standings[i] = s
	}
	return standings, nil
}

// ready says whether what the base's certificates are printed with is set.
func ready(tx *store.Tx, desk issuing.Desk, c store.Course, on calendar.Date, demonstration bool) (bool, error) {
	name, err := tx.InstitutionNameOn(c.InstitutionID, on)
	if err != nil {
		return false, err
	}
	err = desk.Ready(tx, c.InstitutionID, name, certificate.KindCEBase, demonstration)
	if _, waits := errors.AsType[*issuing.ObstacleError](err); waits {
		return false, nil
	}
	return err == nil, err
}

// Hours is what a course asks, in 学时.
func Hours(c store.Course) ledger.Hours {
	return ledger.CreditRule{MinutesPerHour: c.MinutesPerHour}.Hours(time.Duration(c.Seconds) * time.Second)
}

// held is why the certificate of a place may not be issued today; empty when it may. What the city bureau released is held
// no longer, unless the listing of the base itself is not confirmed.
func held(tx *store.Tx, c store.Course, p store.CoursePlace, on calendar.Date) (Hold, error) {
	base, err := tx.CEBaseOf(c.InstitutionID, on)
	if err != nil {
		return "", err
	}
	switch {
	case !base.MayIssue:
		return HeldIssuer, nil
	case p.ReleasedAt != nil:
		return "", nil
	case p.Document != store.IDTypeResident:
		return HeldDocument, nil
	}
	if err := MayHold(tx, c.InstitutionID, on); errors.Is(err, ErrMayNotIssue) {
		return HeldIssuer, nil
	} else if err != nil {
		return "", err
	}
	return "", nil
}

// givenUp says that a certificate was cancelled before it was issued: there is none.
func givenUp(c store.Certificate) bool { return c.Status == store.CertificateCancelled }

// Summary counts how people stand in a course.
type Summary struct {
	Enrolled     int `json:"enrolled"`
	Completed    int `json:"completed"`
	Incomplete   int `json:"incomplete"`
	Certificates int `json:"certificates"`
	Held         int `json:"held"       doc:"Certificates that were earned and wait for the city bureau or for the base."`
	Pending      int `json:"pending"    doc:"People with hours that wait for a closed CE year."`
	Questioned   int `json:"questioned" doc:"Certificates whose hours no longer suffice."`
}

// Summarise counts.
func Summarise(standings []Standing) Summary {
	count := func(is func(Standing) bool) int {
		return len(standings) - len(slices.DeleteFunc(slices.Clone(standings), is))
	}
	in := func(state string) int { return count(func(s Standing) bool { return s.Place.State == state }) }
	return Summary{
		Enrolled: in(store.PlaceEnrolled), Completed: in(store.PlaceCompleted), Incomplete: in(store.PlaceIncomplete),
		Certificates: count(func(s Standing) bool { return s.Certificate != nil }),
		Held:         count(func(s Standing) bool { return s.Held != "" }),
		Pending:      count(func(s Standing) bool { return len(s.Pending) > 0 }),
		Questioned:   count(func(s Standing) bool { return s.Questioned }),
	}
}
