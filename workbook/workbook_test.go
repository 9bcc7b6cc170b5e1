package workbook_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/workbook"
)

// exams is a workbook of two exam tasks.
func exams(t testing.TB, lang message.Lang) []byte {
	t.Helper()
	row := func(id, name string) map[string]string {
		return map[string]string{
			"task_id": id, "name": name, "id_number_masked": "110***********0017", "occupation": "智能制造", "level": "初级",
			"due": "2026-12-01", "pass_mark": "60",
		}
	}
	return written(t, workbook.Book{Kind: workbook.Results, Lang: lang, Sheets: []workbook.Sheet{
		{Form: "exam", Rows: []map[string]string{row("t-1", "王小明"), row("t-2", "=HYPERLINK(\"http://x\")")}},
		{Form: "training", Rows: []map[string]string{{"task_id": "t-3", "name": "赵六", "modules": "基础知识、技术应用"}}},
	}})
}

func written(t testing.TB, b workbook.Book) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, workbook.Write(&out, b))
	return out.Bytes()
}

// edit opens a workbook in a spreadsheet program, has something done to it, and saves it.
func edit(t testing.TB, content []byte, do func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	require.NoError(t, err)
	do(f)
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	return out.Bytes()
}

// fill sets cells of a row by the names of their columns.
func fill(t testing.TB, f *excelize.File, lang message.Lang, sheet string, row int, values map[string]any) {
	t.Helper()
	lines, err := f.GetRows(sheet)
	require.NoError(t, err)
	for column, value := range values {
		found := false
		for i, title := range lines[0] {
			if title == workbook.Title(lang, column) {
				found = true
				at, err := excelize.CoordinatesToCellName(i+1, row)
				require.NoError(t, err)
				require.NoError(t, f.SetCellValue(sheet, at, value))
			}
		}
		require.True(t, found, column)
	}
}

const (
	examSheet     = "结业考核"
	trainingSheet = "规范化培训"
)

func readExam(t testing.TB, row int, values map[string]any) workbook.Row {
	t.Helper()
	filled, err := workbook.Read(edit(t, exams(t, message.Chinese), func(f *excelize.File) {
		fill(t, f, message.Chinese, examSheet, row, values)
	}))
	require.NoError(t, err)
	return filled.Sheets[0].Rows[row-2]
}

func TestAWorkbookComesBackWithWhatWasFilledIn(t *testing.T) {
	t.Parallel()
	for lang, sheet := range map[message.Lang]string{message.Chinese: examSheet, message.English: "end-of-course exam"} {
		filled, err := workbook.Read(edit(t, exams(t, lang), func(f *excelize.File) {
			fill(t, f, lang, sheet, 2, map[string]any{"score": 88.1, "held_on": "2026-11-23", "certificate_number": "007（1）"})
			fill(t, f, lang, sheet, 3, map[string]any{"absent": message.Text(lang, "workbook.yes", nil), "held_on": 46349})
		}))
		require.NoError(t, err)
		require.Equal(t, workbook.Results, filled.Kind)
		require.Equal(t, lang, filled.Lang)
		rows := filled.Sheets[0].Rows
		require.Len(t, rows, 2)
		require.Empty(t, rows[0].Faults)
		require.Equal(t, 2, rows[0].Number)
		require.Equal(t, "t-1", rows[0].Values["task_id"])
		require.Equal(t, map[string]any{"score": 88.1, "held_on": "2026-11-23", "certificate_number": "007（1）"}, rows[0].Fields)
		require.Empty(t, rows[1].Faults)
		require.Equal(t, map[string]any{"absent": true, "held_on": "2026-11-23"}, rows[1].Fields)
		require.Equal(t, "2026-11-23", rows[1].Values["held_on"], "a day that Excel counts is shown as a day")
		require.True(t, rows[0].Filled("exam"))
		require.False(t, filled.Sheets[1].Rows[0].Filled("training"))
	}
}

