package policy_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
)

func day(s string) calendar.Date { return calendar.MustParseDate(s) }

func itoa(n int) string { return strconv.Itoa(n) }

func on(s string) *calendar.Date {
	d := day(s)
	return &d
}

// degree is a related degree, finished on a day, or not yet when there is none.
func degree(d policy.Degree, graduated string) policy.Education {
	e := policy.Education{Degree: d, RelatedMajor: true, FullTime: true}
	if graduated != "" {
		e.GraduatedOn = on(graduated)
	}
	return e
}

func unrelated(e policy.Education) policy.Education {
	e.RelatedMajor = false
	return e
}

func partTime(e policy.Education) policy.Education {
	e.FullTime = false
	return e
}

// person is an applicant in post with these degrees.
func person(education ...policy.Education) policy.Applicant {
	return policy.Applicant{Category: policy.InPost, Education: education}
}

func student(education ...policy.Education) policy.Applicant {
	return policy.Applicant{Category: policy.FinalYearStudent, Education: education}
}

func worker(grade policy.SkillGrade) policy.Applicant {
	return policy.Applicant{Category: policy.SkilledWorker, SkillGrade: grade}
}

func titled(a policy.Applicant, title, obtained string) policy.Applicant {
	a.Titles = append(a.Titles, policy.HeldTitle{Title: title, ObtainedOn: day(obtained)})
	return a
}

func graded(a policy.Applicant, level, obtained string) policy.Applicant {
	a.Grades = append(a.Grades, policy.HeldGrade{Level: level, ObtainedOn: day(obtained)})
	return a
}

func working(a policy.Applicant, since string) policy.Applicant {
	a.WorkStartedOn = on(since)
	return a
}

// verdict is what a decision came to, in short: the alternative it rested on, or the outcome and the day it will be met.
func verdict(d policy.Decision) string {
	switch {
	case d.Rested != nil:
		return d.Rested.Code
	case d.EarliestDate != nil:
		return string(d.Outcome) + " until " + d.EarliestDate.String()
	}
	return string(d.Outcome)
}

const notMet, insufficient = "not_met", "insufficient_rule"

func TestWhoMayJoin(t *testing.T) {
	t.Parallel()
	const today = "2024-03-01"
	for name, c := range map[string]struct {
		applicant policy.Applicant
		level     string
		want      string
	}{
		"in post":                          {person(), policy.Senior, "in_post"},
		"intending":                        {policy.Applicant{Category: policy.Intending}, policy.Junior, "intending"},
		"a student of a university":        {student(degree(policy.Bachelor, "")), policy.Junior, "final_year_student"},
		"a student of a college":           {student(degree(policy.Associate, "")), policy.Junior, "final_year_student"},
		"a student of a technician school": {student(degree(policy.TechnicianSchool, "")), policy.Junior, "final_year_student"},
		"graduating tomorrow":              {student(degree(policy.Bachelor, "2024-03-02")), policy.Junior, "final_year_student"},
		"graduated today":                  {student(degree(policy.Bachelor, "2024-03-01")), policy.Junior, notMet},
		"graduated yesterday":              {student(degree(policy.Bachelor, "2024-02-29")), policy.Junior, notMet},
		"studying part-time":               {student(partTime(degree(policy.Bachelor, ""))), policy.Junior, notMet},
		"full-time long ago only":          {student(degree(policy.Bachelor, "2020-07-01"), partTime(degree(policy.Master, ""))), policy.Junior, notMet},
		"at a secondary school":            {student(degree(policy.Secondary, "")), policy.Junior, notMet},
		"a student of nothing":             {student(), policy.Junior, notMet},
		"a skilled worker, junior":         {worker(policy.SeniorWorker), policy.Junior, "skilled_worker"},
		"a technician, intermediate":       {worker(policy.Technician), policy.Intermediate, "skilled_worker"},
		"a senior technician, senior":      {worker(policy.SeniorTechnician), policy.Senior, "skilled_worker"},
		"a skilled worker above the grade": {worker(policy.SeniorWorker), policy.Intermediate, notMet},
		"a skilled worker below the grade": {worker(policy.SeniorTechnician), policy.Junior, notMet},
		"a worker without a grade":         {worker(""), policy.Junior, notMet},
		"nobody in particular":             {policy.Applicant{}, policy.Junior, notMet},
		"at an unknown level":              {person(), "master", insufficient},
	} {
		d := beijing(t).MayJoin(c.applicant, "big-data", c.level, day(today))
		require.Equal(t, c.want, verdict(d), name)
		require.Equal(t, policy.DecisionAdmission, d.Kind)
		require.Equal(t, day(today), d.AsOf)
		require.Equal(t, policy.Notice, d.Citation.Basis)
		require.Nil(t, d.EarliestDate, "no time alone lets anybody join")
		require.Equal(t, c.want == notMet, len(d.Missing) > 0, name)
	}
	require.Equal(t, insufficient, verdict(beijing(t).MayJoin(person(), "astrology", policy.Junior, day(today))))
}

