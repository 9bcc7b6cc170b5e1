package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/dengpan/dengpan/store"
)

type applicationBody struct {
	Mode string `json:"mode" enum:"rows,whole" doc:"rows: each good row is applied; whole: all rows that were filled in, or none."`
}

// How a workbook is applied. It goes on when the request that asked for it is over, and when whoever applies it is gone,
// somebody else goes on after a while.
const (
	rowsBetween   = 40               // two notes of how far it is
	busyFor       = 30 * time.Second // after which whoever applies it is taken for gone
	busyWithWhole = 5 * time.Minute  // for one transaction over all rows
	waitApplied   = 5 * time.Second  // for the answer to be the last word
)

// applyWorkbook applies a workbook that was gone through. Asked again it goes on where it was left, and shows what became
// of it when it is done.
func (s *service) applyWorkbook(ctx context.Context, in *idBodyInput) (*workbookOutput, error) {
	r := requestOf(ctx)
	body, err := s.workbooks.application.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	var w store.Workbook
	begun := false
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if w, err = tx.LockWorkbook(in.ID); err != nil {
			return err
		}
		begun, err = s.begin(tx, r, &w, body.Mode)
		return err
	})
	if err != nil {
		return nil, err
	}
	if begun {
		done := make(chan error, 1)
		go func(ctx context.Context) {
			err := s.apply(ctx, w)
			if err != nil && !errors.As(err, new(*Problem)) {
				r.log.Error("a workbook is not applied to its end", slog.String("workbook_id", w.ID), slog.Any("error", err))
			}
			done <- err
		}(context.WithoutCancel(ctx))
		select {
		case err := <-done:
			if err != nil {
				return nil, err
			}
		case <-time.After(waitApplied):
		}
	}
	if w, err = s.Store.Read(ctx).Workbook(in.ID, s.Now()); err != nil {
		return nil, err
	}
	return s.showWorkbook(r, &workbookOutput{Status: http.StatusOK}, w, workbookRowsInput{Page: 1, Limit: 200})
}

// begin takes a workbook to be applied, unless somebody is about it or it is done.
func (s *service) begin(tx *store.Tx, r *request, w *store.Workbook, mode string) (bool, error) {
	now := s.Now().UTC()
	switch {
	case w.State == store.WorkbookApplied, w.State == store.WorkbookApplying && w.BusyUntil != nil && w.BusyUntil.After(now):
		return false, nil
	case w.State == store.WorkbookApplying && deref(w.Mode) != mode:
		return false, problem(validationFailed, FieldError{Field: "mode", Code: fieldConflict})
	case mode == store.ModeWhole && viewWorkbook(r, *w, now).Totals.Refused > 0:
		return false, problem(workbookFaulty)
	}
	busy := now.Add(busyFor)
	if mode == store.ModeWhole {
		busy = now.Add(busyWithWhole)
	}
	w.State, w.Mode, w.AppliedBy, w.BusyUntil, w.ExpiresAt = store.WorkbookApplying, &mode, &r.account.ID, &busy, now.Add(workbooksKept)
	if err := tx.UpdateWorkbook(*w); err != nil {
		return false, err
	}
	return true, s.audit(tx, r, "workbook.apply", "workbook:"+w.ID, "", map[string]any{"mode": mode, "from": w.Done})
}

// apply carries out what is left of a workbook.
func (s *service) apply(ctx context.Context, w store.Workbook) error {
	filled, err := s.openWorkbook(w)
	if err != nil {
		return err
	}
	work, err := s.workOf(requestOf(ctx), filled)
	if err != nil {
		return err
	}
	work.outcomes = w.Outcomes
	if deref(w.Mode) == store.ModeWhole {
		return work.whole(ctx, w)
	}
	work.keeps = true
	for w.Done < len(work.units) {
		next := work.units[w.Done:min(w.Done+rowsBetween, len(work.units))]
		var good []unit
		for _, u := range next {
			if status := work.of(u.at).Status; status == store.RowReady || status == store.RowRepeated {
				good = append(good, u)
			}
		}
		// The cases are told by the relay: the record has it, and a thousand of them would keep the next row waiting.
		if err := work.carryOut(ctx, good, s.Store.Tx, store.RowApplied); err != nil {
			return err
		}
		w.Done += len(next)
		if err := s.note(ctx, &w, work.outcomes, w.Done == len(work.units)); err != nil {
			return err
		}
	}
	if w.State != store.WorkbookApplied {
		return s.note(ctx, &w, work.outcomes, true)
	}
	return nil
}

// note writes how far a workbook is.
func (s *service) note(ctx context.Context, w *store.Workbook, outcomes [][]store.RowOutcome, finished bool) error {
	return s.Store.Tx(ctx, func(tx *store.Tx) error {
		s.mark(w, outcomes, finished)
		return tx.UpdateWorkbook(*w)
	})
}

func (s *service) mark(w *store.Workbook, outcomes [][]store.RowOutcome, finished bool) {
	now := s.Now().UTC()
	busy := now.Add(busyFor)
	w.Outcomes, w.BusyUntil = outcomes, &busy
	if finished {
		w.State, w.BusyUntil, w.FinishedAt = store.WorkbookApplied, nil, &now
	}
}

// whole carries out all rows in one transaction. When one of them is refused nothing was done, and the workbook is as it
// was when it was gone through, with what was found now.
func (w *work) whole(ctx context.Context, book store.Workbook) error {
	err := w.s.Store.Tx(ctx, func(tx *store.Tx) error {
		attempt := func(_ context.Context, fn func(*store.Tx) error) error { return tx.Attempt(fn) }
		for _, u := range w.units { // one after another: they share the transaction
			if err := w.carryOut(ctx, []unit{u}, attempt, store.RowApplied); err != nil {
				return err
			}
		}
		if viewWorkbook(w.r, store.Workbook{Outcomes: w.outcomes}, w.s.Now()).Totals.Refused > 0 {
			return problem(workbookFaulty)
		}
		book.Done = len(w.units)
		w.s.mark(&book, w.outcomes, true)
		return tx.UpdateWorkbook(book)
	})
	if errors.As(err, new(*Problem)) {
		for i, sheet := range w.outcomes {
			for j, row := range sheet {
				if row.Status == store.RowApplied {
					w.outcomes[i][j].Status = store.RowReady
				}
			}
		}
		book.State, book.Mode, book.AppliedBy, book.BusyUntil, book.Outcomes = store.WorkbookChecked, nil, nil, nil, w.outcomes
		return errors.Join(err, w.s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.UpdateWorkbook(book) }))
	}
	return err
}
