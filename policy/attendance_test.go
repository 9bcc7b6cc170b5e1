package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
)

func TestAttendanceIsCountedByOurOwnDesign(t *testing.T) {
	t.Parallel()
	rule := beijing(t).Attendance()
	require.Equal(t, ledger.CreditRule{
		MaxGap: 90 * time.Second, MaxRate: 110, MinRate: 50, AnswerWithin: 2 * time.Minute,
		DailyCap: 6 * time.Hour, MinutesPerHour: 45,
	}, rule.Credit, "8 学时 of 45 minutes are 6 hours")
	require.Equal(t, 15*time.Minute, rule.ChallengeEvery)
	require.Equal(t, 5*time.Second, rule.MinInterval)
	require.Equal(t, 7, rule.CorrectWithin)
	require.Equal(t, policy.Design, rule.Citation.Basis)
	require.NotEmpty(t, rule.Citation.Note.In("zh"))
	require.NotEqual(t, rule.Citation.Note.In("zh"), rule.Citation.Note.In("en"))
	require.Equal(t, rule, demo(t).Attendance(), "the demonstration has nothing else to say of it")
}

func TestADemonstrationMayCountAttendanceByNumbersOfItsOwn(t *testing.T) {
	t.Parallel()
	files := edited(t, "data/demo/overlay.yaml", "delivery_schedule:", `attendance:
  online: {max_gap: 3s, max_rate: 150, min_rate: 0, min_interval: 0s, challenge_every: 10s, answer_within: 9s}
  daily_cap: 7.5
  minutes_per_hour: 50
  correct_within: 1
delivery_schedule:`)
	made, err := policy.Read(files, "beijing-2023+demo")
	require.NoError(t, err)
	require.Equal(t, policy.AttendanceRule{
		Credit: ledger.CreditRule{
			MaxGap: 3 * time.Second, MaxRate: 150, AnswerWithin: 9 * time.Second,
			DailyCap: 6*time.Hour + 15*time.Minute, MinutesPerHour: 50,
		},
		ChallengeEvery: 10 * time.Second, CorrectWithin: 1, Citation: demoCitation(t),
	}, made.Attendance(), "all of it, labelled")
	earnest, err := policy.Read(files, "beijing-2023")
	require.NoError(t, err)
	require.Equal(t, beijing(t).Attendance(), earnest.Attendance(), "what is real stays")
}

func demoCitation(t *testing.T) policy.Citation {
	t.Helper()
	standard, err := demo(t).TrainingStandard("big-data", policy.Junior)
	require.NoError(t, err)
	return standard.Citation
}

func TestAStandardMaySayHowManyHoursAreOnline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content         string
		online, offline ledger.Hours
		refused         bool
	}{
		"neither":                  {"", 0, 0, false},
		"half and half":            {", online_at_most: 40, offline_at_least: 40", ledger.Whole(40), ledger.Whole(40), false},
		"a tenth":                  {", online_at_most: 0.1", ledger.Tenths(1), 0, false},
		"all in person":            {", offline_at_least: 80", 0, ledger.Whole(80), false},
		"all online":               {", online_at_most: 80", ledger.Whole(80), 0, false},
		"more than all, in person": {", offline_at_least: 80.1", 0, 0, true},
		"more than all, online":    {", online_at_most: 80.1", 0, 0, true},
		"less than none":           {", online_at_most: -1", 0, 0, true},
	} {
		files := edited(t, "data/demo/overlay.yaml", "level: junior, hours: 80", "level: junior, hours: 80"+c.content)
		p, err := policy.Read(files, "beijing-2023+demo")
		if c.refused {
			require.ErrorContains(t, err, "training of junior", name)
			continue
		}
		require.NoError(t, err, name)
		standard, err := p.TrainingStandard("blockchain", policy.Junior)
		require.NoError(t, err, name)
		require.Equal(t, []ledger.Hours{c.online, c.offline}, []ledger.Hours{standard.OnlineAtMost, standard.OfflineAtLeast}, name)
	}
}
