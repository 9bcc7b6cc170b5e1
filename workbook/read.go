package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/message"
)

// book is a workbook that is being read.
type book struct {
	file     *excelize.File
	formulas map[string]map[string]bool // by sheet, where there are formulas
	date1904 bool                       // days are counted from 1904, as old Macs did
	rows     int                        // that were read so far
	most     int                        // that are read
}

// Read reads a workbook that was filled in. An error that is a *RefusedError says why it is not read.
func Read(content []byte) (Filled, error) {
	parts, err := inspect(content)
	if err != nil {
		return Filled{}, err
	}
	file, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: mostUnzipped, // nothing goes to the disk
	})
	if err != nil {
		return Filled{}, refuse(Unreadable)
	}
	defer func() { _ = file.Close() }() // there are no temporary files
	b := book{file: file, formulas: parts.formulas, most: MostRows}
	if properties, err := file.GetWorkbookProps(); err == nil && properties.Date1904 != nil {
		b.date1904 = *properties.Date1904
	}
	filled, sheets, err := b.about()
	if err != nil {
		return Filled{}, err
	}
	if filled.Kind == Intake {
		b.most = mostPeople
	}
	for _, s := range sheets {
		rows, err := b.sheet(s)
		if err != nil {
			return Filled{}, err
		}
		filled.Sheets = append(filled.Sheets, FilledSheet{Form: s.form.name, Rows: rows})
	}
	if b.rows == 0 {
		return Filled{}, refuse(Nothing)
	}
	return filled, nil
}

// named is a sheet of the workbook, and which it is.
type named struct {
	form form
	name string
}

// about reads the hidden sheet: what the workbook is, and which of its sheets is which.
func (b *book) about() (Filled, []named, error) {
	lines, err := b.file.GetRows(hiddenSheet)
	if err != nil || len(lines) == 0 || len(lines[0]) < 2 || lines[0][0] != signature {
		return Filled{}, nil, refuse(NotOurs)
	}
	if lines[0][1] != version {
		return Filled{}, nil, refuse(Outdated)
	}
	var filled Filled
	var sheets []named
	for _, line := range lines[1:] {
		if len(line) < 2 {
			continue
		}
		switch line[0] {
		case "kind":
			filled.Kind = Kind(line[1])
		case "language":
			filled.Lang = message.Lang(line[1])
		case "sheet":
			f, known := forms[line[1]]
			if !known || len(line) < 3 || !slices.Contains(sheetsFor[filled.Kind], f.name) || len(sheets) == len(forms) {
				return Filled{}, nil, refuse(NotOurs)
			}
			sheets = append(sheets, named{f, line[2]})
		}
	}
	if len(sheets) == 0 {
		return Filled{}, nil, refuse(NotOurs)
	}
	return filled, sheets, nil
}

// sheet reads one sheet.
func (b *book) sheet(s named) ([]Row, error) {
	lines, err := b.file.Rows(s.name)
	if errors.As(err, new(excelize.ErrSheetNotExist)) {
		return nil, &RefusedError{Code: Headings, Place: s.form.name}
	}
	if err != nil {
		return nil, refuse(Unreadable)
	}
	defer func() { _ = lines.Close() }() // there are no temporary files
	var columns []*column
	rows := []Row{}
	for number := 1; lines.Next(); number++ {
		cells, err := lines.Columns()
		if err != nil {
			return nil, refuse(Unreadable)
		}
		if number == headings {
			if columns, err = s.form.order(cells); err != nil {
				return nil, err
			}
			continue
		}
		if empty(cells) {
			continue
		}
		if b.rows++; b.rows > b.most {
			return nil, refuse(TooMany)
		}
		row := b.row(s, number, columns, cells)
		if len(row.Values) > 0 {
			rows = append(rows, row)
		}
	}
	if columns == nil {
		return nil, &RefusedError{Code: Headings, Place: s.form.name}
	}
	return rows, nil
}

func empty(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// order finds out which column is which, by their headings: columns may have been moved, and the language is the writer's.
func (f form) order(cells []string) ([]*column, error) {
	by := map[string]*column{}
	for i, c := range f.columns {
		for _, lang := range []message.Lang{message.Chinese, message.English} {
			by[Title(lang, c.key)] = &f.columns[i]
		}
	}
	columns := make([]*column, len(cells))
	seen := map[string]bool{}
	for i, cell := range cells {
		title := strings.TrimSpace(cell)
		if title == "" {
			continue
		}
		c, known := by[title]
		if !known || seen[c.key] {
			return nil, &RefusedError{Code: Headings, Place: f.name + "!" + reference(i, headings)}
		}
		seen[c.key], columns[i] = true, c
	}
	for _, c := range f.columns {
		if !seen[c.key] {
			return nil, &RefusedError{Code: Headings, Place: f.name + "." + c.key}
		}
	}
	return columns, nil
}

// reference is where a cell is, as spreadsheets say it.
func reference(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column+1, row) // both count from 1
	return name
}

// row reads one row.
func (b *book) row(s named, number int, columns []*column, cells []string) Row {
	row := Row{Number: number, Values: map[string]string{}, Fields: map[string]any{}, Faults: []Fault{}}
	for i, value := range cells {
		if i >= len(columns) || columns[i] == nil {
			if strings.TrimSpace(value) != "" {
				row.fault(reference(i, number), CellChanged) // it stands under no heading
			}
			continue
		}
		if value = strings.TrimSpace(value); value != "" {
			row.Values[columns[i].key] = b.shown(*columns[i], value)
		}
	}
	for i, c := range columns {
		if c != nil && b.formulas[s.name][reference(i, number)] {
			row.fault(c.key, CellFormula)
		}
	}
	if s.form.has(keyCheck) && row.Values[keyCheck] != s.form.checkOf(row.Values) {
		row.fault(s.form.columns[0].key, CellChanged)
	}
	for _, c := range s.form.columns {
		value, written := row.Values[c.key]
		if !c.open || !written || row.faulty(c.key) {
			continue
		}
		read, code := b.read(c, value, row.Values[keyDay])
		if c.key == keyCompleted && meansAll(value) {
			read = split(row.Values[keyModules])
		}
		switch {
		case code != "":
			row.fault(c.key, code)
		case read != nil && !c.part:
			row.Fields[c.key] = read
		}
	}
	return row
}

func (r *Row) fault(column, code string) {
	if !r.faulty(column) {
		r.Faults = append(r.Faults, Fault{Column: column, Code: code})
	}
}

func (r *Row) faulty(column string) bool {
	for _, f := range r.Faults {
		if f.Column == column {
			return true
		}
	}
	return false
}

// Filled reports whether anything was filled in.
func (r *Row) Filled(form string) bool {
	for _, c := range forms[form].columns {
		if c.open && r.Values[c.key] != "" {
			return true
		}
	}
	return false
}

// Columns are the columns that a sheet shows, in their order.
func Columns(name string) []string {
	f, known := forms[name]
	if !known {
		panic(fmt.Sprintf("workbook: no sheet is called %q", name))
	}
	var keys []string
	for _, c := range f.columns {
		if !c.hidden {
			keys = append(keys, c.key)
		}
	}
	return keys
}
