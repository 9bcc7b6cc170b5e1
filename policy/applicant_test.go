package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/policy"
)

func TestFactsThatCannotBeAreNamedByField(t *testing.T) {
	t.Parallel()
	many := person()
	for range 21 {
		many = titled(graded(many, policy.Junior, "2020-01-01"), "工程师", "2020-01-01")
		many.Education = append(many.Education, degree(policy.Bachelor, "2020-01-01"))
	}
	graduated := func(date string) policy.Applicant { return person(degree(policy.Bachelor, date)) }
	for name, c := range map[string]struct {
		applicant policy.Applicant
		want      []policy.FieldError
	}{
		"nothing":             {policy.Applicant{}, []policy.FieldError{{Field: "category", Code: "required"}}},
		"an unknown category": {policy.Applicant{Category: "king"}, []policy.FieldError{{Field: "category", Code: "unknown_value"}}},
		"an unknown degree": {person(degree("wizard", ""), degree("", "")), []policy.FieldError{
			{Field: "education[0].degree", Code: "unknown_value"}, {Field: "education[1].degree", Code: "required"},
		}},
		"a date out of this world": {graduated("1066-10-14"), []policy.FieldError{{Field: "education[0].graduated_on", Code: "out_of_range"}}},
		"a date far ahead":         {graduated("2101-01-01"), []policy.FieldError{{Field: "education[0].graduated_on", Code: "out_of_range"}}},
		"an unknown title":         {titled(person(), "院士", "2020-01-01"), []policy.FieldError{{Field: "titles[0].title", Code: "unknown_value"}}},
		"a title without date": {
			policy.Applicant{Category: policy.InPost, Titles: []policy.HeldTitle{{Title: "工程师"}}},
			[]policy.FieldError{{Field: "titles[0].obtained_on", Code: "required"}},
		},
		"an unknown level": {graded(person(), "初级", "2020-01-01"), []policy.FieldError{{Field: "grades[0].level", Code: "unknown_level"}}},
		"a worker without grade": {
			worker(""), []policy.FieldError{{Field: "skill_grade", Code: "required"}},
		},
		"a worker of no grade": {worker("学徒"), []policy.FieldError{{Field: "skill_grade", Code: "unknown_value"}}},
		"a grade without being a worker": {
			policy.Applicant{Category: policy.InPost, SkillGrade: policy.Technician},
			[]policy.FieldError{{Field: "skill_grade", Code: "conflict"}},
		},
		"work before anybody lived": {working(person(), "1900-01-01"), []policy.FieldError{{Field: "work_started_on", Code: "out_of_range"}}},
		"more than anybody has": {many, []policy.FieldError{
			{Field: "education", Code: "too_many"}, {Field: "titles", Code: "too_many"}, {Field: "grades", Code: "too_many"},
		}},
	} {
		require.Equal(t, c.want, c.applicant.Validate(), name)
	}
}

func TestEveryApplicantThatMakesSenseIsAccepted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := anyApplicant(t)
		require.Empty(t, a.Validate())
	})
}

func TestAnApplicantIsReadFromTheInterfacesJSON(t *testing.T) {
	t.Parallel()
	var a policy.Applicant
	require.NoError(t, json.Unmarshal([]byte(`{
		"category": "final_year_student",
		"education": [
			{"degree": "bachelor", "related_major": true, "graduated_on": null, "full_time": true},
			{"degree": "associate", "graduated_on": "2020-07-01"}
		],
		"titles": [{"title": "技术员", "obtained_on": "2021-01-01"}],
		"grades": [{"level": "junior", "obtained_on": "2022-01-01"}],
		"skill_grade": "",
		"work_started_on": null
	}`), &a))
	require.Empty(t, a.Validate())
	require.Equal(t, graded(titled(student(
		degree(policy.Bachelor, ""), partTime(unrelated(degree(policy.Associate, "2020-07-01"))),
	), "技术员", "2021-01-01"), policy.Junior, "2022-01-01"), a)
}
