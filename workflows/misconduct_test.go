package workflows_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

func TestX32ACaseIsHeldWhileMisconductIsHandledAndItsVoidedAttemptIsSatAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()[:3]...)
	w.replies["review-certificates/m/1"] = heldBy("suspected", contract.MisconductPending)
	w.replies["review-certificates/d/1"] = contract.ReviewCertificatesReply{
		Again: &contract.Resume{Stage: "evaluation", Attempt: 2, Issue: 1},
	}
	w.changes(t, 4*day, "m")
	w.pass(t, 5*day, contract.TheoryTask, contract.PracticalTask) // answered meanwhile, and held
	w.changes(t, 20*day, "d")
	w.answer(t, 30*day, taskID(contract.TheoryTask, 2, 1))
	w.answer(t, 31*day, taskID(contract.PracticalTask, 2, 1))
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, 31*day, w.lasted())
	require.Contains(t, w.asked, "issue/theory/2/1")
	require.Equal(t, 1, count(w.asked, "enter-evaluation/1"), "who may be evaluated is not asked again")
}

func count(all []string, one string) int {
	return len(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s != one }))
}

func TestACertificateIsPublishedAfterMisconductThatItCameUponIsDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	publish := contract.PublishCertificateRequest{CertificateStep: contract.CertificateStep{CaseID: caseID, CertificateID: "grade", Try: 1}}
	w.replies[publish.Key()] = contract.StepReply{Suspected: true}
	w.replies["review-certificates/"+publish.Key()+"/1"] = heldBy("suspected", contract.MisconductPending)
	w.changes(t, 40*day, "d")
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, 40*day, w.lasted())
}
