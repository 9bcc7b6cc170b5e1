package listing

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// headings are the labels above a table, each with its value beside it.
var headings = map[string]Column{
	"文号": Document, "年度": ListYear, "公布日期": PublishedOn, "生效日期": ValidFrom, "失效日期": ValidTo,
	string(Document): Document, string(ListYear): ListYear, string(PublishedOn): PublishedOn, string(ValidFrom): ValidFrom, string(ValidTo): ValidTo,
}

// columns are the names of a table's columns.
var columns = map[string]Column{
	"单位名称": Name, "单位": Name, "角色": Role, "职业": Occupation, "专业": Occupation, "等级": Level, "序号": Number, "基地级别": BaseLevel,
	"备注": Note, "代码": ID,
	string(Name): Name, string(Role): Role, string(Occupation): Occupation, string(Level): Level, string(Number): Number,
	string(BaseLevel): BaseLevel, string(Note): Note, string(ID): ID,
}

// line is a row of a table, and where it stands.
type line struct {
	row   int
	cells []string
}

// readCSV reads a table as spreadsheets save it: in UTF-8, or in the encoding that theirs have in China.
func readCSV(content []byte) (printed, RowErrors) {
	if !utf8.Valid(content) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(content)
		if err != nil {
			return printed{}, RowErrors{{Code: Unreadable}}
		}
		content = decoded
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	var lines []line
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return readTable(lines)
		}
		if err != nil {
			row := 0
			if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
				row = wrong.Line
			}
			return printed{}, RowErrors{{Row: row, Code: Unreadable}}
		}
		row, _ := r.FieldPos(0)
		lines = append(lines, line{row, cells})
		if len(lines) > mostRows {
			return printed{}, RowErrors{{Row: row, Code: Unreadable}}
		}
	}
}

// mostUnpacked is the largest workbook that is opened: a small file can unpack to a great deal.
const mostUnpacked = 16 << 20

// readXLSX reads the first sheet of a workbook.
func readXLSX(content []byte) (printed, RowErrors) {
	unreadable := RowErrors{{Code: Unreadable}}
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{
		UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostUnpacked,
	})
	if err != nil {
		return printed{}, unreadable
	}
	defer func() { _ = book.Close() }()
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return printed{}, unreadable
	}
	defer func() { _ = rows.Close() }()
	var lines []line
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil || n > mostRows {
			return printed{}, RowErrors{{Row: n, Code: Unreadable}}
		}
		lines = append(lines, line{n, cells})
	}
	if rows.Error() != nil {
		return printed{}, unreadable
	}
	return readTable(lines)
}

// readTable reads a table: its heading, the names of its columns, and a row for each listing.
func readTable(lines []line) (printed, RowErrors) {
	p := printed{heading: map[Column]cell{}}
	var names []Column
	var faults RowErrors
	for _, l := range lines {
		for i := range l.cells {
			l.cells[i] = strings.TrimSpace(l.cells[i])
		}
		switch {
		case strings.Join(l.cells, "") == "":
		case names == nil && headings[l.cells[0]] != "":
			if value := l.at(1); value != "" {
				p.heading[headings[l.cells[0]]] = cell{value, l.row}
			}
		case names == nil:
			names, faults = columnsOf(l)
		default:
			p.add(l, names, &faults)
		}
	}
	if names == nil {
		faults = append(faults, Fault{Column: Name, Code: Required})
	}
	return p, faults
}

func (l line) at(i int) string {
	if i < len(l.cells) {
		return l.cells[i]
	}
	return ""
}

// columnsOf reads the names of a table's columns.
func columnsOf(l line) (names []Column, faults RowErrors) {
	seen := map[Column]bool{}
	names = make([]Column, len(l.cells))
	for i, text := range l.cells {
		column, known := columns[text]
		switch {
		case text == "":
			continue
		case !known:
			faults = append(faults, Fault{l.row, "", UnknownColumn})
		case seen[column]:
			faults = append(faults, Fault{l.row, column, Duplicate})
		}
		names[i], seen[column] = column, true
	}
	for _, needed := range []Column{Name, Role} {
		if !seen[needed] {
			faults = append(faults, Fault{l.row, needed, Required})
		}
	}
	return names, faults
}

func (p *printed) add(l line, names []Column, faults *RowErrors) {
	row := printedRow{row: l.row, cells: map[Column]string{}}
	for i, text := range l.cells {
		switch {
		case text == "":
		case i >= len(names) || names[i] == "":
			*faults = append(*faults, Fault{l.row, "", UnknownColumn})
		default:
			row.cells[names[i]] = text
		}
	}
	p.rows = append(p.rows, row)
	if id := row.cells[ID]; id != "" {
		p.ids = append(p.ids, printedID{l.row, id, row.cells[Name]})
	}
}
