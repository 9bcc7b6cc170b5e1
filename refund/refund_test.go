package refund_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/refund"
)

var common = refund.Rule{{Until: "start", Percent: 100}, {Until: "1/3", Percent: 50}}

func TestWhatIsPaidBackFollowsThePublishedSteps(t *testing.T) {
	t.Parallel()
	fee, free, odd := 480_000, 0, 333
	required := ledger.Hours(90)
	for name, c := range map[string]struct {
		rule    refund.Rule
		leaving refund.Leaving
		want    refund.Return
		err     error
	}{
		"before the class begins everything": {common, refund.Leaving{FeeFen: &fee, Required: &required}, refund.Return{Percent: 100, Fen: 480_000}, nil},
		"the first day, nothing heard yet":   {common, refund.Leaving{FeeFen: &fee, Started: true, Required: &required}, refund.Return{Percent: 50, Fen: 240_000}, nil},
		"just before a third":                {common, refund.Leaving{FeeFen: &fee, Started: true, Taken: 29, Required: &required}, refund.Return{Percent: 50, Fen: 240_000}, nil},
		"at a third nothing":                 {common, refund.Leaving{FeeFen: &fee, Started: true, Taken: 30, Required: &required}, refund.Return{}, nil},
		"half a fen is the trainee's":        {common, refund.Leaving{FeeFen: &odd, Started: true, Required: &required}, refund.Return{Percent: 50, Fen: 167}, nil},
		"a class that is free":               {nil, refund.Leaving{FeeFen: &free, Started: true}, refund.Return{Percent: 100}, nil},
		"a fee that nobody published":        {common, refund.Leaving{}, refund.Return{}, refund.ErrNoFee},
		"a rule that nobody published":       {nil, refund.Leaving{FeeFen: &fee}, refund.Return{}, refund.ErrNoRule},
		"hours that no standard says":        {common, refund.Leaving{FeeFen: &fee, Started: true}, refund.Return{}, refund.ErrNoHours},
		"no hours are needed before it begins": {
			refund.Rule{{Until: "1/2", Percent: 80}}, refund.Leaving{FeeFen: &fee}, refund.Return{Percent: 80, Fen: 384_000}, nil,
		},
	} {
		got, err := c.rule.Of(c.leaving)
		require.ErrorIs(t, err, c.err, name)
		require.Equal(t, c.want, got, name)
	}
}

func TestARuleIsReadInOneWayOrNotAtAll(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule refund.Rule
		at   int
		err  error
	}{
		"as is common":          {common, 0, nil},
		"none":                  {nil, 0, nil},
		"a date is no share":    {refund.Rule{{Until: "2026-01-01", Percent: 1}}, 0, refund.ErrStep},
		"more than all hours":   {refund.Rule{{Until: "4/3", Percent: 1}}, 0, refund.ErrStep},
		"more than was paid":    {refund.Rule{{Until: "start", Percent: 101}}, 0, refund.ErrPercent},
		"earlier than before":   {refund.Rule{{Until: "1/2", Percent: 50}, {Until: "1/3", Percent: 20}}, 1, refund.ErrOrder},
		"the same share twice":  {refund.Rule{{Until: "1/2", Percent: 50}, {Until: "2/4", Percent: 20}}, 1, refund.ErrOrder},
		"more for who stays on": {refund.Rule{{Until: "start", Percent: 50}, {Until: "1/3", Percent: 60}}, 1, refund.ErrOrder},
	} {
		at, err := c.rule.Check()
		require.ErrorIs(t, err, c.err, name)
		require.Equal(t, c.at, at, name)
	}
	require.Equal(t, "start:100% 1/3:50%", common.String())
	require.Equal(t, "none", refund.Rule{}.String())
}

func TestWhoHeardMoreIsNeverPaidBackMoreNorMoreThanTheFee(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.IntRange(0, 100).Draw(t, "first")
		rule := refund.Rule{
			{Until: "start", Percent: first}, {Until: "1/3", Percent: rapid.IntRange(0, first).Draw(t, "second")},
		}
		_, err := rule.Check()
		require.NoError(t, err)
		fee, required := rapid.IntRange(1, 10_000_000).Draw(t, "fee"), ledger.Hours(rapid.IntRange(1, 400).Draw(t, "hours"))
		last := fee
		for _, at := range []refund.Leaving{{}, {Started: true}, {Started: true, Taken: required / 3}, {Started: true, Taken: required}} {
			at.FeeFen, at.Required = &fee, &required
			back, err := rule.Of(at)
			require.NoError(t, err)
			require.LessOrEqual(t, back.Fen, last)
			last = back.Fen
		}
	})
}
