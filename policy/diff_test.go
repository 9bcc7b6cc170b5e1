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

	// The next version is laid over this one, and has only what changes.
	next, err := policy.ReadFolder(laidOver(t, "beijing-2023", map[string]string{
		"title.yaml": replaced(t, "data/beijing-2023/title.yaml", "years_since_graduation: 1}", "years_since_graduation: 2}"),
		"training.yaml": "standards:\n  - {occupation: big-data, level: junior, hours: 8, modules: [甲], " +
			"citation: {document: 某标准, clause: 培训要求, basis: recalled}}",
		"admission.yaml": replaced(t, "data/beijing-2023/admission.yaml", "basis: recalled", "basis: notice"),
	}, "evaluation.entry.levels.junior.alternatives.technician-title"), "beijing-2026")
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
		"policy.id":                {"beijing-2023", "beijing-2026"},
		"policy.name.zh":           {"北京市数字技术技能人才培养实施方案", "某省实施方案"},
		"policy.name.en":           {"Beijing implementation plan for cultivating digital-technology talent", "a province's plan"},
		"policy.citation.document": {"京人社专技字〔2023〕91号", "某省通知"},
		"policy.effective_from":    {"2023-06-30", "2026-01-01"},
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
