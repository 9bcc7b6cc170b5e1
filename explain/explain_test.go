package explain_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/explain"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
)

func beijing(t *testing.T) *policy.Policy {
	t.Helper()
	p, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	return p
}

func day(s string) calendar.Date { return calendar.MustParseDate(s) }

func graduate(degree policy.Degree, on string) policy.Applicant {
	graduated := day(on)
	return policy.Applicant{Category: policy.InPost, Education: []policy.Education{{Degree: degree, RelatedMajor: true, GraduatedOn: &graduated}}}
}

func TestWhatIsMetNamesWhatItRestsOnAndWhereThatIsWritten(t *testing.T) {
	t.Parallel()
	d := beijing(t).MayEnterEvaluation(graduate(policy.Bachelor, "2019-07-01"), "big-data", policy.Junior, day("2024-03-01"))
	require.Equal(t, []string{
		"依据：具备相关专业大学本科及以上学历（含在读的应届毕业生）",
		"出处：人社厅发〔2021〕10号 申报条件（参照相近规定推定）",
		"说明：该职业国家职业标准未查到原文，按智能制造标准的通用条款执行",
	}, explain.Decision(message.Chinese, d).Lines)
	e := explain.Decision(message.English, d)
	require.Equal(t, "Meets the entry conditions of the evaluation; the training certificate of the level is needed besides.", e.Text)
	require.Equal(t, policy.Assumed, e.Citation.Basis)
}

func TestWhereOnlyTimeIsMissingTheDayIsSaid(t *testing.T) {
	t.Parallel()
	d := beijing(t).MapTitle(graduate(policy.Bachelor, "2019-07-01"), "big-data", policy.Intermediate, day("2024-01-10"), day("2024-03-01"))
	e := explain.Title(message.Chinese, d)
	require.Equal(t, "职称贯通的年限条件将于2024-07-01满足，届时自动重新判断。", e.Text)
	require.Equal(t, "其他情况不变，仅凭时间推移，最早于2024-07-01符合。", e.Lines[0])
	require.Contains(t, e.Lines, "途径：大学本科毕业满5年。所缺：毕业须满5年，现满4年；最早2024-07-01符合")
	require.Equal(t, day("2024-07-01"), *e.EarliestDate)
	require.Contains(t, explain.Title(message.English, d).Lines,
		"Way: 5 years since a bachelor's degree. Missing: years since graduation needed: 5; has: 4; met on 2024-07-01 at the earliest")
}

func TestATitlesEffectIsSaidAndATitleIsNeverSaidToBeAwarded(t *testing.T) {
	t.Parallel()
	d := beijing(t).MapTitle(graduate(policy.Doctor, "2019-07-01"), "big-data", policy.Intermediate, day("2024-01-10"), day("2024-03-01"))
	e := explain.Title(message.Chinese, d)
	require.Contains(t, e.Lines, "效力：可作为申报高一级职称的条件")
	require.Contains(t, e.Lines, "效力：无需换发北京市职称证书")
	require.NotContains(t, e.Text, "取得")

	senior := policy.TitleDecision{
		Decision: policy.Decision{Kind: policy.DecisionTitle, Outcome: policy.Met, Rested: &policy.Alternative{}},
		Kind:     policy.EligibleToApply, Title: "高级工程师",
	}
	text := explain.Title(message.Chinese, senior).Text
	require.Contains(t, text, "可申报评审")
	require.NotContains(t, text, "取得")
}

