package policy

import (
	"errors"
	"fmt"
	"slices"
)

func (p *Policy) checkEvaluation() error {
	e := p.evaluation
	for _, code := range e.KnownFor {
		if _, ok := p.Occupation(code); !ok {
			return fmt.Errorf("known_for: %q is not an occupation", code)
		}
	}
	if !e.AssumedNote.complete() || e.Exam.Clause == "" || e.Entry.Clause == "" || !e.Entry.Always.complete() {
		return errors.New("assumed_note, always and the clauses are needed")
	}
	seen := map[string]bool{}
	for _, part := range e.Exam.Parts {
		if part.Code == "" || part.Name == "" || part.English == "" || seen[part.Code] {
			return fmt.Errorf("part %q is incomplete or repeated", part.Code)
		}
		seen[part.Code] = true
		if err := checkMark(part.PassMark); err != nil {
			return fmt.Errorf("part %s: %w", part.Code, err)
		}
	}
	if len(seen) == 0 {
		return errors.New("parts: none")
	}
	if err := checkAttempts(e.Exam.AttemptsBeforeReview); err != nil {
		return err
	}
	if len(e.Entry.Levels) != len(p.levels) {
		return errors.New("entry: each level is needed once")
	}
	for i, entry := range e.Entry.Levels {
		if entry.Level != p.levels[i].Code {
			return fmt.Errorf("entry: %s is needed in place %d", p.levels[i].Code, i+1)
		}
		// Nobody enters by a rule without alternatives, so an empty list would be a slip.
		if len(entry.Alternatives) == 0 {
			return fmt.Errorf("entry of %s: no alternatives", entry.Level)
		}
		if err := checkConditions(entry.Alternatives, entry.Level); err != nil {
			return fmt.Errorf("entry of %s: %w", entry.Level, err)
		}
	}
	return nil
}

func (p *Policy) checkTitle() error {
	if err := p.title.Citation.real(); err != nil {
		return err
	}
	if !p.title.Always.complete() {
		return errors.New("always: both languages are needed")
	}
	for _, kind := range []TitleKind{TitleEquivalent, EligibleToApply} {
		n := 0
		for _, e := range p.title.Effects {
			if e.Kind == kind && len(e.Texts) > 0 && !slices.ContainsFunc(e.Texts, Text.incomplete) {
				n++
			}
		}
		if n != 1 || len(p.title.Effects) != 2 {
			return fmt.Errorf("effects: %s is needed once, in both languages", kind)
		}
	}
	if len(p.title.Mappings) != len(p.levels) {
		return errors.New("mappings: each level is needed once")
	}
	for i, m := range p.title.Mappings {
		if err := m.check(p.levels[i].Code); err != nil {
			return fmt.Errorf("mapping in place %d: %w", i+1, err)
		}
	}
	return nil
}

func (m mappingFile) check(level string) error {
	if m.Level != level || m.Title == "" || (m.Kind != TitleEquivalent && m.Kind != EligibleToApply) {
		return fmt.Errorf("%s is needed here, with kind and title", level)
	}
	for _, i := range m.Information {
		if !i.Text.complete() {
			return errors.New("information: the text is needed in both languages")
		}
		if err := i.Citation.real(); err != nil {
			return fmt.Errorf("information: %w", err)
		}
	}
	return errors.Join(m.Citation.real(), checkConditions(m.Alternatives, level))
}

func checkConditions(conditions []condition, level string) error {
	seen := map[string]bool{}
	for _, c := range conditions {
		if c.Code == "" || seen[c.Code] || !c.Text.complete() {
			return fmt.Errorf("alternative %q: a code of its own and a text in both languages are needed", c.Code)
		}
		seen[c.Code] = true
		if err := c.check(level); err != nil {
			return fmt.Errorf("alternative %s: %w", c.Code, err)
		}
	}
	return nil
}

// check refuses an alternative that everybody meets, or nobody can.
func (c condition) check(level string) error {
	if c.Education == nil && c.Title == nil && c.Grade == nil && c.WorkYears == 0 && c.SkillGrade == "" {
		return errors.New("it asks for nothing")
	}
	if e := c.Education; e != nil {
		if e.TechnicianSchool == (e.Minimum != "") || (e.Minimum != "" && e.Minimum.rank() == 0) {
			return errors.New("education: either a minimum degree or a technician college")
		}
		if e.YearsSinceGraduation < 0 || (e.FinalYear && e.YearsSinceGraduation > 0) {
			return errors.New("education: years since graduation contradict")
		}
	}
	if t := c.Title; t != nil && (titleRank(t.Title) == 0 || t.YearsSince < 0 || t.WorkYearsSince < 0) {
		return errors.New("title: unknown title or negative years")
	}
	if g := c.Grade; g != nil && (levelRank(g.Level) == 0 || g.WorkYearsSince < 0) {
		return errors.New("grade: unknown level or negative years")
	}
	if g := c.Grade; g != nil && levelRank(g.Level) >= levelRank(level) {
		return errors.New("grade: a level cannot ask for itself")
	}
	if c.WorkYears < 0 {
		return errors.New("work_years: negative")
	}
	if c.SkillGrade != "" && !c.SkillGrade.valid() {
		return fmt.Errorf("skill_grade: unknown grade %q", c.SkillGrade)
	}
	if c.Citation != nil {
		return c.Citation.real()
	}
	return nil
}
