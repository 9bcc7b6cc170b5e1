package policy

import (
	"errors"
	"fmt"
	"slices"
)

// fileCheck is what a file of a version is held to.
type fileCheck struct {
	kind string
	run  func() error
}

// checks hold a version to what its decisions rely on, so that a slip in the data stops the program at its start and not
// a case in its course.
func (p *Policy) checks(base string) []fileCheck {
	return []fileCheck{
		{"policy", func() error { return p.checkAbout(base) }},
		{"occupations", p.checkOccupations},
		{"admission", p.checkAdmission},
		{"training", p.checkTraining},
		{"attendance", p.checkAttendance},
		{"evaluation", p.checkEvaluation},
		{"title", p.checkTitle},
		{"hours", p.checkHours},
		{"operation", p.checkOperation},
	}
}

func (c Citation) check() error {
	switch {
	case c.Document == "" || c.Clause == "":
		return at(errors.New("citation: document and clause are needed"), "citation", "clause")
	case !c.Basis.valid():
		return at(fmt.Errorf("citation: unknown basis %q", c.Basis), "citation", "basis")
	case c.Note != (Text{}) && c.Note.incomplete():
		return at(errors.New("citation: the note is needed in both languages"), "citation", "note")
	}
	return nil
}

// real checks the citation of a rule: made-up numbers belong in the overlay.
func (c Citation) real() error {
	if c.Basis == Demonstration {
		return at(errors.New("citation: demonstration data belongs in the overlay"), "citation", "basis")
	}
	return c.check()
}

func (p *Policy) checkAbout(base string) error {
	switch {
	case p.about.ID != base:
		return at(fmt.Errorf("id: %q is not the folder's name", p.about.ID), "id")
	case p.about.EffectiveFrom.IsZero():
		return at(errors.New("effective_from is needed"), "effective_from")
	case p.about.EffectiveUntil != nil && p.about.EffectiveUntil.Before(p.about.EffectiveFrom):
		return at(errors.New("effective_until: the version ends before it begins"), "effective_until")
	}
	return p.about.check()
}

func (l layerFile) check() error {
	if !l.Name.complete() {
		return at(errors.New("name: both languages are needed"), "name")
	}
	return l.Citation.real()
}

func (p *Policy) checkOccupations() error {
	if len(p.levels) != 3 {
		return at(errors.New("levels: there are three"), "levels")
	}
	for i, code := range []string{Junior, Intermediate, Senior} {
		if l := p.levels[i]; l.Code != code || l.Name == "" || l.English == "" {
			return at(fmt.Errorf("levels: %s is needed in place %d, with its names", code, i+1), "levels", i)
		}
	}
	seen := map[string]bool{}
	for i, o := range p.occupations {
		if !versionID.MatchString(o.Code) || seen[o.Code] {
			return at(fmt.Errorf("occupation %q: the code is wrong or repeated", o.Code), "occupations", i)
		}
		seen[o.Code] = true
		if o.Name == "" || o.Title == "" || o.English == "" || o.Standard.Document == "" ||
			!o.Basis.valid() || !o.Standard.Basis.valid() {
			return at(fmt.Errorf("occupation %s: name, title, english, basis and standard are needed", o.Code), "occupations", i)
		}
		directions := map[string]bool{}
		for j, d := range o.Directions {
			if !versionID.MatchString(d.Code) || d.Name == "" || !d.Basis.valid() || directions[d.Code] {
				return at(fmt.Errorf("occupation %s: direction %q is incomplete or repeated", o.Code, d.Code),
					"occupations", i, "directions", j)
			}
			directions[d.Code] = true
		}
	}
	if len(seen) == 0 {
		return at(errors.New("occupations: none"), "occupations")
	}
	return nil
}

func (p *Policy) checkAdmission() error {
	if err := p.admission.Citation.real(); err != nil {
		return err
	}
	if len(p.admission.Categories) == 0 {
		return at(errors.New("categories: nobody could join"), "categories")
	}
	seen := map[Category]bool{}
	for i, c := range p.admission.Categories {
		a := Applicant{Category: c.Category}
		if slices.ContainsFunc(a.Validate(), func(e FieldError) bool { return e.Field == "category" }) || seen[c.Category] {
			return at(fmt.Errorf("category %q is unknown or repeated", c.Category), "categories", i, "category")
		}
		seen[c.Category] = true
		if err := c.check(len(p.levels)); err != nil {
			return at(fmt.Errorf("category %s: %w", c.Category, err), "categories", i)
		}
	}
	return nil
}

