package handbook

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/signintech/gopdf"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/message"
)

// Page is a statement as it is printed. It carries no seal: whoever confirms it puts theirs on the paper.
type Page struct {
	Statement

	Digest    string
	IDNumber  string // masked
	Document  string // what the document is called
	PrintedOn calendar.Date
	// Demonstration marks a page that rests on 演示数据.
	Demonstration bool
	// CrossYear says that the two readings of the year differ for some row.
	CrossYear    bool
	Rows         []Row
	BySession    Totals
	ByCompletion Totals
	// Rule is where the year's requirement is written, and how sure we are of it.
	Rule string
}

// Row is a line of a statement in words.
type Row struct {
	Title       string
	Institution string
	From        calendar.Date
	To          calendar.Date
	Subject     string
	Hours       string
	Note        string
}

// The page, in points.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	margin     = 48.0
	footer     = 70.0 // is kept free at the bottom
	lineHeight = 14.0
	padding    = 5.0
	small      = 8.5
	normal     = 10.0
)

type column struct {
	key   string
	width float64
	align int
}

var columns = []column{
	{"no", 30, gopdf.Center},
	{"content", 168, gopdf.Left},
	{"institution", 118, gopdf.Left},
	{"period", 82, gopdf.Center},
	{"subject", 48, gopdf.Center},
	{"hours", 53.28, gopdf.Right},
}

// Print writes the page as a PDF, in Chinese: the register is an official form. The error is font.ErrNone when there is no
// font to print it in.
func Print(w io.Writer, fonts *font.Fonts, page Page) error {
	p := &printer{page: page}
	p.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	p.pdf.SetInfo(gopdf.PdfInfo{Title: say("title") + " " + page.Number, Creator: "Dengpan"})
	if err := fonts.Give(&p.pdf); err != nil {
		return fmt.Errorf("print a page: %w", err)
	}
	p.print()
	if p.err != nil {
		return fmt.Errorf("print a page: %w", p.err)
	}
	if _, err := p.pdf.WriteTo(w); err != nil {
		return fmt.Errorf("print a page: %w", err)
	}
	return nil
}

func say(key string) string { return message.Text(message.Chinese, "handbook."+key, nil) }

func sayWith(key string, params map[string]any) string {
	return message.Text(message.Chinese, "handbook."+key, params)
}

// printer draws from top to bottom. The first error stays; what is drawn after it is drawn in vain.
type printer struct {
	pdf   gopdf.GoPdf
	page  Page
	y     float64
	pages int
	rare  bool // something was printed that the font lacks
	err   error
}

func (p *printer) print() {
	p.turn()
	p.heading()
	p.header()
	for i, row := range p.page.Rows {
		p.row([]string{
			strconv.Itoa(i + 1), row.Title + withNote(row.Note), row.Institution, period(row), row.Subject, row.Hours,
		})
	}
	if len(p.page.Rows) == 0 {
		p.row([]string{"", say("none"), "", "", "", ""})
	}
	p.summary()
	p.notes()
	p.footers()
}

func withNote(note string) string {
	if note == "" {
		return ""
	}
	return "（" + note + "）"
}

func period(row Row) string {
	switch {
	case row.From.IsZero():
		return "—"
	case row.From == row.To:
		return row.From.String()
	}
	return row.From.String() + "\n" + say("until") + row.To.String()
}

// turn begins a page.
func (p *printer) turn() {
	p.pdf.AddPage()
	p.pages++
	p.y = margin
	p.pdf.SetLineWidth(0.6)
	if !p.page.Demonstration {
		return
	}
	p.pdf.SetTextColor(179, 38, 30)
	p.pdf.SetStrokeColor(179, 38, 30)
	p.pdf.RectFromUpperLeft(margin, p.y-padding, pageWidth-2*margin, lineHeight+2*padding)
	p.text(margin, p.y, pageWidth-2*margin, normal, gopdf.Center, say("demonstration"))
	p.pdf.SetTextColor(0, 0, 0)
	p.pdf.SetStrokeColor(0, 0, 0)
	p.y += lineHeight + 4*padding
}

func (p *printer) heading() {
	const large, middle = 20.0, 13.0
	width := pageWidth - 2*margin
	p.y += 2 * padding
	p.text(margin, p.y, width, large, gopdf.Center, say("title"))
	p.y += 2*lineHeight + padding
	p.text(margin, p.y, width, middle, gopdf.Center, sayWith("subtitle", map[string]any{"year": p.page.Year}))
	p.y += 2*lineHeight + padding
	const columns = 2
	for i, fact := range []string{
		say("name") + p.page.Holder, say("number") + p.page.Number,
		p.page.Document + "：" + p.page.IDNumber, sayWith("version", map[string]any{"version": p.page.Version}),
	} {
		at := margin + float64(i%columns)*width/columns
		p.text(at, p.y, width/columns, normal, gopdf.Left, fact)
		if i%columns == columns-1 {
			p.y += lineHeight + padding
		}
	}
	if p.page.Version < p.page.Latest {
		p.text(margin, p.y, width, normal, gopdf.Left, sayWith("superseded", map[string]any{"latest": p.page.Latest}))
		p.y += lineHeight + padding
	}
	p.y += padding
}

