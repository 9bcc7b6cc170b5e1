package api

import (
	"context"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/store"
)

type checkersInput struct {
	ID     string `path:"id"`
	Months int    `query:"months" minimum:"1" maximum:"36" default:"12" doc:"How far back."`
}

// checkCount is how often nobody in particular found a certificate.
type checkCount struct {
	Day   calendar.Date `json:"day"`
	Way   string        `json:"way" enum:"page,code,file,api,share"`
	Times int64         `json:"times"`
}

type checkersOutput struct {
	Body struct {
		Times  int64           `json:"times" doc:"How often it was found in all that time, by the public."`
		Counts []checkCount    `json:"counts" doc:"The same by day and way. Of the public nothing else is known."`
		Checks []BulkCheckView `json:"checks" doc:"Checks of many by those who have an account: who they are, and why they checked."`
	}
}

// checkersOf says who has checked a certificate in the last months: whoever relied on one that is revoked is to be told.
func (s *service) checkersOf(ctx context.Context, in *checkersInput) (*checkersOutput, error) {
	r := requestOf(ctx)
	const month = 31
	since := s.today().AddDays(-month * in.Months)
	out := &checkersOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		counts, err := tx.ChecksOf(in.ID, since)
		if err != nil {
			return err
		}
		checks, err := tx.BulkChecksOf(in.ID, s.Calendar.Wall(since))
		if err != nil {
			return err
		}
		out.Body.Counts, out.Body.Checks = make([]checkCount, len(counts)), make([]BulkCheckView, len(checks))
		for i, c := range counts {
			out.Body.Counts[i] = checkCount{Day: c.Day, Way: c.Way, Times: c.Times}
			out.Body.Times += c.Times
		}
		for i, b := range checks {
			out.Body.Checks[i] = viewBulkCheck(r, b)
		}
		return s.audit(tx, r, "certificate.checks_read", "certificate:"+in.ID, "", map[string]any{"months": in.Months})
	})
	return out, err
}
