package document

import "github.com/dengpan/dengpan/message"

// grade draws the certificate of an evaluation body (annex 5): whom it is made out to on the left, what it says on the right.
func (s *sheet) grade(p paper) {
	f, h := p.facts, p.holder
	s.frame()
	s.heading(48, 38, 9, message.Text(message.Chinese, "certificate."+f.Kind, nil))
	s.portrait(p, 34, 70)
	s.code(f.VerifyURL, 33, 115, 27)
	for i, row := range []struct{ field, text string }{
		{"name", h.Name},
		{"id_type", message.Text(message.Chinese, "id_type."+h.IDType, nil)},
		{"id_number", h.IDNumber},
		{"occupation", f.Occupation},
		{"direction", f.Direction},
		{"level", f.Level},
		{"number", f.Number},
	} {
		const top, pitch = 75.0, 12.2
		s.row(69, top+pitch*float64(i), 86, row.field, row.text)
	}
	const across = 101.0
	s.body(place{166, 76, across, 121}, 15.5, []run{
		{"", say("grade_by", nil)}, {"issuer", f.IssuerName}, {"", say("grade_end", nil)},
	}, p.extra())
	s.signature(p, 166, 156, across)
	s.lookUp(p, "look_up_grade", 34, 172, 120)
}

// portrait prints the photo in its one inch.
func (s *sheet) portrait(p paper, x, y float64) {
	const width, height, around = 25.0, 35.0, 0.6
	s.image(p.art.Photo, x, y, width, height)
	s.stroke(gold, 0.5)
	s.rectangle(x-around, y-around, width+2*around, height+2*around)
}

// row writes a label and, over a line, what is filled in.
func (s *sheet) row(x, y, width float64, field, text string) {
	const labelled, below = 31.0, 1.9
	s.text(x, y, labelled, style{size: 12, colour: brown}, say("label_"+field, nil))
	s.fill(box{
		field: field, x: x + labelled, y: y, width: width - labelled, lines: 3, height: 10.6, least: 6, pitch: 1.15, bottom: true,
		how: style{size: 13, colour: ink},
	}, text)
	s.stroke(gold, 0.4)
	s.line(x+labelled, y+below, x+width, y+below)
}