func TestWhatPeopleTypeIsReadAndWhatCouldMeanTwoThingsIsNot(t *testing.T) {
	t.Parallel()
	for _, tried := range []struct {
		column string
		typed  any
		want   any // nil: refused
	}{
		{"score", "９２．５", 92.5},
		{"score", " 60 ", 60.0},
		{"score", 0, 0.0},
		{"score", "六十", nil},
		{"score", "60分", nil},
		{"score", "1,5", nil},
		{"score", "NaN", nil},
		{"held_on", "２０２６年１１月３日", "2026-11-03"},
		{"held_on", "2026/1/5", "2026-01-05"},
		{"held_on", "2026.01.05", "2026-01-05"},
		{"held_on", 20261105, "2026-11-05"},
		{"held_on", 46349.75, "2026-11-23"},
		{"held_on", "11/03/2026", nil},
		{"held_on", "2026-02-30", nil},
		{"held_on", 3, nil},
		{"absent", "是", true},
		{"absent", "TRUE", true},
		{"absent", true, true},
		{"absent", "maybe", nil},
		{"reason_code", "班次已满", "class_full"},
		{"reason_code", "class_full", "class_full"},
		{"reason_code", "the class is full", "class_full"},
		{"reason_code", "没空", nil},
		{"certificate_number", "00012", "00012"},
		{"note", "=1+1", "=1+1"},
	} {
		row := readExam(t, 2, map[string]any{tried.column: tried.typed})
		if tried.want == nil {
			require.Len(t, row.Faults, 1, "%v", tried)
			require.Equal(t, tried.column, row.Faults[0].Column, "%v", tried)
			require.NotContains(t, row.Fields, tried.column)
			continue
		}
		require.Empty(t, row.Faults, "%v", tried)
		require.Equal(t, tried.want, row.Fields[tried.column], "%v", tried)
	}
	require.NotContains(t, readExam(t, 2, map[string]any{"absent": "否"}).Fields, "absent", "a no says nothing")
}

func TestAllStandsForAllThatIsRequired(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][]string{
		"全部": {"基础知识", "技术应用"}, "All": {"基础知识", "技术应用"}, "技术应用": {"技术应用"}, "基础知识，技术应用": {"基础知识", "技术应用"}, "别的": {"别的"},
	} {
		filled, err := workbook.Read(edit(t, exams(t, message.Chinese), func(f *excelize.File) {
			fill(t, f, message.Chinese, trainingSheet, 2, map[string]any{"completed_modules": typed})
		}))
		require.NoError(t, err)
		require.Equal(t, map[string]any{"completed_modules": want}, filled.Sheets[1].Rows[0].Fields)
	}
}

func TestALockedCellThatWasChangedIsSeenAndSoIsARowThatWasShifted(t *testing.T) {
	t.Parallel()
	for _, column := range []string{"task_id", "name", "id_number_masked", "occupation", "check"} {
		row := readExam(t, 2, map[string]any{column: "t-2", "score": 90})
		require.Equal(t, []workbook.Fault{{Column: "task_id", Code: workbook.CellChanged}}, row.Faults, column)
	}
	require.Empty(t, readExam(t, 2, map[string]any{"score": 90}).Faults)
}

func TestAFormulaIsNoAnswer(t *testing.T) {
	t.Parallel()
	filled, err := workbook.Read(edit(t, exams(t, message.Chinese), func(f *excelize.File) {
		fill(t, f, message.Chinese, examSheet, 2, map[string]any{"score": 90, "held_on": "2026-11-23"})
		lines, err := f.GetRows(examSheet)
		require.NoError(t, err)
		for i, title := range lines[0] {
			if title == workbook.Title(message.Chinese, "score") {
				at, _ := excelize.CoordinatesToCellName(i+1, 2)
				require.NoError(t, f.SetCellFormula(examSheet, at, "90+1"))
			}
		}
	}))
	require.NoError(t, err)
	row := filled.Sheets[0].Rows[0]
	require.Equal(t, []workbook.Fault{{Column: "score", Code: workbook.CellFormula}}, row.Faults)
	require.NotContains(t, row.Fields, "score")
}