func TestWhoMayNotJoinIsToldWhy(t *testing.T) {
	t.Parallel()
	need := func(a policy.Applicant, level string) []policy.Need {
		missing := beijing(t).MayJoin(a, "big-data", level, day("2024-03-01")).Missing
		require.Len(t, missing, 1)
		require.NotEmpty(t, missing[0].Text.ZH)
		return missing[0].Need
	}
	require.Equal(t, []policy.Need{{Code: policy.NeedStudying}}, need(student(degree(policy.Bachelor, "2023-07-01")), policy.Junior))
	require.Equal(t, []policy.Need{{Code: policy.NeedFullTime, Have: "false", Need: "true"}},
		need(student(partTime(degree(policy.Bachelor, ""))), policy.Junior))
	require.Equal(t, []policy.Need{{Code: policy.NeedSkillGrade, Have: "高级工", Need: "技师"}},
		need(worker(policy.SeniorWorker), policy.Intermediate))

	all := beijing(t).MayJoin(policy.Applicant{Category: "curious"}, "big-data", policy.Junior, day("2024-03-01")).Missing
	require.Len(t, all, 4)
	require.Equal(t, []policy.Need{{Code: policy.NeedCategory, Have: "curious", Need: "in_post"}}, all[0].Need)
}

func TestASkilledWorkersGradeIsInferredAndSaysSo(t *testing.T) {
	t.Parallel()
	d := beijing(t).MayJoin(worker(policy.Technician), "big-data", policy.Intermediate, day("2024-03-01"))
	require.Equal(t, "三（四）", d.Rested.Citation.Clause)
	require.Equal(t, policy.Recalled, d.Rested.Citation.Basis)
}

