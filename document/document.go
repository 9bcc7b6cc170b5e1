// Package document prints certificates as PDF: those of annexes 3, 4 and 5 of the notice, each fact where the annex has it.
// The same record always gives the same bytes. What is printed is then read back by other code (Lint), before it is signed.
package document

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/signintech/gopdf"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/message"
)

// The kinds of certificates, as in their facts.
const (
	kindTraining = "training"
	kindGrade    = "grade"
	kindCEBase   = certificate.KindCEBase
)

// Template names the layout that certificates of a kind are printed in today. It is frozen with the facts, so that a
// certificate looks the same however layouts change later.
func Template(kind string) string { return kind + "/1" }

// layouts draw a certificate each, by the names of their templates.
var layouts = map[string]func(*sheet, paper){
	Template(kindTraining): (*sheet).training,
	Template(kindGrade):    (*sheet).grade,
	Template(kindCEBase):   (*sheet).ceBase,
}

// Art is the images that are printed: the holder's photo as package photo keeps it, and the seal.
type Art struct {
	Photo []byte
	Seal  []byte
}

// GlyphError says that the font lacks a character of a field: a certificate with a blank box in a name is none.
type GlyphError struct{ Field string }

func (e *GlyphError) Error() string { return "the font lacks a character of " + e.Field }

// IncompleteError lists what a certificate must say and its record does not.
type IncompleteError struct{ Fields []string }

func (e *IncompleteError) Error() string { return "not set: " + strings.Join(e.Fields, ", ") }

// LongError says that a field does not fit into its place at any size that can be read.
type LongError struct{ Field string }

func (e *LongError) Error() string { return e.Field + " is too long to be printed" }

var (
	errTemplate = errors.New("no such template")
	errArt      = errors.New("an image is not the one whose digest the record holds")
)

// Printer prints certificates. It may be used by several goroutines at once.
type Printer struct {
	Fonts *font.Fonts
}

// paper is what is printed on one page.
type paper struct {
	facts  certificate.Facts
	holder certificate.Holder
	art    Art
}

// Render prints a certificate. The error is a *GlyphError, *IncompleteError or *LongError where the record is to blame, and
// font.ErrNone where there is no font.
func (p *Printer) Render(facts certificate.Facts, holder certificate.Holder, art Art) ([]byte, error) {
	name := message.Text(message.Chinese, "certificate."+facts.Kind, nil)
	return p.draw(info{title: name + " " + facts.Number, on: facts.IssuedOn}, []paper{{facts, holder, art}})
}

// draw draws a page for each paper.
func (p *Printer) draw(about info, papers []paper) ([]byte, error) {
	s := &sheet{}
	s.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: wide * mm, H: high * mm}})
	if err := p.Fonts.Give(&s.pdf); err != nil {
		return nil, fmt.Errorf("print a certificate: %w", err)
	}
	for _, one := range papers {
		if err := complete(one); err != nil {
			return nil, err
		}
		layout, known := layouts[one.facts.Template]
		if !known {
			return nil, fmt.Errorf("print a certificate in %q: %w", one.facts.Template, errTemplate)
		}
		s.pdf.AddPage()
		s.demonstration = one.facts.Demonstration
		layout(s, one)
	}
	if s.err != nil {
		return nil, fmt.Errorf("print a certificate: %w", s.err)
	}
	var drawn bytes.Buffer
	if _, err := s.pdf.WriteTo(&drawn); err != nil {
		return nil, fmt.Errorf("print a certificate: %w", err)
	}
	return finish(drawn.Bytes(), about)
}

// complete looks whether everything is there that the kind of certificate must say.
func complete(p paper) error {
	f := p.facts
	said := map[string]bool{
		"name": p.holder.Name != "", "number": f.Number != "", "issuer": f.IssuerName != "", "issued_on": !f.IssuedOn.IsZero(),
		"look_up": len(f.LookUp) > 0, "verify_url": f.VerifyURL != "",
		"seal": f.SealDigest != "" || f.Demonstration,
	}
	if f.Kind != kindTraining {
		said["id_number"] = p.holder.IDType != "" && p.holder.IDNumber != ""
	}
	if f.Kind == kindCEBase {
		said["course"] = f.Course != ""
	} else {
		said["occupation"], said["direction"], said["level"] = f.Occupation != "", f.Direction != "", f.Level != ""
	}
	if f.Kind == kindGrade {
		said["photo"] = f.PhotoDigest != ""
	} else {
		said["from"], said["to"], said["hours"] = !f.From.IsZero(), !f.To.IsZero(), f.Hours != ""
	}
	var missing []string
	for field, is := range said {
		if !is {
			missing = append(missing, field)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return &IncompleteError{Fields: missing}
	}
	if !matches(p.art.Photo, f.PhotoDigest) || !matches(p.art.Seal, f.SealDigest) {
		return errArt
	}
	return nil
}

// matches compares an image with its digest; where the record has none, none is printed.
func matches(content []byte, digest string) bool {
	return digest == "" || certificate.ImageDigest(content) == digest
}

// Booklet prints certificates on one page each into one file, for a printer: nothing in it is signed.
type Booklet struct {
	printer *Printer
	papers  []paper
}

// Booklet begins one.
func (p *Printer) Booklet() *Booklet { return &Booklet{printer: p} }

// Add adds a page.
func (b *Booklet) Add(facts certificate.Facts, holder certificate.Holder, art Art) {
	b.papers = append(b.papers, paper{facts, holder, art})
}

// Pages is how many there are.
func (b *Booklet) Pages() int { return len(b.papers) }

// Print prints the pages under a title.
func (b *Booklet) Print(title string) ([]byte, error) {
	return b.printer.draw(info{title: title}, b.papers)
}
