package policy_test

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

// slip is one mistake in one file: what is replaced by what, and words of the error.
type slip struct{ path, old, replacement, want string }

// slips are mistakes of every kind that a version must be kept from.
func slips() map[string]slip {
	const (
		about       = "data/beijing-2023/policy.yaml"
		fields      = "data/beijing-2023/occupations.yaml"
		occupations = "data/national-2021/occupations.yaml"
		admission   = "data/beijing-2023/admission.yaml"
		exam        = "data/beijing-2023/training.yaml"
		training    = "data/national-2021/training.yaml"
		attendance  = "data/national-2021/attendance.yaml"
		besides     = "data/beijing-2023/evaluation.yaml"
		evaluation  = "data/national-2021/evaluation.yaml"
		title       = "data/beijing-2023/title.yaml"
		credit      = "data/beijing-2023/hours.yaml"
		hours       = "data/national-2021/hours.yaml"
		operation   = "data/national-2021/operation.yaml"
		ground      = "data/national-2021/layer.yaml"
		overlay     = "data/demo/overlay.yaml"
		lists       = "data/beijing-2023/institutions-2022.yaml"
		standard    = "standards:\n  - {occupation: %s, level: junior, hours: %s, modules: %s, " +
			"citation: {document: d, clause: c, basis: %s}}\n"
	)
	entered := func(occupation, hours, modules, basis string) string {
		return strings.NewReplacer("%s, level", occupation+", level", "hours: %s", "hours: "+hours, "modules: %s", "modules: "+modules,
			"basis: %s", "basis: "+basis).Replace(standard)
	}
	return map[string]slip{
		"a second document":                {hours, "annual:", "annual: {}\n---\nannual:", "more than one document"},
		"a trailing document":              {training, "standards: []", "standards: []\n---\n", "more than one document"},
		"no YAML":                          {title, "effects:", "effects: [", "did not find"},
		"another folder's id":              {about, "id: beijing-2023", "id: beijing-2024", "id"},
		"no effective date":                {about, "effective_from: 2023-06-30", "effective_from:", "effective_from"},
		"a date that does not exist":       {about, "2023-06-30", "2023-06-31", about},
		"no English":                       {about, ", en: Beijing implementation plan for cultivating digital-technology talent", "", "name"},
		"an unknown basis":                 {about, "basis: notice", "basis: hearsay", "hearsay"},
		"a citation without clause":        {about, "clause: 全文", "clause: ''", "clause"},
		"demonstration data in earnest":    {hours, "basis: recalled", "basis: demonstration", "overlay"},
		"levels out of order":              {occupations, "code: junior", "code: novice", "junior"},
		"an occupation twice":              {occupations, "code: big-data", "code: blockchain", "blockchain"},
		"an occupation without title":      {occupations, "title: 大数据工程技术人员", "title: ''", "big-data"},
		"a direction twice":                {occupations, "code: data-analysis", "code: data-processing", "data-processing"},
		"an unknown category":              {admission, "category: intending", "category: curious", "curious"},
		"a category twice":                 {admission, "category: intending", "category: in_post", "in_post"},
		"an unknown degree of study":       {admission, "degrees: [doctor,", "degrees: [wizard,", "degrees"},
		"a skill grade that is none":       {admission, "grade: 技师", "grade: 学徒", "学徒"},
		"a level without skill grade":      {admission, "      - {grade: 高级技师, level: senior}\n", "", "each level"},
		"hours of no occupation":           {training, "standards: []", entered("astrology", "8", "[甲]", "recalled"), "astrology"},
		"no hours":                         {training, "standards: []", entered("big-data", "0", "[甲]", "recalled"), "hours"},
		"hours with two decimals":          {training, "standards: []", entered("big-data", "7.55", "[甲]", "recalled"), "decimal"},
		"no modules":                       {training, "standards: []", entered("big-data", "8", "[]", "recalled"), "modules"},
		"a module twice":                   {training, "standards: []", entered("big-data", "8", "[甲, 甲]", "recalled"), "repeated"},
		"made-up hours in earnest":         {training, "standards: []", entered("big-data", "8", "[甲]", "demonstration"), "overlay"},
		"a pass mark of nothing":           {exam, "pass_mark: 60", "pass_mark: 0", "pass mark"},
		"a pass mark nobody reaches":       {evaluation, "pass_mark: 60}", "pass_mark: 101}", "pass mark"},
		"no attempts":                      {exam, "attempts_before_review: 3", "attempts_before_review: 0", "attempts"},
		"a part twice":                     {evaluation, "code: practical", "code: theory", "theory"},
		"a standard of no occupation":      {evaluation, "known_for: [intelligent", "known_for: [astrology, intelligent", "astrology"},
		"entry without alternatives":       {evaluation, "- level: junior\n      alternatives:", "- level: junior\n      ignored:", "ignored"},
		"an alternative twice":             {evaluation, "code: associate-1-year", "code: bachelor", "bachelor"},
		"an alternative for everybody":     {evaluation, "title: {title: 技术员}", "work_years: 0", "asks for nothing"},
		"an unknown degree":                {evaluation, "minimum: bachelor, related", "minimum: wizard, related", "minimum"},
		"two kinds of school":              {evaluation, "{technician_school: true}", "{technician_school: true, minimum: doctor}", "either"},
		"negative years":                   {evaluation, "work_years: 1", "work_years: -1", "negative"},
		"a title that is none":             {evaluation, "title: {title: 技术员}", "title: {title: 院士}", "unknown title"},
		"a grade that asks for itself":     {evaluation, "grade: {level: junior, work_years_since: 3}", "grade: {level: intermediate}", "itself"},
		"an unknown level":                 {evaluation, "grade: {level: junior, work_years_since: 3}", "grade: {level: novice}", "unknown level"},
		"an unknown skill grade":           {besides, "skill_grade: 高级工", "skill_grade: 学徒", "学徒"},
		"a level without mapping":          {title, "- level: intermediate\n    kind", "- level: junior\n    kind", "mappings: junior is there twice"},
		"an unknown kind of mapping":       {title, "kind: eligible_to_apply\n    title:", "kind: certain\n    title:", "senior"},
		"effects of one kind only":         {title, "- kind: eligible_to_apply\n    texts", "- kind: title_equivalent\n    texts", "effects"},
		"a share above the whole":          {hours, "numerator: 2", "numerator: 4", "share"},
		"an unknown subject":               {credit, "subject: professional", "subject: hobby", "subject"},
		"a wait without deadline":          {operation, "wait: exam, days: 30", "wait: exam, days: 0", "exam"},
		"a deadline for nothing":           {operation, "  - {wait: incident, days: 7}", "  - {wait: incident, days: 7}\n  - {wait: godot, days: 7}", "nothing"},
		"a time to wait that is none":      {operation, "[0s, 5s", "[0s, soon", "soon"},
		"no attempt to deliver":            {operation, "[0s, 5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h]", "[]", "delivery_schedule"},
		"an institution without id":        {lists, "  - {id: ucas, name: 中国科学院大学}\n", "", "中国科学院大学"},
		"an id twice":                      {lists, "id: ucas", "id: ouc", "ouc"},
		"an id in capitals":                {lists, "id: ucas", "id: UCAS", "UCAS"},
		"a list of no occupation":          {lists, "occupation: 区块链", "occupation: 占星", "占星"},
		"two roles for one occupation":     {lists, "evaluation: [中国电子学会]", "evaluation: [国家开放大学]", "国家开放大学"},
		"a role that is none":              {lists, "evaluation: [中国电子学会]", "supervision: [中国电子学会]", "supervision"},
		"no source":                        {lists, "document: 京人社专技字〔2023〕91号", "document: ''", "source"},
		"a base without name":              {lists, "name: 首钢工学院", "name: ''", "row 3"},
		"an overlay of another version":    {overlay, "over: beijing-2023", "over: beijing-2024", "beijing-2024"},
		"an overlay that says it is real":  {overlay, "basis: demonstration", "basis: notice", "demonstration"},
		"an overlay without label":         {overlay, ", en: demonstration data}", "}", "label"},
		"an overlay without a level":       {overlay, "level: senior, hours", "level: junior, hours", "junior"},
		"an overlay without hours":         {overlay, "hours: 80", "hours: 0", "hours"},
		"an overlay without a deadline":    {overlay, "  - {wait: exam, days: 12}\n", "", "exam"},
		"a citation missing":               {hours, "  citation: {document: 人社部令第25号, clause: 第八条, basis: recalled}\n", "", "citation"},
		"an unknown key":                   {title, "always:", "sometimes: {zh: 有时, en: sometimes}\nalways:", "sometimes"},
		"a key twice":                      {credit, "  subject: professional", "  subject: professional\n  subject: professional", "subject"},
		"a list for a text":                {admission, "text: {zh: 在岗从事数字技术技能的从业人员, en: works in a digital-technology occupation}", "text: [在岗]", "cannot unmarshal"},
		"a word for a number":              {exam, "pass_mark: 60", "pass_mark: sixty", "sixty"},
		"half a year":                      {evaluation, "work_years: 1", "work_years: 0.5", "0.5"},
		"an end before the beginning":      {about, "effective_from: 2023-06-30", "effective_from: 2023-06-30\neffective_until: 2023-06-29", "before it begins"},
		"an end that is no date":           {about, "effective_from: 2023-06-30", "effective_from: 2023-06-30\neffective_until: soon", "not a date"},
		"years no life has":                {title, "years_since_graduation: 5}\n      - &technician", "years_since_graduation: 61}\n      - &technician", "never hold"},
		"years after a graduation to come": {evaluation, "final_year: true", "final_year: true, years_since_graduation: 1", "never hold"},
		"a worker who cannot have joined":  {besides, "skill_grade: 技师", "skill_grade: 高级技师", "never hold"},
		"a grade of those without":         {admission, "en: intends to work in a digital-technology occupation}", "en: intends to work}\n    skill_grades: [{grade: 技师, level: junior}]", "never hold"},

		"more hours in person than there are": {training, "standards: []", entered("big-data", "8, offline_at_least: 8.1", "[甲]", "recalled"), "never hold"},
		"more hours online than there are":    {training, "standards: []", entered("big-data", "8, online_at_most: 8.1", "[甲]", "recalled"), "of the hours"},
		"attendance without citation":         {attendance, "basis: design", "basis: ''", "basis"},
		"a gap of nothing":                    {attendance, "max_gap: 90s", "max_gap: 0s", "max_gap"},
		"a time without unit":                 {attendance, "max_gap: 90s", "max_gap: 90", "time.Duration"},
		"a rate that nobody watches by":       {attendance, "max_rate: 110", "max_rate: 99", "never hold"},
		"a slowest rate above the clock":      {attendance, "min_rate: 50", "min_rate: 101", "min_rate"},
		"no heartbeat kept in time":           {attendance, "min_interval: 5s", "min_interval: 90s", "never hold"},
		"no time to answer":                   {attendance, "answer_within: 2m", "answer_within: 0s", "answer_within"},
		"challenges faster than answers":      {attendance, "challenge_every: 15m", "challenge_every: 2m", "challenge_every"},
		"no hours in a day":                   {attendance, "daily_cap: 8", "daily_cap: 0", "daily_cap"},
		"more hours than a day has":           {attendance, "daily_cap: 8", "daily_cap: 32.1", "longer than a day"},
		"an hour of no length":                {attendance, "minutes_per_hour: 45", "minutes_per_hour: 0", "minutes_per_hour"},
		"an hour longer than one":             {attendance, "minutes_per_hour: 45", "minutes_per_hour: 61", "minutes_per_hour"},
		"no days to correct in":               {attendance, "correct_within: 7", "correct_within: 0", "correct_within"},
		"a cap without the rest":              {overlay, "delivery_schedule:", "attendance: {daily_cap: 16}\ndelivery_schedule:", "minutes_per_hour"},
		"a base without id":                   {lists, "id: ruc, name", "name", "中国人民大学"},
		"a base with another's id":            {lists, "id: ruc", "id: bjut", "bjut"},
		"a base with an institution's id":     {lists, "id: ruc", "id: ouc", "中国人民大学"},
		"an institution under a second id":    {lists, "name: 中国人民大学", "name: 国家开放大学", "ouc"},
		"a base twice":                        {lists, "name: 中国人民大学", "name: 北京工业大学", "row 4"},
		"a base of which nobody knows":        {lists, ", may_issue: false", "", "whether it may issue"},
		"an occupation with half its facts":   {fields, "- {code: big-data,", "- {code: astrology,", "astrology"},
		"days to keep what is not kept":       {evaluation, "keep_passed_part: false", "resit_within_days: 30", "never hold"},
		"no days to keep a part":              {evaluation, "keep_passed_part: false", "keep_passed_part: true\n  resit_within_days: 0", "resit_within_days"},
		"everybody, and yet not":              {evaluation, "title: {title: 技术员}", "title: {title: 技术员}\n          unconditional: true", "unconditional"},
		"a version over nothing":              {about, "over: national-2021", "over: national-2020", "national-2020"},
		"a version over itself":               {about, "over: national-2021", "over: beijing-2023", "itself"},
		"a layer under another name":          {ground, "id: national-2021", "id: national-2022", "folder's name"},
		"a layer over what is over it":        {ground, "id: national-2021", "id: national-2021\nover: beijing-2023", "itself"},
		"a layer without citation":            {ground, "clause: 全文", "clause: ''", "clause"},
		"a layer with dates":                  {ground, "id: national-2021", "id: national-2021\neffective_from: 2021-01-01", "effective_from"},
		"without what is not there":           {about, "over: national-2021", "over: national-2021\nwithout: [evaluation.exam.parts.oral]", "oral"},
		"without what is its own":             {about, "over: national-2021", "over: national-2021\nwithout: [title.mappings.junior]", "no title.mappings.junior"},
		"without a file of no name":           {about, "over: national-2021", "over: national-2021\nwithout: [titel.mappings]", "in no file"},
	}
}

