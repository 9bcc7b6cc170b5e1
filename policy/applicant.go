package policy

import (
	"fmt"

	"github.com/dengpan/dengpan/calendar"
)

// Category is in which capacity a person joins (notice, section 三).
type Category string

// The categories.
const (
	InPost           Category = "in_post"
	Intending        Category = "intending"
	FinalYearStudent Category = "final_year_student"
	SkilledWorker    Category = "skilled_worker"
)

// Degree is a degree or a school finished.
type Degree string

// The degrees.
const (
	Doctor           Degree = "doctor"
	Master           Degree = "master"
	SecondBachelor   Degree = "second_bachelor"
	Bachelor         Degree = "bachelor"
	Associate        Degree = "associate"         // 大学专科
	Secondary        Degree = "secondary"         // 中等职业学校
	TechnicianSchool Degree = "technician_school" // 技工院校: stands outside the order of degrees
)

// rank orders the degrees; technician colleges have no place in it until the national rules that give them one are entered.
func (d Degree) rank() int {
	switch d {
	case Secondary:
		return 1
	case Associate:
		return 2
	case Bachelor:
		return 3
	case SecondBachelor:
		return 4
	case Master:
		return 5
	case Doctor:
		return 6
	case TechnicianSchool:
	}
	return 0
}

func (d Degree) valid() bool { return d.rank() > 0 || d == TechnicianSchool }

// titleRank orders the titles below the senior one.
func titleRank(title string) int {
	switch title {
	case "技术员":
		return 1
	case "助理工程师":
		return 2
	case "工程师":
		return 3
	}
	return 0
}

// SkillGrade is a skilled worker's grade (职业技能等级).
type SkillGrade string

// The grades of highly skilled workers.
const (
	SeniorWorker     SkillGrade = "高级工"
	Technician       SkillGrade = "技师"
	SeniorTechnician SkillGrade = "高级技师"
)

func (g SkillGrade) valid() bool {
	return g == SeniorWorker || g == Technician || g == SeniorTechnician
}

// The levels, the lowest first. A version names them; their order and codes are the programme's.
const (
	Junior       = "junior"
	Intermediate = "intermediate"
	Senior       = "senior"
)

func levelRank(level string) int {
	switch level {
	case Junior:
		return 1
	case Intermediate:
		return 2
	case Senior:
		return 3
	}
	return 0
}

// Applicant is the facts about a person that decisions rest on. They are what the person states and the institution has
// seen proof of; nothing in them says who the person is.
type Applicant struct {
	Category   Category    `json:"category"`
	Education  []Education `json:"education,omitempty"`
	Titles     []HeldTitle `json:"titles,omitempty"`
	Grades     []HeldGrade `json:"grades,omitempty"`
	SkillGrade SkillGrade  `json:"skill_grade,omitempty"`
	// WorkStartedOn is when the person began to work in this occupation; nil when not yet.
	WorkStartedOn *calendar.Date `json:"work_started_on,omitempty" nullable:"true"`
}

// Education is one degree or school.
type Education struct {
	Degree       Degree `json:"degree"`
	RelatedMajor bool   `json:"related_major,omitempty"`
	// GraduatedOn is nil while graduation is still to come.
	GraduatedOn *calendar.Date `json:"graduated_on,omitempty" nullable:"true"`
	FullTime    bool           `json:"full_time,omitempty"`
}

// HeldTitle is a professional title the person holds.
type HeldTitle struct {
	Title      string        `json:"title"`
	ObtainedOn calendar.Date `json:"obtained_on"`
}

// HeldGrade is a grade certificate (专业技术等级证书) the person holds from an earlier case.
type HeldGrade struct {
	Level      string        `json:"level"`
	ObtainedOn calendar.Date `json:"obtained_on"`
}

// FieldError is a fault in one field of an applicant, by a stable code.
type FieldError struct {
	Field string `json:"field"`
	Code  string `json:"code"`
}

// The codes of field errors.
const (
	CodeRequired     = "required"
	CodeUnknownValue = "unknown_value"
	CodeUnknownLevel = "unknown_level"
	CodeOutOfRange   = "out_of_range"
	CodeTooMany      = "too_many"
	CodeConflict     = "conflict"
)

// maxFacts is more degrees, titles or grades than anybody has.
const maxFacts = 20

// Validate lists what is wrong with the facts in themselves. Whether they are enough is for the decisions.
func (a Applicant) Validate() []FieldError {
	var v validation
	switch a.Category {
	case InPost, Intending, FinalYearStudent, SkilledWorker:
	case "":
		v.add("category", CodeRequired)
	default:
		v.add("category", CodeUnknownValue)
	}
	v.atMost("education", len(a.Education))
	v.atMost("titles", len(a.Titles))
	v.atMost("grades", len(a.Grades))
	for i, e := range a.Education {
		field := fmt.Sprintf("education[%d].", i)
		v.known(field+"degree", string(e.Degree), e.Degree.valid(), CodeUnknownValue)
		if e.GraduatedOn != nil {
			v.date(field+"graduated_on", *e.GraduatedOn)
		}
	}
	for i, t := range a.Titles {
		field := fmt.Sprintf("titles[%d].", i)
		v.known(field+"title", t.Title, titleRank(t.Title) > 0, CodeUnknownValue)
		v.date(field+"obtained_on", t.ObtainedOn)
	}
	for i, g := range a.Grades {
		field := fmt.Sprintf("grades[%d].", i)
		v.known(field+"level", g.Level, levelRank(g.Level) > 0, CodeUnknownLevel)
		v.date(field+"obtained_on", g.ObtainedOn)
	}
	switch {
	case a.Category == SkilledWorker:
		v.known("skill_grade", string(a.SkillGrade), a.SkillGrade.valid(), CodeUnknownValue)
	case a.SkillGrade != "":
		v.add("skill_grade", CodeConflict)
	}
	if a.WorkStartedOn != nil {
		v.date("work_started_on", *a.WorkStartedOn)
	}
	return v.errors
}

type validation struct{ errors []FieldError }

func (v *validation) add(field, code string) {
	v.errors = append(v.errors, FieldError{Field: field, Code: code})
}

func (v *validation) atMost(field string, n int) {
	if n > maxFacts {
		v.add(field, CodeTooMany)
	}
}

func (v *validation) known(field, value string, known bool, code string) {
	switch {
	case value == "":
		v.add(field, CodeRequired)
	case !known:
		v.add(field, code)
	}
}

// date accepts the years a living person's papers can bear.
func (v *validation) date(field string, d calendar.Date) {
	const first, last = 1920, 2100
	switch {
	case d.IsZero():
		v.add(field, CodeRequired)
	case d.Year() < first || d.Year() > last:
		v.add(field, CodeOutOfRange)
	}
}
