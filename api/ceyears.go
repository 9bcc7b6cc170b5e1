package api

import (
	"context"
	"strconv"
	"time"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// ceYearView is a calendar year of CE hours, and whether it takes more.
type ceYearView struct {
	Year     int          `json:"year"`
	State    string       `json:"state" enum:"open,closed"`
	ClosedAt *time.Time   `json:"closed_at,omitempty"`
	ClosedBy string       `json:"closed_by,omitempty" doc:"What the account of who closed it is called."`
	Persons  int          `json:"persons" doc:"Who has hours in it."`
	Hours    ledger.Hours `json:"hours"`
	// Waiting is what the closing keeps from being credited: see docs/exceptions.md, X-22.
	Waiting ceWaitingView `json:"waiting" doc:"Taken in it, and not credited because it is closed."`
}

// ceWaitingView is what waits for a year that is closed.
type ceWaitingView struct {
	Cases  int          `json:"cases" doc:"That are stuck because of it."`
	Places int          `json:"places" doc:"In courses of CE bases that have ended."`
	Hours  ledger.Hours `json:"hours"`
}

type ceYearsOutput struct {
	Body struct {
		Years []ceYearView `json:"years"`
	}
}

// listCEYears lists the years that have hours or were ever closed, the latest first.
func (s *service) listCEYears(ctx context.Context, _ *struct{}) (*ceYearsOutput, error) {
	tx, out := s.Store.Read(ctx), &ceYearsOutput{}
	years, err := tx.CEYears()
	if err != nil {
		return nil, err
	}
	out.Body.Years, err = s.viewCEYears(tx, years...)
	return out, err
}

func (s *service) viewCEYears(tx *store.Tx, years ...store.CEYearSum) ([]ceYearView, error) {
	var closers []string
	for _, y := range years {
		if y.ClosedBy != nil {
			closers = append(closers, *y.ClosedBy)
		}
	}
	accounts, err := tx.AccountsOf(closers)
	if err != nil {
		return nil, err
	}
	waiting, err := s.ceWaiting(tx)
	if err != nil {
		return nil, err
	}
	views := make([]ceYearView, len(years))
	for i, y := range years {
		views[i] = ceYearView{
			Year: y.Year, State: "open", ClosedAt: y.ClosedAt, ClosedBy: accounts[deref(y.ClosedBy)].Label, Persons: y.Persons, Hours: y.Hours,
			Waiting: waiting[y.Year],
		}
		if y.ClosedAt != nil {
			views[i].State = "closed"
		}
	}
	return views, nil
}

// ceWaiting is what waits for each year.
func (s *service) ceWaiting(tx *store.Tx) (map[int]ceWaitingView, error) {
	all, err := tx.CEWaits()
	if err != nil {
		return nil, err
	}
	rule, waiting := hours.Rule(s.Policy), map[int]ceWaitingView{}
	for _, w := range all {
		missing := rule.Hours(time.Duration(w.Seconds)*time.Second) - w.Credited
		of := waiting[w.Year]
		switch {
		case w.CaseID != nil:
			of.Cases++
		case missing > 0:
			of.Places++
		}
		of.Hours += max(0, missing)
		waiting[w.Year] = of
	}
	return waiting, nil
}

type ceYearInput struct {
	Year    int `path:"year" minimum:"2000" maximum:"2200"`
	RawBody []byte
}

type ceYearOutput struct{ Body ceYearView }

// closeCEYear closes a year: it takes no more credits, and what comes later waits for somebody's decision. Credits that are
// under way are waited for.
func (s *service) closeCEYear(ctx context.Context, in *ceYearInput) (*ceYearOutput, error) {
	now, by := s.Now().UTC(), requestOf(ctx).account.ID
	return s.setCEYear(ctx, in, "ce_year.close", store.CELock{Year: in.Year, ClosedAt: &now, ClosedBy: &by})
}

// reopenCEYear lets a closed year take credits again. Nothing moves by that alone: hours that wait are credited when a case
// is tried again, a course declared complete again, or an operator says so.
func (s *service) reopenCEYear(ctx context.Context, in *ceYearInput) (*ceYearOutput, error) {
	return s.setCEYear(ctx, in, "ce_year.reopen", store.CELock{Year: in.Year})
}

func (s *service) setCEYear(ctx context.Context, in *ceYearInput, action string, lock store.CELock) (*ceYearOutput, error) {
	r := requestOf(ctx)
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	closing := lock.ClosedAt != nil
	if closing && in.Year > s.today().Year() { // it has not begun
		return nil, problem(validationFailed, FieldError{Field: "year", Code: fieldOutOfRange})
	}
	out := &ceYearOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		before, err := tx.HoldCEYear(in.Year)
		if err != nil {
			return err
		}
		switch closed := before.ClosedAt != nil; {
		case closed && closing:
			return problem(ceYearClosed)
		case !closed && !closing:
			return problem(ceYearOpen)
		}
		if err := tx.SetCEYear(lock); err != nil {
			return err
		}
		sum, err := tx.CEYearSum(in.Year)
		if err != nil {
			return err
		}
		views, err := s.viewCEYears(tx, sum)
		if err != nil {
			return err
		}
		out.Body = views[0]
		// What the year came to when it was closed stands in the audit log.
		return s.audit(tx, r, action, "ce_year:"+strconv.Itoa(in.Year), reason, out.Body)
	})
	return out, err
}
