package policy_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
)

// Facts all lie between these days, so that at the later one the whole of them is past.
const firstFact, lastFact = "2005-01-01", "2024-12-31"

func anyDate(t *rapid.T, label string) calendar.Date {
	span := day(lastFact).Sub(day(firstFact))
	return day(firstFact).AddDays(rapid.IntRange(0, span).Draw(t, label))
}

func maybeDate(t *rapid.T, label string) *calendar.Date {
	if rapid.IntRange(0, 4).Draw(t, label+" none") == 0 {
		return nil
	}
	d := anyDate(t, label)
	return &d
}

func anyEducation(t *rapid.T) policy.Education {
	return policy.Education{
		Degree: rapid.SampledFrom([]policy.Degree{
			policy.Doctor, policy.Master, policy.SecondBachelor, policy.Bachelor, policy.Associate, policy.Secondary,
			policy.TechnicianSchool,
		}).Draw(t, "degree"),
		RelatedMajor: rapid.Bool().Draw(t, "related"),
		GraduatedOn:  maybeDate(t, "graduated"),
		FullTime:     rapid.Bool().Draw(t, "full time"),
	}
}

func anyTitle(t *rapid.T) policy.HeldTitle {
	return policy.HeldTitle{
		Title:      rapid.SampledFrom([]string{"技术员", "助理工程师", "工程师"}).Draw(t, "title"),
		ObtainedOn: anyDate(t, "title obtained"),
	}
}

func anyGrade(t *rapid.T) policy.HeldGrade {
	return policy.HeldGrade{
		Level:      rapid.SampledFrom([]string{policy.Junior, policy.Intermediate, policy.Senior}).Draw(t, "grade"),
		ObtainedOn: anyDate(t, "grade obtained"),
	}
}

func anyApplicant(t *rapid.T) policy.Applicant {
	a := policy.Applicant{
		Category: rapid.SampledFrom([]policy.Category{
			policy.InPost, policy.Intending, policy.FinalYearStudent, policy.SkilledWorker,
		}).Draw(t, "category"),
		Education:     rapid.SliceOfN(rapid.Custom(anyEducation), 0, 3).Draw(t, "education"),
		Titles:        rapid.SliceOfN(rapid.Custom(anyTitle), 0, 2).Draw(t, "titles"),
		Grades:        rapid.SliceOfN(rapid.Custom(anyGrade), 0, 2).Draw(t, "grades"),
		WorkStartedOn: maybeDate(t, "work started"),
	}
	if a.Category == policy.SkilledWorker {
		a.SkillGrade = rapid.SampledFrom([]policy.SkillGrade{
			policy.SeniorWorker, policy.Technician, policy.SeniorTechnician,
		}).Draw(t, "skill grade")
	}
	return a
}

// question is the inputs of a decision.
type question struct {
	Applicant   policy.Applicant
	Occupation  string
	Level       string
	Certificate calendar.Date
}

func anyQuestion(t *rapid.T, p *policy.Policy) question {
	return question{
		Applicant:   anyApplicant(t),
		Occupation:  rapid.SampledFrom(p.Occupations()).Draw(t, "occupation").Code,
		Level:       rapid.SampledFrom(p.Levels()).Draw(t, "level").Code,
		Certificate: anyDate(t, "certificate"),
	}
}

// answers is every decision on a question as of a day.
func (q question) answers(p *policy.Policy, asOf calendar.Date) (admission, entry policy.Decision, title policy.TitleDecision) {
	return p.MayJoin(q.Applicant, q.Occupation, q.Level, asOf),
		p.MayEnterEvaluation(q.Applicant, q.Occupation, q.Level, asOf),
		p.MapTitle(q.Applicant, q.Occupation, q.Level, q.Certificate, asOf)
}

func TestAStoredDecisionIsDerivedAgainFromItsStoredInputs(t *testing.T) {
	t.Parallel()
	p := beijing(t)
	rapid.Check(t, func(t *rapid.T) {
		asked, asOf := anyQuestion(t, p), anyDate(t, "as of")
		stored, err := json.Marshal(asked)
		require.NoError(t, err)
		var again question
		require.NoError(t, json.Unmarshal(stored, &again))

		admission, entry, title := asked.answers(p, asOf)
		admissionAgain, entryAgain, titleAgain := again.answers(p, asOf)
		for _, pair := range [][2]any{{admission, admissionAgain}, {entry, entryAgain}, {title, titleAgain}} {
			require.Equal(t, pair[0], pair[1])
		}

		body, err := json.Marshal(title)
		require.NoError(t, err)
		var read policy.TitleDecision
		require.NoError(t, json.Unmarshal(body, &read))
		bodyAgain, err := json.Marshal(read)
		require.NoError(t, err)
		require.JSONEq(t, string(body), string(bodyAgain), "a decision reads back as it was stored")
	})
}

func TestADecisionIsEitherMetOrSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	p := beijing(t)
	rapid.Check(t, func(t *rapid.T) {
		q, asOf := anyQuestion(t, p), anyDate(t, "as of")
		admission, entry, title := q.answers(p, asOf)
		for _, d := range []policy.Decision{admission, entry, title.Decision} {
			require.Equal(t, asOf, d.AsOf)
			require.NotEmpty(t, d.Citation.Document)
			require.Equal(t, d.Outcome == policy.Met, d.Rested != nil)
			if d.Outcome == policy.Met {
				require.Empty(t, d.Missing)
				require.Nil(t, d.EarliestDate)
				continue
			}
			require.False(t, d.Outcome == policy.InsufficientRule && d.EarliestDate != nil)
			for _, unmet := range d.Missing {
				require.NotEmpty(t, unmet.Need)
				require.NotEmpty(t, unmet.Text.ZH)
				require.NotEmpty(t, unmet.Text.EN)
			}
		}
	})
}

func TestOnTheEarliestDateAndNotBeforeTheConditionsAreMet(t *testing.T) {
	t.Parallel()
	p := beijing(t)
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t, p)
		asOf := day(lastFact).AddDays(rapid.IntRange(0, 1500).Draw(t, "as of"))
		_, entry, title := q.answers(p, asOf)
		for i, d := range []policy.Decision{entry, title.Decision} {
			at := func(on calendar.Date) policy.Outcome {
				_, entry, title := q.answers(p, on)
				return []policy.Decision{entry, title.Decision}[i].Outcome
			}
			switch {
			case d.EarliestDate != nil:
				require.True(t, d.EarliestDate.After(asOf))
				require.Equal(t, policy.Met, at(*d.EarliestDate))
				require.NotEqual(t, policy.Met, at(d.EarliestDate.AddDays(-1)))
			case d.Outcome != policy.Met:
				require.NotEqual(t, policy.Met, at(asOf.AddYears(50)), "no date means that time does not help")
			}
		}
	})
}

func TestWhatIsMetStaysMetAsTimePasses(t *testing.T) {
	t.Parallel()
	p := beijing(t)
	rapid.Check(t, func(t *rapid.T) {
		q, asOf := anyQuestion(t, p), anyDate(t, "as of")
		later := asOf.AddDays(rapid.IntRange(0, 4000).Draw(t, "later"))
		_, entry, title := q.answers(p, asOf)
		_, entryLater, titleLater := q.answers(p, later)
		// A final-year student's unfinished degree may be finished later, and counts then as before.
		if entry.Outcome == policy.Met {
			require.Equal(t, policy.Met, entryLater.Outcome)
		}
		if title.Outcome == policy.Met {
			require.Equal(t, policy.Met, titleLater.Outcome)
		}
	})
}

func TestMoreEvidenceNeverTakesAway(t *testing.T) {
	t.Parallel()
	p := beijing(t)
	rapid.Check(t, func(t *rapid.T) {
		q, asOf := anyQuestion(t, p), anyDate(t, "as of")
		more := q
		a := &more.Applicant
		a.Education = append(slices.Clone(a.Education), anyEducation(t))
		a.Titles = append(slices.Clone(a.Titles), anyTitle(t))
		a.Grades = append(slices.Clone(a.Grades), anyGrade(t))
		admission, entry, title := q.answers(p, asOf)
		admissionMore, entryMore, titleMore := more.answers(p, asOf)
		for _, pair := range [][2]policy.Decision{
			{admission, admissionMore}, {entry, entryMore}, {title.Decision, titleMore.Decision},
		} {
			before, after := pair[0], pair[1]
			if before.Outcome == policy.Met {
				require.Equal(t, policy.Met, after.Outcome)
			}
			if before.EarliestDate != nil && after.Outcome != policy.Met {
				require.NotNil(t, after.EarliestDate)
				require.False(t, after.EarliestDate.After(*before.EarliestDate))
			}
		}
	})
}

func TestTheOrderOfEvidenceChangesNoOutcome(t *testing.T) {
	t.Parallel()
	p := beijing(t)
	rapid.Check(t, func(t *rapid.T) {
		q, asOf := anyQuestion(t, p), anyDate(t, "as of")
		shuffled := q
		shuffled.Applicant.Education = rapid.Permutation(q.Applicant.Education).Draw(t, "education shuffled")
		shuffled.Applicant.Titles = rapid.Permutation(q.Applicant.Titles).Draw(t, "titles shuffled")
		shuffled.Applicant.Grades = rapid.Permutation(q.Applicant.Grades).Draw(t, "grades shuffled")
		_, entry, title := q.answers(p, asOf)
		_, entryShuffled, titleShuffled := shuffled.answers(p, asOf)
		require.Equal(t, verdict(entry), verdict(entryShuffled))
		require.Equal(t, verdict(title.Decision), verdict(titleShuffled.Decision))
	})
}
