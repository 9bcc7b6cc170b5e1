package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

// workbook keeps an empty workbook of an institution, by its id.
func (w *world) workbook(id, institution string) {
	w.t.Helper()
	content, err := json.Marshal(workbook.Filled{Kind: workbook.Results})
	require.NoError(w.t, err)
	sealed, err := w.keys.Seal(content, store.WorkbookSeal(id))
	require.NoError(w.t, err)
	w.exec(`INSERT INTO workbooks (id, institution_id, kind, digest, content_sealed, outcomes, state, uploaded_by, uploaded_at, expires_at)
		VALUES ($1, $2, 'results', sha256($3::text::bytea), $4, '[]', 'checked', (SELECT id FROM accounts LIMIT 1), now(), now() + interval '1 hour')`,
		id, institution, id, sealed)
}

// sheets is a workbook that is open in a spreadsheet program.
type sheets struct {
	w    *world
	file *excelize.File
}

// download opens a workbook.
func (w *world) download(path, token string) sheets {
	w.t.Helper()
	r := w.get(path, token)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(w.t, mediaXLSX, r.header.Get("Content-Type"))
	require.Contains(w.t, r.header.Get("Content-Disposition"), "attachment")
	file, err := excelize.OpenReader(bytes.NewReader(r.body))
	require.NoError(w.t, err)
	return sheets{w, file}
}

// lines are a sheet's rows, each cell by the name of its column.
func (s sheets) lines(sheet string) []map[string]string {
	s.w.t.Helper()
	rows, err := s.file.GetRows(workbook.SheetTitle(message.Chinese, sheet))
	require.NoError(s.w.t, err)
	var lines []map[string]string
	for _, row := range rows[1:] {
		line := map[string]string{}
		for i, value := range row {
			line[rows[0][i]] = value
		}
		lines = append(lines, line)
	}
	return lines
}

// fill fills in cells of the row in whose column a value stands, or of a row by its number.
func (s sheets) fill(sheet, column string, is any, cells object) {
	s.w.t.Helper()
	title := workbook.SheetTitle(message.Chinese, sheet)
	rows, err := s.file.GetRows(title)
	require.NoError(s.w.t, err)
	number, numbered := is.(int)
	for i, row := range rows {
		for j, value := range row {
			if !numbered && value == is && rows[0][j] == workbook.Title(message.Chinese, column) {
				number = i + 1
			}
		}
	}
	require.NotZero(s.w.t, number, "no row has %s %v", column, is)
	for column, value := range cells {
		for j, name := range rows[0] {
			if name == workbook.Title(message.Chinese, column) {
				at, err := excelize.CoordinatesToCellName(j+1, number)
				require.NoError(s.w.t, err)
				require.NoError(s.w.t, s.file.SetCellValue(title, at, value))
			}
		}
	}
}

func (s sheets) save() string {
	s.w.t.Helper()
	var content bytes.Buffer
	require.NoError(s.w.t, s.file.Write(&content))
	return content.String()
}

// book is an answer about a workbook.
type book struct {
	WorkbookView

	Known bool
	Rows  []workbookRowView
	Total int
}

// of is what became of the row that is about somebody or something.
func (b book) of(t testing.TB, name string) workbookRowView {
	t.Helper()
	for _, row := range b.Rows {
		if row.Name == name {
			return row
		}
	}
	require.Fail(t, "no row is about "+name)
	return workbookRowView{}
}

// faults are a row's faults, by column.
func (r workbookRowView) faults() map[string]string {
	codes := map[string]string{}
	for _, fault := range r.Faults {
		codes[fault.Column] = fault.Code
	}
	return codes
}

func (w *world) send(token, content string) book {
	w.t.Helper()
	r := w.do(call{method: http.MethodPost, path: "/v1/workbooks", token: token, body: content, header: map[string]string{"Content-Type": mediaXLSX}})
	require.Contains(w.t, []int{http.StatusOK, http.StatusCreated}, r.status, "%s", r.body)
	var b book
	r.into(w.t, &b)
	require.Equal(w.t, r.status == http.StatusOK, b.Known)
	return b
}

// apply applies a workbook to its end.
func (w *world) apply(token, id, mode string) book {
	w.t.Helper()
	r := w.post("/v1/workbooks/"+id+"/application", token, object{"mode": mode})
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	var b book
	r.into(w.t, &b)
	require.Equal(w.t, store.WorkbookApplied, b.State)
	return b
}

