package policy

import (
	"errors"
	"fmt"
	"slices"
)

func (p *Policy) checkEvaluation() error {
	e := p.evaluation
	for i, code := range e.KnownFor {
		if _, ok := p.Occupation(code); !ok {
			return at(fmt.Errorf("known_for: %q is not an occupation", code), "known_for", i)
		}
	}
	if !e.AssumedNote.complete() || e.Exam.Clause == "" || e.Entry.Clause == "" || !e.Entry.Always.complete() {
		return at(errors.New("assumed_note, always and the clauses are needed"))
	}
	seen := map[string]bool{}
	for i, part := range e.Exam.Parts {
		if part.Code == "" || part.Name == "" || part.English == "" || seen[part.Code] {
			return at(fmt.Errorf("part %q is incomplete or repeated", part.Code), "exam", "parts", i)
		}
		seen[part.Code] = true
		if err := checkMark(part.PassMark); err != nil {
			return at(fmt.Errorf("part %s: %w", part.Code, err), "exam", "parts", i)
		}
	}
	if len(seen) == 0 {
		return at(errors.New("parts: none"), "exam", "parts")
	}
	if err := checkAttempts(e.Exam.AttemptsBeforeReview); err != nil {
		return at(err, "exam")
	}
	if within := e.Exam.ResitWithinDays; within != nil {
		switch {
		case *within < 1:
			return at(errors.New("resit_within_days: days are needed"), "exam", "resit_within_days")
		case !e.Exam.KeepPassedPart:
			return at(errors.New("resit_within_days: it can never hold: no passed part is kept"), "exam", "resit_within_days")
		}
	}
	if days := e.Exam.ReviewDays; days != nil && *days < 1 {
		return at(errors.New("review_days: days are needed"), "exam", "review_days")
	}
	if days := e.Exam.CertificateAfterDays; days != nil && *days < 0 {
		return at(errors.New("certificate_after_days: no days or more are needed"), "exam", "certificate_after_days")
	}
	if len(e.Entry.Levels) != len(p.levels) {
		return at(errors.New("entry: each level is needed once"), "entry", "levels")
	}
	for i, entry := range e.Entry.Levels {
		if entry.Level != p.levels[i].Code {
			return at(fmt.Errorf("entry: %s is needed in place %d", p.levels[i].Code, i+1), "entry", "levels", i)
		}
		// Nobody enters by a rule without alternatives, so an empty list would be a slip.
		if len(entry.Alternatives) == 0 {
			return at(fmt.Errorf("entry of %s: no alternatives", entry.Level), "entry", "levels", i)
		}
		if err := p.checkConditions(entry.Alternatives, entry.Level); err != nil {
			return at(fmt.Errorf("entry of %s: %w", entry.Level, err), "entry", "levels", i)
		}
	}
	return nil
}

func (p *Policy) checkTitle() error {
	if err := p.title.Citation.real(); err != nil {
		return err
	}
	if !p.title.Always.complete() {
		return at(errors.New("always: both languages are needed"), "always")
	}
	for _, kind := range []TitleKind{TitleEquivalent, EligibleToApply} {
		n := 0
		for _, e := range p.title.Effects {
			if e.Kind == kind && len(e.Texts) > 0 && !slices.ContainsFunc(e.Texts, Text.incomplete) {
				n++
			}
		}
		if n != 1 || len(p.title.Effects) != 2 {
			return at(fmt.Errorf("effects: %s is needed once, in both languages", kind), "effects")
		}
	}
	if len(p.title.Mappings) != len(p.levels) {
		return at(errors.New("mappings: each level is needed once"), "mappings")
	}
	for i, m := range p.title.Mappings {
		if err := p.checkMapping(m, p.levels[i].Code); err != nil {
			return at(fmt.Errorf("mapping in place %d: %w", i+1, err), "mappings", i)
		}
	}
	return nil
}

func (p *Policy) checkMapping(m mappingFile, level string) error {
	if m.Level != level || m.Title == "" || (m.Kind != TitleEquivalent && m.Kind != EligibleToApply) {
		return at(fmt.Errorf("%s is needed here, with kind and title", level))
	}
	for n, i := range m.Information {
		if !i.Text.complete() {
			return at(errors.New("information: the text is needed in both languages"), "information", n)
		}
		if err := i.Citation.real(); err != nil {
			return at(fmt.Errorf("information: %w", err), "information", n)
		}
	}
	return errors.Join(m.Citation.real(), p.checkConditions(m.Alternatives, level))
}

