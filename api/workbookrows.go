package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

// Codes of what is wrong with rows of a workbook, beside those of cells and of what the rows ask for.
const (
	fieldRosterRefused  = "roster_refused"
	fieldSessionRefused = "session_refused"
	fieldSessionUnnamed = "session_not_named"
)

// work is a workbook that is gone through: each row that was filled in is carried out by the same functions as the
// requests of machines, for good or only to see what comes of it.
type work struct {
	s        *service
	r        *request
	filled   workbook.Filled
	outcomes [][]store.RowOutcome
	units    []unit
	// keeps has answers that no longer fit their tasks kept for an operator, as those of machines are.
	keeps bool
}

// place is where a row stands: its sheet and the row, counted from 0.
type place struct{ sheet, row int }

// unit is what one row asks for.
type unit struct {
	at place
	// do carries it out: the faults that stand in its way, those of other rows among them; or that it changed nothing.
	do func(ctx context.Context, write writing) (found map[place][]store.RowFault, repeated bool, err error)
}

// workOf finds out what the rows of a workbook ask for. What cannot be read, or is there twice, is at fault at once.
func (s *service) workOf(r *request, filled workbook.Filled) (*work, error) {
	w := &work{s: s, r: r, filled: filled, outcomes: make([][]store.RowOutcome, len(filled.Sheets))}
	for i, sheet := range filled.Sheets {
		w.outcomes[i] = make([]store.RowOutcome, len(sheet.Rows))
		for j, row := range sheet.Rows {
			switch {
			case !row.Filled(sheet.Form):
				w.outcomes[i][j].Status = store.RowEmpty
			case len(row.Faults) > 0:
				for _, fault := range row.Faults {
					w.fault(place{i, j}, fault.Column, fault.Code)
				}
			}
		}
	}
	switch filled.Kind {
	case workbook.Results:
		w.results()
	case workbook.Sessions:
		return w, w.sessions()
	case workbook.Attendance:
		w.attendance()
	case workbook.Checks, workbook.Intake:
		return nil, problem(validationFailed, FieldError{Field: whole, Code: fieldElsewhere})
	}
	return w, nil
}

func (w *work) of(at place) *store.RowOutcome { return &w.outcomes[at.sheet][at.row] }

func (w *work) row(at place) workbook.Row { return w.filled.Sheets[at.sheet].Rows[at.row] }

// fault notes what is wrong with a column of a row, once a column.
func (w *work) fault(at place, column, code string) {
	outcome := w.of(at)
	outcome.Status = store.RowRefused
	if !slices.ContainsFunc(outcome.Faults, func(f store.RowFault) bool { return f.Column == column }) {
		outcome.Faults = append(outcome.Faults, store.RowFault{Column: column, Code: code})
	}
}

// good calls a function for each row of a sheet that was filled in and has no fault.
func (w *work) good(sheet int, each func(at place, row workbook.Row)) {
	for j, row := range w.filled.Sheets[sheet].Rows {
		if at := (place{sheet, j}); w.of(at).Status == "" {
			each(at, row)
		}
	}
}

func (w *work) rows() int {
	n := 0
	for _, sheet := range w.outcomes {
		n += len(sheet)
	}
	return n
}

// filledIn calls a function for each row of a sheet that was filled in and is about what it says: one that has faults is
// only tried, so that all that is wrong with it is told at once.
func (w *work) filledIn(sheet int, each func(at place, row workbook.Row)) {
	for j, row := range w.filled.Sheets[sheet].Rows {
		at := place{sheet, j}
		shifted := slices.ContainsFunc(row.Faults, func(f workbook.Fault) bool { return f.Code == workbook.CellChanged })
		if w.of(at).Status != store.RowEmpty && !shifted {
			each(at, row)
		}
	}
}

// results is what rows about tasks ask for: a result, or a refusal.
func (w *work) results() {
	tasks, numbers := map[string]bool{}, map[string]bool{}
	for i := range w.filled.Sheets {
		w.filledIn(i, func(at place, row workbook.Row) {
			id, number := row.Values["task_id"], row.Fields["certificate_number"]
			text, numbered := number.(string)
			switch {
			case tasks[id]:
				w.fault(at, "task_id", fieldDuplicate)
			case numbered && numbers[text]:
				w.fault(at, "certificate_number", fieldDuplicate)
			default:
				tasks[id], numbers[text] = true, numbers[text] || numbered
				w.result(at, id, row.Fields)
			}
		})
	}
}

