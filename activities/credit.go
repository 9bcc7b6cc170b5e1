package activities

import (
	"context"
	"errors"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// CreditHours books the training's hours as CE hours of the calendar years they were taken in (四（二）). They come from
// the training: neither exam nor evaluation takes them back. When hours were voided or added since they were booked, what
// was booked follows.
//
// A year that is closed takes no more: an operator has it reopened, or decides that its hours go to the year that is open. What
// was decided about one closed year says nothing about another.
func (r *Records) CreditHours(ctx context.Context, req contract.CreditHoursRequest) (contract.StepReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.StepReply, error) {
		var instead hours.Instead
		if req.Overrides.Has(contract.CEYearClosed) {
			var err error
			if instead, err = f.yearsInstead(); err != nil {
				return contract.StepReply{}, err
			}
		}
		changes, err := f.settleCE("hours_changed", instead)
		if closed, is := errors.AsType[*hours.YearClosedError](err); is {
			if err := f.begin(progress.CEHours); err != nil {
				return contract.StepReply{}, err
			}
			return f.stuck(progress.CEHours, contract.CEYearClosed, store.Incident{
				Params: map[string]any{"year": closed.Year},
			})
		}
		if err != nil {
			return contract.StepReply{}, err
		}
		if f.State(progress.CEHours) == progress.Done {
			return contract.StepReply{}, nil
		}
		if len(changes) > 1 {
			// The rule says the year in which hours are taken; a course over New Year is split by session, and said so,
			// because another reading, by the day of completion, is possible.
			f.Note(progress.CEHours, "ce_hours_cross_year", store.ActorSystem, nil)
		}
		if err := f.begin(progress.CEHours); err != nil {
			return contract.StepReply{}, err
		}
		return contract.StepReply{}, f.Move(progress.CEHours, progress.Done, nil, nil)
	})
}

// yearsInstead is the year that is open, for each closed year whose incident was overridden.
func (f *file) yearsInstead() (hours.Instead, error) {
	resolutions, incidents, err := f.tx.ResolutionsOf(f.ID)
	if err != nil {
		return nil, err
	}
	instead := map[int]int{}
	for _, resolution := range resolutions {
		incident := incidents[resolution.IncidentID]
		if incident.Cause != contract.CEYearClosed || resolution.Verb != contract.Override || resolution.Outcome != store.ResolutionApplied {
			continue
		}
		if closed, is := incident.Params["year"].(float64); is {
			instead[int(closed)] = f.today.Year()
		}
	}
	return func(closed int) int { return instead[closed] }, nil
}

// settleCE makes the case's CE credits what its standing hours come to, for a reason, and notes what changed.
func (f *file) settleCE(reason string, instead hours.Instead) ([]hours.Change, error) {
	earned := hours.EarnedInCase(f.Case)
	if f.State(progress.Training) != progress.Done {
		var err error
		if earned.Modules, err = f.countedUnfinished(); err != nil {
			return nil, err
		}
	}
	changes, err := hours.SettleCE(f.tx, earned, f.rules, f.Now(), reason, instead)
	for _, change := range changes {
		kind, params := "ce_hours_credited", map[string]any{"year": change.Year, "hours": change.Hours.String()}
		switch {
		case change.Before != 0:
			kind = "ce_hours_corrected"
			params["before"] = change.Before.String()
		case change.Year != change.TakenYear:
			kind = "ce_hours_moved"
			params["taken_year"] = change.TakenYear
		}
		f.Note(progress.CEHours, kind, store.ActorSystem, params)
	}
	return changes, err
}

// countedUnfinished is the modules whose hours count though the training was not completed; nil is all.
func (f *file) countedUnfinished() ([]string, error) {
	switch f.rules.Hours().Unfinished {
	case policy.CountsAll:
		return nil, nil
	case policy.CountsCompleted:
		completed, err := f.completedModules()
		return append([]string{}, completed...), err
	}
	return []string{}, nil
}

// creditUnfinished books what counts of a training that ends uncompleted. A case is not kept from ending by a closed year:
// the timeline says what was not booked.
func (f *file) creditUnfinished() error {
	changes, err := f.settleCE("hours_changed", nil)
	if closed, is := errors.AsType[*hours.YearClosedError](err); is {
		f.Note(progress.CEHours, "ce_hours_pending", store.ActorSystem, map[string]any{"year": closed.Year})
		return nil
	}
	if err != nil || len(changes) == 0 {
		return err
	}
	if err := f.begin(progress.CEHours); err != nil {
		return err
	}
	return f.Move(progress.CEHours, progress.Done, nil, nil)
}

// begin takes a stage to work, also one that was over.
func (f *file) begin(stage progress.Stage) error {
	if f.State(stage).Final() {
		return f.Reopen(stage, progress.Active)
	}
	return f.Move(stage, progress.Active, nil, nil)
}
