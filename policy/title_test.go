package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

func TestWhichTitleACertificateLeadsTo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		applicant policy.Applicant
		level     string
		asOf      string
		want      string
	}{
		"助理 1: a master on the day":                  {person(degree(policy.Master, "2024-03-01")), policy.Junior, "2024-03-01", "master"},
		"助理 1: not a master yet":                     {student(degree(policy.Master, "")), policy.Junior, "2024-03-01", notMet},
		"助理 1: a doctor":                             {person(degree(policy.Doctor, "2024-03-01")), policy.Junior, "2024-03-01", "master"},
		"助理 2: bachelor, the day before":             {person(degree(policy.Bachelor, "2023-07-01")), policy.Junior, "2024-06-30", "not_met until 2024-07-01"},
		"助理 2: bachelor, the day":                    {person(degree(policy.Bachelor, "2023-07-01")), policy.Junior, "2024-07-01", "bachelor-1-year"},
		"助理 2: bachelor, the day after":              {person(degree(policy.Bachelor, "2023-07-01")), policy.Junior, "2024-07-02", "bachelor-1-year"},
		"助理 2: second bachelor like bachelor":        {person(degree(policy.SecondBachelor, "2023-07-01")), policy.Junior, "2024-06-30", "not_met until 2024-07-01"},
		"助理 2: an unrelated bachelor":                {person(unrelated(degree(policy.Bachelor, "2023-07-01"))), policy.Junior, "2024-07-01", "bachelor-1-year"},
		"助理 2: on a leap day, before":                {person(degree(policy.Bachelor, "2024-02-29")), policy.Junior, "2025-02-28", "not_met until 2025-03-01"},
		"助理 2: on a leap day, the day":               {person(degree(policy.Bachelor, "2024-02-29")), policy.Junior, "2025-03-01", "bachelor-1-year"},
		"助理 2: a final-year student":                 {student(degree(policy.Bachelor, "")), policy.Junior, "2024-03-01", notMet},
		"助理 2: the older of two":                     {person(degree(policy.Bachelor, "2023-07-01"), degree(policy.Bachelor, "2020-07-01")), policy.Junior, "2024-03-01", "bachelor-1-year"},
		"助理 3: associate, the day before":            {person(degree(policy.Associate, "2021-07-01")), policy.Junior, "2024-06-30", "not_met until 2024-07-01"},
		"助理 3: associate, the day":                   {person(degree(policy.Associate, "2021-07-01")), policy.Junior, "2024-07-01", "associate-3-years"},
		"助理 3: a bachelor since, whichever is first": {person(degree(policy.Associate, "2021-07-01"), degree(policy.Bachelor, "2024-01-15")), policy.Junior, "2024-03-01", "not_met until 2024-07-01"},
		"助理 4: secondary, the day before":            {person(degree(policy.Secondary, "2019-07-01")), policy.Junior, "2024-06-30", "not_met until 2024-07-01"},
		"助理 4: secondary, the day":                   {person(degree(policy.Secondary, "2019-07-01")), policy.Junior, "2024-07-01", "secondary-5-years"},
		"助理 5: a technician college":                 {person(degree(policy.TechnicianSchool, "2010-07-01")), policy.Junior, "2024-03-01", insufficient},
		"助理: a skilled worker without school":        {worker(policy.SeniorWorker), policy.Junior, "2024-03-01", notMet},

		"工程师 1: a doctor":                         {person(degree(policy.Doctor, "2024-03-01")), policy.Intermediate, "2024-03-01", "doctor"},
		"工程师 1: not a doctor yet":                 {student(degree(policy.Doctor, "")), policy.Intermediate, "2024-03-01", notMet},
		"工程师 2: master, the day before":           {person(degree(policy.Master, "2022-07-01")), policy.Intermediate, "2024-06-30", "not_met until 2024-07-01"},
		"工程师 2: master, the day":                  {person(degree(policy.Master, "2022-07-01")), policy.Intermediate, "2024-07-01", "master-2-years"},
		"工程师 3: bachelor, the day before":         {person(degree(policy.Bachelor, "2019-07-01")), policy.Intermediate, "2024-06-30", "not_met until 2024-07-01"},
		"工程师 3: bachelor, the day":                {person(degree(policy.Bachelor, "2019-07-01")), policy.Intermediate, "2024-07-01", "bachelor-5-years"},
		"工程师 4: associate, the day before":        {person(degree(policy.Associate, "2017-07-01")), policy.Intermediate, "2024-06-30", "not_met until 2024-07-01"},
		"工程师 4: associate, the day":               {person(degree(policy.Associate, "2017-07-01")), policy.Intermediate, "2024-07-01", "associate-7-years"},
		"工程师 5: the title, the day before":        {titled(person(degree(policy.Associate, "2019-07-01")), "助理工程师", "2020-03-01"), policy.Intermediate, "2024-02-29", "not_met until 2024-03-01"},
		"工程师 5: the title, the day":               {titled(person(degree(policy.Associate, "2019-07-01")), "助理工程师", "2020-03-01"), policy.Intermediate, "2024-03-01", "assistant-title-4-years"},
		"工程师 5: the title on a leap day, before":  {titled(person(degree(policy.Associate, "2019-07-01")), "助理工程师", "2020-02-29"), policy.Intermediate, "2024-02-28", "not_met until 2024-02-29"},
		"工程师 5: the title on a leap day, the day": {titled(person(degree(policy.Associate, "2019-07-01")), "助理工程师", "2020-02-29"), policy.Intermediate, "2024-02-29", "assistant-title-4-years"},
		"工程师 5: the title without the degree":     {titled(person(degree(policy.Secondary, "2009-07-01")), "助理工程师", "2010-03-01"), policy.Intermediate, "2024-03-01", notMet},
		"工程师 5: a lower title":                    {titled(person(degree(policy.Associate, "2019-07-01")), "技术员", "2010-03-01"), policy.Intermediate, "2024-03-01", "not_met until 2026-07-01"},
		"工程师 6: a technician college":             {person(degree(policy.TechnicianSchool, "2010-07-01")), policy.Intermediate, "2024-03-01", insufficient},

		"高级工程师: a doctor and engineer": {titled(person(degree(policy.Doctor, "2005-07-01")), "工程师", "2007-07-01"), policy.Senior, "2024-03-01", insufficient},
		"高级工程师: nobody":                {person(), policy.Senior, "2024-03-01", insufficient},
	} {
		d := beijing(t).MapTitle(c.applicant, "big-data", c.level, day("2023-12-01"), day(c.asOf))
		require.Equal(t, c.want, verdict(d.Decision), name)
		require.Equal(t, policy.DecisionTitle, d.Decision.Kind)
		require.Equal(t, d.Outcome == policy.Met, d.Kind != "", name)
		require.Equal(t, d.Outcome == policy.Met, len(d.Effects) > 0, name)
		require.Equal(t, map[string]string{
			policy.Junior: "助理工程师", policy.Intermediate: "工程师", policy.Senior: "高级工程师",
		}[c.level], d.Title)
	}
}

