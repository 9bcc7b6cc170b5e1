package document

import "github.com/dengpan/dengpan/message"

// training draws the certificate of a training body (annex 4).
func (s *sheet) training(p paper) {
	f, h := p.facts, p.holder
	s.frame()
	s.heading(51, 42, 10, message.Text(message.Chinese, "certificate."+f.Kind, nil))
	s.body(place{42, 82, wide - 84, 140}, 20, []run{
		{"name", h.Name},
		{"", say("training_comrade", nil)},
		{"from", date(f.From)},
		{"", say("until", nil)},
		{"to", date(f.To)},
		{"", say("attended", nil)},
		{"occupation", f.Occupation},
		{"", say("training_occupation", nil)},
		{"direction", f.Direction},
		{"", say("training_direction", nil)},
		{"level", f.Level},
		{"", say("training_level", nil)},
		{"hours", f.Hours},
		{"", say("training_end", nil)},
	}, p.extra())
	s.foot(p, "look_up_issuer", "")
	s.signature(p, 172, 168, 90)
}
