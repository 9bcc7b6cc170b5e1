package document

import (
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/people"
)

// ceBase draws the certificate of a course of a CE base (annex 3).
func (s *sheet) ceBase(p paper) {
	f, h := p.facts, p.holder
	s.frame()
	s.text(0, 40, wide, style{size: 17, space: 3, align: centre, colour: brown}, say("programme", nil))
	s.heading(54, 31, 4, message.Text(message.Chinese, "certificate."+f.Kind, nil))
	s.fill(box{
		field: "number", x: 40, y: 73, width: wide - 80, lines: 1, least: 7, how: style{size: 12, align: centre, colour: ink},
	}, say("number_ce_base", map[string]any{"number": f.Number}))
	s.body(place{42, 90, wide - 84, 140}, 19, []run{
		{"name", h.Name},
		{"", p.document()},
		{"id_number", h.IDNumber},
		{"", say("ce_base_on", nil)},
		{"from", date(f.From)},
		{"", say("until", nil)},
		{"to", date(f.To)},
		{"", say("attended", nil)},
		{"course", f.Course},
		{"", say("ce_base_hours", nil)},
		{"hours", f.Hours},
		{"", say("ce_base_end", nil)},
	}, p.extra())
	s.foot(p, "look_up_ce_base", say("look_up_how", nil))
	s.signature(p, 172, 168, 90)
}

// document says whose number follows: the annex knows identity cards only.
func (p paper) document() string {
	if people.DocumentType(p.holder.IDType) == identity.ResidentCard {
		return say("ce_base_id_card", nil)
	}
	return say("ce_base_document", map[string]any{"type": p.holder.IDType})
}
