package policy

import (
	"errors"
	"fmt"
	"slices"
)

// check holds a version to what its decisions rely on, so that a slip in the data stops the program at its start and not
// a case in its course.
func (p *Policy) check(folder, base string) error {
	checks := []struct {
		file string
		run  func() error
	}{
		{"policy.yaml", func() error { return p.checkAbout(base) }},
		{"occupations.yaml", p.checkOccupations},
		{"admission.yaml", p.checkAdmission},
		{"training.yaml", p.checkTraining},
		{"evaluation.yaml", p.checkEvaluation},
		{"title.yaml", p.checkTitle},
		{"hours.yaml", p.checkHours},
		{"operation.yaml", p.checkOperation},
	}
	for _, c := range checks {
		if err := c.run(); err != nil {
			return fmt.Errorf("%s%s: %w", folder, c.file, err)
		}
	}
	return nil
}

func (c Citation) check() error {
	switch {
	case c.Document == "" || c.Clause == "":
		return errors.New("citation: document and clause are needed")
	case !c.Basis.valid():
		return fmt.Errorf("citation: unknown basis %q", c.Basis)
	case c.Note != (Text{}) && c.Note.incomplete():
		return errors.New("citation: the note is needed in both languages")
	}
	return nil
}

// real checks the citation of a rule: made-up numbers belong in the overlay.
func (c Citation) real() error {
	if c.Basis == Demonstration {
		return errors.New("citation: demonstration data belongs in the overlay")
	}
	return c.check()
}

func (p *Policy) checkAbout(base string) error {
	switch {
	case p.about.ID != base:
		return fmt.Errorf("id: %q is not the folder's name", p.about.ID)
	case !p.about.Name.complete():
		return errors.New("name: both languages are needed")
	case p.about.EffectiveFrom.IsZero():
		return errors.New("effective_from is needed")
	}
	return p.about.Citation.real()
}

func (p *Policy) checkOccupations() error {
	if len(p.levels) != 3 {
		return errors.New("levels: there are three")
	}
	for i, code := range []string{Junior, Intermediate, Senior} {
		if l := p.levels[i]; l.Code != code || l.Name == "" || l.English == "" {
			return fmt.Errorf("levels: %s is needed in place %d, with its names", code, i+1)
		}
	}
	seen := map[string]bool{}
	for _, o := range p.occupations {
		if !versionID.MatchString(o.Code) || seen[o.Code] {
			return fmt.Errorf("occupation %q: the code is wrong or repeated", o.Code)
		}
		seen[o.Code] = true
		if o.Name == "" || o.Title == "" || o.English == "" || o.Standard.Document == "" ||
			!o.Basis.valid() || !o.Standard.Basis.valid() {
			return fmt.Errorf("occupation %s: name, title, english, basis and standard are needed", o.Code)
		}
		directions := map[string]bool{}
		for _, d := range o.Directions {
			if !versionID.MatchString(d.Code) || d.Name == "" || !d.Basis.valid() || directions[d.Code] {
				return fmt.Errorf("occupation %s: direction %q is incomplete or repeated", o.Code, d.Code)
			}
			directions[d.Code] = true
		}
	}
	if len(seen) == 0 {
		return errors.New("occupations: none")
	}
	return nil
}

func (p *Policy) checkAdmission() error {
	if err := p.admission.Citation.real(); err != nil {
		return err
	}
	seen := map[Category]bool{}
	for _, c := range p.admission.Categories {
		a := Applicant{Category: c.Category}
		if slices.ContainsFunc(a.Validate(), func(e FieldError) bool { return e.Field == "category" }) || seen[c.Category] {
			return fmt.Errorf("category %q is unknown or repeated", c.Category)
		}
		seen[c.Category] = true
		if !c.Text.complete() {
			return fmt.Errorf("category %s: the text is needed in both languages", c.Category)
		}
		if c.Citation != nil {
			if err := c.Citation.real(); err != nil {
				return fmt.Errorf("category %s: %w", c.Category, err)
			}
		}
		if s := c.Studying; s != nil {
			if len(s.Degrees) == 0 || slices.ContainsFunc(s.Degrees, func(d Degree) bool { return !d.valid() }) {
				return fmt.Errorf("category %s: the degrees are unknown", c.Category)
			}
		}
		levels := map[string]bool{}
		for _, row := range c.SkillGrades {
			if !row.Grade.valid() || levelRank(row.Level) == 0 || levels[row.Level] {
				return fmt.Errorf("category %s: skill grade %q is unknown or its level repeated", c.Category, row.Grade)
			}
			levels[row.Level] = true
		}
		if c.Category == SkilledWorker && len(levels) != len(p.levels) {
			return fmt.Errorf("category %s: a skill grade is needed for each level", c.Category)
		}
	}
	return nil
}

