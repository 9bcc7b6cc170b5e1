package policy_test

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
)

func beijing(t require.TestingT) *policy.Policy {
	p, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	return p
}

func demo(t require.TestingT) *policy.Policy {
	p, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	return p
}

func TestAVersionIsFoundByTheNameACaseKeeps(t *testing.T) {
	t.Parallel()
	require.Equal(t, "beijing-2023", beijing(t).ID())
	require.False(t, beijing(t).Demonstration())
	require.Equal(t, "2023-06-30", beijing(t).EffectiveFrom().String())
	require.Equal(t, "beijing-2023+demo", demo(t).ID())
	require.True(t, demo(t).Demonstration())

	for _, p := range []*policy.Policy{beijing(t), demo(t)} {
		again, err := policy.ByID(p.ID())
		require.NoError(t, err)
		require.Same(t, p, again, "a version is read once")
	}
	both, err := policy.Load("beijing-2023+demo", true)
	require.NoError(t, err)
	require.Same(t, demo(t), both)
}

func TestAnUnknownVersionIsRefused(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		"", "beijing-2022", "demo", "+demo", "beijing-2023+demo+demo", "beijing-2023+", "../data/beijing-2023", "beijing-2023/",
		"Beijing-2023", "beijing-2023 ", ".", "institutions-2022.yaml",
	} {
		_, err := policy.ByID(id)
		require.ErrorIs(t, err, policy.ErrUnknownPolicy, "%q", id)
	}
	_, err := policy.Load("shanghai-2023", true)
	require.ErrorIs(t, err, policy.ErrUnknownPolicy)
}

func TestAVersionIsSharedByManyAndChangedByNone(t *testing.T) {
	t.Parallel()
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			p, err := policy.ByID("beijing-2023+demo")
			if err != nil {
				panic(err)
			}
			for _, o := range p.Occupations() {
				clear(o.Directions)
			}
			clear(p.Occupations())
			clear(p.Levels())
			clear(p.DeliverySchedule())
			clear(p.Evaluation("big-data").Parts)
			lists := p.Lists()
			*lists.CEBases[0].No = 99
			lists.CEBases[0].Levels[0] = ""
			clear(lists.Bodies)
			clear(lists.CEBases)
			standard, err := p.TrainingStandard("big-data", policy.Junior)
			if err != nil {
				panic(err)
			}
			clear(standard.Modules)
			catalogue := p.Catalogue()
			catalogue.DemonstrationLabel.ZH = ""
			for _, level := range catalogue.Levels {
				clear(level.Effects)
				clear(level.Information)
			}
			clear(p.MapTitle(policy.Applicant{}, "big-data", policy.Senior, day("2024-01-01"), day("2024-01-01")).Information)
		})
	}
	readers.Wait()
	fresh, err := policy.Read(policy.Data(), "beijing-2023+demo")
	require.NoError(t, err)
	require.Equal(t, fresh, demo(t))
}

func TestNoHoursAreAssumed(t *testing.T) {
	t.Parallel()
	for _, o := range beijing(t).Occupations() {
		for _, l := range beijing(t).Levels() {
			_, err := beijing(t).TrainingStandard(o.Code, l.Code)
			require.ErrorIs(t, err, policy.ErrRuleMissing)
			var missing *policy.RuleMissingError
			require.ErrorAs(t, err, &missing)
			require.Equal(t, policy.RuleMissingError{
				Policy: "beijing-2023", Rule: policy.RuleTrainingStandard, Occupation: o.Code, Level: l.Code,
			}, *missing)
			require.ErrorContains(t, err, o.Code)
		}
	}
}

func TestTheDemonstrationHasHoursThatSayTheyAreMadeUp(t *testing.T) {
	t.Parallel()
	for level, hours := range map[string]int{policy.Junior: 80, policy.Intermediate: 64, policy.Senior: 64} {
		for _, o := range demo(t).Occupations() {
			standard, err := demo(t).TrainingStandard(o.Code, level)
			require.NoError(t, err)
			require.Equal(t, ledger.Whole(hours), standard.Hours)
			require.Len(t, standard.Modules, 4)
			require.Equal(t, "演示数据", standard.Citation.Document)
			require.Equal(t, policy.Demonstration, standard.Citation.Basis)
		}
	}
	_, err := demo(t).TrainingStandard("astrology", policy.Junior)
	require.ErrorIs(t, err, policy.ErrRuleMissing)
	_, err = demo(t).TrainingStandard("big-data", "master")
	require.ErrorIs(t, err, policy.ErrRuleMissing)
}

