package policy

import (
	"slices"
	"strconv"

	"github.com/dengpan/dengpan/calendar"
)

// condition is one alternative of a rule. Every test it has must hold.
type condition struct {
	Code       string         `yaml:"code"`
	Text       Text           `yaml:"text"`
	Education  *educationTest `yaml:"education"`
	Title      *titleTest     `yaml:"title"`
	Grade      *gradeTest     `yaml:"grade"`
	WorkYears  int            `yaml:"work_years"`
	SkillGrade SkillGrade     `yaml:"skill_grade"`
	// Unconditional marks an alternative that everybody meets: in some provinces a grade certificate is enough for the
	// title. It has to be said; a rule of no tests at all is a slip.
	Unconditional bool `yaml:"unconditional"`
	// RuleNotEntered marks an alternative that refers to rules this version does not have: nobody meets it, and who meets
	// the rest of it is neither let in nor refused.
	RuleNotEntered bool `yaml:"rule_not_entered"`
	// Citation is where the alternative is written, when that is not where the rule is.
	Citation *Citation `yaml:"citation"`
}

// educationTest asks for a degree, or for a technician college's, which stands outside the order of degrees. A higher
// degree serves wherever a lower one does.
type educationTest struct {
	Minimum          Degree `yaml:"minimum"`
	TechnicianSchool bool   `yaml:"technician_school"`
	RelatedMajor     bool   `yaml:"related_major"`
	// FinalYear lets a final-year student's degree count before graduation.
	FinalYear            bool `yaml:"final_year"`
	YearsSinceGraduation int  `yaml:"years_since_graduation"`
}

// titleTest asks for a title or a higher one, held for some years, or worked with for some years in the occupation.
type titleTest struct {
	Title          string `yaml:"title"`
	YearsSince     int    `yaml:"years_since"`
	WorkYearsSince int    `yaml:"work_years_since"`
}

// gradeTest asks for a grade certificate or a higher one, and years of work in the occupation since.
type gradeTest struct {
	Level          string `yaml:"level"`
	WorkYearsSince int    `yaml:"work_years_since"`
}

// gap gathers what an alternative still needs.
type gap struct {
	asOf  calendar.Date
	needs []Need
	// due is the day on which everything will have been met that time can meet; never says that time is not enough.
	due   calendar.Date
	never bool
}

// lacks adds a need that time alone does not meet.
func (g *gap) lacks(code, have, need string) {
	g.needs = append(g.needs, Need{Code: code, Have: have, Need: need})
	g.never = true
}

// years asks for whole years since a day, up to and including the anniversary.
func (g *gap) years(code string, since calendar.Date, years int) {
	due := since.AddYears(years)
	if !due.After(g.asOf) {
		return
	}
	have := strconv.Itoa(wholeYears(since, g.asOf))
	g.needs = append(g.needs, Need{Code: code, Have: have, Need: strconv.Itoa(years)})
	if due.After(g.due) {
		g.due = due
	}
}

// earliest is the day on which time alone will have met the alternative.
func (g *gap) earliest() *calendar.Date {
	if g.never || len(g.needs) == 0 {
		return nil
	}
	due := g.due
	return &due
}

// wholeYears is the number of anniversaries up to a day.
func wholeYears(since, until calendar.Date) int {
	years := until.Year() - since.Year()
	if since.AddYears(years).After(until) {
		years--
	}
	return max(0, years)
}

// missing is what an applicant needs to meet the alternative on a day; no need at all when it is met.
func (c condition) missing(a Applicant, asOf calendar.Date) Unmet {
	g := gap{asOf: asOf}
	if c.Education != nil {
		c.Education.check(a, &g)
	}
	if c.Title != nil {
		c.Title.check(a, &g)
	}
	if c.Grade != nil {
		c.Grade.check(a, &g)
	}
	if c.WorkYears > 0 {
		if started, ok := workStarted(a, asOf); ok {
			g.years(NeedWorkYears, started, c.WorkYears)
		} else {
			g.lacks(NeedWorkYears, "0", strconv.Itoa(c.WorkYears))
		}
	}
	if c.SkillGrade != "" && (a.Category != SkilledWorker || a.SkillGrade != c.SkillGrade) {
		g.lacks(NeedSkillGrade, string(a.SkillGrade), string(c.SkillGrade))
	}
	if c.RuleNotEntered {
		g.lacks(NeedRule, "", "")
	}
	return Unmet{Alternative: c.Code, Text: c.Text, Need: g.needs, EarliestDate: g.earliest()}
}

// wantsRuleOnly reports whether nothing but a rule that was not entered is missing.
func (u Unmet) wantsRuleOnly() bool { return len(u.Need) == 1 && u.Need[0].Code == NeedRule }