func TestASlipInTheDataStopsTheProgramAtItsStart(t *testing.T) {
	t.Parallel()
	for name, slip := range slips() {
		_, err := policy.Read(edited(t, slip.path, slip.old, slip.replacement), "beijing-2023+demo")
		require.ErrorContains(t, err, slip.want, name)
		require.NotErrorIs(t, err, policy.ErrUnknownPolicy, name)
	}
}

func TestTheOwnDataHasNothingWrongWithIt(t *testing.T) {
	t.Parallel()
	require.Empty(t, policy.Check())
	require.Equal(t, []string{"beijing-2023"}, policy.Versions())
}

func TestEveryFileNamesItsSchemaToEditors(t *testing.T) {
	t.Parallel()
	require.NoError(t, fs.WalkDir(policy.Data(), "data", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(policy.Data(), name)
		require.NoError(t, err)
		first, _, _ := strings.Cut(string(content), "\n")
		schema, named := strings.CutPrefix(first, "# yaml-language-server: $schema=")
		require.True(t, named, name)
		require.FileExists(t, filepath.Join(filepath.Dir(name), schema))
		return nil
	}))
}

func TestWhatACheckFindsIsAtItsFileAndLine(t *testing.T) {
	t.Parallel()
	// A fault of a whole block is at its beginning, and one of two rows that clash at the second.
	const aRowFurther = 1
	elsewhere := map[string]int{
		"no days to keep a part":       aRowFurther,
		"two roles for one occupation": 3, "a citation missing": -2, "a module twice": aRowFurther,
		"a grade of those without": aRowFurther, "no modules": aRowFurther, "an occupation twice": 12,
		"hours with two decimals": aRowFurther, "made-up hours in earnest": aRowFurther, "an overlay without a deadline": -3,
		"an overlay without a level": -3, "an alternative for everybody": -2, "no hours": aRowFurther,
		"an institution without id": 25, "more hours online than there are": aRowFurther, "more hours in person than there are": aRowFurther,
		"hours of no occupation": aRowFurther, "a level without skill grade": -3,
	}
	for name, slip := range slips() {
		files := edited(t, slip.path, slip.old, slip.replacement)
		content, err := fs.ReadFile(files, slip.path)
		require.NoError(t, err)
		line := changedLine(t, slip, string(content)) + elsewhere[name]
		faults := policy.CheckData(files)
		require.True(t, slices.ContainsFunc(faults, func(f *policy.Fault) bool {
			return f.Line == line && f.File == slip.path && strings.HasPrefix(f.Error(), slip.path+":"+itoa(line)+": ")
		}), "%s: not at line %d: %v", name, line, faults)
		for _, fault := range faults {
			require.Positive(t, fault.Line, "%s: %v", name, fault)
		}
	}
}