func TestExamAndEvaluationHaveTheirMarks(t *testing.T) {
	t.Parallel()
	exam := beijing(t).Exam()
	require.InDelta(t, 60, exam.PassMark, 0)
	require.Equal(t, 3, exam.AttemptsBeforeReview)
	require.Equal(t, policy.Recalled, exam.Citation.Basis)

	known, assumed := beijing(t).Evaluation("intelligent-manufacturing"), beijing(t).Evaluation("blockchain")
	require.Equal(t, []policy.Part{
		{Code: "theory", Name: "理论知识考试", English: "theory", PassMark: 60},
		{Code: "practical", Name: "专业能力考核", English: "practical", PassMark: 60},
	}, known.Parts)
	require.Equal(t, known.Parts, assumed.Parts)
	require.False(t, known.KeepPassedPart)
	require.Equal(t, 3, known.AttemptsBeforeReview)
	require.Equal(t, policy.Recalled, known.Citation.Basis)
	require.Equal(t, policy.Assumed, assumed.Citation.Basis, "only one standard was found; the others say so")
	require.NotEmpty(t, assumed.Citation.Note.In("zh"))
	require.NotEqual(t, assumed.Citation.Note.In("zh"), assumed.Citation.Note.In("en"))
	require.Empty(t, beijing(t).Evaluation("astrology").Parts)
}

func TestHoursAreProfessionalAndTwoThirdsOfNinety(t *testing.T) {
	t.Parallel()
	hours := beijing(t).Hours()
	require.Equal(t, "professional", hours.Subject)
	require.Equal(t, ledger.Whole(90), hours.AnnualTotal)
	require.Equal(t, ledger.Whole(60), hours.AnnualProfessional)
	require.Equal(t, policy.Notice, hours.Citation.Basis)
}

func TestEveryWaitHasADeadlineAndADemonstrationsIsShort(t *testing.T) {
	t.Parallel()
	for wait, want := range map[string][2]int{
		policy.WaitEnrolment:  {7, 5},
		policy.WaitTraining:   {180, 30},
		policy.WaitExam:       {30, 12},
		policy.WaitEvaluation: {60, 15},
		policy.WaitIncident:   {7, 10},
	} {
		require.Equal(t, want, [2]int{beijing(t).Deadline(wait), demo(t).Deadline(wait)}, wait)
	}
	require.Panics(t, func() { beijing(t).Deadline("godot") })
}

func TestDeliveryIsTriedForDaysInEarnestAndSecondsInADemonstration(t *testing.T) {
	t.Parallel()
	require.Equal(t, []time.Duration{
		0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour,
		20 * time.Hour, 24 * time.Hour,
	}, beijing(t).DeliverySchedule())
	var whole time.Duration
	for _, wait := range demo(t).DeliverySchedule() {
		whole += wait
	}
	require.Less(t, whole, time.Minute)
}

// edited is the embedded data with one change in one file.
func edited(t *testing.T, path, old, replacement string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(policy.Data(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(policy.Data(), name)
		files[name] = &fstest.MapFile{Data: content}
		return err
	}))
	before := string(files[path].Data)
	require.Contains(t, before, old, "the change must change something")
	files[path] = &fstest.MapFile{Data: []byte(strings.Replace(before, old, replacement, 1))}
	return files
}

func TestAnUnknownKeyIsAnErrorThatNamesFileAndLine(t *testing.T) {
	t.Parallel()
	const path = "data/beijing-2023/training.yaml"
	files := edited(t, path, "  pass_mark: 60\n", "  pass_mark: 60\n  passmark: 50\n")
	content, err := fs.ReadFile(files, path)
	require.NoError(t, err)
	line := 1 + strings.Count(string(content[:strings.Index(string(content), "passmark")]), "\n")

	_, err = policy.Read(files, "beijing-2023")
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "passmark")
	require.ErrorContains(t, err, path+":"+itoa(line)+":")
}

func TestEnteredHoursOpenTheClass(t *testing.T) {
	t.Parallel()
	files := edited(t, "data/national-2021/training.yaml", "standards: []", `standards:
  - occupation: big-data
    level: junior
    hours: 7.5
    modules: [甲, 乙]
    citation: {document: 某标准, clause: 培训要求, basis: recalled}`)
	for _, id := range []string{"beijing-2023", "beijing-2023+demo"} {
		p, err := policy.Read(files, id)
		require.NoError(t, err)
		standard, err := p.TrainingStandard("big-data", policy.Junior)
		require.NoError(t, err)
		require.Equal(t, policy.Standard{
			Hours: ledger.Tenths(75), Modules: []string{"甲", "乙"},
			Citation: policy.Citation{Document: "某标准", Clause: "培训要求", Basis: policy.Recalled},
		}, standard, "an entered rule is never overlaid")
	}
}

func TestAMissingFileIsAnError(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"data/beijing-2023/title.yaml", "data/demo/overlay.yaml"} {
		files, ok := edited(t, path, ":", ":").(fstest.MapFS)
		require.True(t, ok)
		delete(files, path)
		_, err := policy.Read(files, "beijing-2023+demo")
		require.ErrorIs(t, err, fs.ErrNotExist, path)
		require.ErrorContains(t, err, path)
	}
}
