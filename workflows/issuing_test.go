package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/dengpan/dengpan/contract"
)

func TestACertificateThatTheInstitutionReportedIsNeitherPrintedNorSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["certificate/training/1"] = contract.IssueCertificateReply{}
	w.pass(t, day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
	require.NotContains(t, w.asked, "print/training/1")
	require.NotContains(t, w.asked, "sign/training")
	require.Contains(t, w.asked, "publish/grade/1")
}

func TestWhatHoldsACertificateUpIsResolvedWhereItAroseAndItsNumberStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["print/training/1"] = stuckOn(contract.GlyphMissing, "glyph")
	w.replies["publish/training/1"] = stuckOn(contract.StepFailed, "publication")
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	w.resolve(t, 4*day, "glyph", contract.Retry)
	w.resolve(t, 5*day, "publication", contract.Retry)
	w.pass(t, 6*day, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, "mapped", w.run(t))
	at := len(w.asked) - len("x")
	for i, step := range w.asked {
		if step == "certificate/training/1" {
			at = i
		}
	}
	require.Equal(t, []string{
		"certificate/training/1", "print/training/1", "resolution/retry@96h0m0s", "print/training/2", "sign/training",
		"publish/training/1", "resolution/retry@120h0m0s", "publish/training/2",
	}, w.asked[at:at+8])
}

func TestASignerThatIsAwayForLongIsAnIncidentAndACertificateThatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.broken["sign/training"] = errAway
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	const held = "hold/signing_failed/training/1"
	w.env.RegisterDelayedCallback(func() {
		require.Contains(t, w.asked, held)
		require.NotContains(t, w.asked, "publish/training/1")
		w.mend("sign/training")
	}, 4*day+time.Hour)
	w.resolve(t, 5*day, held, contract.Retry)
	w.pass(t, 6*day, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, "mapped", w.run(t))
	require.NotContains(t, w.asked, "print/training/2", "what was done before is not done again")
}

func TestASignatureThatIsRefusedIsAnIncidentAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.broken["sign/training"] = errDefect
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	w.resolve(t, 3*day+time.Minute, "hold/signing_failed/training/1", contract.Cancel)
	require.Equal(t, "untrained", w.run(t))
	require.NotContains(t, w.asked, "publish/training/1")
}

func TestHoursThatAreVoidedWhileACertificateIsSignedTakeTheCaseBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.slow()
	w.replies["review/void/1"] = contract.ReviewHoursReply{Back: &contract.Back{
		Training: contract.Sitting{Attempt: 1, Issue: 2}, Exam: contract.Sitting{Attempt: 2, Issue: 1, Passed: true},
	}}
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	w.voids(t, 3*day+time.Hour, "void")
	w.answer(t, 4*day, taskID(contract.TrainingTask, 1, 2))
	w.pass(t, 5*day, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "certificate/training/1/void", "another record, with another number")
}

func TestHoursThatWereVoidedUnderACertificateAreAskedForBeforeItIsPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["publish/training/1"] = contract.StepReply{Undermined: true}
	w.replies["review/publish/training/1/1"] = contract.ReviewHoursReply{Back: &contract.Back{
		Training: contract.Sitting{Attempt: 1, Issue: 2}, Exam: contract.Sitting{Attempt: 2, Issue: 1, Passed: true},
	}}
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	w.answer(t, 4*day, taskID(contract.TrainingTask, 1, 2))
	w.pass(t, 5*day, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "certificate/training/1/publish/training/1")
	require.Contains(t, w.asked, "publish/training-again/1")
}

func TestACertificateWhoseHoursSufficeAfterAllIsPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["publish/training/1"] = contract.StepReply{Undermined: true}
	w.pass(t, day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "review/publish/training/1/1")
	require.Contains(t, w.asked, "publish/training/1/1")
}

// complete runs the workflow of a certificate that no case waits for.
func (w *world) complete(t *testing.T) {
	t.Helper()
	w.env.ExecuteWorkflow(contract.IssuanceWorkflow, contract.IssuanceInput{CertificateID: "c"})
	require.True(t, w.env.IsWorkflowCompleted())
	require.NoError(t, w.env.GetWorkflowError())
}

func TestACertificateThatNoCaseWaitsForIsPrintedSignedAndPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.complete(t)
	require.Equal(t, []string{"print/c/1", "sign/c", "publish/c/1"}, w.asked)
}

func TestACertificateThatNoCaseWaitsForBeginsAnewOnceWhatHeldItUpIsResolved(t *testing.T) {
	t.Parallel()
	for name, why := range map[string]struct {
		step string
		err  error
		held string
	}{
		"an incident of a step":       {step: "print/c/1"},
		"a defect of a step":          {step: "publish/c/1", err: errDefect, held: "hold/step_failed/c/1"},
		"a signer that is away":       {step: "sign/c", err: errAway, held: "hold/signing_failed/c/1"},
		"a signature that is refused": {step: "sign/c", err: temporal.NewNonRetryableApplicationError("no", "any", nil), held: "hold/signing_failed/c/1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if w.broken[why.step] = why.err; why.err == nil {
				w.replies[why.step] = stuckOn(contract.GlyphMissing, "glyph")
			}
			w.complete(t)
			require.NotContains(t, w.asked, "publish/c/1")
			if why.held != "" {
				require.Contains(t, w.asked, why.held)
			}
		})
	}
}

func TestAnIssuanceThatIsWokenWhileItRunsLooksOnceMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.slow()
	w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.Wake.Name, struct{}{}) }, time.Hour)
	w.complete(t)
	require.Equal(t, []string{"print/c/1", "publish/c/1", "print/c/1", "publish/c/1"}, w.asked)
}
