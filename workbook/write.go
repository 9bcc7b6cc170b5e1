package workbook

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/message"
)

// The hidden sheet, which says what a workbook is.
const (
	hiddenSheet = "dengpan"
	signature   = "dengpan-workbook"
	version     = "1"
)

// author is a workbook that is being written.
type author struct {
	file   *excelize.File
	lang   message.Lang
	styles styles
	hidden [][]any // lines of the hidden sheet
	lists  [][]string
}

// Write writes a workbook to be filled in.
func Write(w io.Writer, b Book) error {
	a := author{file: excelize.NewFile(), lang: b.Lang}
	defer func() { _ = a.file.Close() }() // there are no temporary files left
	if err := a.write(b); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	if err := a.file.Write(w); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

func (a *author) write(b Book) (err error) {
	if a.styles, err = newStyles(a.file); err != nil {
		return err
	}
	a.hidden = [][]any{{signature, version}, {"kind", string(b.Kind)}, {"language", string(b.Lang)}}
	about := message.Text(b.Lang, "workbook.sheet.about", nil)
	if err := a.file.SetSheetName("Sheet1", about); err != nil {
		return err
	}
	for i, s := range b.Sheets {
		if err := a.sheet(s); err != nil {
			return err
		}
		if i == 0 {
			index, err := a.file.GetSheetIndex(forms[s.Form].title(a.lang))
			if err != nil {
				return err
			}
			a.file.SetActiveSheet(index)
		}
	}
	if err := a.explain(about, b.Kind); err != nil {
		return err
	}
	if err := a.hide(); err != nil {
		return err
	}
	// Without a password: it keeps from slips, not from people.
	return a.file.ProtectWorkbook(&excelize.WorkbookProtectionOptions{LockStructure: true})
}

// sheet writes one sheet: headings, the rows that are known, and what cells may hold.
func (a *author) sheet(s Sheet) error {
	f, known := forms[s.Form]
	if !known {
		return fmt.Errorf("no sheet is called %q", s.Form)
	}
	name := f.title(a.lang)
	if _, err := a.file.NewSheet(name); err != nil {
		return err
	}
	a.hidden = append(a.hidden, []any{"sheet", f.name, name})
	if err := a.setUp(name); err != nil {
		return err
	}
	last := headings + len(s.Rows) + f.blank
	for i, c := range f.columns {
		if err := a.validate(name, c, i, max(last, headings+f.most), s.Choices[c.key]); err != nil {
			return err
		}
	}
	lines, err := a.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := a.lay(lines, f); err != nil {
		return err
	}
	for i := range last - headings {
		var values map[string]string
		if i < len(s.Rows) {
			values = s.Rows[i]
		}
		cells := make([]any, len(f.columns))
		for j, c := range f.columns {
			value := values[c.key]
			if c.key == keyCheck {
				value = f.checkOf(values)
			}
			cells[j] = excelize.Cell{StyleID: a.styles.of(c), Value: blankOr(value)}
		}
		if err := lines.SetRow("A"+strconv.Itoa(headings+1+i), cells); err != nil {
			return err
		}
	}
	return lines.Flush()
}

// blankOr is a text as a cell's value. A text is never a formula, whatever it begins with.
func blankOr(value string) any {
	if value == "" {
		return nil
	}
	return value
}

// lay sets columns' widths, keeps the headings in sight, and writes them.
func (a *author) lay(lines *excelize.StreamWriter, f form) error {
	frozen := 0
	titles := make([]any, len(f.columns))
	for i, c := range f.columns {
		if err := lines.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		if c.open && f.most > 0 {
			if err := lines.SetColStyle(i+1, i+1, a.styles.of(c)); err != nil {
				return err
			}
		}
		if c.hidden {
			if err := lines.SetColVisible(i+1, i+1, false); err != nil {
				return err
			}
		}
		if c.key == "name" {
			frozen = i + 1
		}
		style := a.styles.heading
		if c.open {
			style = a.styles.toFill
		}
		titles[i] = excelize.Cell{StyleID: style, Value: Title(a.lang, c.key)}
	}
	corner, err := excelize.CoordinatesToCellName(frozen+1, headings+1)
	if err != nil {
		return err
	}
	pane := "bottomRight"
	if frozen == 0 {
		pane = "bottomLeft"
	}
	err = lines.SetPanes(&excelize.Panes{Freeze: true, XSplit: frozen, YSplit: headings, TopLeftCell: corner, ActivePane: pane})
	if err != nil {
		return err
	}
	return lines.SetRow("A1", titles, excelize.RowOpts{Height: 24})
}

// setUp protects a sheet and says how it is printed.
func (a *author) setUp(name string) error {
	err := a.file.ProtectSheet(name, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true, AutoFilter: true,
	})
	if err != nil {
		return err
	}
	landscape, a4, one, all := "landscape", 9, 1, 0
	if err := a.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &all,
	}); err != nil {
		return err
	}
	fit := true
	if err := a.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	return a.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", name, headings, headings), Scope: name,
	})
}

// explain writes the sheet for the reader: what to fill in, how, and what becomes of it.
func (a *author) explain(name string, kind Kind) error {
	if err := a.file.SetColWidth(name, "A", "A", 100); err != nil {
		return err
	}
	told := []string{"title." + string(kind), "fill", "kind." + string(kind), "dates", "send"}
	if kind == Checks { // every column is to be filled in, and there is no date
		told = []string{"title." + string(kind), "kind." + string(kind), "send_checks"}
	}
	if kind == Intake { // its rows are for whoever fills it in to add
		told = []string{"title." + string(kind), "kind." + string(kind), "dates", "send_intake"}
	}
	for i, key := range told {
		at := "A" + strconv.Itoa(i+1)
		if err := a.file.SetCellStr(name, at, message.Text(a.lang, "workbook.about."+key, nil)); err != nil {
			return err
		}
		style := a.styles.prose
		if i == 0 {
			style = a.styles.title
		}
		if err := a.file.SetCellStyle(name, at, at, style); err != nil {
			return err
		}
	}
	return a.file.ProtectSheet(name, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true})
}

// hide writes the hidden sheet: what the workbook is, and the lists that are chosen from.
func (a *author) hide() error {
	if _, err := a.file.NewSheet(hiddenSheet); err != nil {
		return err
	}
	for i, line := range a.hidden {
		if err := a.file.SetSheetRow(hiddenSheet, "A"+strconv.Itoa(i+1), &line); err != nil {
			return err
		}
	}
	for i, list := range a.lists {
		at, err := excelize.CoordinatesToCellName(firstList+i, 1)
		if err != nil {
			return err
		}
		if err := a.file.SetSheetCol(hiddenSheet, at, &list); err != nil {
			return err
		}
	}
	return a.file.SetSheetVisible(hiddenSheet, false, true)
}
