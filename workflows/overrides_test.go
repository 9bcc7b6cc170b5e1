package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

func TestAStepThatIsAskedAgainGoesOnInSpiteOfJustWhatWasOverriddenOnceAndInOrder(t *testing.T) {
	t.Parallel()
	first, second := contract.IssuerNotListed, contract.CertificateNumberTaken
	steps := map[string]func(contract.StepReply) any{
		"admit":             func(r contract.StepReply) any { return r },
		"enter-evaluation":  func(r contract.StepReply) any { return r },
		"certificate/grade": func(r contract.StepReply) any { return contract.IssueCertificateReply{StepReply: r} },
	}
	for step, reply := range steps {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.replies[step+"/1"] = reply(stuckOn(first, "first"))
			w.replies[step+"/2"] = reply(stuckOn(second, "asked again"))
			w.replies[step+"/3"] = reply(stuckOn(second, "second"))
			w.replies[step+"/4"] = reply(stuckOn(second, "once more"))
			w.pass(t, day, mainPath()...)
			w.resolve(t, 6*day, "first", contract.Override)
			w.resolve(t, 7*day, "asked again", contract.Retry)
			w.resolve(t, 8*day, "second", contract.Override)
			w.resolve(t, 9*day, "once more", contract.Override)
			require.Equal(t, "mapped", w.run(t))
			require.Equal(t, contract.Overrides{first, second}, w.over[step+"/5"])
		})
	}
}

func TestAnOverrideIsOfTheStepThatFoundItsCause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["admit/1"] = stuckOn(contract.EligibilityNotMet, "no")
	w.replies["credit-hours"] = stuckOn(contract.CEYearClosed, "closed")
	w.resolve(t, day, "no", contract.Override)
	w.pass(t, 2*day, mainPath()...)
	w.resolve(t, 30*day, "closed", contract.Override)
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, contract.Overrides{contract.EligibilityNotMet}, w.over["admit/2"])
	require.Equal(t, contract.Overrides{contract.CEYearClosed}, w.over["credit-hours/2"])
	require.Empty(t, w.over["enter-evaluation/1"])
}
