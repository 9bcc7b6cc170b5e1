package workbook

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/message"
)

// cell is what a column's cells hold.
type cell int

const (
	text  cell = iota
	digit      // a number from 0 to 100
	date
	clock // a time of the day that the column day names
	yes   // yes, or nothing
	choice
	list // several texts, one after another
)

// column is one column of a sheet.
type column struct {
	key     string // as the interface calls the field
	holds   cell
	open    bool // to be filled in
	hidden  bool
	width   float64
	family  string   // of the words that can be chosen
	choices []string // codes of them
	hint    string   // of the words that say how; its own when there are none
	// part is read to understand another column, and is no field of its own.
	part bool
}

// form is one sheet's columns.
type form struct {
	name    string
	columns []column
	blank   int // rows that people add to; the others are given
	most    int // rows that there may be, where people may go on below the blank ones; those are open by their columns
}

// Columns that others are understood by.
const (
	keyCheck     = "check"
	keyDay       = "day"
	keyModules   = "modules"
	keyCompleted = "completed_modules"
)

// headings is the row of the columns' names. Rows are counted from it.
const headings = 1

var (
	trainee = []column{
		{key: "name", width: 12}, {key: "id_number_masked", width: 22}, {key: "occupation", width: 24}, {key: "level", width: 8},
	}
	refusal = []column{
		{
			key: "reason_code", holds: choice, open: true, width: 18, family: "rejection",
			choices: []string{"class_full", "wrong_person", "not_our_occupation", "other"},
		},
		{key: "note", open: true, width: 28},
	}
	mark = []column{
		{key: "score", holds: digit, open: true, width: 8},
		{key: "absent", holds: yes, open: true, width: 8},
		{key: "held_on", holds: date, open: true, width: 13},
	}
	number = column{key: "certificate_number", open: true, width: 24}
	check  = column{key: keyCheck, hidden: true, width: 10}
	day    = column{key: keyDay, holds: date, width: 13, part: true}
)

// forms are all sheets there are.
var forms = map[string]form{
	"enrolment": task("enrolment", nil, column{key: "accepted_on", holds: date, open: true, width: 13}),
	"training": task("training", []column{{key: keyModules, width: 40}},
		column{key: keyCompleted, holds: list, open: true, width: 40}),
	"exam":      task("exam", []column{{key: "pass_mark", width: 8}}, append(mark[:3:3], number)...),
	"theory":    task("theory", []column{{key: "pass_mark", width: 8}}, mark...),
	"practical": task("practical", []column{{key: "pass_mark", width: 8}}, append(mark[:3:3], number)...),
	SheetSessions: {name: SheetSessions, blank: 200, columns: []column{
		{key: "ref", open: true, width: 18},
		{key: "module", open: true, width: 28, holds: choice},
		{key: "mode", holds: choice, open: true, width: 10, family: "session_mode", choices: []string{"offline", "online"}},
		{key: "place", open: true, width: 24},
		{key: "instructor", holds: choice, open: true, width: 14},
		{key: keyDay, holds: date, open: true, width: 13, part: true},
		{key: "opens_at", holds: clock, open: true, width: 10},
		{key: "closes_at", holds: clock, open: true, width: 10},
	}},
	SheetRoster: {name: SheetRoster, columns: joined(
		[]column{{key: "attendee", width: 38}}, trainee, []column{{key: "sessions", holds: list, open: true, width: 40}, check},
	)},
	SheetAttendance: {name: SheetAttendance, columns: joined(
		[]column{{key: "session", width: 18}, day, {key: "window", width: 14}, {key: "attendee", width: 38}}, trainee[:2],
		[]column{
			{key: "signed_in_at", holds: clock, open: true, width: 10},
			{key: "signed_out_at", holds: clock, open: true, width: 10},
			{key: "absent", holds: yes, open: true, width: 8},
			{key: "reporter", holds: choice, open: true, width: 14},
			check,
		},
	)},
	SheetChecks: {name: SheetChecks, blank: MostChecks, columns: []column{
		{key: "name", open: true, width: 14, hint: "as_printed"},
		{key: "id_number", open: true, width: 24, hint: "as_printed"},
		{key: "certificate_number", open: true, width: 30, hint: "as_printed"},
	}},
	SheetIntake: {name: SheetIntake, blank: 1000, most: mostPeople, columns: []column{
		{key: "name", open: true, width: 14, hint: "as_in_document"},
		{key: "id_type", holds: choice, open: true, width: 20, family: "id_type", choices: []string{
			"resident_id", "residence_permit", "hong_kong_macao_permit", "taiwan_permit", "passport", "permanent_resident_id",
		}},
		{key: "id_number", open: true, width: 24, hint: "as_in_document"},
		{key: "id_country", open: true, width: 12},
		{key: "category", holds: choice, open: true, width: 20, family: "category", choices: []string{
			"in_post", "intending", "final_year_student", "skilled_worker",
		}},
		{key: "degree", holds: choice, open: true, width: 14, family: "degree", choices: []string{
			"doctor", "master", "second_bachelor", "bachelor", "associate", "secondary", "technician_school",
		}},
		{key: "related_major", holds: yes, open: true, width: 12},
		{key: "full_time", holds: yes, open: true, width: 12},
		{key: "graduated_on", holds: date, open: true, width: 13},
		{key: "title", holds: choice, open: true, width: 14},
		{key: "title_obtained_on", holds: date, open: true, width: 13},
		{key: "skill_grade", holds: choice, open: true, width: 12},
		{key: "work_started_on", holds: date, open: true, width: 13},
		{key: "evaluation_body", holds: choice, open: true, width: 26},
		{key: "district", holds: choice, open: true, width: 14, family: "district", choices: authority.Districts()},
		{key: "phone", open: true, width: 16},
		{key: "email", open: true, width: 24},
	}},
}

// sheetsFor are the sheets that a kind of workbook has.
var sheetsFor = map[Kind][]string{
	Results:    {"enrolment", "training", "exam", "theory", "practical"},
	Sessions:   {SheetSessions, SheetRoster},
	Attendance: {SheetAttendance},
	Checks:     {SheetChecks},
	Intake:     {SheetIntake},
}

// task is the sheet of a kind of task: whom it is about, what is asked, and the answer.
func task(name string, asked []column, answer ...column) form {
	return form{name: name, columns: joined(
		[]column{{key: "task_id", width: 38}}, trainee, []column{{key: "due", width: 13}}, asked, answer, refusal, []column{check},
	)}
}

func joined(parts ...[]column) []column {
	var all []column
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// title is the sheet's name.
func (f form) title(lang message.Lang) string {
	if key := "task_kind." + f.name; message.Has(key) {
		return message.Text(lang, key, nil)
	}
	return message.Text(lang, "workbook.sheet."+f.name, nil)
}

// SheetTitle is what a sheet is called, in words.
func SheetTitle(lang message.Lang, name string) string { return forms[name].title(lang) }

// Title is what a column is called, in words.
func Title(lang message.Lang, column string) string {
	return message.Text(lang, "workbook.column."+column, nil)
}

// checkOf is what a row's locked cells come to. It is no secret: it shows that cells were moved against each other by
// mistake, so that one person's score does not become another's.
func (f form) checkOf(values map[string]string) string {
	hash := sha256.New()
	for _, c := range f.columns {
		if !c.open && c.key != keyCheck {
			hash.Write([]byte(strings.TrimSpace(values[c.key]) + "\x1f"))
		}
	}
	return hex.EncodeToString(hash.Sum(nil)[:6])
}

func (f form) has(key string) bool {
	for _, c := range f.columns {
		if c.key == key {
			return true
		}
	}
	return false
}
