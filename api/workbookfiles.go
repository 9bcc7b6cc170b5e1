package api

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

type taskWorkbookInput struct {
	Kind string `query:"kind" enum:"enrolment,training,exam,theory,practical"`
	Due  string `query:"due" enum:"overdue,week" doc:"Past their date, or will be within seven days."`

	ClassInput
}

// ClassInput narrows a workbook to one class.
type ClassInput struct {
	Class string `query:"class" maxLength:"64" doc:"Id of a class of the institution."`
}

func (in ClassInput) id() (string, error) {
	if in.Class != "" && !isID(in.Class) {
		return "", problem(validationFailed, FieldError{Field: "class", Code: fieldFormat})
	}
	return in.Class, nil
}

// taskWorkbook gives the open tasks of the institution that asks as a workbook, a sheet for each kind. It names trainees,
// so it is written down for each that it was read, as when a task is looked at.
func (s *service) taskWorkbook(ctx context.Context, in *taskWorkbookInput) (*fileOutput, error) {
	r := requestOf(ctx)
	class, err := in.id()
	if err != nil {
		return nil, err
	}
	filter := store.TaskFilter{
		Within: r.within(""), State: string(store.TaskOpen), Kind: in.Kind, ClassID: class, DueBefore: s.dueBefore(in.Due),
		Limit: workbook.MostRows,
	}
	book := workbook.Book{Kind: workbook.Results, Lang: r.lang}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		tasks, err := tx.Tasks(filter)
		if err != nil {
			return err
		}
		named, err := s.trainees(tx, r, tasks)
		if err != nil {
			return err
		}
		rows := map[string][]map[string]string{}
		for i, t := range tasks {
			row := named[i]
			row["task_id"], row["due"] = t.ID, s.Calendar.Today(t.DueAt).String()
			row["modules"] = strings.Join(t.Details.Modules, "、")
			row["pass_mark"] = t.Details.PassMark.String()
			rows[t.Kind] = append(rows[t.Kind], row)
		}
		for _, kind := range []string{contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask, contract.TheoryTask, contract.PracticalTask} {
			if len(rows[kind]) > 0 {
				book.Sheets = append(book.Sheets, workbook.Sheet{Form: kind, Rows: rows[kind]})
			}
		}
		return nil
	})
	return writeWorkbook(book, "tasks", err)
}

// trainees is whom tasks are about, as a workbook shows them: by name, with the number masked.
func (s *service) trainees(tx *store.Tx, r *request, tasks []store.Task) ([]map[string]string, error) {
	if len(tasks) == 0 {
		return nil, problem(workbookNoRows)
	}
	views, err := s.viewTasks(tx, r, tasks...)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(tasks))
	for i, t := range tasks {
		ids[i] = t.CaseID
	}
	cases, err := tx.CasesByID(ids)
	if err != nil {
		return nil, err
	}
	persons := make([]string, len(tasks))
	for i, t := range tasks {
		persons[i] = cases[t.CaseID].PersonID
	}
	rows, err := s.namedRows(tx, r, persons, func(i int) string { return "task:" + tasks[i].ID })
	if err != nil {
		return nil, err
	}
	for i, view := range views {
		rows[i]["occupation"], rows[i]["level"] = view.Occupation.Name, view.Level.Name
	}
	return rows, nil
}

// namedRows begins a row for each person: their name, and the masked number. Why each was read is written down.
func (s *service) namedRows(tx *store.Tx, r *request, persons []string, reason func(i int) string) ([]map[string]string, error) {
	all, err := tx.PeopleByID(persons)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]store.Person, len(all))
	for _, p := range all {
		byID[p.ID] = p
	}
	rows := make([]map[string]string, len(persons))
	for i, id := range persons {
		name, err := people.Name(s.Keys, byID[id])
		if err != nil {
			return nil, err
		}
		number, err := people.Number(s.Keys, byID[id])
		if err != nil {
			return nil, err
		}
		rows[i] = map[string]string{"name": name, "id_number_masked": maskDocument(byID[id].IDType, number)}
		if err := s.audit(tx, r, "trainee.read", "person:"+id, reason(i), nil); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func writeWorkbook(book workbook.Book, name string, err error) (*fileOutput, error) {
	if err != nil {
		return nil, err
	}
	var content bytes.Buffer
	if err := workbook.Write(&content, book); err != nil {
		return nil, err
	}
	return &fileOutput{
		ContentType: mediaXLSX, Disposition: fmt.Sprintf(`attachment; filename="dengpan-%s.xlsx"`, name), Body: content.Bytes(),
	}, nil
}

// sessionWorkbook gives a workbook to announce sessions with: the trainees that the institution trains stand in it.
func (s *service) sessionWorkbook(ctx context.Context, in *ClassInput) (*fileOutput, error) {
	r := requestOf(ctx)
	class, err := in.id()
	if err != nil {
		return nil, err
	}
	book := workbook.Book{Kind: workbook.Sessions, Lang: r.lang}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		tasks, err := tx.Tasks(store.TaskFilter{
			Within: r.within(""), State: string(store.TaskOpen), Kind: contract.TrainingTask, ClassID: class, Limit: workbook.MostRows,
		})
		if err != nil {
			return err
		}
		rows, err := s.trainees(tx, r, tasks)
		if err != nil {
			return err
		}
		modules := map[string]bool{}
		for i, t := range tasks {
			rows[i]["attendee"] = t.CaseID
			for _, module := range t.Details.Modules {
				modules[module] = true
			}
		}
		staff, err := staffRefs(tx, *r.account.InstitutionID)
		book.Sheets = []workbook.Sheet{
			{Form: workbook.SheetSessions, Choices: map[string][]string{
				"module": slices.Sorted(maps.Keys(modules)), "instructor": staff,
			}},
			{Form: workbook.SheetRoster, Rows: rows},
		}
		return err
	})
	return writeWorkbook(book, "sessions", err)
}