func TestTextsAreWrittenAsTextsWhateverTheyBeginWith(t *testing.T) {
	t.Parallel()
	f, err := excelize.OpenReader(bytes.NewReader(exams(t, message.Chinese)))
	require.NoError(t, err)
	kind, err := f.GetCellType(examSheet, "B3")
	require.NoError(t, err)
	require.Contains(t, []excelize.CellType{excelize.CellTypeInlineString, excelize.CellTypeSharedString, excelize.CellTypeFormula}, kind)
	formula, err := f.GetCellFormula(examSheet, "B3")
	require.NoError(t, err)
	require.Empty(t, formula)
	value, err := f.GetCellValue(examSheet, "B3")
	require.NoError(t, err)
	require.Equal(t, `=HYPERLINK("http://x")`, value)
	style, err := f.GetCellStyle(examSheet, "B3")
	require.NoError(t, err)
	look, err := f.GetStyle(style)
	require.NoError(t, err)
	require.Equal(t, 49, look.NumFmt, "and it stays a text when somebody edits it")
}

func TestOnlyWhatIsToBeFilledInIsOpen(t *testing.T) {
	t.Parallel()
	f, err := excelize.OpenReader(bytes.NewReader(exams(t, message.Chinese)))
	require.NoError(t, err)
	require.Equal(t, []string{"填写说明", examSheet, trainingSheet, "dengpan"}, f.GetSheetList())
	visible, err := f.GetSheetVisible("dengpan")
	require.NoError(t, err)
	require.False(t, visible)
	protection, err := f.GetSheetProtection(examSheet)
	require.NoError(t, err)
	require.True(t, protection.SelectLockedCells)
	require.Empty(t, protection.Password)
	lines, err := f.GetRows(examSheet)
	require.NoError(t, err)
	open := map[string]bool{"score": true, "absent": true, "held_on": true, "certificate_number": true, "reason_code": true, "note": true}
	for i, title := range lines[0] {
		at, _ := excelize.CoordinatesToCellName(i+1, 2)
		style, err := f.GetCellStyle(examSheet, at)
		require.NoError(t, err)
		look, err := f.GetStyle(style)
		require.NoError(t, err)
		want := false
		for column := range open {
			want = want || title == workbook.Title(message.Chinese, column)
		}
		require.Equal(t, want, look.Protection != nil && !look.Protection.Locked, title)
	}
	validations, err := f.GetDataValidations(examSheet)
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, v := range validations {
		kinds[v.Type]++
	}
	require.Equal(t, map[string]int{"decimal": 1, "date": 1, "list": 2, "": 1}, kinds)
	panes, err := f.GetPanes(examSheet)
	require.NoError(t, err)
	require.True(t, panes.Freeze)
}

// A list of people is filled in below its blank rows as well, down to the last that is read; the file stays small all the same.
func TestAListOfPeopleIsOpenAndCheckedDownToTheLastRowThatIsRead(t *testing.T) {
	t.Parallel()
	file := written(t, workbook.Book{Kind: workbook.Intake, Lang: message.Chinese, Sheets: []workbook.Sheet{{Form: workbook.SheetIntake}}})
	require.Less(t, len(file), 200<<10)
	f, err := excelize.OpenReader(bytes.NewReader(file))
	require.NoError(t, err)
	sheet := f.GetSheetList()[1]
	style, err := f.GetColStyle(sheet, "A")
	require.NoError(t, err)
	look, err := f.GetStyle(style)
	require.NoError(t, err)
	require.False(t, look.Protection.Locked)
	validations, err := f.GetDataValidations(sheet)
	require.NoError(t, err)
	require.NotEmpty(t, validations)
	for _, v := range validations {
		require.True(t, strings.HasSuffix(v.Sqref, "12001"), v.Sqref)
	}
	filled, err := workbook.Read(edit(t, file, func(f *excelize.File) {
		require.NoError(t, f.SetCellStr(sheet, "A12001", "李一"))
	}))
	require.NoError(t, err)
	require.Equal(t, 12001, filled.Sheets[0].Rows[0].Number)
}