func workStarted(a Applicant, asOf calendar.Date) (calendar.Date, bool) {
	if a.WorkStartedOn == nil || a.WorkStartedOn.After(asOf) {
		return calendar.Date{}, false
	}
	return *a.WorkStartedOn, true
}

// graduated reports whether a degree was finished by a day.
func (e Education) graduated(asOf calendar.Date) bool {
	return e.GraduatedOn != nil && !e.GraduatedOn.After(asOf)
}

// check looks for the degree that comes nearest to what is asked, and adds what even that one lacks.
func (t educationTest) check(a Applicant, g *gap) {
	if len(a.Education) == 0 {
		g.lacks(NeedEducation, "", string(t.wanted()))
		return
	}
	best := slices.MinFunc(a.Education, func(x, y Education) int {
		if d := t.distance(a, x, g.asOf) - t.distance(a, y, g.asOf); d != 0 {
			return d
		}
		if x.graduated(g.asOf) && y.graduated(g.asOf) && *x.GraduatedOn != *y.GraduatedOn {
			return x.GraduatedOn.Compare(*y.GraduatedOn)
		}
		return y.Degree.rank() - x.Degree.rank()
	})
	switch t.distance(a, best, g.asOf) {
	case farDegree:
		g.lacks(NeedEducation, string(best.Degree), string(t.wanted()))
		return
	case farGraduation + farMajor:
		g.lacks(NeedRelatedMajor, "false", "true")
		g.lacks(NeedGraduation, "", string(best.Degree))
	case farGraduation:
		g.lacks(NeedGraduation, "", string(best.Degree))
	case farMajor:
		g.lacks(NeedRelatedMajor, "false", "true")
	}
	if best.graduated(g.asOf) && t.YearsSinceGraduation > 0 {
		g.years(NeedYearsSinceGraduation, *best.GraduatedOn, t.YearsSinceGraduation)
	}
}

// How far a degree is from what is asked; a wrong degree is farther than all else together.
const (
	farMajor      = 1
	farGraduation = 2
	farDegree     = 4
)

func (t educationTest) distance(a Applicant, e Education, asOf calendar.Date) int {
	if t.TechnicianSchool != (e.Degree == TechnicianSchool) || e.Degree.rank() < t.Minimum.rank() {
		return farDegree
	}
	far := 0
	if t.RelatedMajor && !e.RelatedMajor {
		far += farMajor
	}
	if !e.graduated(asOf) && (!t.FinalYear || a.Category != FinalYearStudent) {
		far += farGraduation
	}
	return far
}

func (t educationTest) wanted() Degree {
	if t.TechnicianSchool {
		return TechnicianSchool
	}
	return t.Minimum
}

func (t titleTest) check(a Applicant, g *gap) {
	var since []calendar.Date
	highest := ""
	for _, held := range a.Titles {
		if held.ObtainedOn.After(g.asOf) {
			continue
		}
		if titleRank(held.Title) > titleRank(highest) {
			highest = held.Title
		}
		if titleRank(held.Title) >= titleRank(t.Title) {
			since = append(since, held.ObtainedOn)
		}
	}
	if len(since) == 0 {
		g.lacks(NeedTitle, highest, t.Title)
		return
	}
	first := slices.MinFunc(since, calendar.Date.Compare)
	g.years(NeedYearsSinceTitle, first, t.YearsSince)
	workSince(a, g, NeedWorkSinceTitle, first, t.WorkYearsSince)
}

func (t gradeTest) check(a Applicant, g *gap) {
	var since []calendar.Date
	highest := ""
	for _, held := range a.Grades {
		if held.ObtainedOn.After(g.asOf) {
			continue
		}
		if levelRank(held.Level) > levelRank(highest) {
			highest = held.Level
		}
		if levelRank(held.Level) >= levelRank(t.Level) {
			since = append(since, held.ObtainedOn)
		}
	}
	if len(since) == 0 {
		g.lacks(NeedGrade, highest, t.Level)
		return
	}
	workSince(a, g, NeedWorkSinceGrade, slices.MinFunc(since, calendar.Date.Compare), t.WorkYearsSince)
}

// workSince asks for years of work in the occupation since a day; work done before it does not count.
func workSince(a Applicant, g *gap, code string, since calendar.Date, years int) {
	if years == 0 {
		return
	}
	started, ok := workStarted(a, g.asOf)
	if !ok {
		g.lacks(NeedWorkStarted, "", "")
		return
	}
	if started.After(since) {
		since = started
	}
	g.years(code, since, years)
}