func TestAGraduateMaySitTodayAndIsTitledAYearLater(t *testing.T) {
	t.Parallel()
	graduate := person(degree(policy.Bachelor, "2023-07-01"))
	require.Equal(t, policy.Met, beijing(t).MayEnterEvaluation(graduate, "big-data", policy.Junior, day("2023-09-01")).Outcome)
	d := beijing(t).MapTitle(graduate, "big-data", policy.Junior, day("2023-11-01"), day("2023-11-01"))
	require.Equal(t, policy.NotMet, d.Outcome)
	require.Equal(t, day("2024-07-01"), *d.EarliestDate)
	require.Equal(t, policy.Met, beijing(t).MapTitle(graduate, "big-data", policy.Junior, day("2023-11-01"), day("2024-07-01")).Outcome)
}

func TestATitleIsNeverClaimedToBeIssued(t *testing.T) {
	t.Parallel()
	d := beijing(t).MapTitle(person(degree(policy.Doctor, "2020-07-01")), "big-data", policy.Intermediate, day("2023-12-01"), day("2024-03-01"))
	require.Equal(t, policy.TitleEquivalent, d.Kind)
	require.Equal(t, []string{"可作为申报高一级职称的条件", "无需换发北京市职称证书"}, []string{d.Effects[0].ZH, d.Effects[1].ZH})
	require.Empty(t, d.Information)
	require.Equal(t, policy.Recalled, d.Rested.Citation.Basis)
}

