package document

import (
	"math"
	"strings"

	"github.com/signintech/gopdf"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/message"
)

// A4 across. Places and lengths are in millimetres from the upper left corner, sizes of type in points.
const (
	wide = 297.0
	high = 210.0
	mm   = 72 / 25.4
)

type colour struct{ r, g, b uint8 }

var (
	ink    = colour{0x26, 0x22, 0x20}
	brown  = colour{0x7a, 0x68, 0x52} // labels, small print
	red    = colour{0x96, 0x1e, 0x23} // titles
	gold   = colour{0xb8, 0x94, 0x5a}
	ivory  = colour{0xf3, 0xea, 0xd8} // the pattern under the text
	stamp  = colour{0xc8, 0x20, 0x2a}
	notice = colour{0xb3, 0x26, 0x1e}
)

// Where a line stands in its width.
const (
	left = iota
	centre
	right
)

// sheet draws on the current page. The first error stays; what is drawn after it is drawn in vain.
type sheet struct {
	pdf           gopdf.GoPdf
	demonstration bool
	err           error
}

func (s *sheet) keep(err error) {
	if s.err == nil {
		s.err = err
	}
}

// say is a text of the certificates' own, in Chinese: they are official forms.
func say(key string, params map[string]any) string {
	return message.Text(message.Chinese, "document."+key, params)
}

// date is a day as the annexes write it.
func date(d calendar.Date) string {
	return say("date", map[string]any{"year": d.Year(), "month": int(d.Month()), "day": d.Day()})
}

func (s *sheet) stroke(c colour, width float64) {
	s.pdf.SetStrokeColor(c.r, c.g, c.b)
	s.pdf.SetLineWidth(width)
}

func (s *sheet) line(x1, y1, x2, y2 float64) { s.pdf.Line(x1*mm, y1*mm, x2*mm, y2*mm) }

func (s *sheet) rectangle(x, y, w, h float64) { s.pdf.RectFromUpperLeft(x*mm, y*mm, w*mm, h*mm) }

func (s *sheet) polygon(points []gopdf.Point, style string) {
	scaled := make([]gopdf.Point, len(points))
	for i, p := range points {
		scaled[i] = gopdf.Point{X: p.X * mm, Y: p.Y * mm}
	}
	s.pdf.Polygon(scaled, style)
}

// face sets the size of type, and the space between characters, both in points.
func (s *sheet) face(size, space float64) {
	s.keep(s.pdf.SetFont(font.Family, "", size))
	s.keep(s.pdf.SetCharSpacing(space))
}

// width measures a text in the current face. The space after its last character does not count.
func (s *sheet) width(text string, space float64) float64 {
	w, err := s.pdf.MeasureTextWidth(text)
	s.keep(err)
	return (w - space) / mm
}

// has reports whether the font has every character of a field, and keeps the error if not.
func (s *sheet) has(field, text string) {
	for _, r := range text {
		has, err := s.pdf.IsCurrFontContainGlyph(r)
		s.keep(err)
		if !has {
			s.keep(&GlyphError{Field: field})
		}
	}
}

// style is how a text is set.
type style struct {
	size  float64
	space float64
	align int
	colour
}

// text writes a line; y is where it stands.
func (s *sheet) text(x, y, width float64, how style, text string) {
	s.face(how.size, how.space)
	switch how.align {
	case centre:
		x += (width - s.width(text, how.space)) / 2
	case right:
		x += width - s.width(text, how.space)
	}
	s.pdf.SetTextColor(how.r, how.g, how.b)
	s.pdf.SetXY(x*mm, y*mm)
	s.keep(s.pdf.Text(text))
}

// box is a place for a field: the text is set smaller, and then on more lines, until it fits.
type box struct {
	field  string
	x, y   float64 // y is where the first line stands
	width  float64
	lines  int     // the most there are
	height float64 // the most they take; zero: as much as they need
	how    style
	least  float64 // the smallest size
	pitch  float64 // from line to line, in sizes of type
	bottom bool    // the last line stands at y, and others above it
}

// leading is from line to line unless a box says otherwise.
const leading = 1.35

// fit finds how a text fits into a box: on one line if it need not be set much smaller for that.
func (s *sheet) fit(b box, text string) (size float64, lines []string) {
	s.face(b.how.size, 0)
	s.has(b.field, text)
	const step, much = 0.5, 0.75
	for _, way := range []struct {
		lines int
		least float64
	}{{1, math.Max(b.least, b.how.size*much)}, {b.lines, b.least}} {
		for size = b.how.size; size >= way.least; size -= step {
			s.face(size, b.how.space)
			lines = s.wrap(text, b.width, b.how.space)
			if len(lines) <= way.lines && (b.height == 0 || b.down(size)*float64(len(lines)) <= b.height) {
				return size, lines
			}
		}
	}
	s.keep(&LongError{Field: b.field})
	return b.least, nil
}

// down is from line to line, at a size.
func (b box) down(size float64) float64 {
	if b.pitch == 0 {
		return size * leading / mm
	}
	return size * b.pitch / mm
}

// fill writes a field into its box, and says where its last line stands.
func (s *sheet) fill(b box, text string) float64 {
	size, lines := s.fit(b, text)
	down, y := b.down(size), b.y
	if b.bottom {
		y -= down * float64(len(lines)-1)
	}
	how := b.how
	how.size = size
	for i, line := range lines {
		s.text(b.x, y+down*float64(i), b.width, how, line)
	}
	return y + down*float64(max(0, len(lines)-1))
}

// wrap breaks a text into lines that fit a width in the current face.
func (s *sheet) wrap(text string, width, space float64) []string {
	var lines []string
	line := ""
	for _, word := range s.pieces(text, width, space) {
		if line != "" && s.width(line+word, space) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = strings.TrimLeft(word, " ")
			continue
		}
		line += word
	}
	return append(lines, line)
}

// pieces cuts a text where a line may be broken; what is wider than a line may be broken anywhere.
func (s *sheet) pieces(text string, width, space float64) []string {
	var all []string
	for _, word := range words(text) {
		if s.width(word, space) <= width {
			all = append(all, word)
		} else {
			all = append(all, strings.Split(word, "")...)
		}
	}
	return all
}