func TestColumnsMayBeMovedButNoneAddedDoubledOrLost(t *testing.T) {
	t.Parallel()
	moved := edit(t, exams(t, message.Chinese), func(f *excelize.File) {
		lines, err := f.GetRows(examSheet)
		require.NoError(t, err)
		for _, n := range []int{1, 2, 3} { // the last column to the first's place
			line := append([]string{}, lines[n-1]...)
			last := len(lines[0]) - 1
			line = append(line, make([]string, last+1-len(line))...)
			line[0], line[last] = line[last], line[0]
			require.NoError(t, f.SetSheetRow(examSheet, "A"+string(rune('0'+n)), &line))
		}
		fill(t, f, message.Chinese, examSheet, 2, map[string]any{"score": 70})
	})
	filled, err := workbook.Read(moved)
	require.NoError(t, err)
	require.Empty(t, filled.Sheets[0].Rows[0].Faults)
	require.Equal(t, "t-1", filled.Sheets[0].Rows[0].Values["task_id"])
	for heading, place := range map[string]string{"": "exam.task_id", "姓名": "exam!B1", "备注": "exam!A1"} {
		_, err := workbook.Read(edit(t, exams(t, message.Chinese), func(f *excelize.File) {
			require.NoError(t, f.SetCellStr(examSheet, "A1", heading))
		}))
		refusal := requireRefusal(t, err, workbook.Headings)
		require.Equal(t, place, refusal.Place)
	}
	row := readExamRaw(t, func(f *excelize.File) { require.NoError(t, f.SetCellStr(examSheet, "Z2", "note to self")) })
	require.Equal(t, []workbook.Fault{{Column: "Z2", Code: workbook.CellChanged}}, row.Faults)
}

func readExamRaw(t *testing.T, do func(f *excelize.File)) workbook.Row {
	t.Helper()
	filled, err := workbook.Read(edit(t, exams(t, message.Chinese), do))
	require.NoError(t, err)
	return filled.Sheets[0].Rows[0]
}

func requireRefusal(t *testing.T, err error, code string) *workbook.RefusedError {
	t.Helper()
	var refusal *workbook.RefusedError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.Code)
	return refusal
}