func (p *Policy) checkConditions(conditions []condition, level string) error {
	seen := map[string]bool{}
	for i, c := range conditions {
		if c.Code == "" || seen[c.Code] || !c.Text.complete() {
			return at(fmt.Errorf("alternative %q: a code of its own and a text in both languages are needed", c.Code), "alternatives", i)
		}
		seen[c.Code] = true
		if err := c.check(level); err != nil {
			return at(fmt.Errorf("alternative %s: %w", c.Code, err), "alternatives", i)
		}
		if !p.admits(c.SkillGrade, level) {
			err := fmt.Errorf("alternative %s: it can never hold: no %s joins at this level", c.Code, c.SkillGrade)
			return at(err, "alternatives", i, "skill_grade")
		}
	}
	return nil
}

// admits reports whether workers of a skill grade may join at a level; whoever has no grade is not asked for one.
func (p *Policy) admits(grade SkillGrade, level string) bool {
	if grade == "" {
		return true
	}
	for _, c := range p.admission.Categories {
		for _, row := range c.SkillGrades {
			if row.Grade == grade && row.Level == level {
				return true
			}
		}
	}
	return false
}

// mostYears is longer than any working life.
const mostYears = 60

// checkYears refuses a number of years that cannot be asked for.
func checkYears(path []any, years int) error {
	switch {
	case years < 0:
		return at(errors.New("the years are negative"), path...)
	case years > mostYears:
		return at(fmt.Errorf("it can never hold: nobody has %d years", years), path...)
	}
	return nil
}

// check refuses an alternative that everybody meets, or nobody can.
func (c condition) check(level string) error {
	asks := c.Education != nil || c.Title != nil || c.Grade != nil || c.WorkYears != 0 || c.SkillGrade != ""
	switch {
	case !asks && !c.Unconditional:
		return at(errors.New("it asks for nothing"))
	case c.Unconditional && (asks || c.RuleNotEntered):
		return at(errors.New("it is unconditional, and asks for something"), "unconditional")
	}
	var errs []error
	if e := c.Education; e != nil {
		errs = append(errs, at(e.checkRule(), "education"))
	}
	if t := c.Title; t != nil {
		if titleRank(t.Title) == 0 {
			errs = append(errs, at(fmt.Errorf("unknown title %q", t.Title), "title", "title"))
		}
		errs = append(errs, checkYears([]any{"title", "years_since"}, t.YearsSince),
			checkYears([]any{"title", "work_years_since"}, t.WorkYearsSince))
	}
	if g := c.Grade; g != nil {
		switch {
		case levelRank(g.Level) == 0:
			errs = append(errs, at(fmt.Errorf("grade: unknown level %q", g.Level), "grade", "level"))
		case levelRank(g.Level) >= levelRank(level):
			errs = append(errs, at(errors.New("grade: a level cannot ask for itself"), "grade", "level"))
		}
		errs = append(errs, checkYears([]any{"grade", "work_years_since"}, g.WorkYearsSince))
	}
	errs = append(errs, checkYears([]any{"work_years"}, c.WorkYears))
	if c.SkillGrade != "" && !c.SkillGrade.valid() {
		errs = append(errs, at(fmt.Errorf("skill_grade: unknown grade %q", c.SkillGrade), "skill_grade"))
	}
	if c.Citation != nil {
		errs = append(errs, c.Citation.real())
	}
	return errors.Join(errs...)
}

func (t educationTest) checkRule() error {
	if t.TechnicianSchool == (t.Minimum != "") || (t.Minimum != "" && t.Minimum.rank() == 0) {
		return at(errors.New("either a minimum degree or a technician college"), "minimum")
	}
	if t.FinalYear && t.YearsSinceGraduation > 0 {
		return at(errors.New("it can never hold: years since a graduation that is still to come"), "years_since_graduation")
	}
	return checkYears([]any{"years_since_graduation"}, t.YearsSinceGraduation)
}