// header is the table's.
func (p *printer) header() {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = say("column_" + c.key)
	}
	p.draw(cells, true)
}

// row draws a row, on a new page if it does not fit.
func (p *printer) row(cells []string) {
	if p.y+p.height(cells) > pageHeight-footer {
		p.turn()
		p.header()
	}
	p.draw(cells, false)
}

func (p *printer) height(cells []string) float64 {
	most := 1
	for i, cell := range cells {
		most = max(most, len(p.wrap(cell, columns[i].width-2*padding, normal)))
	}
	return float64(most)*lineHeight + 2*padding
}

func (p *printer) draw(cells []string, header bool) {
	height := p.height(cells)
	x := margin
	for i, c := range columns {
		align := c.align
		if header {
			align = gopdf.Center
			p.pdf.SetFillColor(238, 238, 238)
			p.pdf.RectFromUpperLeftWithStyle(x, p.y, c.width, height, "FD")
			p.pdf.SetFillColor(0, 0, 0)
		} else {
			p.pdf.RectFromUpperLeft(x, p.y, c.width, height)
		}
		lines := p.wrap(cells[i], c.width-2*padding, normal)
		top := p.y + (height-float64(len(lines))*lineHeight)/2
		for n, line := range lines {
			p.text(x+padding, top+float64(n)*lineHeight, c.width-2*padding, normal, align, line)
		}
		x += c.width
	}
	p.y += height
}

// summary is what the year comes to against what it asks.
func (p *printer) summary() {
	lines := []string{
		sum("total", p.page.BySession.Total), sum("professional", p.page.BySession.Professional), p.page.Rule,
	}
	if p.page.CrossYear {
		lines = append(lines, say("cross_year"), sayWith("by_completion", map[string]any{
			"total": p.page.ByCompletion.Total.Have.String(), "professional": p.page.ByCompletion.Professional.Have.String(),
		}))
	}
	p.y += 2 * padding
	p.paragraphs(normal, lines)
}

func sum(key string, of Asked) string {
	params := map[string]any{"have": of.Have.String(), "need": of.Need.String(), "missing": of.Missing.String()}
	if of.Met {
		return sayWith(key+"_met", params)
	}
	return sayWith(key+"_missing", params)
}

func (p *printer) notes() {
	p.y += padding
	lines := []string{say("note")}
	if p.rare {
		lines = append(lines, say("rare"))
	}
	p.paragraphs(small, lines)
}

func (p *printer) paragraphs(size float64, texts []string) {
	width := pageWidth - 2*margin
	for _, text := range texts {
		for _, line := range p.wrap(text, width, size) {
			if p.y+lineHeight > pageHeight-footer {
				p.turn()
			}
			p.text(margin, p.y, width, size, gopdf.Left, line)
			p.y += lineHeight
		}
	}
}

// footers is written last, when the number of pages is known. Every page says which statement it is of.
func (p *printer) footers() {
	width := pageWidth - 2*margin
	for n := 1; n <= p.pages; n++ {
		p.keep(p.pdf.SetPage(n))
		p.pdf.Line(margin, pageHeight-footer+2*padding, pageWidth-margin, pageHeight-footer+2*padding)
		y := pageHeight - footer + 3*padding
		p.text(margin, y, width, small, gopdf.Left, sayWith("foot", map[string]any{
			"number": p.page.Number, "version": p.page.Version, "date": p.page.PrintedOn.String(),
		}))
		p.text(margin, y, width, small, gopdf.Right, sayWith("pages", map[string]any{
			"page": n, "pages": p.pages,
		}))
		p.text(margin, y+lineHeight, width, small, gopdf.Left, say("digest")+p.page.Digest)
	}
}

// wrap breaks a text into lines that fit a width.
func (p *printer) wrap(text string, width, size float64) []string {
	p.keep(p.pdf.SetFont(font.Family, "", size))
	var lines []string
	for part := range strings.SplitSeq(text, "\n") {
		if part == "" {
			lines = append(lines, "")
			continue
		}
		split, err := p.pdf.SplitText(part, width)
		p.keep(err)
		lines = append(lines, split...)
	}
	return lines
}

// text writes a line into a width.
func (p *printer) text(x, y, width, size float64, align int, text string) {
	p.keep(p.pdf.SetFont(font.Family, "", size))
	for _, r := range text {
		has, err := p.pdf.IsCurrFontContainGlyph(r)
		p.keep(err)
		p.rare = p.rare || !has
	}
	p.pdf.SetXY(x, y)
	p.keep(p.pdf.CellWithOption(&gopdf.Rect{W: width, H: lineHeight}, text, gopdf.CellOption{Align: align | gopdf.Middle}))
}

func (p *printer) keep(err error) {
	if p.err == nil {
		p.err = err
	}
}
