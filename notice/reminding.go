package notice

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

// How deadlines are watched over.
const (
	oftenest     = time.Second // how often there is anything to look for at most, in a demonstration's short days
	seldomest    = time.Minute
	looksPerDay  = 24
	mostReminded = 1000 // deadlines that one transaction tells of
)

// Reminder tells institutions and operators of deadlines, by the ladder: once for each step and deadline, and in one notice
// a day for all that a step says to one institution. It tells on working days only, and does nothing else: what is late stays
// as it is.
type Reminder struct {
	Store    *store.Store
	Calendar calendar.Calendar
	Rules    *policy.Policy
	Clock    calendar.Clock
	Logger   *slog.Logger
}

// Run tells until the context is done.
func (r *Reminder) Run(ctx context.Context) {
	pause := min(max(r.Calendar.Day/looksPerDay, oftenest), seldomest)
	rounds.Make(ctx, pause, r.Logger, "deadlines will be told of later", r.Look)
}

// Look takes every step that is due today.
func (r *Reminder) Look(ctx context.Context) error {
	now := r.Clock.UTC()
	office, today := deadline.Beijing(), r.Calendar.Today(now)
	if !office.Working(today) {
		return nil
	}
	for _, step := range deadline.Steps().Steps {
		filter := store.DeadlineFilter{
			Of: step.Of, Span: deadline.Span(r.Calendar, r.Rules, step.Of), Before: r.Calendar.Wall(step.Until(office, today).AddDays(1)),
			Untold: step.Code, Limit: mostReminded,
		}
		if step.WorkingDays < 0 {
			filter.Late, filter.After = now, r.Calendar.Wall(today) // what has passed is not near
		}
		for more := true; more; {
			var err error
			if more, err = r.take(ctx, step, filter, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// take takes a step about some of the deadlines that it is due for, and says whether there may be more.
func (r *Reminder) take(ctx context.Context, step deadline.Step, filter store.DeadlineFilter, now time.Time) (bool, error) {
	more := false
	err := r.Store.Tx(ctx, func(tx *store.Tx) error {
		due, err := tx.Deadlines(filter)
		if err != nil {
			return err
		}
		more = len(due) == filter.Limit
		fresh, err := tx.Remind(step.Code, now, due)
		if err != nil {
			return err
		}
		counts := map[string]int{}
		for _, d := range fresh {
			if step.Tell == deadline.City {
				d.InstitutionID = "" // the city is told of all of them at once
			}
			counts[d.InstitutionID]++
		}
		for _, institution := range slices.Sorted(maps.Keys(counts)) {
			if err := tx.InsertNotice(r.notice(step, institution, counts[institution], r.Calendar.Today(now))); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}

func (r *Reminder) notice(step deadline.Step, institution string, count int, today calendar.Date) store.Notice {
	n := store.Notice{
		Audience: store.AudienceOperators, Kind: step.Code, Occasion: institution + "/" + today.String(),
		Params: map[string]any{"count": count},
	}
	if institution != "" {
		n.InstitutionID = &institution
	}
	if step.Tell == deadline.Institution {
		n.Audience = store.AudienceInstitution
	}
	return n
}
