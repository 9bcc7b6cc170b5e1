package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

func TestADiffNamesEachRuleThatChanges(t *testing.T) {
	t.Parallel()
	require.Empty(t, policy.Diff(beijing(t), beijing(t)))

	edit := func(name, content string) string {
		switch name {
		case "policy.yaml":
			content = strings.Replace(content, "effective_from: 2023-06-30", "effective_from: 2026-01-01", 1)
		case "title.yaml":
			content = strings.Replace(content, "years_since_graduation: 1}", "years_since_graduation: 2}", 1)
		case "training.yaml":
			content = strings.Replace(content, "standards: []", "standards:\n  - {occupation: big-data, level: junior, hours: 8, modules: [甲], "+
				"citation: {document: 某标准, clause: 培训要求, basis: recalled}}", 1)
		case "evaluation.yaml":
			content = strings.Replace(content, "        - code: technician-title\n          text: {zh: 取得技术员职称, en: holds the title 技术员}\n"+
				"          title: {title: 技术员}\n", "", 1)
		case "admission.yaml":
			content = strings.Replace(content, "basis: recalled", "basis: notice", 1)
		}
		return content
	}
	next, err := policy.ReadFolder(version(t, "beijing-2026", edit), "beijing-2026")
	require.NoError(t, err)
	changes := map[string][2]string{}
	for _, c := range policy.Diff(beijing(t), next) {
		changes[strings.Trim(c.Rule+" "+c.Field, " ")] = [2]string{c.Old, c.New}
	}
	require.Contains(t, changes["evaluation.entry.levels.junior.alternatives.technician-title"][0], "取得技术员职称")
	require.Contains(t, changes["training.standards.big-data.junior"][1], "某标准")
	delete(changes, "evaluation.entry.levels.junior.alternatives.technician-title")
	delete(changes, "training.standards.big-data.junior")
	require.Equal(t, map[string][2]string{
		"policy.id":             {"beijing-2023", "beijing-2026"},
		"policy.effective_from": {"2023-06-30", "2026-01-01"},
		"title.mappings.junior.alternatives.bachelor-1-year education.years_since_graduation": {"1", "2"},
		"admission.categories.skilled_worker citation.basis":                                  {"recalled", "notice"},
	}, changes)
}

func TestADemonstrationDiffersFromItsVersionByTheOverlayAlone(t *testing.T) {
	t.Parallel()
	changes := policy.Diff(beijing(t), demo(t))
	require.Len(t, changes, 1)
	require.Equal(t, "overlay", changes[0].Field)
}