func (w *work) result(at place, id string, fields map[string]any) {
	kind, read := store.AnswerResult, w.s.readResult
	_, refuses := fields["reason_code"]
	_, notes := fields["note"]
	if refuses {
		kind, read = store.AnswerRejection, w.s.readRejection
		for column := range fields {
			if column != "reason_code" && column != "note" {
				w.fault(at, column, fieldConflict)
			}
		}
	} else if notes {
		w.fault(at, "reason_code", fieldRequired)
	}
	w.units = append(w.units, unit{at: at, do: func(ctx context.Context, write writing) (map[place][]store.RowFault, bool, error) {
		raw, err := json.Marshal(fields)
		if err != nil {
			return nil, false, fmt.Errorf("encode a row: %w", err)
		}
		if !isID(id) {
			return faultAt(at, "task_id", notFound), false, nil
		}
		in := &idBodyInput{ID: id, RawBody: raw}
		out, _, err := w.s.takeAnswer(ctx, write, in, kind, w.own(read))
		if refusal, is := errors.AsType[*Problem](err); is && w.keeps && (refusal.Code == taskClosed || refusal.Code == resultConflict) {
			err = w.s.keepUnfit(ctx, in, kind, refusal)
		}
		if err != nil {
			found, err := w.problem(at, "task_id", err)
			return found, false, err
		}
		return nil, out.Body.Repeated, nil
	}})
}

// own has a reader of answers read those of tasks of the institution that asks only: nobody looked at the task's owner
// before, as is done for a task that a request names.
func (w *work) own(read answerReader) answerReader {
	return func(tx *store.Tx, t store.Task, parsed any, raw []byte) (sentAnswer, error) {
		if t.InstitutionID != *w.r.account.InstitutionID {
			return sentAnswer{}, problem(notFound)
		}
		return read(tx, t, parsed, raw)
	}
}

// attendance is what rows about attendance ask for: a sign-in each.
func (w *work) attendance() {
	seen := map[string]bool{}
	for i := range w.filled.Sheets {
		w.good(i, func(at place, row workbook.Row) {
			key := row.Values["session"] + "\n" + row.Values["attendee"]
			if seen[key] {
				w.fault(at, "attendee", fieldDuplicate)
				return
			}
			seen[key] = true
			w.units = append(w.units, unit{at: at, do: func(ctx context.Context, write writing) (map[place][]store.RowFault, bool, error) {
				body := map[string]any{"session": row.Values["session"], "attendee": row.Values["attendee"]}
				maps.Copy(body, row.Fields)
				raw, err := json.Marshal(body)
				if err != nil {
					return nil, false, fmt.Errorf("encode a row: %w", err)
				}
				res, _, err := w.s.signIn(ctx, write, raw)
				if err != nil || res.Status != rowRefused {
					return nil, res.Status == rowRepeated, err
				}
				return faultAt(at, w.column(at, res.Field, "attendee"), res.Code), false, nil
			}})
		})
	}
}

// sessions is what rows about sessions ask for: an announcement each, with those of the roster who are to attend.
func (w *work) sessions() error {
	if len(w.filled.Sheets) != 2 {
		return problem(validationFailed, FieldError{Field: whole, Code: workbook.NotOurs})
	}
	refs := map[string]int{} // their rows
	for j, row := range w.filled.Sheets[0].Rows {
		ref, _ := row.Fields["ref"].(string)
		if _, twice := refs[ref]; twice && ref != "" {
			w.fault(place{0, j}, "ref", fieldDuplicate)
			continue
		}
		refs[ref] = j // also of one at fault: who names it is told so
	}
	listed := map[string][]place{} // the rows of who attends, by session
	w.good(1, func(at place, row workbook.Row) {
		names := namesIn(row.Fields["sessions"])
		for _, name := range names {
			if _, known := refs[name]; !known {
				w.fault(at, "sessions", fieldSessionUnnamed)
				return
			}
		}
		for _, name := range names {
			listed[name] = append(listed[name], at)
		}
	})
	w.good(0, func(at place, row workbook.Row) {
		ref, _ := row.Fields["ref"].(string)
		lines := listed[ref]
		w.units = append(w.units, unit{at: at, do: func(ctx context.Context, write writing) (map[place][]store.RowFault, bool, error) {
			return w.announce(ctx, write, at, lines)
		}})
	})
	return nil
}

