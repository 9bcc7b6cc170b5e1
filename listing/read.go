package listing

import (
	"strconv"
	"strings"

	"github.com/dengpan/dengpan/policy"
)

// Format is the form of a file.
type Format string

// The forms that are read. The first is that of the lists which the rules come with; the others are tables.
const (
	YAML Format = "yaml"
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Column is what a cell of a list says.
type Column string

// The columns. Those of the heading stand once in a file, the others once in a row.
const (
	Document    Column = "document"
	ListYear    Column = "list_year"
	PublishedOn Column = "published_on"
	ValidFrom   Column = "valid_from"
	ValidTo     Column = "valid_to"

	Name       Column = "name"
	Role       Column = "role"
	Occupation Column = "occupation"
	Level      Column = "level"
	Number     Column = "number"
	BaseLevel  Column = "base_level"
	Note       Column = "note"
	ID         Column = "id"
)

// What may be wrong with a cell.
const (
	Required          = "required"
	UnknownColumn     = "unknown_column"
	UnknownRole       = "unknown_role"
	UnknownOccupation = "unknown_occupation"
	UnknownLevel      = "unknown_level"
	UnknownValue      = "unknown_value"
	TwoRoles          = "two_roles" // of one institution, for one occupation and level
	Duplicate         = "duplicate"
	Conflict          = "conflict" // does not go with the rest of the row
	Malformed         = "format"
	TooLong           = "too_long"
	NoDate            = "date"
	DateOrder         = "date_order"
	Reveals           = "reveals" // a number of a person
	Nothing           = "too_few" // there is no row at all
	Unreadable        = "unreadable"
)

// Fault is what is wrong with one cell; of no row, with the file.
type Fault struct {
	Row    int    `json:"row"` // the line, as an editor or a spreadsheet counts
	Column Column `json:"column"`
	Code   string `json:"code"`
}

// RowErrors are the faults of a list, all at once.
type RowErrors []Fault

// Error says them by row and column. What stands in a cell is not repeated.
func (f RowErrors) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = strings.Join([]string{"row " + strconv.Itoa(fault.Row), string(fault.Column), fault.Code}, ": ")
	}
	return strings.Join(lines, "\n")
}

// Terms are the words of a list that have codes of ours.
type Terms struct {
	Occupations map[string]string
	Levels      map[string]string
}

// TermsOf are the terms of a version of the rules: an occupation is known by its field, as the notice prints it with and
// without 专业, by its title, and by its code.
func TermsOf(rules *policy.Policy) Terms {
	t := Terms{Occupations: map[string]string{}, Levels: map[string]string{"": "", "全部": "", "all": ""}}
	for _, o := range rules.Occupations() {
		for _, word := range []string{o.Code, o.Name, o.Name + "专业", o.Title} {
			t.Occupations[word] = o.Code
		}
	}
	for _, l := range rules.Levels() {
		t.Levels[l.Code], t.Levels[l.Name] = l.Code, l.Code
	}
	return t
}

// Read reads a list. The error is of the type RowErrors.
func Read(format Format, content []byte, terms Terms) (Snapshot, error) {
	var p printed
	var faults RowErrors
	switch format {
	case YAML:
		p, faults = readYAML(content)
	case CSV:
		p, faults = readCSV(content)
	case XLSX:
		p, faults = readXLSX(content)
	default:
		faults = RowErrors{{Code: Unreadable}}
	}
	if len(faults) > 0 {
		return Snapshot{}, faults
	}
	return p.check(terms)
}

// cell is a text of a file and the line it stands in.
type cell struct {
	text string
	row  int
}

// printed is a list as it stands in a file, before anything is made of its words.
type printed struct {
	heading map[Column]cell
	rows    []printedRow
	ids     []printedID
}

type printedRow struct {
	row   int
	cells map[Column]string
}

// printedID is an id of ours that the file gives a name.
type printedID struct {
	row      int
	id, name string
}
