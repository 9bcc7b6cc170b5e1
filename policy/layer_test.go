package policy_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
)

// laidOver is the folder beijing-2026: what it says of itself, some files, and the rules beneath that do not apply.
func laidOver(t *testing.T, below string, files map[string]string, without ...string) fs.FS {
	t.Helper()
	folder := fstest.MapFS{"policy.yaml": {Data: []byte("id: beijing-2026\nover: " + below + "\n" +
		"without: [" + strings.Join(without, ", ") + "]\n" +
		"name: {zh: 某省实施方案, en: a province's plan}\neffective_from: 2026-01-01\n" +
		"citation: {document: 某省通知, clause: 全文, basis: notice}\n")}}
	for name, content := range files {
		folder[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return folder
}

// replaced is one of the program's own files with a change.
func replaced(t *testing.T, path, old, replacement string) string {
	t.Helper()
	content, err := fs.ReadFile(edited(t, path, old, replacement), path)
	require.NoError(t, err)
	return string(content)
}

// province is a version of another place over the national layer.
func province(t *testing.T) *policy.Policy {
	t.Helper()
	p, err := policy.ReadFolder(os.DirFS("testdata/province-2024"), "province-2024")
	require.NoError(t, err)
	return p
}

func TestTheNationalLayerIsNoVersion(t *testing.T) {
	t.Parallel()
	_, err := policy.ByID("national-2021")
	require.ErrorIs(t, err, policy.ErrUnknownPolicy, "nobody registers under what every province has in common")
	require.Equal(t, []string{"beijing-2023"}, policy.Versions())
}

func TestAnotherProvinceSharesWhatIsNationalAndNothingOfBeijing(t *testing.T) {
	t.Parallel()
	require.Empty(t, policy.CheckFolder(os.DirFS("testdata/province-2024"), "province-2024"))
	p, b := province(t), beijing(t)

	// National: hours of a year, how attendance is counted, the parts of the evaluation.
	require.Equal(t, b.Hours().AnnualTotal, p.Hours().AnnualTotal)
	require.Equal(t, b.Attendance(), p.Attendance())
	require.Equal(t, b.Evaluation("big-data").Parts, p.Evaluation("big-data").Parts)
	require.Equal(t, b.Deadline(policy.WaitExam), p.Deadline(policy.WaitExam))

	// Its own: who may join, titles, lists, the exam's mark.
	require.InDelta(t, 70, p.Exam().PassMark, 0)
	require.Len(t, p.Lists().Bodies, 2)
	for _, body := range p.Lists().Bodies {
		require.NotContains(t, b.Lists().Bodies, body)
	}
	intending := policy.Applicant{Category: policy.Intending}
	require.Equal(t, policy.Met, b.MayJoin(intending, "big-data", policy.Junior, day("2024-06-01")).Outcome)
	require.Equal(t, policy.NotMet, p.MayJoin(intending, "big-data", policy.Junior, day("2024-06-01")).Outcome)
	// The skilled workers' way into the evaluation is of Beijing's notice.
	worker := policy.Applicant{Category: policy.SkilledWorker, SkillGrade: policy.SeniorWorker}
	require.Equal(t, policy.Met, b.MayEnterEvaluation(worker, "big-data", policy.Junior, day("2024-06-01")).Outcome)
	require.NotEqual(t, policy.Met, p.MayEnterEvaluation(worker, "big-data", policy.Junior, day("2024-06-01")).Outcome)

	// Fewer occupations: it goes without some.
	_, known := p.Occupation("blockchain")
	require.False(t, known)
	require.Len(t, p.Occupations(), 9)
	o, known := p.Occupation("big-data")
	require.True(t, known)
	require.Equal(t, policy.Recalled, o.Basis, "Beijing's notice names it, this province's does not")
	require.False(t, o.Listed2022)
}

func TestAProvincesTitleConditionIsMetToTheDay(t *testing.T) {
	t.Parallel()
	graduated := day("2023-02-28")
	bachelor := policy.Applicant{Category: policy.InPost, Education: []policy.Education{
		{Degree: policy.Bachelor, GraduatedOn: &graduated},
	}}
	for asOf, want := range map[string]policy.Outcome{
		"2025-02-27": policy.NotMet, "2025-02-28": policy.Met, "2025-03-01": policy.Met,
	} {
		d := province(t).MapTitle(bachelor, "big-data", policy.Junior, day("2024-01-15"), day(asOf))
		require.Equal(t, want, d.Outcome, asOf)
		require.Equal(t, "某省职称文件", d.Citation.Document)
	}
	require.Equal(t, policy.Met, beijing(t).MapTitle(bachelor, "big-data", policy.Junior, day("2024-03-01"), day("2024-03-01")).Outcome,
		"Beijing asks for a year less")
}

func TestAProvinceMayRecogniseACertificateAsItIs(t *testing.T) {
	t.Parallel()
	d := province(t).MapTitle(policy.Applicant{Category: policy.InPost}, "big-data", policy.Intermediate, day("2024-06-02"), day("2024-06-02"))
	require.Equal(t, policy.Met, d.Outcome)
	require.Equal(t, "recognised", d.Rested.Code)
	d = province(t).MapTitle(policy.Applicant{Category: policy.InPost}, "big-data", policy.Intermediate, day("2024-06-02"), day("2024-06-01"))
	require.Equal(t, policy.NotMet, d.Outcome, "but not before there is one")
	require.Equal(t, day("2024-06-02"), *d.EarliestDate)
}

func TestALayerReplacesARuleByItsCodeAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	p, err := policy.ReadFolder(laidOver(t, "beijing-2023", map[string]string{
		"evaluation.yaml": `exam: {keep_passed_part: true}
entry:
  levels:
    - level: junior
      alternatives:
        - code: bachelor
          text: {zh: 硕士, en: a master's degree}
          education: {minimum: master}
        - code: worked-9-years
          text: {zh: 工作满9年, en: 9 years of work}
          work_years: 9
`,
		"operation.yaml":  "deadlines:\n  - {wait: exam, days: 31}\n",
		"attendance.yaml": "daily_cap: 6\n",
		"hours.yaml":      "annual:\n  total: 72\n  professional_share: {numerator: 1, denominator: 2}\n  citation: {document: d, clause: c, basis: notice}\n",
	}), "beijing-2026")
	require.NoError(t, err)

	var codes []string
	for _, o := range p.Catalogue().Occupations[0].Levels[0].EntryConditions {
		codes = append(codes, o.Code+" "+o.Text.EN)
	}
	require.Equal(t, []string{
		"technician-title holds the title 技术员", "bachelor a master's degree",
		"associate-1-year a related associate degree, and 1 year of work in the occupation",
		"technician-school a graduate of a technician college, by the national rules",
		"skilled-worker an employed worker of grade 高级工", "worked-9-years 9 years of work",
	}, codes, "each in its place, what is new at the end")
	require.True(t, p.Evaluation("big-data").KeepPassedPart)
	require.Len(t, p.Evaluation("big-data").Parts, 2)
	require.Equal(t, 31, p.Deadline(policy.WaitExam))
	require.Equal(t, 60, p.Deadline(policy.WaitEvaluation))
	require.Equal(t, ledger.Whole(36), p.Hours().AnnualProfessional)
	require.Empty(t, p.Hours().AnnualCitation.Note, "a rule is replaced whole, citation and all")
	require.Equal(t, beijing(t).Attendance().Credit.MaxGap, p.Attendance().Credit.MaxGap)
	require.NotEqual(t, beijing(t).Attendance().Credit.DailyCap, p.Attendance().Credit.DailyCap)
	require.Equal(t, beijing(t).Lists(), p.Lists())
}

func TestALayerMaySayNothing(t *testing.T) {
	t.Parallel()
	p, err := policy.ReadFolder(laidOver(t, "beijing-2023", nil), "beijing-2026")
	require.NoError(t, err)
	for _, change := range policy.Diff(beijing(t), p) {
		require.True(t, strings.HasPrefix(change.Field, "policy."), "%+v", change)
	}
	changed := laidOver(t, "beijing-2023", map[string]string{"training.yaml": "standards: []", "title.yaml": "mappings: []"})
	q, err := policy.ReadFolder(changed, "beijing-2026")
	require.NoError(t, err)
	require.Empty(t, policy.Diff(p, q), "nothing more is not nothing")
}

func TestWhatIsWrongWithALayerIsAtItsOwnFileAndLine(t *testing.T) {
	t.Parallel()
	const standard = "standards:\n  - {occupation: big-data, level: junior, hours: 8, modules: [甲], citation: {document: d, clause: c, basis: recalled}}\n"
	for name, c := range map[string]struct {
		below   string
		files   map[string]string
		without []string
		want    string
	}{
		"an unknown key": {
			"national-2021",
			map[string]string{"hours.yaml": "credit:\n  sujet: professional\n"},
			nil,
			`hours.yaml:2: "sujet" is not a key of this file's`,
		},
		"a file of no name": {
			"beijing-2023",
			map[string]string{"titel.yaml": "mappings: []"},
			nil,
			"titel.yaml: no file of a version has this name",
		},
		"another ending": {
			"beijing-2023",
			map[string]string{"title.yml": "mappings: []"},
			nil,
			"title.yml: no file of a version has this name",
		},
		"a year where none belongs": {
			"beijing-2023",
			map[string]string{"title-2026.yaml": "mappings: []"},
			nil,
			"title-2026.yaml: no file of a version has this name",
		},
		"one row twice": {
			"beijing-2023",
			map[string]string{"operation.yaml": "deadlines:\n  - {wait: exam, days: 31}\n  - {wait: exam, days: 32}\n"},
			nil,
			"operation.yaml:3: deadlines: exam is there twice",
		},
		"half a rule": {
			"beijing-2023",
			map[string]string{"training.yaml": "# the mark\nexam: {pass_mark: 61}\n"},
			nil,
			"training.yaml:2: exam: the text is needed in both languages",
		},
		"hours of an occupation that is gone": {
			"beijing-2023",
			map[string]string{"training.yaml": standard},
			[]string{"occupations.occupations.big-data"},
			"training.yaml:2: standard of big-data junior is of nothing known, or repeated",
		},
		"what another layer then cannot mean": {
			"beijing-2023", nil,
			[]string{"admission.categories.skilled_worker"},
			"data/beijing-2023/evaluation.yaml:9: entry of junior: alternative skilled-worker: it can never hold: no 高级工 joins at this level",
		},
		"without what is not there": {
			"beijing-2023", nil,
			[]string{"admission.categories.curious"},
			"policy.yaml:3: without: beneath there is no admission.categories.curious",
		},
		"without what is its own": {
			"beijing-2023",
			map[string]string{"training.yaml": standard},
			[]string{"training.standards.big-data.junior"},
			"policy.yaml:3: without: beneath there is no training.standards.big-data.junior",
		},
		"without a thing that must be": {
			"beijing-2023", nil,
			[]string{"hours.annual.citation"},
			"data/national-2021/hours.yaml:4: citation: document and clause are needed",
		},
		"no such ground": {"national-1949", nil, nil, `policy.yaml:2: over: there is no "national-1949"`},
		"itself":         {"beijing-2026", nil, nil, "policy.yaml:2: over: beijing-2026 is laid over itself"},
	} {
		faults := policy.CheckFolder(laidOver(t, c.below, c.files, c.without...), "beijing-2026")
		require.True(t, slices.ContainsFunc(faults, func(f *policy.Fault) bool { return strings.HasPrefix(f.Error(), c.want) }),
			"%s: %v", name, faults)
	}
}

func TestAProvinceWithoutListsIsNone(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(os.DirFS("testdata/province-2024"), "*.yaml")
	require.NoError(t, err)
	folder := fstest.MapFS{}
	for _, name := range files {
		content, err := os.ReadFile("testdata/province-2024/" + name)
		require.NoError(t, err)
		folder[name] = &fstest.MapFile{Data: content}
	}
	delete(folder, "institutions-2024.yaml")
	faults := policy.CheckFolder(folder, "province-2024")
	require.Len(t, faults, 1)
	require.ErrorIs(t, faults[0], fs.ErrNotExist)
	require.Equal(t, "institutions-YEAR.yaml", faults[0].File)

	folder["institutions-2023.yaml"] = &fstest.MapFile{Data: []byte("source: {}")}
	folder["institutions-2024.yaml"] = &fstest.MapFile{Data: []byte("source: {}")}
	require.ErrorContains(t, policy.CheckFolder(folder, "province-2024")[0], "institutions-2023.yaml already", "one list a version")
}

func TestARuleMayBeAnsweredForByItsPlaceAlone(t *testing.T) {
	t.Parallel()
	over := laidOver(t, "beijing-2023", map[string]string{
		"training.yaml": "standards:\n  - {occupation: big-data, level: junior, hours: 8, modules: [甲], citation: {document: d, clause: c, basis: recalled}}\n",
	}, "evaluation.entry.levels.senior.alternatives.skilled-worker", "title.mappings.junior.information", "occupations.occupations.chips") // no such
	_, err := policy.ReadFolder(over, "beijing-2026")
	require.ErrorContains(t, err, "chips")
	over = laidOver(t, "beijing-2023", nil,
		"evaluation.entry.levels.senior.alternatives.skilled-worker", "title.mappings.junior.information")
	p, err := policy.ReadFolder(over, "beijing-2026")
	require.NoError(t, err)
	senior := p.Catalogue().Occupations[0].Levels[2].EntryConditions
	require.Equal(t, "technician-school", senior[len(senior)-1].Code)
	require.Empty(t, p.Catalogue().Levels[0].Information)
	require.NotEmpty(t, p.Catalogue().Levels[1].Information, "what an anchor shares stays with the other")
}

func TestALayerIsCheckedByItself(t *testing.T) {
	t.Parallel()
	ground := func(about, hours string) fs.FS {
		return fstest.MapFS{
			"layer.yaml": {Data: []byte(about)}, "hours.yaml": {Data: []byte(hours)},
		}
	}
	const about = "id: national-2030\nname: {zh: 国家, en: national}\ncitation: {document: d, clause: c, basis: recalled}\n"
	require.Empty(t, policy.CheckFolder(ground(about, "annual: {total: 90, professional_share: {numerator: 2, denominator: 3}, "+
		"citation: {document: d, clause: c, basis: recalled}}"), "national-2030"))
	for want, folder := range map[string]fs.FS{
		`layer.yaml:1: id: "national-2030" is not the folder's name`: nil,
		`hours.yaml:1: "yearly" is not a key of this file's`:         ground(about, "yearly: {}"),
		`layer.yaml:4: over: there is no "international"`:            ground(about+"over: international", "{}"),
	} {
		name := "national-2030"
		if folder == nil {
			folder, name = ground(about, "{}"), "national-2031"
		}
		faults := policy.CheckFolder(folder, name)
		require.NotEmpty(t, faults, want)
		require.Equal(t, want, faults[0].Error())
	}
}