func TestWhatATrainingLacksIsSaidInItsNumbers(t *testing.T) {
	t.Parallel()
	d := policy.TrainingDecision{
		Outcome: policy.NotMet, Have: 795, Need: 800, Online: 605, OnlineAtMost: 400, Offline: 395, OfflineAtLeast: 400,
		MissingModules: []string{"项目实践", "职业道德"}, Citation: policy.Citation{Document: "某标准", Clause: "培训要求", Basis: policy.Recalled},
	}
	e := explain.Training(message.Chinese, d)
	require.Equal(t, []string{
		"学时：须满80学时，现有79.5学时", "线上学时最多计40学时，现有60.5学时", "线下学时须满40学时，现有39.5学时",
		"尚未完成的内容：项目实践、职业道德", "出处：某标准 培训要求（据转引，未核对原件）",
	}, e.Lines)
	require.Equal(t, "尚未完成规定的培训学时和内容。", e.Text)
	require.Equal(t, []string{
		"Hours needed: 80; has: 79.5", "Hours online that count at most: 40; has: 60.5", "Hours in person needed: 40; has: 39.5",
		"Content not yet complete: 项目实践, 职业道德",
	}, explain.Training(message.English, d).Lines[:4])

	d = policy.TrainingDecision{Outcome: policy.Met, Have: 800, Need: 800, Online: 605, Offline: 195}
	require.Equal(t, []string{"学时：须满80学时，现有80学时"}, explain.Training(message.Chinese, d).Lines, "no shares, no word of them")
	d.Outcome = policy.InsufficientRule
	require.Empty(t, explain.Training(message.Chinese, d).Lines)
	require.NotEmpty(t, explain.Training(message.Chinese, d).Text)
}

func TestAMissingRuleIsToldFromARefusal(t *testing.T) {
	t.Parallel()
	d := beijing(t).MapTitle(graduate(policy.Doctor, "2005-07-01"), "big-data", policy.Senior, day("2024-01-10"), day("2024-03-01"))
	e := explain.Title(message.Chinese, d)
	require.Contains(t, e.Text, "暂不能判断")
	text := strings.Join(e.Lines, "\n")
	require.Contains(t, text, "供参考，不据以判断")
	require.Contains(t, text, "人社部发〔2019〕16号")
}

// Every applicant of a wide choice gets whole sentences: no key without words, no code left over, no Chinese in English
// but the names of documents and titles.
func TestEveryDecisionIsInWholeSentences(t *testing.T) {
	t.Parallel()
	p := beijing(t)
	for _, a := range []policy.Applicant{
		{},
		{Category: policy.InPost},
		{Category: policy.FinalYearStudent},
		{Category: policy.SkilledWorker, SkillGrade: policy.SeniorWorker},
		graduate(policy.Secondary, "2023-07-01"),
		graduate(policy.Associate, "2023-07-01"),
		graduate(policy.TechnicianSchool, "2023-07-01"),
		{
			Category: policy.InPost, Education: []policy.Education{{Degree: policy.Bachelor}},
			Titles: []policy.HeldTitle{{Title: "助理工程师", ObtainedOn: day("2023-01-01")}},
			Grades: []policy.HeldGrade{{Level: policy.Junior, ObtainedOn: day("2023-01-01")}},
		},
	} {
		for _, level := range p.Levels() {
			for _, lang := range []message.Lang{message.Chinese, message.English} {
				now := day("2024-03-01")
				for _, e := range []explain.Explanation{
					explain.Decision(lang, p.MayJoin(a, "big-data", level.Code, now)),
					explain.Decision(lang, p.MayEnterEvaluation(a, "big-data", level.Code, now)),
					explain.Title(lang, p.MapTitle(a, "big-data", level.Code, now, now)),
					explain.Title(lang, p.MapTitle(a, "big-data", level.Code, calendar.Date{}, now)),
				} {
					require.NotEmpty(t, e.Lines)
					for _, line := range append([]string{e.Name, e.Text}, e.Lines...) {
						require.NotEmpty(t, line)
						require.NotContains(t, line, "explain.")
						require.NotContains(t, line, "_")
						require.NotContains(t, line, "event.")
					}
					require.Equal(t, lang == message.Chinese, strings.ContainsFunc(e.Name, func(r rune) bool { return unicode.Is(unicode.Han, r) }))
				}
			}
		}
	}
}