func checkStandard(modules []string, hours int) error {
	if hours <= 0 {
		return errors.New("the hours must be more than none")
	}
	if len(modules) == 0 || slices.Contains(modules, "") {
		return errors.New("the modules are needed by name")
	}
	sorted := slices.Sorted(slices.Values(modules))
	if len(slices.Compact(sorted)) != len(modules) {
		return errors.New("a module is repeated")
	}
	return nil
}

func (p *Policy) checkTraining() error {
	seen := map[[2]string]bool{}
	for _, s := range p.training.Standards {
		key := [2]string{s.Occupation, s.Level}
		if !p.knows(s.Occupation, s.Level) || seen[key] {
			return fmt.Errorf("standard of %s %s is of nothing known, or repeated", s.Occupation, s.Level)
		}
		seen[key] = true
		if err := errors.Join(checkStandard(s.Modules, s.Hours.Tenths()), s.Citation.real()); err != nil {
			return fmt.Errorf("standard of %s %s: %w", s.Occupation, s.Level, err)
		}
	}
	e := p.training.Exam
	if !e.Text.complete() {
		return errors.New("exam: the text is needed in both languages")
	}
	if err := errors.Join(checkMark(e.PassMark), checkAttempts(e.AttemptsBeforeReview), e.Citation.real()); err != nil {
		return fmt.Errorf("exam: %w", err)
	}
	return nil
}

func checkMark(mark float64) error {
	if mark <= 0 || mark > 100 {
		return errors.New("the pass mark must be more than 0 and at most 100")
	}
	return nil
}

func checkAttempts(n int) error {
	if n < 1 {
		return errors.New("attempts_before_review must be at least 1")
	}
	return nil
}

func (p *Policy) checkHours() error {
	credit, annual := p.hours.Credit, p.hours.Annual
	if !credit.Text.complete() || (credit.Subject != "professional" && credit.Subject != "public") {
		return errors.New("credit: text and subject are needed")
	}
	share := annual.ProfessionalShare
	if annual.Total <= 0 || share.Numerator <= 0 || share.Numerator > share.Denominator {
		return errors.New("annual: a total and a share of it are needed")
	}
	return errors.Join(credit.Citation.real(), annual.Citation.real())
}

func (p *Policy) checkOperation() error {
	return errors.Join(p.checkWaits(), p.operation.Citation.real())
}

// checkWaits holds the deadlines to one for each wait, and reads the schedule of deliveries; for a version alone and
// again with the overlay laid.
func (p *Policy) checkWaits() error {
	for _, wait := range waits() {
		n := 0
		for _, d := range p.operation.Deadlines {
			if d.Wait == wait && d.Days > 0 {
				n++
			}
		}
		if n != 1 {
			return fmt.Errorf("deadlines: %s is needed once, in days", wait)
		}
	}
	if len(p.operation.Deadlines) != len(waits()) {
		return errors.New("deadlines: there is one that nothing waits by")
	}
	schedule, err := parseSchedule(p.operation.DeliverySchedule)
	p.schedule = schedule
	return err
}

func (p *Policy) checkOverlay(base string) error {
	o := p.overlay
	switch {
	case o.Over != base:
		return fmt.Errorf("over: %q is another version", o.Over)
	case !o.Label.complete():
		return errors.New("label: both languages are needed")
	case o.Citation.Basis != Demonstration:
		return errors.New("citation: the basis of an overlay is demonstration")
	}
	for _, level := range p.levels {
		n := 0
		for _, s := range o.Training {
			if s.Level != level.Code {
				continue
			}
			n++
			if err := checkStandard(s.Modules, s.Hours.Tenths()); err != nil {
				return fmt.Errorf("training of %s: %w", s.Level, err)
			}
		}
		if n != 1 {
			return fmt.Errorf("training: %s is needed once", level.Code)
		}
	}
	return errors.Join(p.checkWaits(), o.Citation.check())
}
