// Package workbook writes lists as Excel workbooks that people fill in, and reads them back, row by row.
//
// A workbook has one sheet for each kind of row. Columns that say whom or what a row is about are locked; those to fill in
// are open, with drop-downs where there is a choice. What was filled in is read as forgivingly as it can be without
// guessing: a date may be Excel's or a text, digits may be full-width. Every fault names its row and its column, and a
// formula is one: what it would come to on another machine, nobody signed.
//
// The package knows files and cells. What a row means, and whether it holds, is for its caller: columns are called as the
// interface calls the fields that they are for.
package workbook

import (
	"github.com/dengpan/dengpan/message"
)

// Kind is what a workbook is for.
type Kind string

// The kinds of workbooks.
const (
	Results    Kind = "results"    // tasks, to be answered: a sheet for each kind of task
	Sessions   Kind = "sessions"   // sessions to be announced, and who is to attend them
	Attendance Kind = "attendance" // who attended sessions that were held
	Checks     Kind = "checks"     // certificates to be checked
	Intake     Kind = "intake"     // people who are to be registered for a class
)

// Sheets that are no kind of task.
const (
	SheetSessions   = "sessions"
	SheetRoster     = "roster"
	SheetAttendance = "attendance"
	SheetChecks     = "checks"
	SheetIntake     = "intake"
)

// MostRows is the most rows that a workbook has in all its sheets.
const MostRows = 5000

// mostPeople is the most people that a workbook of them has.
const mostPeople = 12_000

// MostChecks is the most certificates that are checked at once.
const MostChecks = 500

// Book is a workbook to be written.
type Book struct {
	Kind   Kind
	Lang   message.Lang
	Sheets []Sheet
}

// Sheet is one sheet of a workbook to be written.
type Sheet struct {
	Form string // which sheet it is: a kind of task, or one of the others
	Rows []map[string]string
	// Choices are what can be chosen in columns whose choices differ from one institution to another.
	Choices map[string][]string
}

// Filled is a workbook that was read.
type Filled struct {
	Kind   Kind          `json:"kind"`
	Lang   message.Lang  `json:"lang"`
	Sheets []FilledSheet `json:"sheets"`
}

// FilledSheet is one sheet that was read.
type FilledSheet struct {
	Form string `json:"form"`
	Rows []Row  `json:"rows"`
}

// Row is one row that was read. Rows without anything in them are left out.
type Row struct {
	Number int               `json:"number"` // as the sheet counts, from 1: the headings' row
	Values map[string]string `json:"values"` // what stands in its cells, by column, as it stands there
	Fields map[string]any    `json:"fields"` // what was filled in, read: texts, numbers, bools, lists of texts
	Faults []Fault           `json:"faults"`
}

// Fault is what is wrong with a cell.
type Fault struct {
	Column string `json:"column"`
	Code   string `json:"code"`
}

// Codes of what is wrong with a cell, and what it would be read as is left out. They are the interface's, where it has one
// for the same.
const (
	CellFormula   = "formula"
	CellChanged   = "row_changed"
	CellType      = "wrong_type"
	CellDate      = "date"
	CellClock     = "clock"
	CellChoice    = "unknown_value"
	CellDuplicate = "duplicate"
)

// RefusedError is why a file is not read at all; its text is a stable code. Place is where in it, if that is one place.
type RefusedError struct{ Code, Place string }

func (r *RefusedError) Error() string { return r.Code }

// Codes of files that are not read.
const (
	Unreadable = "workbook_unreadable" // no workbook, or a damaged one
	Encrypted  = "workbook_encrypted"  // with a password, or in the format of before 2007
	Macros     = "workbook_macros"
	Links      = "workbook_links" // refers to other files, to a database or to the net
	TooLarge   = "workbook_too_large"
	TooMany    = "workbook_too_many_rows"
	NotOurs    = "workbook_not_ours" // was not made by this package
	Outdated   = "workbook_outdated"
	Headings   = "workbook_headings" // a column is missing, unknown or there twice
	Nothing    = "workbook_empty"    // nothing was filled in
)

func refuse(code string) *RefusedError { return &RefusedError{Code: code} }