// What one file cannot show by itself: two rows that clash, names that another file has, arithmetic between fields, what is
// missing in the sum of a version's layers.
func beyondASchema() []string {
	return []string{
		"a base twice", "a base with an institution's id", "a base with another's id", "a category twice", "a direction twice",
		"a gap of nothing", "a layer over what is over it", "a layer under another name", "a level without mapping",
		"a list of no occupation", "a part twice", "a share above the whole", "a standard of no occupation", "a trailing document",
		"a version over itself", "a version over nothing", "a worker who cannot have joined", "an alternative twice",
		"an end before the beginning", "an id twice", "an institution under a second id", "an institution without id",
		"an occupation twice", "an occupation with half its facts", "an overlay of another version",
		"an overlay without a deadline", "another folder's id", "challenges faster than answers", "days to keep what is not kept", "effects of one kind only", "everybody, and yet not",
		"hours of no occupation", "more hours in person than there are", "more hours online than there are",
		"more hours than a day has", "no YAML", "no heartbeat kept in time", "no time to answer", "two roles for one occupation",
		"without a file of no name", "without what is its own", "without what is not there",
	}
}

func TestTheSchemasAndTheStrictChecksAgree(t *testing.T) {
	t.Parallel()
	require.Empty(t, policy.CheckSchemas(policy.Data(), "beijing-2023+demo"))
	require.Empty(t, policy.CheckStrictly(policy.Data(), "beijing-2023+demo"))
	var beyond []string
	for name, slip := range slips() {
		files := edited(t, slip.path, slip.old, slip.replacement)
		require.NotEmpty(t, policy.CheckStrictly(files, "beijing-2023+demo"), name)
		schema := policy.CheckSchemas(files, "beijing-2023+demo")
		if len(schema) == 0 {
			beyond = append(beyond, name)
		}
		for _, fault := range schema {
			require.Equal(t, slip.path, fault.File, name)
			require.Positive(t, fault.Line, "%s: %v", name, fault)
		}
	}
	slices.Sort(beyond)
	require.Equal(t, beyondASchema(), beyond, "what only the strict checks refuse")
}