func TestTheSeniorTitleIsNotDecidedWithoutBeijingsRule(t *testing.T) {
	t.Parallel()
	for _, p := range []*policy.Policy{beijing(t), demo(t)} {
		d := p.MapTitle(person(degree(policy.Doctor, "2005-07-01")), "big-data", policy.Senior, day("2023-12-01"), day("2024-03-01"))
		require.Equal(t, policy.InsufficientRule, d.Outcome)
		require.Empty(t, d.Kind)
		require.Nil(t, d.EarliestDate)
		require.Len(t, d.Information, 1)
		require.Equal(t, "人社部发〔2019〕16号", d.Information[0].Citation.Document, "the national rule is shown, and not decided by")
	}
}

func TestOnceEnteredTheSeniorRuleGivesTheRightToApply(t *testing.T) {
	t.Parallel()
	p, err := policy.Read(edited(t, "data/beijing-2023/title.yaml", "    alternatives: []\n", `    alternatives:
      - {code: doctor, text: {zh: 博士, en: a doctorate}, education: {minimum: doctor}}
`), "beijing-2023")
	require.NoError(t, err)
	d := p.MapTitle(person(degree(policy.Doctor, "2020-07-01")), "big-data", policy.Senior, day("2023-12-01"), day("2024-03-01"))
	require.Equal(t, policy.Met, d.Outcome)
	require.Equal(t, policy.EligibleToApply, d.Kind)
	require.Contains(t, d.Effects[0].ZH, "可直接申报高级工程师职称评审")
	require.Contains(t, d.Effects[0].EN, "may apply")
}

func TestNoTitleWithoutTheCertificate(t *testing.T) {
	t.Parallel()
	master, bachelor := person(degree(policy.Master, "2020-07-01")), person(degree(policy.Bachelor, "2023-07-01"))
	none := policy.TitleDecision{}.AsOf

	d := beijing(t).MapTitle(master, "big-data", policy.Junior, none, day("2024-03-01"))
	require.Equal(t, notMet, verdict(d.Decision))
	require.Equal(t, []policy.Need{{Code: policy.NeedCertificate}}, d.Missing[0].Need)

	d = beijing(t).MapTitle(master, "big-data", policy.Junior, day("2024-03-02"), day("2024-03-01"))
	require.Equal(t, "not_met until 2024-03-02", verdict(d.Decision))
	require.Equal(t, day("2024-03-01"), d.AsOf)

	d = beijing(t).MapTitle(bachelor, "big-data", policy.Junior, day("2024-03-02"), day("2024-03-01"))
	require.Equal(t, "not_met until 2024-07-01", verdict(d.Decision), "the later of certificate and years")
	require.Equal(t, day("2024-03-01"), d.AsOf)

	d = beijing(t).MapTitle(bachelor, "astrology", policy.Junior, day("2024-03-01"), day("2024-03-01"))
	require.Equal(t, policy.InsufficientRule, d.Outcome)
	d = beijing(t).MapTitle(bachelor, "big-data", "master", day("2024-03-01"), day("2024-03-01"))
	require.Equal(t, policy.InsufficientRule, d.Outcome)
}
