package workbook

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/message"
)

// Said is what became of a row, in words.
type Said struct {
	Outcome string
	Wrong   []Wrong
	More    []string // what else there is to say, in the order of the report's own columns
}

// Wrong is what is wrong with one column of a row, in words.
type Wrong struct{ Column, Text string }

// WriteReport writes what became of each row, beside what was sent: the rows' numbers and values as they were, and a column
// that says what is wrong. Of gives what is to be said of a row of a sheet. A report may have columns of its own, after these.
func WriteReport(w io.Writer, lang message.Lang, filled Filled, of func(sheet, row int) Said, more ...string) error {
	file := excelize.NewFile()
	defer func() { _ = file.Close() }() // there are no temporary files left
	looks, err := newStyles(file)
	if err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	for i, s := range filled.Sheets {
		name := forms[s.Form].title(lang)
		if i == 0 {
			err = file.SetSheetName("Sheet1", name)
		} else {
			_, err = file.NewSheet(name)
		}
		if err == nil {
			err = reportSheet(file, looks, lang, name, s, func(row int) Said { return of(i, row) }, more)
		}
		if err != nil {
			return fmt.Errorf("write a report: %w", err)
		}
	}
	if err := file.Write(w); err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	return nil
}

func reportSheet(
	file *excelize.File, looks styles, lang message.Lang, name string, s FilledSheet, of func(row int) Said, more []string,
) error {
	lines, err := file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	titles := []any{
		excelize.Cell{StyleID: looks.heading, Value: message.Text(lang, "workbook.report.row", nil)},
		excelize.Cell{StyleID: looks.heading, Value: message.Text(lang, "workbook.report.outcome", nil)},
		excelize.Cell{StyleID: looks.heading, Value: message.Text(lang, "workbook.report.wrong", nil)},
	}
	widths := []float64{8, 16, 60}
	var columns []column
	for _, c := range forms[s.Form].columns {
		if !c.hidden {
			columns, widths = append(columns, c), append(widths, c.width)
			titles = append(titles, excelize.Cell{StyleID: looks.heading, Value: Title(lang, c.key)})
		}
	}
	for _, title := range more {
		const width = 24
		widths, titles = append(widths, width), append(titles, excelize.Cell{StyleID: looks.heading, Value: title})
	}
	for i, width := range widths {
		if err := lines.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := lines.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := lines.SetRow("A1", titles); err != nil {
		return err
	}
	for i, row := range s.Rows {
		said := of(i)
		faulty := map[string]bool{}
		texts := make([]string, len(said.Wrong))
		for j, w := range said.Wrong {
			faulty[w.Column], texts[j] = true, w.Text
		}
		cells := []any{row.Number, said.Outcome, blankOr(strings.Join(texts, "\n"))}
		for _, c := range columns {
			style := looks.locked
			if faulty[c.key] {
				style = looks.wrong
			}
			cells = append(cells, excelize.Cell{StyleID: style, Value: blankOr(row.Values[c.key])})
		}
		for _, text := range said.More {
			cells = append(cells, blankOr(text))
		}
		if err := lines.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	return lines.Flush()
}
