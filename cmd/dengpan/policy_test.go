package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

// run runs the program with arguments, and returns what it printed.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := root()
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

// versionAt is a copy of the program's own version in a folder of that name, with one change.
func versionAt(t *testing.T, name, file, old, replacement string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.CopyFS(folder, os.DirFS("../../policy/data/beijing-2023")))
	for _, change := range [][3]string{
		{"policy.yaml", "id: beijing-2023\n", "id: " + name + "\n"}, {file, old, replacement},
	} {
		path := change[0]
		content, err := fs.ReadFile(os.DirFS(folder), path)
		require.NoError(t, err)
		require.Contains(t, string(content), change[1])
		changed := strings.Replace(string(content), change[1], change[2], 1)
		changed = strings.Replace(changed, "effective_from: 2023-06-30", "effective_from: 2026-01-01", 1)
		require.NoError(t, os.WriteFile(filepath.Join(folder, path), []byte(changed), 0o600))
	}
	return folder
}

func TestPolicyCheckNamesFileAndLineAndFails(t *testing.T) {
	t.Parallel()
	out, err := run(t, "policy", "check")
	require.NoError(t, err)
	require.Contains(t, out, "beijing-2023")

	_, err = run(t, "policy", "check", versionAt(t, "beijing-2026", "hours.yaml", "subject: professional", "subject: public"))
	require.NoError(t, err)
	folder := versionAt(t, "beijing-2026", "hours.yaml", "subject:", "sujet:")
	out, err = run(t, "policy", "check", folder)
	require.Error(t, err)
	require.Contains(t, out, folder+`/hours.yaml:7: "sujet" is not a key of this file's`+"\n")
	folder = versionAt(t, "beijing-2026", "occupations.yaml", "code: blockchain", "code: blockchain, name: 区块")
	out, err = run(t, "policy", "check", folder)
	require.Error(t, err)
	require.True(t, strings.HasPrefix(out, folder+"/institutions-2022.yaml:38: "), "the lists name an occupation that is gone: %s", out)
	folder = versionAt(t, "beijing-2026", "policy.yaml", "over: national-2021", "over: national-2021\nwithout: [admission.categories.skilled_worker, hours.annual.total]")
	out, err = run(t, "policy", "check", folder)
	require.Error(t, err)
	require.Contains(t, out, folder+"/policy.yaml:14: without: beneath there is no admission.categories.skilled_worker")
	folder = versionAt(t, "beijing-2026", "policy.yaml", "over: national-2021", "over: national-2021\nwithout: [hours.annual.total]")
	out, err = run(t, "policy", "check", folder)
	require.Error(t, err)
	require.True(t, strings.HasPrefix(out, "data/national-2021/hours.yaml:5: "), "what is beneath is the program's own: %s", out)
	_, err = run(t, "policy", "check", filepath.Join(folder, "nowhere"))
	require.Error(t, err)
	_, err = run(t, "policy", "check", filepath.Join(folder, "hours.yaml"))
	require.ErrorContains(t, err, "not a folder")
}

func TestPolicyExplainSaysTheOutcomeFirst(t *testing.T) {
	t.Parallel()
	facts := []string{
		"policy", "explain", "--occupation", "大数据", "--level", "中级", "--education", "本科", "--graduated", "2019-07-01",
		"--title", "助理工程师=2021-05-01", "--work-since", "2019-08-01", "--certificate", "2024-02-01",
	}
	out, err := run(t, append(facts, "--as-of", "2024-03-01")...)
	require.NoError(t, err)
	require.Contains(t, out, "大数据 · 中级 · 2024-03-01 · beijing-2023\n\n参加条件：可以参加培育项目。\n")
	require.Contains(t, out, "评价申报条件：符合社会化评价的申报条件，另须取得本等级培训合格证书。\n  依据：取得助理工程师职称后，从事本职业技术工作满2年\n")
	require.Contains(t, out, "职称贯通：职称贯通的年限条件将于2024-07-01满足，届时自动重新判断。\n")
	require.Contains(t, out, "毕业须满5年，现满4年；最早2024-07-01符合")
	require.NotContains(t, out, "演示数据")
	require.NotContains(t, out, "假定")

	out, err = run(t, append(facts, "--as-of", "2024-07-01")...)
	require.NoError(t, err)
	require.Contains(t, out, "可对应工程师职称，无需换发北京市职称证书。")
	require.Contains(t, out, "效力：可作为申报高一级职称的条件")

	out, err = run(t, append(facts, "--as-of", "2024-07-01", "--lang", "en", "--demo")...)
	require.NoError(t, err)
	require.Contains(t, out, "big data · Intermediate · 2024-07-01 · beijing-2023+demo\nThis result uses demonstration data")
	require.Contains(t, out, "Effect: may be used as a condition in applying for the next higher title")

	out, err = run(t, "policy", "explain", "--level", "中级", "--education", "本科", "--graduated", "2019-07-01", "--as-of", "2024-07-01")
	require.NoError(t, err)
	require.Contains(t, out, "智能制造 · 中级", "unless one is named, the occupation whose standard is known")
}