// changedLine is the first line that the slip changed.
func changedLine(t *testing.T, s slip, content string) int {
	t.Helper()
	original, err := fs.ReadFile(policy.Data(), s.path)
	require.NoError(t, err)
	before, after := strings.Split(string(original), "\n"), strings.Split(content, "\n")
	for i := range after {
		if i >= len(before) || before[i] != after[i] {
			return i + 1
		}
	}
	return len(after)
}

// version is the program's own version as a folder, under another name.
func version(t *testing.T, id string, change func(name, content string) string) fs.FS {
	t.Helper()
	folder := fstest.MapFS{}
	entries, err := fs.ReadDir(policy.Data(), "data/beijing-2023")
	require.NoError(t, err)
	for _, entry := range entries {
		content, err := fs.ReadFile(policy.Data(), "data/beijing-2023/"+entry.Name())
		require.NoError(t, err)
		changed := change(entry.Name(), strings.Replace(string(content), "id: beijing-2023", "id: "+id, 1))
		folder[entry.Name()] = &fstest.MapFile{Data: []byte(changed)}
	}
	return folder
}

func effective(dates string) func(name, content string) string {
	return func(_, content string) string {
		return strings.Replace(content, "effective_from: 2023-06-30", dates, 1)
	}
}

func TestAFolderIsCheckedAsAVersion(t *testing.T) {
	t.Parallel()
	next := version(t, "beijing-2026", effective("effective_from: 2026-01-01"))
	require.Empty(t, policy.CheckFolder(next, "beijing-2026"))
	p, err := policy.ReadFolder(next, "beijing-2026")
	require.NoError(t, err)
	require.Equal(t, "2026-01-01", p.EffectiveFrom().String())
	require.Len(t, p.Lists().Bodies, 19, "the published lists are the program's own")

	faults := policy.CheckFolder(next, "beijing-2027")
	require.Len(t, faults, 1)
	require.EqualError(t, faults[0], `policy.yaml:12: id: "beijing-2026" is not the folder's name`)
	_, err = policy.ReadFolder(next, "beijing-2027")
	require.ErrorContains(t, err, "beijing-2027")
	require.NotEmpty(t, policy.CheckFolder(next, "Beijing 2027"))
	require.Len(t, policy.CheckFolder(fstest.MapFS{}, "beijing-2026"), 1, "a folder without policy.yaml is no version")

	two := version(t, "beijing-2026", func(name, content string) string {
		if name == "hours.yaml" {
			content = strings.Replace(content, "subject:", "sujet:", 1)
		}
		return effective("effective_from: 2026-01-01")(name, strings.Replace(content, "pass_mark: 60", "pass_mark: 600", 1))
	})
	files := []string{}
	for _, fault := range policy.CheckFolder(two, "beijing-2026") {
		files = append(files, fault.File)
	}
	require.Equal(t, []string{"hours.yaml", "hours.yaml", "training.yaml"}, files, "everything is told at once")
}

