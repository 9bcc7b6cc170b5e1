package hours

import (
	"context"
	"log/slog"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

// Settler books what people watched, once they have ceased to watch. It may run in any number of processes: a person is
// settled by one of them at a time, in one transaction, and settling again changes nothing.
type Settler struct {
	Store    *store.Store
	Calendar calendar.Calendar
	// Rules say after how long a silence a watch is taken to be over; what it is worth is a matter of its own case's rules.
	Rules  *policy.Policy
	Logger *slog.Logger
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// settlePause is how long the settler waits between two looks.
const settlePause = 2 * time.Second

// Run settles until the context is done.
func (s *Settler) Run(ctx context.Context) {
	rounds.Make(ctx, settlePause, s.Logger, "the settler will try again", s.SettleWatches)
}

// SettleWatches settles every person who has a watch that has been quiet for longer than heartbeats vouch for. One who
// cannot be settled keeps nobody else from it.
func (s *Settler) SettleWatches(ctx context.Context) error {
	const batch = 200
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	quiet := At(s.Calendar, now()).Programme.Add(-Rule(s.Rules).MaxGap)
	for after := ""; ; {
		persons, err := s.Store.Read(ctx).QuietWatchers(quiet, after, batch)
		if err != nil {
			return err
		}
		for _, person := range persons {
			if err := s.settle(ctx, person, At(s.Calendar, now())); err != nil {
				if ctx.Err() != nil || store.Away(err) {
					return err
				}
				s.Logger.ErrorContext(ctx, "what a person watched cannot be settled", "person_id", person, "error", err)
			}
		}
		if len(persons) < batch {
			return nil
		}
		after = persons[len(persons)-1]
	}
}

// settle settles one person. What cases are to be told the relay tells them.
func (s *Settler) settle(ctx context.Context, person string, now Instant) error {
	return s.Store.Tx(ctx, func(tx *store.Tx) error {
		free, err := tx.TryLockPerson(person)
		if err != nil || !free {
			return err // whoever holds the person may be settling, and if not, there is a next time
		}
		settled, err := settleWatches(tx, person, now)
		for _, year := range settled.YearsClosed {
			s.Logger.WarnContext(ctx, "hours were watched in a year of continuing education that is closed",
				"person_id", person, "year", year)
		}
		return err
	})
}