func TestPolicyExplainSaysWhatATrainingLacks(t *testing.T) {
	t.Parallel()
	asked := []string{
		"policy", "explain", "--occupation", "大数据", "--level", "初级", "--online", "30.5", "--offline", "49.4",
		"--module", "基础知识", "--module", "项目实践",
	}
	out, err := run(t, append(asked, "--demo")...)
	require.NoError(t, err)
	require.Contains(t, out, "\n完成培训：尚未完成规定的培训学时和内容。\n  学时：须满80学时，现有79.9学时\n"+
		"  尚未完成的内容：技术应用、职业道德与安全\n  出处：演示数据 -（演示数据）\n")
	out, err = run(t, append(asked, "--demo", "--lang", "en")...)
	require.NoError(t, err)
	require.Contains(t, out, "\nCompleting the training: The required hours and content of the training are not complete.\n"+
		"  Hours needed: 80; has: 79.9\n")
	out, err = run(t, asked...)
	require.NoError(t, err)
	require.Contains(t, out, "完成培训：规则数据中没有该职业和等级的标准学时，不能判断培训是否完成。\n")
	out, err = run(t, asked[:6]...)
	require.NoError(t, err)
	require.NotContains(t, out, "完成培训")
}

func TestCodesAndNamesMeanTheSame(t *testing.T) {
	t.Parallel()
	chinese, err := run(t, "policy", "explain", "--occupation", "大数据工程技术人员", "--level", "初级", "--education", "大学本科",
		"--graduated", "2019-07-01", "--related-major", "--grade", "初级=2022-03-01", "--category", "在岗从业人员", "--as-of", "2024-03-01")
	require.NoError(t, err)
	codes, err := run(t, "policy", "explain", "--occupation", "big-data", "--level", "junior", "--education", "bachelor",
		"--graduated", "2019-07-01", "--related-major", "--grade", "junior=2022-03-01", "--category", "in_post", "--as-of", "2024-03-01")
	require.NoError(t, err)
	require.Equal(t, chinese, codes)
}

func TestTheDecisionsAreThereAsJSONAndDeriveAgainFromIt(t *testing.T) {
	t.Parallel()
	out, err := run(t, "policy", "explain", "--occupation", "big-data", "--level", "中级", "--skill-grade", "技师",
		"--education", "中专", "--graduated", "2004-02-29", "--as-of", "2024-03-01", "--json")
	require.NoError(t, err)
	var answer explained
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	require.Equal(t, policy.SkilledWorker, answer.Applicant.Category)
	require.True(t, answer.Supposed)
	require.Len(t, answer.Explanations, 3)
	rules, err := policy.ByID(answer.Policy)
	require.NoError(t, err)
	require.Equal(t, answer.Decisions.Admission, rules.MayJoin(answer.Applicant, answer.Occupation, answer.Level, answer.AsOf))
	require.Equal(t, answer.Decisions.Title,
		rules.MapTitle(answer.Applicant, answer.Occupation, answer.Level, answer.Certificate, answer.AsOf))
}

func TestFactsThatAreNotUnderstoodAreNamed(t *testing.T) {
	t.Parallel()
	for flag, args := range map[string][]string{
		"--occupation": {"--occupation", "占星", "--level", "初级"},
		"--level":      {"--occupation", "big-data", "--level", "特级"},
		"--lang":       {"--lang", "fr"},
		"--policy":     {"--policy", "beijing-1900"},
		"--as-of":      {"--occupation", "big-data", "--level", "初级", "--as-of", "yesterday"},
		"--graduated":  {"--occupation", "big-data", "--level", "初级", "--graduated", "2019-07-01"},
		"--title":      {"--occupation", "big-data", "--level", "初级", "--title", "工程师"},
		"--online":     {"--occupation", "big-data", "--level", "初级", "--online", "1.25"},
		"--offline":    {"--occupation", "big-data", "--level", "初级", "--offline", "-1"},
		"--grade":      {"--occupation", "big-data", "--level", "初级", "--grade", "特级=2019-07-01"},
		"education":    {"--occupation", "big-data", "--level", "初级", "--education", "wizard"},
		"skill_grade":  {"--occupation", "big-data", "--level", "初级", "--skill-grade", "学徒"},
	} {
		_, err := run(t, append([]string{"policy", "explain"}, args...)...)
		require.ErrorContains(t, err, flag)
	}
}

func TestPolicyDiffNamesWhatChangesRuleByRule(t *testing.T) {
	t.Parallel()
	next := versionAt(t, "beijing-2026", "title.yaml", "years_since_graduation: 1}", "years_since_graduation: 2}")
	out, err := run(t, "policy", "diff", "beijing-2023", next)
	require.NoError(t, err)
	require.Equal(t, `policy
  ~ effective_from: 2023-06-30 -> 2026-01-01
  ~ id: beijing-2023 -> beijing-2026
title.mappings.junior.alternatives.bachelor-1-year
  ~ education.years_since_graduation: 1 -> 2
`, out)
	out, err = run(t, "policy", "diff", "beijing-2023", "beijing-2023")
	require.NoError(t, err)
	require.Equal(t, "no rule changes\n", out)
	_, err = run(t, "policy", "diff", "beijing-2023", "beijing-1900")
	require.ErrorContains(t, err, "NEW")
}
