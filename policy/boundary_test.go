package policy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
)

// timed is an alternative that time meets: an applicant for whom it is the only one, with the day its years run from, and
// how many they are.
type timed struct {
	code, level string
	years       int
	applicant   func(since string) policy.Applicant
}

const longAgo = "1999-07-01"

func timedEntries() []timed {
	return []timed{
		{"associate-1-year", policy.Junior, 1, func(since string) policy.Applicant {
			return working(person(degree(policy.Associate, longAgo)), since)
		}},
		{"assistant-title-2-years", policy.Intermediate, 2, func(since string) policy.Applicant {
			return titled(working(person(), longAgo), "助理工程师", since)
		}},
		{"junior-grade-3-years", policy.Intermediate, 3, func(since string) policy.Applicant {
			return graded(working(person(degree(policy.Bachelor, longAgo)), longAgo), policy.Junior, since)
		}},
		{"junior-grade-1-year", policy.Intermediate, 1, func(since string) policy.Applicant {
			return graded(working(person(degree(policy.Master, longAgo)), longAgo), policy.Junior, since)
		}},
		{"engineer-title-3-years", policy.Senior, 3, func(since string) policy.Applicant {
			return titled(working(person(), longAgo), "工程师", since)
		}},
		{"intermediate-grade-4-years", policy.Senior, 4, func(since string) policy.Applicant {
			return graded(working(person(degree(policy.Bachelor, longAgo)), longAgo), policy.Intermediate, since)
		}},
		{"intermediate-grade-1-year", policy.Senior, 1, func(since string) policy.Applicant {
			return graded(working(person(degree(policy.Doctor, longAgo)), longAgo), policy.Intermediate, since)
		}},
	}
}

func timedTitles() []timed {
	graduated := func(d policy.Degree) func(string) policy.Applicant {
		return func(since string) policy.Applicant { return person(degree(d, since)) }
	}
	return []timed{
		{"bachelor-1-year", policy.Junior, 1, graduated(policy.Bachelor)},
		{"associate-3-years", policy.Junior, 3, graduated(policy.Associate)},
		{"secondary-5-years", policy.Junior, 5, graduated(policy.Secondary)},
		{"master-2-years", policy.Intermediate, 2, graduated(policy.Master)},
		{"bachelor-5-years", policy.Intermediate, 5, graduated(policy.Bachelor)},
		{"associate-7-years", policy.Intermediate, 7, graduated(policy.Associate)},
		{"assistant-title-4-years", policy.Intermediate, 4, func(since string) policy.Applicant {
			// The degree is younger than the title, so that its own years come later.
			return titled(person(degree(policy.Associate, "2021-07-01")), "助理工程师", since)
		}},
	}
}

// anniversary is the day on which years since a day are full, counted here without the calendar's own arithmetic.
func anniversary(since string, years int) calendar.Date {
	var year, month, dayOfMonth int
	if _, err := fmt.Sscanf(since, "%d-%d-%d", &year, &month, &dayOfMonth); err != nil {
		panic(err)
	}
	year += years
	if leap := year%4 == 0 && (year%100 != 0 || year%400 == 0); month == 2 && dayOfMonth == 29 && !leap {
		month, dayOfMonth = 3, 1
	}
	return day(fmt.Sprintf("%04d-%02d-%02d", year, month, dayOfMonth))
}

func TestEveryAlternativeThatTimeMeetsIsMetOnItsAnniversaryAndNotBefore(t *testing.T) {
	t.Parallel()
	p := beijing(t)
	for name, rule := range map[string]struct {
		alternatives []timed
		decide       func(a policy.Applicant, level string, asOf calendar.Date) policy.Decision
	}{
		"entry": {timedEntries(), func(a policy.Applicant, level string, asOf calendar.Date) policy.Decision {
			return p.MayEnterEvaluation(a, "big-data", level, asOf)
		}},
		"title": {timedTitles(), func(a policy.Applicant, level string, asOf calendar.Date) policy.Decision {
			return p.MapTitle(a, "big-data", level, day("2019-01-01"), asOf).Decision
		}},
	} {
		for _, alternative := range rule.alternatives {
			for _, since := range []string{"2020-02-28", "2020-02-29", "2020-03-01", "2019-12-31", "2020-01-01", "2019-07-01"} {
				a, due := alternative.applicant(since), anniversary(since, alternative.years)
				label := fmt.Sprintf("%s %s since %s", name, alternative.code, since)
				before := rule.decide(a, alternative.level, due.AddDays(-1))
				require.Equal(t, "not_met until "+due.String(), verdict(before), label+": the day before")
				require.Equal(t, alternative.code, verdict(rule.decide(a, alternative.level, due)), label+": the day")
				require.Equal(t, alternative.code, verdict(rule.decide(a, alternative.level, due.AddDays(1))), label+": the day after")
			}
		}
	}
}

// An alternative that asks for no years is met on the day its evidence is dated, and not the day before.
func TestEveryAlternativeWithoutYearsIsMetFromTheDayOfItsEvidence(t *testing.T) {
	t.Parallel()
	p := beijing(t)
	for _, on := range []string{"2024-02-28", "2024-02-29", "2024-03-01", "2023-12-31"} {
		for _, c := range []struct {
			code, level string
			title       bool
			applicant   policy.Applicant
		}{
			{"technician-title", policy.Junior, false, titled(person(), "技术员", on)},
			{"bachelor", policy.Junior, false, person(degree(policy.Bachelor, on))},
			{"doctor", policy.Intermediate, false, person(degree(policy.Doctor, on))},
			{"master", policy.Junior, true, person(degree(policy.Master, on))},
			{"doctor", policy.Intermediate, true, person(degree(policy.Doctor, on))},
		} {
			for _, offset := range []int{-1, 0, 1} {
				asOf := day(on).AddDays(offset)
				d := p.MayEnterEvaluation(c.applicant, "big-data", c.level, asOf)
				if c.title {
					d = p.MapTitle(c.applicant, "big-data", c.level, day("2019-01-01"), asOf).Decision
				}
				want := c.code
				if offset < 0 {
					want = notMet
				}
				require.Equal(t, want, verdict(d), "%s %s on %s%+d", c.level, c.code, on, offset)
			}
		}
	}
}

// The two tables above and the alternatives that no day decides are all there are: who adds an alternative to the data adds
// its boundary here.
func TestNoAlternativeIsWithoutABoundaryTest(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, rows := range [][]timed{timedEntries(), timedTitles()} {
		for _, row := range rows {
			covered[row.level+" "+row.code] = true
		}
	}
	for _, row := range []string{
		"junior technician-title", "junior bachelor", "intermediate doctor", "junior master",
		// Without a day: a rule that is not entered, and a grade of skill held now.
		"junior technician-school", "intermediate technician-school", "senior technician-school",
		"junior skilled-worker", "intermediate skilled-worker", "senior skilled-worker",
	} {
		covered[row] = true
	}
	c := beijing(t).Catalogue()
	for _, level := range c.Levels {
		for _, a := range level.TitleConditions {
			require.True(t, covered[level.Code+" "+a.Code], "title of %s: %s", level.Code, a.Code)
		}
	}
	for _, level := range c.Occupations[0].Levels {
		for _, a := range level.EntryConditions {
			require.True(t, covered[level.Level+" "+a.Code], "entry of %s: %s", level.Level, a.Code)
		}
	}
}