// Each row is an alternative of the evaluation's entry at its boundary: the day before, the day, and the way not to it.
func TestWhoMayEnterTheEvaluation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		applicant policy.Applicant
		level     string
		asOf      string
		want      string
	}{
		"初级 1: the title 技术员":                        {titled(person(), "技术员", "2024-03-01"), policy.Junior, "2024-03-01", "technician-title"},
		"初级 1: the title not yet":                    {titled(person(), "技术员", "2024-03-02"), policy.Junior, "2024-03-01", notMet},
		"初级 1: a higher title":                       {titled(person(), "工程师", "2020-03-01"), policy.Junior, "2024-03-01", "technician-title"},
		"初级 2: a related bachelor":                   {person(degree(policy.Bachelor, "2024-03-01")), policy.Junior, "2024-03-01", "bachelor"},
		"初级 2: a related master":                     {person(degree(policy.Master, "2019-07-01")), policy.Junior, "2024-03-01", "bachelor"},
		"初级 2: a final-year bachelor":                {student(degree(policy.Bachelor, "")), policy.Junior, "2024-03-01", "bachelor"},
		"初级 2: unfinished and no student":            {person(degree(policy.Bachelor, "")), policy.Junior, "2024-03-01", notMet},
		"初级 2: an unrelated bachelor":                {person(unrelated(degree(policy.Bachelor, "2020-07-01"))), policy.Junior, "2024-03-01", notMet},
		"初级 2: unrelated, and a related one":         {person(unrelated(degree(policy.Master, "2020-07-01")), degree(policy.Bachelor, "2018-07-01")), policy.Junior, "2024-03-01", "bachelor"},
		"初级 3: associate, the day before":            {working(person(degree(policy.Associate, "2022-07-01")), "2023-03-01"), policy.Junior, "2024-02-29", "not_met until 2024-03-01"},
		"初级 3: associate, the day":                   {working(person(degree(policy.Associate, "2022-07-01")), "2023-03-01"), policy.Junior, "2024-03-01", "associate-1-year"},
		"初级 3: associate, never worked":              {person(degree(policy.Associate, "2022-07-01")), policy.Junior, "2024-03-01", notMet},
		"初级 3: associate, work from tomorrow":        {working(person(degree(policy.Associate, "2022-07-01")), "2024-03-02"), policy.Junior, "2024-03-01", notMet},
		"初级 3: an unrelated associate":               {working(person(unrelated(degree(policy.Associate, "2018-07-01"))), "2018-07-01"), policy.Junior, "2024-03-01", notMet},
		"初级 3: work from a leap day, the day before": {working(person(degree(policy.Associate, "2022-07-01")), "2024-02-29"), policy.Junior, "2025-02-28", "not_met until 2025-03-01"},
		"初级 3: work from a leap day, the day":        {working(person(degree(policy.Associate, "2022-07-01")), "2024-02-29"), policy.Junior, "2025-03-01", "associate-1-year"},
		"初级 3: a student of an associate degree":     {working(student(degree(policy.Associate, "")), "2020-03-01"), policy.Junior, "2024-03-01", notMet},
		"初级 4: a technician college":                 {person(degree(policy.TechnicianSchool, "2020-07-01")), policy.Junior, "2024-03-01", insufficient},
		"初级 4: a student of one":                     {student(degree(policy.TechnicianSchool, "")), policy.Junior, "2024-03-01", notMet},
		"初级 4: with another way":                     {person(degree(policy.TechnicianSchool, "2020-07-01"), degree(policy.Bachelor, "2023-07-01")), policy.Junior, "2024-03-01", "bachelor"},
		"初级 4: with another way by time":             {working(person(degree(policy.TechnicianSchool, "2018-07-01"), degree(policy.Associate, "2020-07-01")), "2023-09-01"), policy.Junior, "2024-03-01", "not_met until 2024-09-01"},
		"初级 5: a skilled worker":                     {worker(policy.SeniorWorker), policy.Junior, "2024-03-01", "skilled-worker"},
		"初级 5: of another grade":                     {worker(policy.Technician), policy.Junior, "2024-03-01", notMet},
		"初级: secondary school":                       {working(person(degree(policy.Secondary, "2010-07-01")), "2010-07-01"), policy.Junior, "2024-03-01", notMet},
		"初级: nothing at all":                         {person(), policy.Junior, "2024-03-01", notMet},

		"中级 1: the day before":                {titled(working(person(), "2020-01-01"), "助理工程师", "2022-03-01"), policy.Intermediate, "2024-02-29", "not_met until 2024-03-01"},
		"中级 1: the day":                       {titled(working(person(), "2020-01-01"), "助理工程师", "2022-03-01"), policy.Intermediate, "2024-03-01", "assistant-title-2-years"},
		"中级 1: work begun after the title":    {titled(working(person(), "2023-03-01"), "助理工程师", "2020-03-01"), policy.Intermediate, "2024-03-01", "not_met until 2025-03-01"},
		"中级 1: never worked":                  {titled(person(), "助理工程师", "2015-03-01"), policy.Intermediate, "2024-03-01", notMet},
		"中级 1: a lower title":                 {titled(working(person(), "2010-01-01"), "技术员", "2010-03-01"), policy.Intermediate, "2024-03-01", notMet},
		"中级 1: the earlier of two titles":     {titled(titled(working(person(), "2010-01-01"), "工程师", "2023-06-01"), "助理工程师", "2019-06-01"), policy.Intermediate, "2024-03-01", "assistant-title-2-years"},
		"中级 2: bachelor, the day before":      {graded(working(person(unrelated(degree(policy.Bachelor, "2018-07-01"))), "2018-07-01"), policy.Junior, "2021-03-01"), policy.Intermediate, "2024-02-29", "not_met until 2024-03-01"},
		"中级 2: bachelor, the day":             {graded(working(person(unrelated(degree(policy.Bachelor, "2018-07-01"))), "2018-07-01"), policy.Junior, "2021-03-01"), policy.Intermediate, "2024-03-01", "junior-grade-3-years"},
		"中级 2: associate, the day":            {graded(working(person(degree(policy.Associate, "2018-07-01")), "2018-07-01"), policy.Junior, "2021-03-01"), policy.Intermediate, "2024-03-01", "junior-grade-3-years"},
		"中级 2: secondary only":                {graded(working(person(degree(policy.Secondary, "2010-07-01")), "2010-07-01"), policy.Junior, "2015-03-01"), policy.Intermediate, "2024-03-01", notMet},
		"中级 2: no grade":                      {working(person(degree(policy.Bachelor, "2010-07-01")), "2010-07-01"), policy.Intermediate, "2024-03-01", notMet},
		"中级 2: a final-year student":          {graded(working(student(degree(policy.Bachelor, "")), "2018-07-01"), policy.Junior, "2019-03-01"), policy.Intermediate, "2024-03-01", notMet},
		"中级 3: master, the day before":        {graded(working(person(unrelated(degree(policy.Master, "2018-07-01"))), "2018-07-01"), policy.Junior, "2023-03-01"), policy.Intermediate, "2024-02-29", "not_met until 2024-03-01"},
		"中级 3: master, the day":               {graded(working(person(unrelated(degree(policy.Master, "2018-07-01"))), "2018-07-01"), policy.Junior, "2023-03-01"), policy.Intermediate, "2024-03-01", "junior-grade-1-year"},
		"中级 3: second bachelor, the day":      {graded(working(person(degree(policy.SecondBachelor, "2018-07-01")), "2018-07-01"), policy.Junior, "2023-03-01"), policy.Intermediate, "2024-03-01", "junior-grade-1-year"},
		"中级 3: a plain bachelor waits longer": {graded(working(person(degree(policy.Bachelor, "2018-07-01")), "2018-07-01"), policy.Junior, "2023-03-01"), policy.Intermediate, "2024-03-01", "not_met until 2026-03-01"},
		"中级 4: a related doctor":              {person(degree(policy.Doctor, "2024-03-01")), policy.Intermediate, "2024-03-01", "doctor"},
		"中级 4: an unrelated doctor":           {person(unrelated(degree(policy.Doctor, "2024-03-01"))), policy.Intermediate, "2024-03-01", notMet},
		"中级 4: not a doctor yet":              {student(degree(policy.Doctor, "")), policy.Intermediate, "2024-03-01", notMet},
		"中级 5: a technician college":          {person(degree(policy.TechnicianSchool, "2020-07-01")), policy.Intermediate, "2024-03-01", insufficient},
		"中级 6: a technician":                  {worker(policy.Technician), policy.Intermediate, "2024-03-01", "skilled-worker"},
		"中级: a fresh bachelor":                {person(degree(policy.Bachelor, "2024-03-01")), policy.Intermediate, "2024-03-01", notMet},

		"高级 1: the day before":           {titled(working(person(), "2015-01-01"), "工程师", "2021-03-01"), policy.Senior, "2024-02-29", "not_met until 2024-03-01"},
		"高级 1: the day":                  {titled(working(person(), "2015-01-01"), "工程师", "2021-03-01"), policy.Senior, "2024-03-01", "engineer-title-3-years"},
		"高级 1: a lower title":            {titled(working(person(), "2010-01-01"), "助理工程师", "2010-03-01"), policy.Senior, "2024-03-01", notMet},
		"高级 2: bachelor, the day before": {graded(working(person(degree(policy.Bachelor, "2012-07-01")), "2012-07-01"), policy.Intermediate, "2020-03-01"), policy.Senior, "2024-02-29", "not_met until 2024-03-01"},
		"高级 2: bachelor, the day":        {graded(working(person(degree(policy.Bachelor, "2012-07-01")), "2012-07-01"), policy.Intermediate, "2020-03-01"), policy.Senior, "2024-03-01", "intermediate-grade-4-years"},
		"高级 2: master, the day":          {graded(working(person(degree(policy.Master, "2012-07-01")), "2012-07-01"), policy.Intermediate, "2020-03-01"), policy.Senior, "2024-03-01", "intermediate-grade-4-years"},
		"高级 2: an associate":             {graded(working(person(degree(policy.Associate, "2012-07-01")), "2012-07-01"), policy.Intermediate, "2015-03-01"), policy.Senior, "2024-03-01", notMet},
		"高级 2: the junior grade":         {graded(working(person(degree(policy.Bachelor, "2012-07-01")), "2012-07-01"), policy.Junior, "2015-03-01"), policy.Senior, "2024-03-01", notMet},
		"高级 3: doctor, the day before":   {graded(working(person(degree(policy.Doctor, "2020-07-01")), "2020-07-01"), policy.Intermediate, "2023-03-01"), policy.Senior, "2024-02-29", "not_met until 2024-03-01"},
		"高级 3: doctor, the day":          {graded(working(person(degree(policy.Doctor, "2020-07-01")), "2020-07-01"), policy.Intermediate, "2023-03-01"), policy.Senior, "2024-03-01", "intermediate-grade-1-year"},
		"高级 4: a technician college":     {person(degree(policy.TechnicianSchool, "2020-07-01")), policy.Senior, "2024-03-01", insufficient},
		"高级 5: a senior technician":      {worker(policy.SeniorTechnician), policy.Senior, "2024-03-01", "skilled-worker"},
		"高级: a leap-day grade, before":   {graded(working(person(degree(policy.Doctor, "2020-07-01")), "2020-07-01"), policy.Intermediate, "2024-02-29"), policy.Senior, "2025-02-28", "not_met until 2025-03-01"},
		"高级: a leap-day grade, the day":  {graded(working(person(degree(policy.Doctor, "2020-07-01")), "2020-07-01"), policy.Intermediate, "2024-02-29"), policy.Senior, "2025-03-01", "intermediate-grade-1-year"},
		"at a level that does not exist": {person(degree(policy.Doctor, "2020-07-01")), "master", "2024-03-01", insufficient},
	} {
		d := beijing(t).MayEnterEvaluation(c.applicant, "intelligent-manufacturing", c.level, day(c.asOf))
		require.Equal(t, c.want, verdict(d), name)
		require.Equal(t, policy.DecisionEvaluationEntry, d.Kind)
		require.Equal(t, "人社厅发〔2021〕10号", d.Citation.Document)
		require.Equal(t, policy.Recalled, d.Citation.Basis)
	}
	require.Equal(t, insufficient, verdict(beijing(t).MayEnterEvaluation(person(), "astrology", policy.Junior, day("2024-03-01"))))
}

