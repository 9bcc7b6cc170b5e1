package api

import (
	"fmt"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
)

// applicantBody is the facts about an applicant as they are sent: see policy.Applicant, which they become.
type applicantBody struct {
	Category      string          `json:"category" enum:"in_post,intending,final_year_student,skilled_worker"`
	Education     []educationBody `json:"education,omitempty" maxItems:"20"`
	Titles        []titleBody     `json:"titles,omitempty" maxItems:"20"`
	Grades        []gradeBody     `json:"grades,omitempty" maxItems:"20"`
	SkillGrade    string          `json:"skill_grade,omitempty" enum:"高级工,技师,高级技师," doc:"Of a skilled worker."`
	WorkStartedOn *string         `json:"work_started_on,omitempty" format:"date" doc:"Began work in this occupation."`
}

type educationBody struct {
	Degree       string  `json:"degree" enum:"doctor,master,second_bachelor,bachelor,associate,secondary,technician_school"`
	RelatedMajor bool    `json:"related_major,omitempty"`
	GraduatedOn  *string `json:"graduated_on,omitempty" format:"date" doc:"Null while graduation is still to come."`
	FullTime     bool    `json:"full_time,omitempty"`
}

type titleBody struct {
	Title      string `json:"title" enum:"技术员,助理工程师,工程师"`
	ObtainedOn string `json:"obtained_on" format:"date"`
}

type gradeBody struct {
	Level      string `json:"level" enum:"junior,intermediate,senior"`
	ObtainedOn string `json:"obtained_on" format:"date"`
}

// facts reads an applicant's facts, and adds what is wrong with them to the faults, below the field that all have them in.
func (b applicantBody) facts(found *faults, today calendar.Date) policy.Applicant {
	const field = "applicant"
	dates := dateReader{found: found, latest: today}
	a := policy.Applicant{
		Category: policy.Category(b.Category), SkillGrade: policy.SkillGrade(b.SkillGrade),
		WorkStartedOn: dates.optional(field+".work_started_on", b.WorkStartedOn),
		Education:     []policy.Education{}, Titles: []policy.HeldTitle{}, Grades: []policy.HeldGrade{},
	}
	for i, e := range b.Education {
		a.Education = append(a.Education, policy.Education{
			Degree: policy.Degree(e.Degree), RelatedMajor: e.RelatedMajor, FullTime: e.FullTime,
			GraduatedOn: dates.optional(fmt.Sprintf("%s.education[%d].graduated_on", field, i), e.GraduatedOn),
		})
	}
	for i, t := range b.Titles {
		a.Titles = append(a.Titles, policy.HeldTitle{
			Title: t.Title, ObtainedOn: dates.read(fmt.Sprintf("%s.titles[%d].obtained_on", field, i), t.ObtainedOn),
		})
	}
	for i, g := range b.Grades {
		a.Grades = append(a.Grades, policy.HeldGrade{
			Level: g.Level, ObtainedOn: dates.read(fmt.Sprintf("%s.grades[%d].obtained_on", field, i), g.ObtainedOn),
		})
	}
	for _, fault := range a.Validate() {
		found.add(field+"."+fault.Field, fault.Code)
	}
	return a
}

// dateReader reads dates that must not be later than a day.
type dateReader struct {
	found  *faults
	latest calendar.Date
}

func (r dateReader) read(field, text string) calendar.Date {
	d, err := calendar.ParseDate(text)
	switch {
	case err != nil:
		r.found.add(field, fieldDate)
	case d.After(r.latest):
		r.found.add(field, fieldDateFuture)
	}
	return d
}

func (r dateReader) optional(field string, text *string) *calendar.Date {
	if text == nil || *text == "" {
		return nil
	}
	d := r.read(field, *text)
	return &d
}