func TestAFileThatHasNoEndOrNoBeginningIsAFaultLikeAnyOther(t *testing.T) {
	t.Parallel()
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for letter := 'b'; letter < 'k'; letter++ {
		before := strings.Repeat("*"+string(letter-1)+", ", 10)
		bomb += string(letter) + ": &" + string(letter) + " [" + before + "]\n"
	}
	for name, content := range map[string]string{
		"nothing": "", "a comment": "# nothing", "a list": "- a", "a word": "x", "within itself": "citation: &a [*a]", "no text": "\x00\xff",
		"aliases of aliases": bomb, "merged": "credit: &c {subject: professional}\nannual: {<<: *c}", "a tag": "credit: !!binary x",
	} {
		files := version(t, "beijing-2026", func(file, written string) string {
			if file == "hours.yaml" {
				return content
			}
			return effective("effective_from: 2026-01-01")(file, written)
		})
		faults := policy.CheckFolder(files, "beijing-2026")
		require.NotEmpty(t, faults, name)
		for _, fault := range faults {
			require.Equal(t, "hours.yaml", fault.File, name)
			require.Less(t, len(fault.Error()), 500, name)
		}
	}
}

func TestEffectiveDatesDoNotOverlap(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		id, dates string
		overlap   bool
	}{
		"the next":                         {"beijing-2026", "effective_from: 2026-01-01", false},
		"from the same day":                {"beijing-2026", "effective_from: 2023-06-30", true},
		"before, open":                     {"beijing-2022", "effective_from: 2022-01-01", false},
		"before, until the day before":     {"beijing-2022", "effective_from: 2022-01-01\neffective_until: 2023-06-29", false},
		"before, until the day":            {"beijing-2022", "effective_from: 2022-01-01\neffective_until: 2023-06-30", true},
		"before, until the day after":      {"beijing-2022", "effective_from: 2022-01-01\neffective_until: 2023-07-01", true},
		"another place's, on the same day": {"tianjin-2023", "effective_from: 2023-06-30", false},
	} {
		faults := policy.CheckFolder(version(t, c.id, effective(c.dates)), c.id)
		if !c.overlap {
			require.Empty(t, faults, name)
			continue
		}
		require.Len(t, faults, 1, name)
		require.EqualError(t, faults[0], "policy.yaml:15: effective_from: the effective dates overlap those of beijing-2023", name)
	}
}
