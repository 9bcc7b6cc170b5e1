package document

import (
	"strings"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/people"
)

// foot writes the lower left of annexes 3 and 4: the code, the number, where to look the certificate up.
func (s *sheet) foot(p paper, key, how string) {
	const x, y, side, gap = 36.0, 145.0, 27.0, 5.0
	s.code(p.facts.VerifyURL, x, y, side)
	at := y + 5
	if p.facts.Kind == kindTraining {
		at = s.small(p, x+side+gap, at, "number", say("number", map[string]any{"number": p.facts.Number}))
	}
	at = s.lookUp(p, key, x+side+gap, at, 100)
	if how != "" {
		s.small(p, x+side+gap, at, "look_up", how)
	}
}

// lookUp writes the addresses where a certificate, or who issued it, is found.
func (s *sheet) lookUp(p paper, key string, x, y, width float64) float64 {
	how := style{size: 10, colour: brown}
	y = s.fill(box{field: "look_up", x: x, y: y, width: width, lines: 1, least: 6, how: how}, say(key, nil)) + 5.2
	for _, address := range p.facts.LookUp {
		y = s.fill(box{field: "look_up", x: x, y: y, width: width, lines: 2, least: 6, how: how}, address) + 5.2
	}
	return y
}

func (s *sheet) small(_ paper, x, y float64, field, text string) float64 {
	const width, down = 100.0, 6.4
	return s.fill(box{field: field, x: x, y: y, width: width, lines: 2, least: 6, how: style{size: 10, colour: ink}}, text) + down
}

// extra is what is said beyond the annexes (annex 4, note 1): on a training certificate, whose annex has no ID number, a masked
// one, since two people of one name cannot be told apart on paper; the last day; the national identifier; the issuer's lines.
func (p paper) extra() []run {
	var lines []run
	if p.facts.Kind == kindTraining && p.holder.IDNumber != "" {
		lines = append(lines, run{"id_number", message.Text(message.Chinese, "id_type."+p.holder.IDType, nil) + "：" + p.masked()})
	}
	if !p.facts.ExpiresOn.IsZero() {
		lines = append(lines, run{"expires_on", say("expires_on", map[string]any{"date": date(p.facts.ExpiresOn)})})
	}
	if p.facts.NationalID != "" {
		lines = append(lines, run{"national_id", say("national_id", map[string]any{"id": p.facts.NationalID})})
	}
	for _, line := range p.facts.Extra {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, run{"extra", line})
		}
	}
	return lines
}

// masked hides most of the number of the holder's document.
func (p paper) masked() string {
	document, err := identity.ParseDocument(people.DocumentType(p.holder.IDType), p.holder.IDNumber)
	if err != nil {
		return strings.Repeat("*", len([]rune(p.holder.IDNumber)))
	}
	return document.Mask()
}
