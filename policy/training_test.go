package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
)

// standard is a version in which a training of big data has eight hours and two modules, and shares.
func standard(t *testing.T, shares string) *policy.Policy {
	t.Helper()
	p, err := policy.ReadFolder(laidOver(t, "beijing-2023", map[string]string{
		"training.yaml": "standards:\n  - {occupation: big-data, level: junior, hours: 8, modules: [甲, 乙]" + shares +
			", citation: {document: 某标准, clause: 培训要求, basis: recalled}}\n",
	}), "beijing-2026")
	require.NoError(t, err)
	return p
}

func TestATrainingIsCompleteWithItsHoursItsSharesAndItsContent(t *testing.T) {
	t.Parallel()
	all := []string{"乙", "甲", "丙"}
	tenths := ledger.Tenths
	for name, c := range map[string]struct {
		shares          string
		online, offline ledger.Hours
		modules         []string
		have            ledger.Hours
		want            policy.Outcome
	}{
		"a tenth too few":               {"", tenths(39), tenths(40), all, tenths(79), policy.NotMet},
		"enough":                        {"", tenths(40), tenths(40), all, tenths(80), policy.Met},
		"all online, no shares":         {"", tenths(80), 0, all, tenths(80), policy.Met},
		"all offline, no shares":        {"", 0, tenths(80), all, tenths(80), policy.Met},
		"a module missing":              {"", 0, tenths(80), []string{"甲"}, tenths(80), policy.NotMet},
		"more online than counts":       {", online_at_most: 4", tenths(41), tenths(39), all, tenths(79), policy.NotMet},
		"as much online as counts":      {", online_at_most: 4", tenths(40), tenths(40), all, tenths(80), policy.Met},
		"more, and enough besides":      {", online_at_most: 4", tenths(400), tenths(40), all, tenths(80), policy.Met},
		"a tenth too few in person":     {", offline_at_least: 2.5", tenths(80), tenths(24), all, tenths(104), policy.NotMet},
		"enough in person":              {", offline_at_least: 2.5", tenths(80), tenths(25), all, tenths(105), policy.Met},
		"in person, but not enough all": {", offline_at_least: 2.5", tenths(54), tenths(25), all, tenths(79), policy.NotMet},
	} {
		record := policy.TrainingRecord{Online: c.online, Offline: c.offline, Modules: c.modules}
		d := standard(t, c.shares).CompletesTraining(record, "big-data", policy.Junior, day("2026-03-01"))
		require.Equal(t, c.want, d.Outcome, name)
		require.Equal(t, c.have, d.Have, name)
		require.Equal(t, ledger.Whole(8), d.Need, name)
		require.Equal(t, "某标准", d.Citation.Document, name)
	}
	d := standard(t, "").CompletesTraining(policy.TrainingRecord{Modules: []string{"乙"}}, "big-data", policy.Junior, day("2026-03-01"))
	require.Equal(t, []string{"甲"}, d.MissingModules)
}

func TestATrainingWhoseStandardNobodyEnteredIsNotDecided(t *testing.T) {
	t.Parallel()
	record := policy.TrainingRecord{Offline: ledger.Whole(1000)}
	d := beijing(t).CompletesTraining(record, "big-data", policy.Junior, day("2026-03-01"))
	require.Equal(t, policy.InsufficientRule, d.Outcome)
	require.Equal(t, policy.Met, demo(t).CompletesTraining(policy.TrainingRecord{
		Offline: ledger.Whole(80), Modules: []string{"基础知识", "技术应用", "项目实践", "职业道德与安全"},
	}, "big-data", policy.Junior, day("2026-03-01")).Outcome)
}

// The gate opens once: no further hour or module closes it again, and what was stored reads back as it was decided.
func TestMoreTrainingNeverClosesTheGate(t *testing.T) {
	t.Parallel()
	p := standard(t, ", online_at_most: 4, offline_at_least: 2.5")
	rapid.Check(t, func(t *rapid.T) {
		hours := func(label string) ledger.Hours { return ledger.Tenths(rapid.IntRange(0, 100).Draw(t, label)) }
		modules := rapid.Permutation([]string{"甲", "乙", "丙"}).Draw(t, "modules")
		less := policy.TrainingRecord{
			Online: hours("online"), Offline: hours("offline"), Modules: modules[:rapid.IntRange(0, 3).Draw(t, "complete")],
		}
		more := policy.TrainingRecord{
			Online: less.Online + hours("more online"), Offline: less.Offline + hours("more offline"), Modules: modules,
		}
		before := p.CompletesTraining(less, "big-data", policy.Junior, day("2026-03-01"))
		after := p.CompletesTraining(more, "big-data", policy.Junior, day("2026-03-01"))
		require.LessOrEqual(t, before.Have, after.Have)
		require.False(t, before.Outcome == policy.Met && after.Outcome != policy.Met)

		body, err := json.Marshal(before)
		require.NoError(t, err)
		var read policy.TrainingDecision
		require.NoError(t, json.Unmarshal(body, &read))
		require.Equal(t, before, read)
	})
}
