package api

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/calendar"
)

// sheet is a table that is written row by row.
type sheet interface {
	row(cells []any) error
	flush() error // what was written is sent on
	close() error
}

// csvSheet is a table as text. It begins with a byte order mark, without which spreadsheets misread Chinese.
type csvSheet struct{ out *csv.Writer }

func newCSVSheet(w io.Writer) (sheet, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("begin a table: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return csvSheet{out}, nil
}

func (s csvSheet) row(cells []any) error {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = harmless(cellText(cell))
	}
	if err := s.out.Write(texts); err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	return nil
}

func (s csvSheet) flush() error {
	s.out.Flush()
	return s.out.Error() //nolint:wrapcheck // wrapped by who writes the file
}

func (s csvSheet) close() error { return s.flush() }

// harmless is a cell that no spreadsheet takes for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// cellText is a cell as text; instants are Beijing's.
func cellText(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return v.In(calendar.Beijing).Format(time.DateTime)
	case *time.Time:
		if v == nil {
			return ""
		}
		return cellText(*v)
	}
	return fmt.Sprint(cell)
}

// excelSheet is a workbook of one sheet. The library keeps what is written in a file of its own until the end.
type excelSheet struct {
	book *excelize.File
	rows *excelize.StreamWriter
	to   io.Writer
	n    int
}

func newExcelSheet(w io.Writer) (sheet, error) {
	book := excelize.NewFile()
	rows, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, fmt.Errorf("begin a workbook: %w", err)
	}
	return &excelSheet{book: book, rows: rows, to: w}, nil
}

func (s *excelSheet) row(cells []any) error {
	s.n++
	at, err := excelize.CoordinatesToCellName(1, s.n)
	if err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	values := make([]any, len(cells))
	for i, cell := range cells {
		values[i] = cell
		switch cell.(type) {
		case int, float64:
		default:
			values[i] = cellText(cell)
		}
	}
	if err := s.rows.SetRow(at, values); err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	return nil
}

func (*excelSheet) flush() error { return nil }

func (s *excelSheet) close() error {
	err := s.rows.Flush()
	if err == nil {
		_, err = s.book.WriteTo(s.to)
	}
	if closing := s.book.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}