// exams issues exam tasks for so many trainees, whose names are their numbers, and gives the tasks' ids.
func (w *world) exams(n int) []string {
	w.t.Helper()
	ids := make([]string, n)
	for i := range ids {
		r := w.register(w.operator, uuid.NewString(), registrationOf(i+1, object{"name": traineeName(i)}))
		require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
		var c struct{ ID string }
		r.into(w.t, &c)
		ids[i] = w.issue(c.ID, contract.ExamTask, trainingBodyID)
	}
	return ids
}

func traineeName(i int) string { return "学员" + string([]rune("甲乙丙丁戊己庚辛壬癸")[i]) }

func TestATaskListGoesOutAsAWorkbookAndComesBackAsResults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, other := w.institution(trainingBodyID), w.institution(otherTrainerID)
	w.get("/v1/task-workbook", token).refused(t, http.StatusConflict, workbookNoRows)
	tasks := w.exams(6)
	w.get("/v1/task-workbook?class="+uuid.NewString(), token).refused(t, http.StatusConflict, workbookNoRows)
	w.get("/v1/task-workbook?class=x", token).refused(t, http.StatusUnprocessableEntity, validationFailed)
	s := w.download("/v1/task-workbook?kind=exam", token)
	lines := s.lines("exam")
	require.Len(t, lines, 6)
	require.Equal(t, tasks[0], lines[0]["任务编号"])
	require.Equal(t, traineeName(0), lines[0]["姓名"])
	require.Contains(t, lines[0]["证件号码（部分隐去）"], "*")
	var read int
	require.NoError(t, w.sql.QueryRowContext(t.Context(),
		"SELECT count(DISTINCT reason) FROM audit_entries WHERE action = 'trainee.read' AND reason LIKE 'task:%'").Scan(&read))
	require.Equal(t, 6, read, "whose names were read is written down, a task each")

	today := w.day(0)
	s.fill("exam", "name", traineeName(0), object{"score": 88.5, "held_on": today, "certificate_number": "T-001"})
	s.fill("exam", "name", traineeName(1), object{"score": "１０１", "held_on": "昨天"})
	s.fill("exam", "name", traineeName(2), object{"absent": "是", "held_on": today})
	s.fill("exam", "name", traineeName(3), object{"reason_code": "班次已满", "note": "下一期"})
	s.fill("exam", "name", traineeName(4), object{"score": 70, "held_on": today, "certificate_number": "T-001"})
	content := s.save()
	before := w.counts()
	sent := w.send(token, content)
	require.Equal(t, store.WorkbookChecked, sent.State)
	require.Equal(t, workbookTotals{Rows: 6, Ready: 3, Refused: 2, Empty: 1}, sent.Totals)
	require.Equal(t, map[string]string{"score": fieldOutOfRange, "held_on": fieldDate}, sent.of(t, traineeName(1)).faults())
	require.Equal(t, "１０１", sent.of(t, traineeName(1)).Faults[1].Value)
	require.Equal(t, map[string]string{"certificate_number": fieldDuplicate}, sent.of(t, traineeName(4)).faults())
	require.Equal(t, "empty", sent.of(t, traineeName(5)).Status)
	after := w.counts()
	before["audit_entries"], after["audit_entries"] = 0, 0
	require.Equal(t, before, after, "nothing is applied before somebody says so")

	w.post("/v1/workbooks/"+sent.ID+"/application", token, object{"mode": "whole"}).refused(t, http.StatusConflict, workbookFaulty)
	w.post("/v1/workbooks/"+sent.ID+"/application", token, object{"mode": "some"}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	w.post("/v1/workbooks/"+sent.ID+"/application", other, object{"mode": "rows"}).refused(t, http.StatusNotFound, notFound)
	applied := w.apply(token, sent.ID, "rows")
	require.Equal(t, workbookTotals{Rows: 6, Applied: 3, Refused: 2, Empty: 1}, applied.Totals)
	require.Equal(t, int64(3), w.counts()["task_answers"])
	for i, state := range []string{"answered", "open", "answered", "rejected", "open", "open"} {
		var task TaskView
		w.get("/v1/tasks/"+tasks[i], token).into(t, &task)
		require.Equal(t, state, task.State, traineeName(i))
	}
	var kept []byte
	require.NoError(t, w.sql.QueryRowContext(t.Context(), "SELECT body FROM task_answers WHERE task_id = $1", tasks[0]).Scan(&kept))
	require.JSONEq(t, fmt.Sprintf(`{"score": 88.5, "absent": false, "held_on": %q, "certificate_number": "T-001"}`, today), string(kept), "as if it had been sent by a machine")

	again := w.send(token, content)
	require.Equal(t, sent.ID, again.ID, "the same file is known")
	require.Equal(t, workbookTotals{Rows: 6, Repeated: 3, Refused: 2, Empty: 1}, again.Totals)
	require.Equal(t, again.Totals, w.apply(token, sent.ID, "rows").Totals)
	require.Equal(t, again.Totals, w.apply(token, sent.ID, "rows").Totals)
	require.Equal(t, int64(3), w.counts()["task_answers"])

	report := w.download("/v1/workbooks/"+sent.ID+"/report", token)
	line := report.lines("exam")[1]
	require.Equal(t, "3", line["行号"])
	require.Equal(t, "有误", line["检查结果"])
	require.Contains(t, line["问题"], "成绩”一栏：")
	require.Equal(t, "１０１", line["成绩"], "as it was sent")
	require.NotContains(t, w.log.String(), traineeName(1))
}

func TestAWorkbookIsAppliedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	tasks := w.exams(3)
	s := w.download("/v1/task-workbook", token)
	for i := range tasks {
		s.fill("exam", "name", traineeName(i), object{"score": 60 + i, "held_on": w.day(0)})
	}
	sent := w.send(token, s.save())
	require.Equal(t, 3, sent.Totals.Ready)
	// Meanwhile somebody answers one of them otherwise.
	require.Equal(t, http.StatusOK, w.post("/v1/tasks/"+tasks[2]+"/result", token, object{"score": 99, "held_on": w.day(0)}).status)
	before := w.counts()
	w.post("/v1/workbooks/"+sent.ID+"/application", token, object{"mode": "whole"}).refused(t, http.StatusConflict, workbookFaulty)
	require.Equal(t, before["task_answers"], w.counts()["task_answers"])
	var now book
	w.get("/v1/workbooks/"+sent.ID, token).into(t, &now)
	require.Equal(t, store.WorkbookChecked, now.State)
	require.Equal(t, workbookTotals{Rows: 3, Ready: 2, Refused: 1}, now.Totals)
	require.Equal(t, map[string]string{"task_id": resultConflict}, now.of(t, traineeName(2)).faults())

	s.fill("exam", "name", traineeName(2), object{"score": 99})
	mended := w.send(token, s.save())
	require.NotEqual(t, sent.ID, mended.ID)
	require.Equal(t, workbookTotals{Rows: 3, Ready: 2, Repeated: 1}, mended.Totals)
	require.Equal(t, workbookTotals{Rows: 3, Applied: 2, Repeated: 1}, w.apply(token, mended.ID, "whole").Totals)
}

func TestAWorkbookThatIsSentUnderAKeyIsLookedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	tasks := w.exams(8) // more than are looked at together
	s := w.download("/v1/task-workbook", token)
	for i := range tasks {
		s.fill("exam", "name", traineeName(i), object{"score": 60 + i, "held_on": w.day(0)})
	}
	content := s.save()
	for _, replayed := range []string{"", "true"} {
		r := w.do(call{method: http.MethodPost, path: "/v1/workbooks", token: token, body: content, header: map[string]string{
			"Content-Type": mediaXLSX, "Idempotency-Key": "monday",
		}})
		require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
		require.Equal(t, replayed, r.header.Get("Idempotency-Replayed"))
		var sent book
		r.into(t, &sent)
		require.Equal(t, len(tasks), sent.Totals.Ready)
	}
}

// An institution edits the hidden and locked parts of a workbook, check and all, to answer a task that is another's.
func TestAWorkbookReachesNoOtherInstitutionsTasks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(otherTrainerID)
	theirs := w.exams(1)[0]
	var content bytes.Buffer
	require.NoError(t, workbook.Write(&content, workbook.Book{Kind: workbook.Results, Lang: message.Chinese, Sheets: []workbook.Sheet{
		{Form: "exam", Rows: []map[string]string{{"task_id": theirs, "name": "甲"}, {"task_id": uuid.NewString(), "name": "乙"}, {"task_id": "1' OR", "name": "丙"}}},
	}}))
	file, err := excelize.OpenReader(&content)
	require.NoError(t, err)
	s := sheets{w, file}
	for _, name := range []string{"甲", "乙", "丙"} {
		s.fill("exam", "name", name, object{"score": 1, "held_on": w.day(0)})
	}
	sent := w.send(token, s.save())
	for _, row := range sent.Rows {
		require.Equal(t, map[string]string{"task_id": notFound}, row.faults(), row.Name)
	}
	require.Equal(t, 3, w.apply(token, sent.ID, "rows").Totals.Refused)
	require.Zero(t, w.counts()["task_answers"])
}

func TestAnApplicationThatWasCutShortGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	tasks := w.exams(3)
	s := w.download("/v1/task-workbook", token)
	for i := range tasks {
		s.fill("exam", "name", traineeName(i), object{"score": 60 + i, "held_on": w.day(0)})
	}
	content := s.save()
	sent := w.send(token, content)
	// The process died after one row, before it noted so.
	require.Equal(t, http.StatusOK, w.post("/v1/tasks/"+tasks[0]+"/result", token, object{"score": 60, "held_on": w.day(0)}).status)
	w.exec(`UPDATE workbooks SET state = 'applying', mode = 'rows', applied_by = uploaded_by, busy_until = now() + interval '1 minute'`)
	var now book
	w.get("/v1/workbooks/"+sent.ID+"?limit=0", token).into(t, &now)
	require.Equal(t, store.WorkbookApplying, now.State)
	require.False(t, now.Interrupted)
	require.Empty(t, now.Rows)
	r := w.post("/v1/workbooks/"+sent.ID+"/application", token, object{"mode": "rows"})
	r.into(t, &now)
	require.Equal(t, store.WorkbookApplying, now.State, "somebody is about it")
	require.Equal(t, store.WorkbookApplying, w.send(token, content).State)
	w.exec(`UPDATE workbooks SET busy_until = now() - interval '1 second'`)
	w.get("/v1/workbooks/"+sent.ID+"?limit=0", token).into(t, &now)
	require.True(t, now.Interrupted)
	w.post("/v1/workbooks/"+sent.ID+"/application", token, object{"mode": "whole"}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, workbookTotals{Rows: 3, Applied: 2, Repeated: 1}, w.apply(token, sent.ID, "rows").Totals)
	require.Equal(t, int64(3), w.counts()["task_answers"])
}

func TestARowThatComesTooLateIsKeptForAnOperator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	tasks := w.exams(2)
	s := w.download("/v1/task-workbook", token)
	for i := range tasks {
		s.fill("exam", "name", traineeName(i), object{"score": 60 + i, "held_on": w.day(0)})
	}
	sent := w.send(token, s.save())
	// Between the look and the say-so the second task is answered otherwise.
	require.Equal(t, http.StatusOK, w.post("/v1/tasks/"+tasks[1]+"/result", token, object{"score": 99, "held_on": w.day(0)}).status)
	applied := w.apply(token, sent.ID, "rows")
	require.Equal(t, workbookTotals{Rows: 2, Applied: 1, Refused: 1}, applied.Totals)
	require.Equal(t, map[string]string{"task_id": resultConflict}, applied.of(t, traineeName(1)).faults())
	require.Equal(t, 1, w.count("SELECT count(*) FROM dead_letters WHERE task_id = $1", tasks[1]))
}

