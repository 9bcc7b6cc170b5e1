package listing

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/redact"
)

// The levels of bases, as annex 2 prints them.
const (
	national  = "国家级"
	municipal = "市级"
)

const (
	longestName = 100
	longestNote = 500
	// mostRows is more than any list has, and less than would take long.
	mostRows = 5000
)

// ceBase is the role of a row of annex 2.
const ceBase = "ce_base"

// roles are the texts of roles. What is not here is an error: a body in no known role must not get one by default.
var roles = map[string]string{
	"培训机构": policy.RoleTraining, "培训": policy.RoleTraining, policy.RoleTraining: policy.RoleTraining,
	"评价机构": policy.RoleEvaluation, "评价": policy.RoleEvaluation, policy.RoleEvaluation: policy.RoleEvaluation,
	"继续教育基地": ceBase, "基地": ceBase, ceBase: ceBase,
}

var institutionID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,47}$`)

// checking is a list that is being checked.
type checking struct {
	terms  Terms
	list   Snapshot
	faults RowErrors
}

func (c *checking) fault(row int, column Column, code string) {
	c.faults = append(c.faults, Fault{row, column, code})
}

// check makes a list of what is printed, or says what is wrong with it.
func (p *printed) check(terms Terms) (Snapshot, error) {
	c := &checking{terms: terms, list: Snapshot{Bodies: []Body{}, Bases: []Base{}}}
	c.heading(p.heading)
	if len(p.rows) == 0 || len(p.rows) > mostRows {
		c.fault(0, Name, Nothing)
		return Snapshot{}, c.faults
	}
	for _, row := range p.rows {
		c.row(row)
	}
	c.repeated()
	c.ids(p.ids)
	if len(c.faults) > 0 {
		slices.SortStableFunc(c.faults, func(a, b Fault) int { return a.Row - b.Row })
		return Snapshot{}, c.faults
	}
	return c.list, nil
}

func (c *checking) heading(h map[Column]cell) {
	c.list.Document = c.text(h[Document].row, Document, h[Document].text, longestName)
	if c.list.Document == "" {
		c.fault(h[Document].row, Document, Required)
	}
	year, err := strconv.Atoi(h[ListYear].text)
	switch {
	case h[ListYear].text == "":
		c.fault(0, ListYear, Required)
	case err != nil || year < 2000 || year > 2200:
		c.fault(h[ListYear].row, ListYear, Malformed)
	}
	c.list.ListYear = year
	c.list.PublishedOn = c.date(h[PublishedOn], PublishedOn)
	c.list.ValidFrom = c.date(h[ValidFrom], ValidFrom)
	c.list.ValidTo = c.date(h[ValidTo], ValidTo)
	if h[ValidFrom].text == "" {
		c.fault(0, ValidFrom, Required)
	}
	if !c.list.ValidTo.IsZero() && !c.list.ValidTo.After(c.list.ValidFrom) {
		c.fault(h[ValidTo].row, ValidTo, DateOrder)
	}
}

// chinese are dates as documents and spreadsheets write them.
var chinese = regexp.MustCompile(`^(\d{4})(?:年|/|-|\.)(\d{1,2})(?:月|/|-|\.)(\d{1,2})日?$`)

func (c *checking) date(at cell, column Column) calendar.Date {
	if at.text == "" {
		return calendar.Date{}
	}
	found := chinese.FindStringSubmatch(at.text)
	if found == nil {
		c.fault(at.row, column, NoDate)
		return calendar.Date{}
	}
	two := func(digits string) string { return strings.Repeat("0", 2-len(digits)) + digits }
	date, err := calendar.ParseDate(found[1] + "-" + two(found[2]) + "-" + two(found[3]))
	if err != nil {
		c.fault(at.row, column, NoDate)
	}
	return date
}

// text holds what people wrote to what the record can show: one line, not too long, and no number of a person.
func (c *checking) text(row int, column Column, text string, longest int) string {
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }):
		c.fault(row, column, Malformed)
	case utf8.RuneCountInString(text) > longest:
		c.fault(row, column, TooLong)
	case redact.Text(text) != text:
		c.fault(row, column, Reveals)
	default:
		return text
	}
	return ""
}

func (c *checking) row(r printedRow) {
	name := r.cells[Name]
	if name == "" {
		c.fault(r.row, Name, Required)
	}
	name = c.text(r.row, Name, name, longestName)
	role, known := roles[r.cells[Role]]
	switch {
	case r.cells[Role] == "":
		c.fault(r.row, Role, Required)
	case !known:
		c.fault(r.row, Role, UnknownRole)
	case role == ceBase:
		c.base(r, name)
	default:
		c.body(r, name, role)
	}
}

func (c *checking) body(r printedRow, name, role string) {
	c.empty(r, Number, BaseLevel)
	occupation, known := c.terms.Occupations[r.cells[Occupation]]
	switch {
	case r.cells[Occupation] == "":
		c.fault(r.row, Occupation, Required)
	case !known:
		c.fault(r.row, Occupation, UnknownOccupation)
	}
	level, has := c.terms.Levels[r.cells[Level]]
	if !has {
		c.fault(r.row, Level, UnknownLevel)
	}
	if name != "" && known && has {
		c.list.Bodies = append(c.list.Bodies, Body{Row: r.row, Name: name, Occupation: occupation, Role: role, Level: level})
	}
}

func (c *checking) base(r printedRow, name string) {
	c.empty(r, Occupation, Level)
	base := Base{Row: r.row, Name: name, Note: c.text(r.row, Note, r.cells[Note], longestNote)}
	if text := r.cells[Number]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostRows {
			c.fault(r.row, Number, Malformed)
		}
		base.Number, base.MayIssue = &n, true
	}
	for _, level := range strings.FieldsFunc(r.cells[BaseLevel], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、，,;；/", r) }) {
		switch level {
		case national:
			base.National = true
		case municipal:
			base.Municipal = true
		default:
			c.fault(r.row, BaseLevel, UnknownValue)
		}
	}
	if name != "" {
		c.list.Bases = append(c.list.Bases, base)
	}
}

// empty holds a row to the columns of its annex.
func (c *checking) empty(r printedRow, columns ...Column) {
	for _, column := range columns {
		if r.cells[column] != "" {
			c.fault(r.row, column, Conflict)
		}
	}
}

// overlap reports whether two levels have one in common; no level is all of them.
func overlap(a, b string) bool { return a == "" || b == "" || a == b }

// repeated finds rows that say the same, or that give one institution both roles for an occupation and level.
func (c *checking) repeated() {
	at := map[[2]string][]Body{}
	for _, b := range c.list.Bodies {
		key := [2]string{b.Name, b.Occupation}
		for _, before := range at[key] {
			switch {
			case !overlap(before.Level, b.Level):
				continue
			case before.Role != b.Role:
				c.fault(b.Row, Role, TwoRoles)
			default:
				c.fault(b.Row, Name, Duplicate)
			}
			break
		}
		at[key] = append(at[key], b)
	}
	names, numbers := map[string]bool{}, map[int]bool{}
	for _, b := range c.list.Bases {
		if names[b.Name] {
			c.fault(b.Row, Name, Duplicate)
		}
		names[b.Name] = true
		if b.Number != nil {
			if numbers[*b.Number] {
				c.fault(b.Row, Number, Duplicate)
			}
			numbers[*b.Number] = true
		}
	}
}

// ids takes the ids that a file gives names of its rows.
func (c *checking) ids(given []printedID) {
	named, used := map[string]bool{}, map[string]bool{}
	for _, name := range c.list.Names() {
		named[name] = true
	}
	for _, g := range given {
		switch {
		case !institutionID.MatchString(g.id):
			c.fault(g.row, ID, Malformed)
		case c.list.IDs[g.name] != "" && c.list.IDs[g.name] != g.id, used[g.id] && c.list.IDs[g.name] != g.id:
			c.fault(g.row, ID, Duplicate)
		case !named[g.name] && len(c.faults) == 0: // else its row may be among those that are wrong
			c.fault(g.row, Name, UnknownValue)
		default:
			if c.list.IDs == nil {
				c.list.IDs = map[string]string{}
			}
			c.list.IDs[g.name], used[g.id] = g.id, true
		}
	}
}