// with adds a part to a file, or replaces one.
func with(t testing.TB, content []byte, name, part string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, r io.Reader) {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.Copy(f, r)
		require.NoError(t, err)
	}
	for _, f := range in.File {
		if f.Name != name {
			r, err := f.Open()
			require.NoError(t, err)
			put(f.Name, r)
		}
	}
	put(name, strings.NewReader(part))
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestFilesThatAreNoneOfOursOrCouldHarmAreRefused(t *testing.T) {
	t.Parallel()
	ours := exams(t, message.Chinese)
	var foreign bytes.Buffer
	require.NoError(t, excelize.NewFile().Write(&foreign))
	one := func(cells string) string { return `<worksheet><sheetData>` + cells + `</sheetData></worksheet>` }
	sheet := "xl/worksheets/sheet2.xml"
	for _, tried := range []struct {
		what string
		file []byte
		code string
	}{
		{"nothing", nil, workbook.Unreadable},
		{"text", []byte("name,score\n"), workbook.Unreadable},
		{"half a file", ours[:len(ours)/2], workbook.Unreadable},
		{"an old format", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on"), workbook.Encrypted},
		{"somebody else's workbook", foreign.Bytes(), workbook.NotOurs},
		{"macros", with(t, ours, "xl/vbaProject.bin", "x"), workbook.Macros},
		{"a link to another file", with(t, ours, "xl/externalLinks/externalLink1.xml", "<x/>"), workbook.Links},
		{"a connection", with(t, ours, "xl/connections.xml", "<x/>"), workbook.Links},
		{"a zip bomb", with(t, ours, "xl/media/image1.png", strings.Repeat("\x00", 60<<20)), workbook.TooLarge},
		{"a sheet that breaks off", with(t, ours, sheet, `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v>`), workbook.Unreadable},
		{"cells without a place", with(t, ours, sheet, one(`<row r="1"><c><v>1</v></c></row>`)), workbook.Unreadable},
		{"cells in another's place", with(t, ours, sheet, one(`<row r="1"><c r="A2"><v>1</v></c></row>`)), workbook.Unreadable},
		{"rows out of order", with(t, ours, sheet, one(`<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>`)), workbook.Unreadable},
		{"a cell twice", with(t, ours, sheet, one(`<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`)), workbook.Unreadable},
		{"cells far to the right", with(t, ours, sheet, one(`<row r="1"><c r="XFD1"><v>1</v></c></row>`)), workbook.TooLarge},
		{"a sheet that was removed", edit(t, ours, func(f *excelize.File) { require.NoError(t, f.DeleteSheet(examSheet)) }), workbook.Headings},
		{"no rows", edit(t, ours, func(f *excelize.File) {
			for _, sheet := range []string{examSheet, trainingSheet} {
				require.NoError(t, f.RemoveRow(sheet, 2))
				require.NoError(t, f.RemoveRow(sheet, 2))
			}
		}), workbook.Nothing},
		{"another version", edit(t, ours, func(f *excelize.File) { require.NoError(t, f.SetCellStr("dengpan", "B1", "99")) }), workbook.Outdated},
		{"a sheet of another kind", edit(t, ours, func(f *excelize.File) { require.NoError(t, f.SetCellStr("dengpan", "B4", "roster")) }), workbook.NotOurs},
		{"more rows than are read", edit(t, ours, func(f *excelize.File) {
			for n := range workbook.MostRows + 1 {
				at, _ := excelize.CoordinatesToCellName(1, n+2)
				require.NoError(t, f.SetCellStr(examSheet, at, "x"))
			}
		}), workbook.TooMany},
	} {
		t.Run(tried.what, func(t *testing.T) {
			_, err := workbook.Read(tried.file)
			requireRefusal(t, err, tried.code)
			require.True(t, message.Has("field."+tried.code), "the code has no words")
		})
	}
}

func TestSessionsTheirRosterAndAttendanceComeBack(t *testing.T) {
	t.Parallel()
	content := written(t, workbook.Book{Kind: workbook.Sessions, Lang: message.Chinese, Sheets: []workbook.Sheet{
		{Form: workbook.SheetSessions, Choices: map[string][]string{"module": {"基础知识"}, "instructor": {"T1"}}},
		{Form: workbook.SheetRoster, Rows: []map[string]string{{"attendee": "c-1", "name": "王小明"}}},
	}})
	filled, err := workbook.Read(edit(t, content, func(f *excelize.File) {
		fill(t, f, message.Chinese, "课次", 2, map[string]any{
			"ref": "S1", "module": "基础知识", "mode": "线下", "place": "301", "instructor": "T1", "day": "2026/11/23", "opens_at": "9:00", "closes_at": 0.5,
		})
		fill(t, f, message.Chinese, "参加名单", 2, map[string]any{"sessions": "S1、S2，S3"})
	}))
	require.NoError(t, err)
	require.Len(t, filled.Sheets[0].Rows, 1)
	session := filled.Sheets[0].Rows[0]
	require.Empty(t, session.Faults)
	require.Equal(t, map[string]any{
		"ref": "S1", "module": "基础知识", "mode": "offline", "place": "301", "instructor": "T1",
		"opens_at": "2026-11-23T09:00:00+08:00", "closes_at": "2026-11-23T12:00:00+08:00",
	}, session.Fields)
	require.Equal(t, map[string]any{"sessions": []string{"S1", "S2", "S3"}}, filled.Sheets[1].Rows[0].Fields)

	content = written(t, workbook.Book{Kind: workbook.Attendance, Lang: message.Chinese, Sheets: []workbook.Sheet{
		{Form: workbook.SheetAttendance, Rows: []map[string]string{{"session": "S1", "day": "2026-11-23", "attendee": "c-1"}}},
	}})
	for typed, want := range map[any]string{
		"9:05": "2026-11-23T09:05:00+08:00", "９：０５": "2026-11-23T09:05:00+08:00", 0.375: "2026-11-23T09:00:00+08:00",
		"9时5分": "2026-11-23T09:05:00+08:00", "2026-11-24 0:30": "2026-11-24T00:30:00+08:00", 46350.5: "2026-11-24T12:00:00+08:00",
		"九点": "", "25:00": "", 1.5: "",
	} {
		filled, err := workbook.Read(edit(t, content, func(f *excelize.File) {
			fill(t, f, message.Chinese, "签到", 2, map[string]any{"signed_in_at": typed})
		}))
		require.NoError(t, err)
		row := filled.Sheets[0].Rows[0]
		if want == "" {
			require.Equal(t, []workbook.Fault{{Column: "signed_in_at", Code: workbook.CellClock}}, row.Faults, "%v", typed)
			continue
		}
		require.Empty(t, row.Faults, "%v", typed)
		require.Equal(t, map[string]any{"signed_in_at": want}, row.Fields, "%v", typed)
	}
}

func TestAReportKeepsRowNumbersAndWhatWasSent(t *testing.T) {
	t.Parallel()
	filled, err := workbook.Read(edit(t, exams(t, message.Chinese), func(f *excelize.File) {
		fill(t, f, message.Chinese, examSheet, 3, map[string]any{"score": "六十", "held_on": 46349})
	}))
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, workbook.WriteReport(&out, message.Chinese, filled, func(sheet, row int) workbook.Said {
		if sheet == 0 && row == 1 {
			return workbook.Said{Outcome: "有误", Wrong: []workbook.Wrong{{Column: "score", Text: "成绩：数据类型不正确"}}}
		}
		return workbook.Said{Outcome: "未填写"}
	}))
	f, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	lines, err := f.GetRows(examSheet)
	require.NoError(t, err)
	require.Equal(t, []string{"3", "有误", "成绩：数据类型不正确", "t-2"}, lines[2][:4])
	require.Contains(t, lines[2], "六十")
	require.Contains(t, lines[2], "2026-11-23")
	require.NotContains(t, strings.Join(lines[0], " "), workbook.Title(message.Chinese, "check"))
}

func FuzzReadNeverFailsButByRefusing(f *testing.F) {
	ours := exams(f, message.Chinese)
	f.Add(ours, uint16(0), byte(0))
	f.Add([]byte("PK\x03\x04"), uint16(1), byte(1))
	parts := map[uint16]string{
		0: "xl/worksheets/sheet2.xml", 1: "xl/sharedStrings.xml", 2: "xl/workbook.xml", 3: "xl/styles.xml", 4: "xl/_rels/workbook.xml.rels",
		5: "[Content_Types].xml", 6: "xl/worksheets/sheet4.xml",
	}
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>999999</v></c></row></sheetData></worksheet>`), uint16(0), byte(1))
	f.Add([]byte(`<sst><si><t>x</t></si></sst>`), uint16(1), byte(1))
	f.Fuzz(func(t *testing.T, data []byte, which uint16, how byte) {
		content := data
		if how%2 == 1 { // one part of a good file is something else
			content = with(t, ours, parts[which%7], string(data))
		}
		if _, err := workbook.Read(content); err != nil {
			require.ErrorAs(t, err, new(*workbook.RefusedError))
		}
	})
}