func (w *work) announce(
	ctx context.Context, write writing, at place, lines []place,
) (map[place][]store.RowFault, bool, error) {
	body := map[string]any{}
	maps.Copy(body, w.row(at).Fields)
	roster := make([]string, len(lines))
	for i, line := range lines {
		roster[i] = w.row(line).Values["attendee"]
	}
	body["roster"] = roster
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, false, fmt.Errorf("encode a row: %w", err)
	}
	res, err := w.s.announce(ctx, write, raw)
	if err != nil || res.Status != rowRefused {
		return nil, res.Status == rowRepeated, err
	}
	if i, of := rosterIndex(res.Field); of && i < len(lines) {
		return map[place][]store.RowFault{
			at: {{Column: "ref", Code: fieldRosterRefused}}, lines[i]: {{Column: "sessions", Code: res.Code}},
		}, false, nil
	}
	return faultAt(at, w.column(at, res.Field, "ref"), res.Code), false, nil
}

// rosterIndex reads which line of a roster a fault is about.
func rosterIndex(field string) (int, bool) {
	text, of := strings.CutPrefix(field, "roster[")
	i, err := strconv.Atoi(strings.TrimSuffix(text, "]"))
	return i, of && err == nil && i >= 0
}

func faultAt(at place, column, code string) map[place][]store.RowFault {
	return map[place][]store.RowFault{at: {{Column: column, Code: code}}}
}

// column is the column that a field of a request stands in; what has none is said of another.
func (w *work) column(at place, field, other string) string {
	field, _, _ = strings.Cut(field, "[")
	if slices.Contains(workbook.Columns(w.filled.Sheets[at.sheet].Form), field) {
		return field
	}
	return other
}

// problem is what a refused request says of a row. What is nobody's mistake stays an error.
func (w *work) problem(at place, other string, err error) (map[place][]store.RowFault, error) {
	var p *Problem
	switch {
	case errors.Is(err, store.ErrNotFound):
		return faultAt(at, other, notFound), nil
	case !errors.As(err, &p):
		return nil, err
	case len(p.Errors) == 0:
		return faultAt(at, other, p.Code), nil
	}
	var faults []store.RowFault
	for _, e := range p.Errors {
		faults = append(faults, store.RowFault{Column: w.column(at, e.Field, other), Code: e.Code})
	}
	return map[place][]store.RowFault{at: faults}, nil
}

// atOnce is how many rows are carried out at the same time.
const atOnce = 4

// carryOut carries out some of the units, and notes what became of their rows: done is the status of what was good.
func (w *work) carryOut(ctx context.Context, units []unit, write writing, done string) error {
	type result struct {
		found    map[place][]store.RowFault
		repeated bool
	}
	results := make([]result, len(units))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, u := range units {
		group.Go(func() (err error) {
			results[i].found, results[i].repeated, err = u.do(ctx, write)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, u := range units {
		outcome := w.of(u.at)
		switch {
		case outcome.Status == store.RowRefused:
		case results[i].repeated:
			outcome.Status = store.RowRepeated
		case len(results[i].found) == 0:
			outcome.Status = done
		}
		for at, faults := range results[i].found {
			for _, fault := range faults {
				w.fault(at, fault.Column, fault.Code)
			}
		}
	}
	w.settleRoster(done)
	return nil
}

// settleRoster says of each line of a roster what its sessions come to.
func (w *work) settleRoster(done string) {
	if w.filled.Kind != workbook.Sessions {
		return
	}
	status := map[string]string{}
	for j, row := range w.filled.Sheets[0].Rows {
		if ref, named := row.Fields["ref"].(string); named {
			status[ref] = w.outcomes[0][j].Status
		}
	}
	for j, row := range w.filled.Sheets[1].Rows {
		at := place{1, j}
		if w.of(at).Status == store.RowEmpty || w.of(at).Status == store.RowRefused {
			continue
		}
		w.of(at).Status = store.RowRepeated
		for _, name := range namesIn(row.Fields["sessions"]) {
			switch status[name] {
			case store.RowRefused:
				w.fault(at, "sessions", fieldSessionRefused)
			case store.RowReady, store.RowApplied:
				if w.of(at).Status != store.RowRefused {
					w.of(at).Status = done
				}
			}
		}
	}
}

// namesIn are the texts of a list, also of one that was kept as JSON.
func namesIn(field any) []string {
	names, _ := field.([]string)
	decoded, _ := field.([]any)
	for _, name := range decoded {
		names = append(names, fmt.Sprint(name))
	}
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names
}

// rehearse goes through all rows without effect.
func (w *work) rehearse(ctx context.Context) error {
	return w.carryOut(ctx, w.units, w.s.Store.Rehearse, store.RowReady)
}
