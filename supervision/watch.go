package supervision

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

// How far ahead somebody is reminded, and how long after a deadline the city bureau is told once more.
const (
	remindedBefore = 3  // days
	urgedAfter     = 10 // days

	shortestRound = 15 * time.Second
)

// Watch reminds of what supervision waits for: findings that are due or overdue, inspections that were not made, suspensions
// that were to end. It also counts the institutions' figures. It decides nothing.
type Watch struct {
	Store    *store.Store
	Calendar calendar.Calendar
	Logger   *slog.Logger
	Every    time.Duration // ten minutes of the programme's day unless set
}

// Run watches until the context is done.
func (w *Watch) Run(ctx context.Context) {
	every := w.Every
	if every <= 0 { // ten minutes of a day of 24 hours; a demonstration's days are shorter
		every = min(max(w.Calendar.Day/144, shortestRound), 10*time.Minute)
	}
	rounds.Make(ctx, every, w.Logger, "supervision is not all looked after", func(ctx context.Context) error {
		return errors.Join(w.Remind(ctx, time.Now()), w.Count(ctx, time.Now()))
	})
}

// Remind tells everybody concerned what is due, each once an occasion.
func (w *Watch) Remind(ctx context.Context, now time.Time) error {
	today := w.Calendar.Today(now)
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		return errors.Join(remindOfFindings(tx, now, today), remindOfInspections(tx, today), remindOfSuspensions(tx, today))
	})
}

func remindOfFindings(tx *store.Tx, now time.Time, today calendar.Date) error {
	due, err := tx.FindingsDueBy(today.AddDays(remindedBefore))
	for _, f := range due {
		i, readErr := tx.Inspection(f.InspectionID)
		if readErr != nil {
			return readErr
		}
		tell := func(audience, kind string) {
			err = errors.Join(err, tx.InsertNotice(store.Notice{
				Audience: audience, InstitutionID: &i.InstitutionID, Kind: kind, Occasion: f.ID + ":" + f.DueOn.String(),
				Params: map[string]any{"n": f.Number, "due": f.DueOn.String()},
			}))
		}
		if !f.DueOn.Before(today) {
			tell(store.AudienceInstitution, "finding_due")
			continue
		}
		tell(store.AudienceInstitution, "finding_overdue")
		tell(store.AudienceOperators, "finding_overdue")
		if f.DueOn.AddDays(urgedAfter).Before(today) {
			tell(store.AudienceOperators, "finding_unanswered")
		}
		err = errors.Join(err, tx.NoteInspection(store.InspectionEntry{
			InspectionID: i.ID, FindingID: &f.ID, At: now.UTC(), Kind: "overdue", Actor: store.ActorSystem, DueOn: &f.DueOn,
		}))
	}
	return err
}

func remindOfInspections(tx *store.Tx, today calendar.Date) error {
	missed, err := tx.PlannedBefore(today)
	for _, i := range missed {
		err = errors.Join(err, tx.InsertNotice(store.Notice{
			Audience: store.AudienceOperators, InstitutionID: &i.InstitutionID, Kind: "inspection_missed", Occasion: i.ID,
			Params: map[string]any{"due": i.PlannedOn.String()},
		}))
	}
	return err
}

func remindOfSuspensions(tx *store.Tx, today calendar.Date) error {
	ending, err := tx.SuspensionsPlannedUntil(today.AddDays(remindedBefore))
	for _, s := range ending {
		kind := "suspension_ending"
		if !s.PlannedUntil.After(today) {
			kind = "suspension_over"
		}
		err = errors.Join(err, tx.InsertNotice(store.Notice{
			Audience: store.AudienceOperators, InstitutionID: &s.InstitutionID, Kind: kind, Occasion: s.ID + ":" + s.PlannedUntil.String(),
			Params: map[string]any{"due": s.PlannedUntil.String()},
		}))
	}
	return err
}

// Count counts the institutions' figures: of the present, this year and the last each time, of earlier years once a day.
func (w *Watch) Count(ctx context.Context, now time.Time) error {
	tx, this := w.Store.Read(ctx), w.Calendar.Today(now).Year()
	first, err := tx.FirstYear(w.Calendar, now)
	if err != nil {
		return err
	}
	err = w.Store.CountFigures(ctx, w.Calendar, store.Present, now.UTC())
	for year := this; year >= first; year-- {
		counted, readErr := tx.FiguresCounted(year)
		if readErr == nil && year < this-1 && now.Sub(counted) < 24*time.Hour {
			continue
		}
		err = errors.Join(err, w.Store.CountFigures(ctx, w.Calendar, year, now.UTC()))
	}
	return err
}
