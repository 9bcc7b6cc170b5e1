package policy_test

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

// Cases are pinned to these versions. What they say and how they decide is recorded under testdata/pinned, and made again
// only for a version that no case has used: go test ./policy -run Pinned -record.
var record = flag.Bool("record", false, "record anew how the pinned versions decide")

func TestPinnedVersionsSayAndDecideWhatTheyAlwaysDid(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"beijing-2023", "beijing-2023+demo"} {
		p, err := policy.ByID(id)
		require.NoError(t, err)
		path := filepath.Join("testdata", "pinned", id+".txt")
		got := testimony(t, p)
		if *record {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
			require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), got, id)
	}
}

// testimony is what a version says and how it decides, a line for each file of it and for each kind of question.
func testimony(t *testing.T, p *policy.Policy) string {
	t.Helper()
	var lines []string
	say := func(what string, value any) { lines = append(lines, what+": "+digest(t, value)) }
	for _, name := range slices.Sorted(maps.Keys(p.Written())) {
		say(name+".yaml", p.Written()[name])
	}
	say("lists", p.Lists())
	say("attendance", p.Attendance())
	say("delivery schedule", p.DeliverySchedule())
	for _, wait := range []string{
		policy.WaitEnrolment, policy.WaitTraining, policy.WaitExam, policy.WaitEvaluation, policy.WaitIncident,
	} {
		lines = append(lines, fmt.Sprintf("deadline of %s: %d days", wait, p.Deadline(wait)))
	}
	people := everybody()
	for _, o := range []string{"intelligent-manufacturing", "digital-management"} {
		for _, l := range []string{policy.Junior, policy.Intermediate, policy.Senior} {
			for _, asOf := range []string{"2024-02-29", "2026-07-01"} {
				lines = append(lines, decided(t, p, people, o, l, asOf)...)
			}
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// decided is how a version decides on people, by outcome, and a digest of every word of it.
func decided(t *testing.T, p *policy.Policy, people []policy.Applicant, occupation, level, asOf string) []string {
	t.Helper()
	var lines []string
	for _, kind := range []string{policy.DecisionAdmission, policy.DecisionEvaluationEntry, policy.DecisionTitle} {
		outcomes := map[policy.Outcome]int{}
		decisions := make([]any, len(people))
		for i, person := range people {
			asked := question{Applicant: person, Occupation: occupation, Level: level, Certificate: day("2024-01-15")}
			admission, entry, title := asked.answers(p, day(asOf))
			var d policy.Decision
			switch kind {
			case policy.DecisionAdmission:
				d, decisions[i] = admission, admission
			case policy.DecisionEvaluationEntry:
				d, decisions[i] = entry, entry
			default:
				d, decisions[i] = title.Decision, title
			}
			outcomes[d.Outcome]++
		}
		lines = append(lines, fmt.Sprintf("%s of %s %s on %s: met %d, not %d, unknown %d: %s", kind, occupation, level, asOf,
			outcomes[policy.Met], outcomes[policy.NotMet], outcomes[policy.InsufficientRule], digest(t, decisions)))
	}
	return lines
}

func digest(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return fmt.Sprintf("%x", sha256.Sum256(text))[:24]
}

// everybody is applicants with every degree, title, grade and skill grade, alone and together.
func everybody() []policy.Applicant {
	worked := day("2019-08-01")
	educations := [][]policy.Education{nil}
	for _, degree := range []policy.Degree{
		policy.Doctor, policy.Master, policy.SecondBachelor, policy.Bachelor, policy.Associate, policy.Secondary,
		policy.TechnicianSchool,
	} {
		early, late := day("2016-02-29"), day("2023-07-01")
		educations = append(educations,
			[]policy.Education{{Degree: degree, RelatedMajor: true, GraduatedOn: &early}},
			[]policy.Education{{Degree: degree, GraduatedOn: &late}},
			[]policy.Education{{Degree: degree, RelatedMajor: true, FullTime: true}})
	}
	titles := [][]policy.HeldTitle{nil}
	for _, title := range []string{"技术员", "助理工程师", "工程师"} {
		titles = append(titles, []policy.HeldTitle{{Title: title, ObtainedOn: day("2021-05-01")}})
	}
	grades := [][]policy.HeldGrade{nil}
	for _, level := range []string{policy.Junior, policy.Intermediate} {
		grades = append(grades, []policy.HeldGrade{{Level: level, ObtainedOn: day("2021-02-28")}})
	}
	var people []policy.Applicant
	for _, capacity := range []policy.Applicant{
		{Category: policy.InPost, WorkStartedOn: &worked},
		{Category: policy.Intending},
		{Category: policy.FinalYearStudent},
		{Category: policy.SkilledWorker, SkillGrade: policy.SeniorWorker},
		{Category: policy.SkilledWorker, SkillGrade: policy.Technician, WorkStartedOn: &worked},
		{Category: policy.SkilledWorker, SkillGrade: policy.SeniorTechnician},
		{},
	} {
		for _, education := range educations {
			for _, title := range titles {
				for _, grade := range grades {
					capacity.Education, capacity.Titles, capacity.Grades = education, title, grade
					people = append(people, capacity)
				}
			}
		}
	}
	return people
}