func TestSessionsAndTheirAttendanceAreReportedByWorkbook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	cases := make([]string, 2)
	for i := range cases {
		cases[i] = w.admitted(i+1, object{"name": traineeName(i)})
		w.issue(cases[i], contract.TrainingTask, trainingBodyID)
	}
	s := w.download("/v1/session-workbook", c.token)
	require.Len(t, s.lines("roster"), 2)
	day := w.day(-2)
	s.fill("sessions", "", 2, object{
		"ref": "s1", "module": "基础知识", "mode": "线下", "place": "教室 1", "instructor": "T01", "day": day, "opens_at": "9:00", "closes_at": "12:00",
	})
	s.fill("sessions", "", 3, object{
		"ref": "s2", "module": "基础知识", "mode": "线下", "instructor": "T99", "day": day, "opens_at": "14:00", "closes_at": "13:00",
	})
	s.fill("roster", "name", traineeName(0), object{"sessions": "s1"})
	s.fill("roster", "name", traineeName(1), object{"sessions": "s1、s9"})
	sent := w.send(c.token, s.save())
	require.Equal(t, map[string]string{"place": fieldRequired}, sent.of(t, "s2").faults())
	require.Equal(t, map[string]string{"sessions": fieldSessionUnnamed}, sent.of(t, traineeName(1)).faults())
	require.Equal(t, "ready", sent.of(t, "s1").Status)
	require.Equal(t, "ready", sent.of(t, traineeName(0)).Status)
	require.Zero(t, w.counts()["sessions"])
	s.fill("roster", "name", traineeName(1), object{"sessions": "s1"})
	s.fill("sessions", "", 3, object{"ref": "", "module": "", "mode": "", "instructor": "", "day": "", "opens_at": "", "closes_at": ""})
	sent = w.send(c.token, s.save())
	require.Equal(t, workbookTotals{Rows: 3, Ready: 3}, sent.Totals)
	require.Equal(t, workbookTotals{Rows: 3, Applied: 3}, w.apply(c.token, sent.ID, "whole").Totals)
	require.Equal(t, int64(2), w.counts()["session_roster"])

	s = w.download("/v1/attendance-workbook?from="+day+"&to="+day, c.token)
	require.Len(t, s.lines("attendance"), 2)
	require.Equal(t, "09:00–12:00", s.lines("attendance")[0]["起止时间"])
	s.fill("attendance", "name", traineeName(0), object{"signed_in_at": "9:00", "signed_out_at": "11:30", "reporter": "T01"})
	s.fill("attendance", "name", traineeName(1), object{"absent": "是", "reporter": "T99"})
	content := s.save()
	sent = w.send(c.token, content)
	require.Equal(t, "ready", sent.of(t, traineeName(0)).Status)
	require.Equal(t, "refused", sent.of(t, traineeName(1)).Status)
	require.Contains(t, sent.of(t, traineeName(1)).faults(), "reporter")
	require.Zero(t, w.counts()["attendance"])
	require.Equal(t, workbookTotals{Rows: 2, Applied: 1, Refused: 1}, w.apply(c.token, sent.ID, "rows").Totals)
	require.Equal(t, int64(1), w.counts()["hour_entries"])
	require.Equal(t, workbookTotals{Rows: 2, Repeated: 1, Refused: 1}, w.send(c.token, content).Totals)
	require.Len(t, w.download("/v1/attendance-workbook", c.token).lines("attendance"), 1, "of whom nothing was reported yet")
}

func TestFilesThatAreNoWorkbooksOfOursAreRefusedByTheInterface(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	upload := func(content string) reply {
		return w.do(call{method: http.MethodPost, path: "/v1/workbooks", token: token, body: content, header: map[string]string{"Content-Type": mediaXLSX}})
	}
	require.Equal(t, map[string]string{whole: workbook.Unreadable}, upload("姓名,成绩").refused(t, http.StatusUnprocessableEntity, validationFailed))
	upload(string(make([]byte, mostWorkbook+1))).refused(t, http.StatusRequestEntityTooLarge, payloadTooLarge)
	require.Equal(t, map[string]string{whole: workbook.Unreadable}, upload(string(make([]byte, mostBytes+1))).refused(t, http.StatusUnprocessableEntity, validationFailed))
	w.exams(1)
	s := w.download("/v1/task-workbook", token)
	require.NoError(t, s.file.SetCellStr("结业考核", "A1", "110101199003077772"))
	require.Equal(t, map[string]string{"exam!A1": workbook.Headings}, upload(s.save()).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Zero(t, w.count("SELECT count(*) FROM workbooks"))
}

func TestAWorkbookIsSealedAndForgottenAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	w.exams(1)
	s := w.download("/v1/task-workbook", token)
	s.fill("exam", "name", traineeName(0), object{"score": 61.25, "held_on": w.day(0)})
	sent := w.send(token, s.save())
	var row string
	require.NoError(t, w.sql.QueryRowContext(t.Context(),
		"SELECT to_jsonb(w)::text || encode(content_sealed, 'escape') FROM workbooks w").Scan(&row))
	require.NotContains(t, row, traineeName(0))
	require.NotContains(t, row, "61.25")
	gone, err := w.store.ForgetWorkbooks(t.Context(), time.Now().Add(workbooksKept-time.Hour))
	require.NoError(t, err)
	require.Zero(t, gone)
	var listed struct{ Workbooks []WorkbookView }
	w.get("/v1/workbooks", token).into(t, &listed)
	require.Len(t, listed.Workbooks, 1)
	w.exec("UPDATE workbooks SET expires_at = now()")
	w.get("/v1/workbooks/"+sent.ID, token).refused(t, http.StatusNotFound, notFound)
	gone, err = w.store.ForgetWorkbooks(t.Context(), time.Now())
	require.NoError(t, err)
	require.Equal(t, int64(1), gone)
}
