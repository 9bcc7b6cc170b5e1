package recheck

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
)

// earned checks that a certificate was earned, by the rules that it was issued under, and by whom it may be issued.
func (k *check) earned() {
	let := slices.Contains(k.accepted, "issuer_not_listed") || k.e.PlaceReleased
	k.unless(let || k.e.OnList && (!k.e.Suspended || k.e.Origin == "reported"), Listing)
	k.unless(k.e.Facts.Demonstration == k.rules.Demonstration(), Facts)
	switch k.e.Kind {
	case training:
		k.target()
		k.unless(k.e.Issuer != k.e.EvaluationBody && k.did("exam"), Issuer)
		k.hours()
		k.content()
		k.passed(0, "exam")
	case grade:
		k.target()
		k.unless(k.e.Issuer != k.e.TrainingBody && k.did("practical"), Issuer)
		k.evaluation()
	case ceBase:
		k.unless(k.e.CourseTitle != nil && k.e.Facts.Course == *k.e.CourseTitle, Facts)
		k.ledger(k.e.CourseSeconds, k.rules.Attendance().Credit.MinutesPerHour)
	default:
		k.differs(Facts)
	}
}

// target checks that the certificate is of the occupation, the direction and the level that the case was for.
func (k *check) target() {
	occupation, known := k.rules.Occupation(k.e.Occupation)
	level, has := k.rules.Level(k.e.Level)
	if !known || !has {
		k.differs(Rules)
		return
	}
	direction := certificate.NoDirection
	for _, d := range occupation.Directions {
		if d.Code == k.e.Direction {
			direction = d.Name
		}
	}
	k.unless(k.e.Facts.Occupation == occupation.Title && k.e.Facts.Level == level.Name && k.e.Facts.Direction == direction, Facts)
}

// did reports whether the issuer held a part of the case's assessment that was passed.
func (k *check) did(kind string) bool {
	return slices.ContainsFunc(k.marks, func(m mark) bool { return m.Kind == kind && m.Institution == k.e.Issuer && m.Passed })
}

// hours checks the hours of a training: those of the standard, and those that are printed.
func (k *check) hours() {
	standard, err := k.rules.TrainingStandard(k.e.Occupation, k.e.Level)
	if err != nil {
		k.differs(Rules)
		return
	}
	minutes := k.rules.Attendance().Credit.MinutesPerHour
	tenths, ok := tenthsOf(standard.Hours.String())
	k.unless(ok, Rules)
	k.ledger(tenths*minutes*60/10, minutes)
}

// ledger checks that the lines that stand come to what is needed, in seconds, and to what is printed, and that there are some
// on the days that are printed. An operator may have let pass that they no longer do.
func (k *check) ledger(needed, minutes int) {
	if slices.Contains(k.accepted, "certificate_undermined") {
		return
	}
	stand := 0
	for _, l := range k.lines {
		stand += l.Seconds
	}
	on := func(day calendar.Date) bool {
		return slices.ContainsFunc(k.lines, func(l line) bool { return l.Date == day.String() })
	}
	printed, ok := tenthsOf(k.e.Facts.Hours)
	k.unless(ok && minutes > 0 && stand >= needed && stand*10 >= printed*minutes*60, Hours)
	k.unless(on(k.e.Facts.From) && on(k.e.Facts.To), Days)
}

// tenthsOf reads hours with at most one decimal as tenths of them.
func tenthsOf(text string) (int, bool) {
	hours, err := strconv.ParseFloat(text, 64)
	tenths := int(hours*10 + 0.5)
	return tenths, err == nil && hours > 0
}

// content checks that every module of the standard was reported complete, and that somebody attended it.
func (k *check) content() {
	standard, err := k.rules.TrainingStandard(k.e.Occupation, k.e.Level)
	if err != nil || slices.Contains(k.accepted, "certificate_undermined") {
		return // said before
	}
	for _, module := range standard.Modules {
		taught := slices.ContainsFunc(k.lines, func(l line) bool { return l.Module == module })
		k.unless(taught && slices.Contains(k.modules, module), Content)
	}
}

// passed checks that a part of an assessment was passed, in one attempt or, with 0, in any; and that every score of it is
// the one that was acknowledged.
func (k *check) passed(attempt int, kind string) bool {
	passed := false
	for _, m := range k.marks {
		if m.Kind != kind {
			continue
		}
		same := (m.Score == nil) == (m.Answered == nil) && (m.Score == nil || *m.Score == *m.Answered)
		k.unless(same && m.Passed == (m.Score != nil && *m.Score >= m.PassMark), Result)
		if m.Score != nil && m.Answered != nil && *m.Answered >= m.PassMark && cmp.Or(attempt, m.Attempt) == m.Attempt {
			passed = true
		}
	}
	if attempt == 0 {
		k.unless(passed, Result)
	}
	return passed
}

// evaluation checks that every part was passed: in one attempt, unless the rules keep a part that was.
func (k *check) evaluation() {
	rule := k.rules.Evaluation(k.e.Occupation)
	k.unless(len(rule.Parts) > 0, Rules)
	if rule.KeepPassedPart {
		for _, part := range rule.Parts {
			k.passed(0, part.Code)
		}
		return
	}
	together := false
	for _, m := range k.marks {
		all := true
		for _, part := range rule.Parts {
			all = k.passed(m.Attempt, part.Code) && all
		}
		together = together || all
	}
	k.unless(together, Result)
}
