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
	require.Regexp(t, `line `+itoa(line)+`\b`, err.Error())
}

func TestEnteredHoursOpenTheClass(t *testing.T) {
	t.Parallel()
	files := edited(t, "data/beijing-2023/training.yaml", "standards: []", `standards:
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

func TestASlipInTheDataStopsTheProgramAtItsStart(t *testing.T) {
	t.Parallel()
	const (
		about       = "data/beijing-2023/policy.yaml"
		occupations = "data/beijing-2023/occupations.yaml"
		admission   = "data/beijing-2023/admission.yaml"
		training    = "data/beijing-2023/training.yaml"
		evaluation  = "data/beijing-2023/evaluation.yaml"
		title       = "data/beijing-2023/title.yaml"
		hours       = "data/beijing-2023/hours.yaml"
		operation   = "data/beijing-2023/operation.yaml"
		overlay     = "data/demo/overlay.yaml"
		lists       = "data/institutions-2022.yaml"
		standard    = "standards:\n  - {occupation: %s, level: junior, hours: %s, modules: %s, " +
			"citation: {document: d, clause: c, basis: %s}}\n"
	)
	entered := func(occupation, hours, modules, basis string) string {
		return strings.NewReplacer("%s, level", occupation+", level", "hours: %s", "hours: "+hours, "modules: %s", "modules: "+modules,
			"basis: %s", "basis: "+basis).Replace(standard)
	}
	for name, slip := range map[string]struct{ path, old, replacement, want string }{
		"a second document":               {hours, "annual:", "---\nannual:", "more than one document"},
		"a trailing document":             {training, "standards: []", "standards: []\nexam: {}\n---\n", "more than one document"},
		"no YAML":                         {title, "effects:", "effects: [", "line"},
		"another folder's id":             {about, "id: beijing-2023", "id: beijing-2024", "id"},
		"no effective date":               {about, "effective_from: 2023-06-30", "effective_from:", "effective_from"},
		"a date that does not exist":      {about, "2023-06-30", "2023-06-31", about},
		"no English":                      {about, ", en: Beijing implementation plan for cultivating digital-technology talent", "", "name"},
		"an unknown basis":                {about, "basis: notice", "basis: hearsay", "hearsay"},
		"a citation without clause":       {about, "clause: 全文", "clause: ''", "clause"},
		"demonstration data in earnest":   {hours, "basis: recalled", "basis: demonstration", "overlay"},
		"levels out of order":             {occupations, "code: junior", "code: senior", "junior"},
		"an occupation twice":             {occupations, "code: big-data", "code: blockchain", "blockchain"},
		"an occupation without title":     {occupations, "title: 大数据工程技术人员", "title: ''", "big-data"},
		"a direction twice":               {occupations, "code: data-analysis", "code: data-processing", "data-processing"},
		"an unknown category":             {admission, "category: intending", "category: curious", "curious"},
		"a category twice":                {admission, "category: intending", "category: in_post", "in_post"},
		"an unknown degree of study":      {admission, "degrees: [doctor,", "degrees: [wizard,", "degrees"},
		"a skill grade that is none":      {admission, "grade: 技师", "grade: 学徒", "学徒"},
		"a level without skill grade":     {admission, "      - {grade: 高级技师, level: senior}\n", "", "each level"},
		"hours of no occupation":          {training, "standards: []", entered("astrology", "8", "[甲]", "recalled"), "astrology"},
		"no hours":                        {training, "standards: []", entered("big-data", "0", "[甲]", "recalled"), "hours"},
		"hours with two decimals":         {training, "standards: []", entered("big-data", "7.55", "[甲]", "recalled"), "decimal"},
		"no modules":                      {training, "standards: []", entered("big-data", "8", "[]", "recalled"), "modules"},
		"a module twice":                  {training, "standards: []", entered("big-data", "8", "[甲, 甲]", "recalled"), "repeated"},
		"made-up hours in earnest":        {training, "standards: []", entered("big-data", "8", "[甲]", "demonstration"), "overlay"},
		"a pass mark of nothing":          {training, "pass_mark: 60", "pass_mark: 0", "pass mark"},
		"a pass mark nobody reaches":      {evaluation, "pass_mark: 60}", "pass_mark: 101}", "pass mark"},
		"no attempts":                     {training, "attempts_before_review: 3", "attempts_before_review: 0", "attempts"},
		"a part twice":                    {evaluation, "code: practical", "code: theory", "theory"},
		"a standard of no occupation":     {evaluation, "known_for: [intelligent", "known_for: [astrology, intelligent", "astrology"},
		"entry without alternatives":      {evaluation, "- level: junior\n      alternatives:", "- level: junior\n      ignored:", "ignored"},
		"an alternative twice":            {evaluation, "code: associate-1-year", "code: bachelor", "bachelor"},
		"an alternative for everybody":    {evaluation, "title: {title: 技术员}", "work_years: 0", "asks for nothing"},
		"an unknown degree":               {evaluation, "minimum: bachelor, related", "minimum: wizard, related", "minimum"},
		"two kinds of school":             {evaluation, "{technician_school: true}", "{technician_school: true, minimum: doctor}", "either"},
		"negative years":                  {evaluation, "work_years: 1", "work_years: -1", "negative"},
		"a title that is none":            {evaluation, "title: {title: 技术员}", "title: {title: 院士}", "unknown title"},
		"a grade that asks for itself":    {evaluation, "grade: {level: junior, work_years_since: 3}", "grade: {level: intermediate}", "itself"},
		"an unknown level":                {evaluation, "grade: {level: junior, work_years_since: 3}", "grade: {level: novice}", "unknown level"},
		"an unknown skill grade":          {evaluation, "skill_grade: 高级工", "skill_grade: 学徒", "学徒"},
		"a level without mapping":         {title, "- level: intermediate\n    kind", "- level: junior\n    kind", "intermediate"},
		"an unknown kind of mapping":      {title, "kind: eligible_to_apply\n    title:", "kind: certain\n    title:", "senior"},
		"effects of one kind only":        {title, "- kind: eligible_to_apply\n    texts", "- kind: title_equivalent\n    texts", "effects"},
		"a share above the whole":         {hours, "numerator: 2", "numerator: 4", "share"},
		"an unknown subject":              {hours, "subject: professional", "subject: hobby", "subject"},
		"a wait without deadline":         {operation, "wait: exam, days: 30", "wait: exam, days: 0", "exam"},
		"a deadline for nothing":          {operation, "  - {wait: incident, days: 7}", "  - {wait: incident, days: 7}\n  - {wait: godot, days: 7}", "nothing"},
		"a time to wait that is none":     {operation, "[0s, 5s", "[0s, soon", "soon"},
		"no attempt to deliver":           {operation, "[0s, 5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h]", "[]", "delivery_schedule"},
		"an institution without id":       {lists, "  - {id: ucas, name: 中国科学院大学}\n", "", "中国科学院大学"},
		"an id twice":                     {lists, "id: ucas", "id: ouc", "ouc"},
		"an id in capitals":               {lists, "id: ucas", "id: UCAS", "UCAS"},
		"a list of no occupation":         {lists, "occupation: 区块链", "occupation: 占星", "占星"},
		"two roles for one occupation":    {lists, "evaluation: [中国电子学会]", "evaluation: [国家开放大学]", "国家开放大学"},
		"a role that is none":             {lists, "evaluation: [中国电子学会]", "supervision: [中国电子学会]", "supervision"},
		"no source":                       {lists, "document: 京人社专技字〔2023〕91号", "document: ''", "source"},
		"a base without name":             {lists, "name: 首钢工学院", "name: ''", "row 3"},
		"an overlay of another version":   {overlay, "over: beijing-2023", "over: beijing-2024", "beijing-2024"},
		"an overlay that says it is real": {overlay, "basis: demonstration", "basis: notice", "demonstration"},
		"an overlay without label":        {overlay, ", en: demonstration data}", "}", "label"},
		"an overlay without a level":      {overlay, "level: senior, hours", "level: junior, hours", "junior"},
		"an overlay without hours":        {overlay, "hours: 80", "hours: 0", "hours"},
		"an overlay without a deadline":   {overlay, "  - {wait: exam, days: 12}\n", "", "exam"},
	} {
		_, err := policy.Read(edited(t, slip.path, slip.old, slip.replacement), "beijing-2023+demo")
		require.ErrorContains(t, err, slip.want, name)
		require.NotErrorIs(t, err, policy.ErrUnknownPolicy, name)
	}
}

func TestAMissingFileIsAnError(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"data/beijing-2023/title.yaml", "data/demo/overlay.yaml", "data/institutions-2022.yaml"} {
		files, ok := edited(t, path, ":", ":").(fstest.MapFS)
		require.True(t, ok)
		delete(files, path)
		_, err := policy.Read(files, "beijing-2023+demo")
		require.ErrorIs(t, err, fs.ErrNotExist, path)
		require.ErrorContains(t, err, path)
	}
}
