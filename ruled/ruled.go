// Package ruled draws pages with a table: a heading, ruled rows that go on over pages, sentences below them, and a foot on every
// page that says what it is of. Such a page is no certificate: it carries no seal.
package ruled

import (
	"fmt"
	"io"
	"strings"

	"github.com/signintech/gopdf"

	"github.com/dengpan/dengpan/font"
)

// The page, in points.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	margin     = 48.0
	footer     = 70.0 // is kept free at the bottom
	lineHeight = 14.0
	padding    = 5.0
	width      = pageWidth - 2*margin
)

// Sizes of letters.
const (
	Small  = 8.5
	Normal = 10.0
	Middle = 13.0
	Large  = 20.0
)

// Where a column's cells stand.
const (
	Left   = gopdf.Left
	Centre = gopdf.Center
	Right  = gopdf.Right
)

// Column is one of a table; the widths of all come to [Width].
type Column struct {
	Title string
	Width float64
	Align int
}

// Width is what the columns of a table have together.
const Width = width

// Paper is drawn from top to bottom. The first error stays; what is drawn after it is drawn in vain.
type Paper struct {
	pdf     gopdf.GoPdf
	mark    string // over every page
	columns []Column
	y       float64
	pages   int
	rare    bool
	err     error
}

// Foot is what stands at the bottom of a page.
type Foot struct{ Left, Right, Below string }

// New begins a paper, whose pages all bear the mark if there is one. The error is font.ErrNone when there is no font.
func New(fonts *font.Fonts, title, mark string, columns []Column) (*Paper, error) {
	p := &Paper{mark: mark, columns: columns}
	p.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	p.pdf.SetInfo(gopdf.PdfInfo{Title: title, Creator: "Dengpan"})
	if err := fonts.Give(&p.pdf); err != nil {
		return nil, fmt.Errorf("print a page: %w", err)
	}
	p.turn()
	return p, nil
}

// Write writes the paper as a PDF. The foot of each page is drawn now that their number is known.
func (p *Paper) Write(w io.Writer, foot func(page, pages int) Foot) error {
	for n := 1; n <= p.pages; n++ {
		p.keep(p.pdf.SetPage(n))
		p.pdf.Line(margin, pageHeight-footer+2*padding, pageWidth-margin, pageHeight-footer+2*padding)
		y, f := pageHeight-footer+3*padding, foot(n, p.pages)
		p.text(margin, y, width, Small, Left, f.Left)
		p.text(margin, y, width, Small, Right, f.Right)
		p.text(margin, y+lineHeight, width, Small, Left, f.Below)
	}
	if p.err != nil {
		return fmt.Errorf("print a page: %w", p.err)
	}
	if _, err := p.pdf.WriteTo(w); err != nil {
		return fmt.Errorf("print a page: %w", err)
	}
	return nil
}

// Rare reports whether something was drawn that the font lacks.
func (p *Paper) Rare() bool { return p.rare }

// turn begins a page.
func (p *Paper) turn() {
	p.pdf.AddPage()
	p.pages++
	p.y = margin
	p.pdf.SetLineWidth(0.6)
	if p.mark == "" {
		return
	}
	p.pdf.SetTextColor(179, 38, 30)
	p.pdf.SetStrokeColor(179, 38, 30)
	p.pdf.RectFromUpperLeft(margin, p.y-padding, width, lineHeight+2*padding)
	p.text(margin, p.y, width, Normal, Centre, p.mark)
	p.pdf.SetTextColor(0, 0, 0)
	p.pdf.SetStrokeColor(0, 0, 0)
	p.y += lineHeight + 4*padding
}

// Heading writes what the paper is called and, smaller, of what it is.
func (p *Paper) Heading(title, subtitle string) {
	p.y += 2 * padding
	p.text(margin, p.y, width, Large, Centre, title)
	p.y += 2*lineHeight + padding
	p.text(margin, p.y, width, Middle, Centre, subtitle)
	p.y += 2*lineHeight + padding
}

// Facts writes facts, two to a line, and below them what goes over the whole width.
func (p *Paper) Facts(facts []string, wide ...string) {
	const columns = 2
	for i, fact := range facts {
		p.text(margin+float64(i%columns)*width/columns, p.y, width/columns, Normal, Left, fact)
		if i%columns == columns-1 || i == len(facts)-1 {
			p.y += lineHeight + padding
		}
	}
	for _, fact := range wide {
		p.text(margin, p.y, width, Normal, Left, fact)
		p.y += lineHeight + padding
	}
	p.y += padding
}

// Table draws the columns' titles, and the rows.
func (p *Paper) Table(rows [][]string) {
	p.header()
	for _, cells := range rows {
		if p.y+p.height(cells) > pageHeight-footer {
			p.turn()
			p.header()
		}
		p.draw(cells, false)
	}
}

func (p *Paper) header() {
	cells := make([]string, len(p.columns))
	for i, c := range p.columns {
		cells[i] = c.Title
	}
	p.draw(cells, true)
}

func (p *Paper) height(cells []string) float64 {
	most := 1
	for i, cell := range cells {
		most = max(most, len(p.wrap(cell, p.columns[i].Width-2*padding, Normal)))
	}
	return float64(most)*lineHeight + 2*padding
}

func (p *Paper) draw(cells []string, header bool) {
	height := p.height(cells)
	x := margin
	for i, c := range p.columns {
		align := c.Align
		if header {
			align = Centre
			p.pdf.SetFillColor(238, 238, 238)
			p.pdf.RectFromUpperLeftWithStyle(x, p.y, c.Width, height, "FD")
			p.pdf.SetFillColor(0, 0, 0)
		} else {
			p.pdf.RectFromUpperLeft(x, p.y, c.Width, height)
		}
		lines := p.wrap(cells[i], c.Width-2*padding, Normal)
		top := p.y + (height-float64(len(lines))*lineHeight)/2
		for n, line := range lines {
			p.text(x+padding, top+float64(n)*lineHeight, c.Width-2*padding, Normal, align, line)
		}
		x += c.Width
	}
	p.y += height
}

// Gap leaves room before what follows.
func (p *Paper) Gap() { p.y += 2 * padding }

// Paragraphs writes sentences over the whole width.
func (p *Paper) Paragraphs(size float64, texts ...string) {
	for _, text := range texts {
		for _, line := range p.wrap(text, width, size) {
			if p.y+lineHeight > pageHeight-footer {
				p.turn()
			}
			p.text(margin, p.y, width, size, Left, line)
			p.y += lineHeight
		}
	}
}

// wrap breaks a text into lines that fit a width.
func (p *Paper) wrap(text string, width, size float64) []string {
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
func (p *Paper) text(x, y, width, size float64, align int, text string) {
	p.keep(p.pdf.SetFont(font.Family, "", size))
	for _, r := range text {
		has, err := p.pdf.IsCurrFontContainGlyph(r)
		p.keep(err)
		p.rare = p.rare || !has
	}
	p.pdf.SetXY(x, y)
	p.keep(p.pdf.CellWithOption(&gopdf.Rect{W: width, H: lineHeight}, text, gopdf.CellOption{Align: align | gopdf.Middle}))
}

func (p *Paper) keep(err error) {
	if p.err == nil {
		p.err = err
	}
}