func TestAnAssumedConditionSaysThatItIsAssumed(t *testing.T) {
	t.Parallel()
	d := beijing(t).MayEnterEvaluation(person(degree(policy.Bachelor, "2020-07-01")), "integrated-circuit", policy.Junior, day("2024-03-01"))
	require.Equal(t, policy.Met, d.Outcome)
	require.Equal(t, "人社厅发〔2021〕70号", d.Citation.Document)
	require.Equal(t, policy.Assumed, d.Rested.Citation.Basis)
}

func TestWhatIsMissingIsSaidForEachAlternative(t *testing.T) {
	t.Parallel()
	a := working(person(unrelated(degree(policy.Associate, "2022-07-01"))), "2023-09-01")
	d := beijing(t).MayEnterEvaluation(a, "big-data", policy.Junior, day("2024-03-01"))
	needs := map[string][]policy.Need{}
	for _, unmet := range d.Missing {
		require.NotEmpty(t, unmet.Text.ZH)
		require.NotEmpty(t, unmet.Text.EN)
		needs[unmet.Alternative] = unmet.Need
	}
	require.Equal(t, map[string][]policy.Need{
		"technician-title": {{Code: policy.NeedTitle, Need: "技术员"}},
		"bachelor":         {{Code: policy.NeedEducation, Have: "associate", Need: "bachelor"}},
		"associate-1-year": {
			{Code: policy.NeedRelatedMajor, Have: "false", Need: "true"},
			{Code: policy.NeedWorkYears, Have: "0", Need: "1"},
		},
		"technician-school": {
			{Code: policy.NeedEducation, Have: "associate", Need: "technician_school"}, {Code: policy.NeedRule},
		},
		"skilled-worker": {{Code: policy.NeedSkillGrade, Need: "高级工"}},
	}, needs)
	require.Nil(t, d.EarliestDate, "time alone does not relate a degree")

	later := beijing(t).MayEnterEvaluation(
		graded(working(person(degree(policy.Bachelor, "2018-07-01")), "2018-07-01"), policy.Junior, "2022-01-01"),
		"big-data", policy.Intermediate, day("2024-03-01"))
	require.Equal(t, []policy.Need{{Code: policy.NeedWorkSinceGrade, Have: "2", Need: "3"}}, later.Missing[1].Need)
	require.Equal(t, day("2025-01-01"), *later.Missing[1].EarliestDate)
	student := beijing(t).MayEnterEvaluation(student(unrelated(degree(policy.Doctor, ""))), "big-data", policy.Intermediate, day("2024-03-01"))
	require.Equal(t, []policy.Need{
		{Code: policy.NeedRelatedMajor, Have: "false", Need: "true"}, {Code: policy.NeedGraduation, Need: "doctor"},
	}, student.Missing[3].Need)
}
