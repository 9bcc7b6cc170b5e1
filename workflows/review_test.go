package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

// sentBack is the reply of a review that sends the case back to its training, whose exam goes on with another issue.
func sentBack() contract.ReviewHoursReply {
	return contract.ReviewHoursReply{Back: &contract.Back{
		Training: contract.Sitting{Attempt: 1, Issue: 2}, Exam: contract.Sitting{Attempt: 1, Issue: 2},
	}}
}

func TestACaseWhoseHoursAreVoidedDuringTheExamGoesBackToItsTrainingAndRecovers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask)
	w.replies["review/v/1"] = sentBack()
	w.voids(t, 4*day, "v")
	w.answer(t, 5*day, taskID(contract.TrainingTask, 1, 2))
	w.answer(t, 6*day, taskID(contract.ExamTask, 1, 2))
	w.pass(t, 7*day, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, []string{
		"issue/exam/1/1", "review/v/1",
		"issue/training/1/2", "record/training-1-2", "credit-hours/v",
		"issue/exam/1/2", "record/exam-1-2", "certificate/training/1/v",
	}, w.asked[6:14])
}

func TestAnExamThatWasPassedBeforeTheHoursWereVoidedIsNotSatAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	w.replies["certificate/training/1"] = contract.IssueCertificateReply{StepReply: contract.StepReply{Undermined: true}}
	back := sentBack()
	back.Back.Exam.Passed = true
	w.replies["review/certificate/training/1/1"] = back
	w.answer(t, 5*day, taskID(contract.TrainingTask, 1, 2))
	w.pass(t, 6*day, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, "mapped", w.run(t))
	require.NotContains(t, w.asked, "issue/exam/1/2")
	require.Contains(t, w.asked, "certificate/training/1/certificate/training/1")
}

func TestHoursVoidedUnderACertificateHoldTheCaseUntilAnOperatorDecides(t *testing.T) {
	t.Parallel()
	for verb, outcome := range map[contract.Verb]string{
		contract.Retry: "mapped", contract.Override: "mapped", contract.Cancel: "trained",
	} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pass(t, day, mainPath()[:3]...)
			w.replies["review/v/1"] = contract.ReviewHoursReply{
				Incident: &contract.Incident{ID: "undermined", Cause: contract.CertificateUndermined}, Credited: true,
			}
			w.voids(t, 4*day, "v")
			w.pass(t, 5*day, contract.TheoryTask, contract.PracticalTask) // answered meanwhile, and not lost
			w.resolve(t, 9*day, "undermined", verb)
			require.Equal(t, outcome, w.run(t))
			if verb == contract.Cancel {
				return
			}
			require.Equal(t, 9*day, w.lasted(), "nothing went on meanwhile")
			require.Subset(t, w.asked, []string{"review/v/2", "record/theory-1-1"})
			require.Equal(t, verb == contract.Override, w.over["review/v/2"].Has(contract.CertificateUndermined), "only an override lets the hours stand")
		})
	}
}

func TestHoursVoidedBeforeTheTrainingIsCompleteDisturbNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.voids(t, time.Hour, "a")
	w.voids(t, 36*time.Hour, "b")
	w.voids(t, 36*time.Hour+time.Minute, "b") // told twice
	w.pass(t, day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "review/a/1")
	require.Len(t, w.asked, 23)
}

func TestACaseThatIsStuckReviewsItsHoursOnceItIsNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	w.replies["record/exam-1-1"] = contract.RecordReply{
		Next: contract.Resit, Incident: &contract.Incident{ID: "exhausted", Cause: contract.ExamAttemptsExhausted},
	}
	back := sentBack()
	back.Back.Exam = contract.Sitting{Attempt: 2, Issue: 2}
	w.replies["review/v/1"] = back
	w.voids(t, 4*day, "v")
	w.resolve(t, 6*day, "exhausted", contract.Retry)
	w.answer(t, 7*day, taskID(contract.TrainingTask, 1, 2))
	w.answer(t, 8*day, taskID(contract.ExamTask, 2, 2))
	w.pass(t, 9*day, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "resolution/retry@144h0m0s")
	require.Less(t, slices.Index(w.asked, "resolution/retry@144h0m0s"), slices.Index(w.asked, "review/v/1"),
		"a case is stuck on one thing at a time")
}

func TestNewEvidenceIsTakenBeforeTheNextStageDecidesOnIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.gives(t, 36*time.Hour, "degree")
	w.pass(t, day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
	require.Less(t, slices.Index(w.asked, "facts/degree"), slices.Index(w.asked, "enter-evaluation/1"))
}

func TestWhoWithdrewStillHasTheHoursUnderTheirCertificateDecidedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	until := w.env.Now().Add(365 * day)
	w.replies["title/1"] = contract.DecideTitleReply{Until: &until}
	w.replies["review/v/1"] = contract.ReviewHoursReply{
		Incident: &contract.Incident{ID: "undermined", Cause: contract.CertificateUndermined}, Outcome: "certified",
	}
	w.withdraw(t, 30*day)
	w.voids(t, 30*day, "v") // at the same moment
	w.resolve(t, 40*day, "undermined", contract.Override)
	require.Equal(t, "certified", w.run(t))
	require.Equal(t, 40*day, w.lasted(), "it is not closed over an operator's head")
}

func TestACaseThatHadEndedIsOpenedAgainWhenTheHoursUnderItsCertificateAreVoided(t *testing.T) {
	t.Parallel()
	for _, verb := range []contract.Verb{contract.Override, contract.Cancel} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.replies["review/v/1"] = contract.ReviewHoursReply{
				Incident: &contract.Incident{ID: "undermined", Cause: contract.CertificateUndermined}, Outcome: "mapped",
			}
			w.voids(t, 0, "v")
			w.resolve(t, day, "undermined", verb)
			require.Equal(t, "mapped", w.reopen(t))
			require.Equal(t, "close/v", w.asked[len(w.asked)-1])
		})
	}
}

func TestACaseThatHadEndedStaysClosedWhenItsHoursStillSuffice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["review/v/1"] = contract.ReviewHoursReply{Credited: true}
	w.voids(t, 0, "v")
	w.reopen(t)
	require.Equal(t, []string{"review/v/1", "credit-hours/v"}, w.asked)
}

func TestX22HoursForAClosedYearWaitForAnOperator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["credit-hours"] = stuckOn(contract.CEYearClosed, "closed")
	w.resolve(t, 30*day, "closed", contract.Override)
	w.pass(t, day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "credit-hours/2")
}

func TestX46NewEvidenceDecidesTheTitleAnewAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	until := w.env.Now().Add(3 * 365 * day)
	w.replies["title/1"] = contract.DecideTitleReply{Until: &until}
	w.gives(t, 30*day, "degree")
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, []string{"title/1", "facts/degree", "title/2", "close"}, w.asked[len(w.asked)-4:])
	require.Equal(t, 30*day, w.lasted())
}

func TestX46NewEvidenceOpensACaseAgainThatEndedWithoutATitle(t *testing.T) {
	t.Parallel()
	for mapped, outcome := range map[bool]string{true: "mapped", false: "certified"} {
		w := newWorld(t)
		w.replies["facts/degree"] = contract.TakeFactsReply{Outcome: "certified", Round: 2}
		w.replies["title/2"] = contract.DecideTitleReply{Mapped: mapped}
		w.gives(t, 0, "degree")
		require.Equal(t, outcome, w.reopen(t))
		require.Equal(t, []string{"facts/degree", "title/2", "close/degree"}, w.asked)
	}
}
