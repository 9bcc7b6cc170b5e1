package demo

import "github.com/dengpan/dengpan/calendar"

// applicant is what a person says about themselves when registering, as the API takes it.
type applicant struct {
	Category      string         `json:"category"`
	Education     []education    `json:"education"`
	Titles        []heldTitle    `json:"titles"`
	Grades        []heldGrade    `json:"grades"`
	SkillGrade    string         `json:"skill_grade,omitempty"`
	WorkStartedOn *calendar.Date `json:"work_started_on"`
}

type education struct {
	Degree       string         `json:"degree"`
	RelatedMajor bool           `json:"related_major"`
	GraduatedOn  *calendar.Date `json:"graduated_on"`
	FullTime     bool           `json:"full_time"`
}

type heldTitle struct {
	Title      string        `json:"title"`
	ObtainedOn calendar.Date `json:"obtained_on"`
}

type heldGrade struct {
	Level      string        `json:"level"`
	ObtainedOn calendar.Date `json:"obtained_on"`
}

// facts makes an applicant as of the day the demonstration began.
type facts func(today calendar.Date) applicant

// working is somebody in post who graduated and began to work some days ago.
func working(degree string, graduated, began int) facts {
	return func(today calendar.Date) applicant {
		graduation, start := today.AddDays(-graduated), today.AddDays(-began)
		return applicant{
			Category:      "in_post",
			Education:     []education{{Degree: degree, RelatedMajor: true, GraduatedOn: &graduation, FullTime: true}},
			Titles:        []heldTitle{},
			Grades:        []heldGrade{},
			WorkStartedOn: &start,
		}
	}
}

// withTitle adds a title obtained some days ago.
func (f facts) withTitle(title string, ago int) facts {
	return func(today calendar.Date) applicant {
		a := f(today)
		a.Titles = append(a.Titles, heldTitle{Title: title, ObtainedOn: today.AddDays(-ago)})
		return a
	}
}

// withGrade adds an earlier grade certificate obtained some days ago.
func (f facts) withGrade(level string, ago int) facts {
	return func(today calendar.Date) applicant {
		a := f(today)
		a.Grades = append(a.Grades, heldGrade{Level: level, ObtainedOn: today.AddDays(-ago)})
		return a
	}
}

// skilled makes the applicant an employed highly skilled worker.
func (f facts) skilled(grade string) facts {
	return func(today calendar.Date) applicant {
		a := f(today)
		a.Category, a.SkillGrade = "skilled_worker", grade
		return a
	}
}

const year = 366 // days: a little more than one, where at least one is meant

// Applicants who meet every condition of their level, each by another alternative of the rules. All
// seniors end without a title outcome: Beijing's years for 高级工程师 are not known.
var (
	juniorBachelor  = working("bachelor", 4*year, 3*year)
	juniorMaster    = working("master", year, year)
	juniorAssociate = working("associate", 5*year, 4*year)

	intermediateTitled  = working("bachelor", 7*year, 6*year).withTitle("助理工程师", 5*year)
	intermediateGraded  = working("master", 4*year, 4*year).withGrade("junior", 2*year)
	intermediateDoctor  = working("doctor", year, year)
	seniorTitled        = working("bachelor", 12*year, 11*year).withTitle("工程师", 5*year)
	seniorGraded        = working("master", 10*year, 9*year).withGrade("intermediate", 5*year)
	seniorSkilledWorker = working("associate", 20*year, 19*year).skilled("高级技师")
)

// Applicants who do not.
var (
	// wrongLevel is a skilled worker of a grade that opens the junior level only.
	wrongLevel = working("associate", 8*year, 7*year).skilled("高级工")
	// tooNew has the degree but, as first stated, too little work to be evaluated; veteran is the same
	// person with the work history put right.
	tooNew  = working("associate", 6*year, 100)
	veteran = working("associate", 6*year, 5*year)
	// noTitlePath may be evaluated as a skilled worker, but no title condition fits the education.
	noTitlePath = working("secondary", 15*year, 14*year).skilled("技师")
	// graduatesSoon and mastersSoon lack nothing but a few weeks since graduation.
	graduatesSoon = working("bachelor", 365-70, 365-70)
	mastersSoon   = working("master", 2*365-80, 2*365-80).withGrade("junior", 500)
)