// staffRefs are the numbers of an institution's staff who have not left.
func staffRefs(tx *store.Tx, institutionID string) ([]string, error) {
	all, err := tx.StaffOf(institutionID)
	var refs []string
	for _, member := range all {
		if member.LeftAt == nil {
			refs = append(refs, member.Ref)
		}
	}
	return refs, err
}

type attendanceWorkbookInput struct {
	Sessions []string `query:"session" maxItems:"50" doc:"Ids of sessions; all of the days asked for when there are none."`
	From     string   `query:"from" format:"date" doc:"The first day, in Beijing."`
	To       string   `query:"to" format:"date" doc:"The last day, in Beijing."`
}

// attendanceWorkbook gives a workbook for the attendance of sessions in a room: a row for everybody on their rosters of
// whom nothing was reported yet.
func (s *service) attendanceWorkbook(ctx context.Context, in *attendanceWorkbookInput) (*fileOutput, error) {
	const mostSessions = 500
	r := requestOf(ctx)
	days := sessionsInput{From: in.From, To: in.To, Limit: mostSessions}
	filter, err := days.filter(r, s.programmeNow())
	if err != nil {
		return nil, err
	}
	book := workbook.Book{Kind: workbook.Attendance, Lang: r.lang}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		sessions, err := tx.Sessions(filter)
		if err != nil {
			return err
		}
		slices.Reverse(sessions) // the first to be held comes first
		var rows []map[string]string
		for _, session := range sessions {
			if session.Mode != string(ledger.Offline) || session.VoidedAt != nil ||
				len(in.Sessions) > 0 && !slices.Contains(in.Sessions, session.ID) {
				continue
			}
			more, err := s.attendees(tx, r, session)
			if err != nil {
				return err
			}
			if rows = append(rows, more...); len(rows) > workbook.MostRows {
				return problem(validationFailed, FieldError{Field: "from", Code: workbook.TooMany})
			}
		}
		if len(rows) == 0 {
			return problem(workbookNoRows)
		}
		staff, err := staffRefs(tx, *r.account.InstitutionID)
		book.Sheets = []workbook.Sheet{
			{Form: workbook.SheetAttendance, Rows: rows, Choices: map[string][]string{"reporter": staff}},
		}
		return err
	})
	return writeWorkbook(book, "attendance", err)
}

// attendees are the rows of one session.
func (s *service) attendees(tx *store.Tx, r *request, session store.Session) ([]map[string]string, error) {
	lines, err := tx.Roster(session.ID)
	if err != nil {
		return nil, err
	}
	reports, err := tx.AttendanceOf(session.ID)
	if err != nil {
		return nil, err
	}
	lines = slices.DeleteFunc(lines, func(l store.RosterLine) bool {
		return slices.ContainsFunc(reports, func(a store.Attendance) bool { return a.PersonID == l.PersonID })
	})
	persons := make([]string, len(lines))
	for i, line := range lines {
		persons[i] = line.PersonID
	}
	rows, err := s.namedRows(tx, r, persons, func(int) string { return "session:" + session.ID })
	for i, row := range rows {
		opens, closes := session.OpensAt.In(calendar.Beijing), session.ClosesAt.In(calendar.Beijing)
		row["session"], row["attendee"] = session.Ref, lines[i].Attendee()
		row["day"], row["window"] = opens.Format(time.DateOnly), opens.Format("15:04")+"–"+closes.Format("15:04")
	}
	return rows, err
}