func (c categoryFile) check(levels int) error {
	if !c.Text.complete() {
		return at(errors.New("the text is needed in both languages"), "text")
	}
	if c.Citation != nil {
		if err := c.Citation.real(); err != nil {
			return err
		}
	}
	if s := c.Studying; s != nil {
		if len(s.Degrees) == 0 || slices.ContainsFunc(s.Degrees, func(d Degree) bool { return !d.valid() }) {
			return at(errors.New("the degrees are unknown"), "studying", "degrees")
		}
	}
	seen := map[string]bool{}
	for i, row := range c.SkillGrades {
		if !row.Grade.valid() || levelRank(row.Level) == 0 || seen[row.Level] {
			return at(fmt.Errorf("skill grade %q is unknown or its level repeated", row.Grade), "skill_grades", i)
		}
		seen[row.Level] = true
	}
	if c.Category == SkilledWorker && len(seen) != levels {
		return at(errors.New("a skill grade is needed for each level"), "skill_grades")
	}
	if c.Category != SkilledWorker && len(seen) > 0 {
		return at(errors.New("it can never hold: only skilled workers have a skill grade"), "skill_grades")
	}
	return nil
}

func (c contentFile) check() error {
	if c.Hours <= 0 {
		return at(errors.New("the hours must be more than none"), "hours")
	}
	if c.OnlineAtMost < 0 || c.OnlineAtMost > c.Hours {
		return at(errors.New("online_at_most: it must be of the hours"), "online_at_most")
	}
	if c.OfflineAtLeast < 0 || c.OfflineAtLeast > c.Hours {
		return at(errors.New("offline_at_least: it can never hold: the hours are fewer"), "offline_at_least")
	}
	if len(c.Modules) == 0 || slices.Contains(c.Modules, "") {
		return at(errors.New("the modules are needed by name"), "modules")
	}
	sorted := slices.Sorted(slices.Values(c.Modules))
	if len(slices.Compact(sorted)) != len(c.Modules) {
		return at(errors.New("a module is repeated"), "modules")
	}
	return nil
}

func (p *Policy) checkTraining() error {
	seen := map[[2]string]bool{}
	for i, s := range p.training.Standards {
		key := [2]string{s.Occupation, s.Level}
		if !p.knows(s.Occupation, s.Level) || seen[key] {
			return at(fmt.Errorf("standard of %s %s is of nothing known, or repeated", s.Occupation, s.Level), "standards", i)
		}
		seen[key] = true
		if err := errors.Join(s.check(), s.Citation.real()); err != nil {
			return at(fmt.Errorf("standard of %s %s: %w", s.Occupation, s.Level, err), "standards", i)
		}
	}
	e := p.training.Exam
	if !e.Text.complete() {
		return at(errors.New("exam: the text is needed in both languages"), "exam", "text")
	}
	if err := errors.Join(checkMark(e.PassMark), checkAttempts(e.AttemptsBeforeReview), e.Citation.real()); err != nil {
		return at(fmt.Errorf("exam: %w", err), "exam")
	}
	return nil
}

func checkMark(mark float64) error {
	if mark <= 0 || mark > 100 {
		return at(errors.New("the pass mark must be more than 0 and at most 100"), "pass_mark")
	}
	return nil
}

func checkAttempts(n int) error {
	if n < 1 {
		return at(errors.New("attempts_before_review must be at least 1"), "attempts_before_review")
	}
	return nil
}

func (p *Policy) checkHours() error {
	credit, annual := p.hours.Credit, p.hours.Annual
	if !credit.Text.complete() || (credit.Subject != "professional" && credit.Subject != "public") {
		return at(errors.New("credit: text and subject are needed"), "credit", "subject")
	}
	share := annual.ProfessionalShare
	if annual.Total <= 0 || share.Numerator <= 0 || share.Numerator > share.Denominator {
		return at(errors.New("annual: a total and a share of it are needed"), "annual", "professional_share")
	}
	return errors.Join(at(credit.Citation.real(), "credit"), at(annual.Citation.real(), "annual"))
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
			return at(fmt.Errorf("deadlines: %s is needed once, in days", wait), "deadlines")
		}
	}
	if len(p.operation.Deadlines) != len(waits()) {
		return at(errors.New("deadlines: there is one that nothing waits by"), "deadlines")
	}
	schedule, err := parseSchedule(p.operation.DeliverySchedule)
	p.schedule = schedule
	return err
}

func (p *Policy) checkOverlay(base string) error {
	o := p.overlay
	switch {
	case o.Over != base:
		return at(fmt.Errorf("over: %q is another version", o.Over), "over")
	case !o.Label.complete():
		return at(errors.New("label: both languages are needed"), "label")
	case o.Citation.Basis != Demonstration:
		return at(errors.New("citation: the basis of an overlay is demonstration"), "citation", "basis")
	}
	for _, level := range p.levels {
		n := 0
		for i, s := range o.Training {
			if s.Level != level.Code {
				continue
			}
			n++
			if err := s.check(); err != nil {
				return at(fmt.Errorf("training of %s: %w", s.Level, err), "training", i)
			}
		}
		if n != 1 {
			return at(fmt.Errorf("training: %s is needed once", level.Code), "training")
		}
	}
	if o.Attendance != nil {
		if err := o.Attendance.check(); err != nil {
			return at(fmt.Errorf("attendance: %w", err), "attendance")
		}
	}
	return errors.Join(p.checkWaits(), o.Citation.check())
}
