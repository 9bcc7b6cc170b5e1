package policy

import (
	"slices"

	"github.com/dengpan/dengpan/calendar"
)

// MayJoin decides whether a person may join the programme for an occupation at a level (notice, section 三): in post,
// intending, a full-time student in the final year, or a skilled worker at the matching level.
func (p *Policy) MayJoin(a Applicant, occupation, level string, asOf calendar.Date) Decision {
	d := Decision{Kind: DecisionAdmission, Outcome: NotMet, Citation: p.admission.Citation, AsOf: asOf}
	if !p.knows(occupation, level) {
		d.Outcome = InsufficientRule
		return d
	}
	for _, category := range p.admission.Categories {
		if category.Category == a.Category {
			return category.decide(d, a, level)
		}
	}
	for _, category := range p.admission.Categories {
		need := Need{Code: NeedCategory, Have: string(a.Category), Need: string(category.Category)}
		d.Missing = append(d.Missing, Unmet{Alternative: string(category.Category), Text: category.Text, Need: []Need{need}})
	}
	return d
}

func (c categoryFile) decide(d Decision, a Applicant, level string) Decision {
	g := gap{asOf: d.AsOf}
	if c.Studying != nil {
		c.Studying.check(a, &g)
	}
	for _, row := range c.SkillGrades {
		if row.Level == level && row.Grade != a.SkillGrade {
			g.lacks(NeedSkillGrade, string(a.SkillGrade), string(row.Grade))
		}
	}
	if len(g.needs) > 0 {
		d.Missing = []Unmet{{Alternative: string(c.Category), Text: c.Text, Need: g.needs}}
		return d
	}
	d.Outcome = Met
	d.Rested = &Alternative{Code: string(c.Category), Text: c.Text, Citation: d.Citation}
	if c.Citation != nil {
		d.Rested.Citation = *c.Citation
	}
	return d
}

// check asks for a study that counts, not finished by the day.
func (s studyingFile) check(a Applicant, g *gap) {
	studying := slices.ContainsFunc(a.Education, func(e Education) bool { return s.counts(e, g.asOf) })
	if !studying {
		g.lacks(NeedStudying, "", "")
		return
	}
	fullTime := slices.ContainsFunc(a.Education, func(e Education) bool { return e.FullTime && s.counts(e, g.asOf) })
	if s.FullTime && !fullTime {
		g.lacks(NeedFullTime, "false", "true")
	}
}

func (s studyingFile) counts(e Education, asOf calendar.Date) bool {
	return !e.graduated(asOf) && slices.Contains(s.Degrees, e.Degree)
}

// MayEnterEvaluation decides whether a trained person may be evaluated: the entry conditions of the occupation's national
// standard. That the training certificate of the level is held is not decided here, but by the case, which issues it.
func (p *Policy) MayEnterEvaluation(a Applicant, occupation, level string, asOf calendar.Date) Decision {
	citation, known := p.standardCitation(occupation, p.evaluation.Entry.Clause)
	if !known {
		return Decision{Kind: DecisionEvaluationEntry, Outcome: InsufficientRule, AsOf: asOf}
	}
	return decide(DecisionEvaluationEntry, citation, p.entryAlternatives(level), a, asOf)
}

func (p *Policy) entryAlternatives(level string) []condition {
	for _, entry := range p.evaluation.Entry.Levels {
		if entry.Level == level {
			return entry.Alternatives
		}
	}
	return nil
}

// MapTitle decides what title the grade certificate of a level leads to: Beijing's conditions of education and years.
// When only time is missing the decision says until when; it then holds on that day without further evidence.
func (p *Policy) MapTitle(
	a Applicant, occupation, level string, certificateDate, asOf calendar.Date,
) TitleDecision {
	mapping, known := p.mapping(level)
	if _, ok := p.Occupation(occupation); !ok || !known {
		return TitleDecision{Decision: Decision{
			Kind: DecisionTitle, Outcome: InsufficientRule, Citation: p.title.Citation, AsOf: asOf,
		}}
	}
	d := TitleDecision{Title: mapping.Title}
	switch {
	case certificateDate.IsZero():
		d.Decision = p.withoutCertificate(asOf, nil)
	case certificateDate.After(asOf):
		// The conditions are looked at on the day from which there is a certificate to map.
		d.Decision = decide(DecisionTitle, mapping.Citation, mapping.Alternatives, a, certificateDate)
		if d.Outcome == Met {
			d.Decision = p.withoutCertificate(asOf, &certificateDate)
		}
		d.AsOf = asOf
	default:
		d.Decision = decide(DecisionTitle, mapping.Citation, mapping.Alternatives, a, asOf)
	}
	if d.Outcome != Met {
		d.Information = slices.Clone(mapping.Information)
		return d
	}
	d.Kind = mapping.Kind
	for _, effects := range p.title.Effects {
		if effects.Kind == mapping.Kind {
			d.Effects = slices.Clone(effects.Texts)
		}
	}
	return d
}

func (p *Policy) mapping(level string) (mappingFile, bool) {
	for _, m := range p.title.Mappings {
		if m.Level == level {
			return m, true
		}
	}
	return mappingFile{}, false
}

// withoutCertificate is the decision where all that is missing is the certificate, which may be known to come.
func (p *Policy) withoutCertificate(asOf calendar.Date, from *calendar.Date) Decision {
	return Decision{
		Kind: DecisionTitle, Outcome: NotMet, Citation: p.title.Citation, AsOf: asOf, EarliestDate: from,
		Missing: []Unmet{{
			Alternative: NeedCertificate, Text: p.title.Always, Need: []Need{{Code: NeedCertificate}}, EarliestDate: from,
		}},
	}
}

func (p *Policy) knows(occupation, level string) bool {
	_, occupationKnown := p.Occupation(occupation)
	_, levelKnown := p.Level(level)
	return occupationKnown && levelKnown
}

// decide looks for the first alternative that is met; without one it says what each lacks. A rule without alternatives has
// not been entered.
func decide(kind string, citation Citation, alternatives []condition, a Applicant, asOf calendar.Date) Decision {
	d := Decision{Kind: kind, Outcome: NotMet, Citation: citation, AsOf: asOf}
	if len(alternatives) == 0 {
		d.Outcome = InsufficientRule
		return d
	}
	ruleMissing := false
	for _, alternative := range alternatives {
		unmet := alternative.missing(a, asOf)
		if len(unmet.Need) == 0 {
			rested := alternative.describe(citation)
			return Decision{Kind: kind, Outcome: Met, Rested: &rested, Citation: citation, AsOf: asOf}
		}
		d.Missing = append(d.Missing, unmet)
		ruleMissing = ruleMissing || unmet.wantsRuleOnly()
		if unmet.EarliestDate != nil && (d.EarliestDate == nil || unmet.EarliestDate.Before(*d.EarliestDate)) {
			d.EarliestDate = unmet.EarliestDate
		}
	}
	if ruleMissing && d.EarliestDate == nil {
		// Time will not help, and the rule that might is not here: that is no refusal.
		d.Outcome = InsufficientRule
	}
	return d
}

// describe is the alternative as it is shown, cited from the rule unless it has a citation of its own.
func (c condition) describe(rule Citation) Alternative {
	if c.Citation != nil {
		rule = *c.Citation
	}
	return Alternative{Code: c.Code, Text: c.Text, Citation: rule}
}
