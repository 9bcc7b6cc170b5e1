package guidance

import (
	"strconv"
	"strings"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/target"
)

// names are the values that texts are filled in with.
var names = []string{
	"annual_target", "occupations", "exam_mark", "exam_attempts", "evaluation_parts", "evaluation_mark", "evaluation_attempts",
	"ce_total", "ce_professional", "hours_known", "titles",
}

// values are what the rules say, by name.
type values map[string]policy.Text

// valuesOf takes from a version of the rules what texts say in numbers and names.
func valuesOf(p *policy.Policy) values {
	c := p.Catalogue()
	v := values{}
	same := func(name, text string) { v[name] = policy.Text{ZH: text, EN: text} }
	same("annual_target", strconv.Itoa(target.Beijing().Annual))
	same("exam_mark", mark(c.Exam.PassMark))
	same("exam_attempts", strconv.Itoa(c.Exam.AttemptsBeforeReview))
	same("ce_total", c.Hours.AnnualTotal.String())
	same("ce_professional", c.Hours.AnnualProfessional.String())

	var zh, en []string
	known := 0
	for _, o := range c.Occupations {
		zh, en = append(zh, o.Title), append(en, o.English)
		for _, level := range o.Levels {
			if level.Hours != nil {
				known++
			}
		}
	}
	v["occupations"] = policy.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
	same("hours_known", strconv.Itoa(known))

	rule := c.Occupations[0].Evaluation // the parts are every occupation's
	zh, en = nil, nil
	for _, part := range rule.Parts {
		zh, en = append(zh, part.Name), append(en, part.English)
	}
	v["evaluation_parts"] = policy.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
	same("evaluation_mark", mark(rule.Parts[0].PassMark))
	same("evaluation_attempts", strconv.Itoa(rule.AttemptsBeforeReview))

	zh, en = nil, nil
	for _, level := range c.Levels {
		zh, en = append(zh, level.Name+"—"+level.Title), append(en, level.English+": "+level.Title)
	}
	v["titles"] = policy.Text{ZH: strings.Join(zh, "，"), EN: strings.Join(en, "; ")}
	return v
}

func mark(m float64) string { return strconv.FormatFloat(m, 'f', -1, 64) }

func (v values) fill(t policy.Text) policy.Text {
	return policy.Text{
		ZH: placeholder.ReplaceAllStringFunc(t.ZH, func(name string) string { return v[strings.Trim(name, "{}")].ZH }),
		EN: placeholder.ReplaceAllStringFunc(t.EN, func(name string) string { return v[strings.Trim(name, "{}")].EN }),
	}
}
