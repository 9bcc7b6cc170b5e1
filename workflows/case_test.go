package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

// mainPath is every task kind in the order the main path asks for them.
func mainPath() []string {
	return []string{
		contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask, contract.TheoryTask, contract.PracticalTask,
	}
}

func TestACaseThatGoesWellAsksEveryStepOnceInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, []string{
		"admit/1",
		"issue/enrolment/1/1", "record/enrolment-1-1",
		"issue/training/1/1", "record/training-1-1", "credit-hours",
		"issue/exam/1/1", "record/exam-1-1",
		"certificate/training/1", "print/training/1", "sign/training", "publish/training/1",
		"enter-evaluation/1", "issue/theory/1/1", "record/theory-1-1",
		"certificate/grade/1", "print/grade/1", "sign/grade", "publish/grade/1",
		"title/1", "close",
	}, w.asked)
}

func TestPartsOfAnEvaluationAreTakenInAnyOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask,
		contract.PracticalTask, contract.TheoryTask)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "record/theory-1-1")
}

func TestAnAnswerSentManyTimesIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 10 {
		w.answer(t, day, taskID(contract.EnrolmentTask, 1, 1))
	}
	w.pass(t, 2*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.Len(t, w.asked, 21)
}

func TestAnAnswerThatOvertakesItsTaskIsNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// The institution polled, and was faster than the workflow.
	w.answer(t, time.Hour, taskID(contract.TrainingTask, 1, 1))
	w.answer(t, day, taskID(contract.EnrolmentTask, 1, 1))
	w.pass(t, 2*day, mainPath()[2:]...)
	require.Equal(t, "mapped", w.run(t))
}

func TestWhoFailsTheExamSitsAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["record/exam-1-1"] = contract.RecordReply{Next: contract.Resit}
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	w.answer(t, 4*day, taskID(contract.ExamTask, 2, 1))
	w.pass(t, 5*day, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "issue/exam/2/1")
}

func TestWhoFailsOnePartOfTheEvaluationSitsBothAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["record/theory-1-1"] = contract.RecordReply{Next: contract.Resit}
	w.pass(t, day, mainPath()...)
	w.answer(t, 6*day, taskID(contract.TheoryTask, 2, 1))
	w.answer(t, 7*day, taskID(contract.PracticalTask, 2, 1))
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "record/theory-2-1")
}

func TestWhoKeepsAPassedPartSitsOnlyTheOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	practical := []string{contract.PracticalTask}
	w.replies["record/theory-1-1"] = contract.RecordReply{Next: contract.Resit, Again: practical}
	w.replies["record/practical-2-1"] = contract.RecordReply{
		Next: contract.Reissue, Incident: &contract.Incident{ID: "no", Cause: contract.TaskRejected},
	}
	w.replies["record/practical-2-2"] = contract.RecordReply{Next: contract.Resit} // too late for what was kept
	w.pass(t, day, mainPath()...)
	w.reject(t, 6*day, taskID(contract.PracticalTask, 2, 1))
	w.resolve(t, 7*day, "no", contract.Retry)
	w.answer(t, 8*day, taskID(contract.PracticalTask, 2, 2))
	w.answer(t, 9*day, taskID(contract.TheoryTask, 3, 1))
	w.answer(t, 9*day, taskID(contract.PracticalTask, 3, 1))
	require.Equal(t, "mapped", w.run(t))
	var issued []string
	for _, step := range w.asked {
		if strings.HasPrefix(step, "issue/theory/") || strings.HasPrefix(step, "issue/practical/") {
			issued = append(issued, step)
		}
	}
	require.Equal(t, []string{
		"issue/theory/1/1", "issue/practical/2/1", "issue/practical/2/2", "issue/theory/3/1",
	}, issued, "asked again after a refusal it is the same part; without a part named it is all of them")
}

func TestANewRunKnowsWhichPartsAreSatAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.answer(t, day, taskID(contract.PracticalTask, 2, 1))
	w.env.ExecuteWorkflow(contract.CaseWorkflow, contract.CaseInput{CaseID: caseID, Resume: &contract.Resume{
		Stage: "evaluation", Attempt: 2, Issue: 1, Again: []string{contract.PracticalTask},
	}})
	require.NoError(t, w.env.GetWorkflowError())
	require.Equal(t, []string{"issue/practical/2/1", "record/practical-2-1", "certificate/grade/1", "print/grade/1", "sign/grade", "publish/grade/1", "title/1", "close"}, w.asked)
}

func TestAfterManyFailedAttemptsAnOperatorDecidesWhetherToGoOn(t *testing.T) {
	t.Parallel()
	for verb, outcome := range map[contract.Verb]string{contract.Retry: "mapped", contract.Cancel: "untrained"} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.replies["record/exam-1-1"] = contract.RecordReply{
				Next: contract.Resit, Incident: &contract.Incident{ID: "exhausted", Cause: contract.ExamAttemptsExhausted},
			}
			w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
			w.resolve(t, 4*day, "exhausted", verb)
			w.answer(t, 5*day, taskID(contract.ExamTask, 2, 1))
			w.pass(t, 6*day, contract.TheoryTask, contract.PracticalTask)
			require.Equal(t, outcome, w.run(t))
			require.Contains(t, w.asked, "credit-hours", "the hours stay, whatever becomes of the exam")
		})
	}
}

func TestHoursThatDoNotSufficeAreAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["record/training-1-1"] = contract.RecordReply{
		Next: contract.Reissue, Incident: &contract.Incident{ID: "short", Cause: contract.HoursInsufficient},
	}
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask)
	w.resolve(t, 3*day, "short", contract.Retry)
	w.answer(t, 4*day, taskID(contract.TrainingTask, 1, 2))
	w.pass(t, 5*day, mainPath()[2:]...)
	require.Equal(t, "mapped", w.run(t))
	require.Subset(t, w.asked, []string{"issue/training/1/2", "record/training-1-2"})
}

func TestARefusedTaskIsAskedForAgainOnceAnOperatorSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["record/enrolment-1-1"] = contract.RecordReply{
		Next: contract.Reissue, Incident: &contract.Incident{ID: "full", Cause: contract.EnrolmentRejected},
	}
	w.reject(t, day, taskID(contract.EnrolmentTask, 1, 1))
	w.resolve(t, 2*day, "full", contract.Reassign)
	w.answer(t, 3*day, taskID(contract.EnrolmentTask, 1, 2))
	w.pass(t, 4*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
}

func TestARefusalOfOnePartDoesNotWaitForTheOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["record/theory-1-1"] = contract.RecordReply{
		Next: contract.Reissue, Incident: &contract.Incident{ID: "no", Cause: contract.TaskRejected},
	}
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	w.reject(t, 4*day, taskID(contract.TheoryTask, 1, 1))
	w.resolve(t, 4*day+time.Hour, "no", contract.Cancel)
	require.Equal(t, "trained", w.run(t))
	require.Less(t, w.lasted(), 5*day)
}

func TestWhoMayNotJoinWaitsForAnOperator(t *testing.T) {
	t.Parallel()
	t.Run("and is not admitted when the case is cancelled", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.replies["admit/1"] = stuckOn(contract.EligibilityNotMet, "no")
		w.resolve(t, 30*day, "no", contract.Cancel)
		require.Equal(t, "rejected", w.run(t))
		require.Equal(t, []string{"admit/1", "resolution/cancel@720h0m0s", "close"}, w.asked)
	})
	t.Run("and is decided on again with corrected facts", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.replies["admit/1"] = stuckOn(contract.EligibilityNotMet, "no")
		w.resolve(t, time.Hour, "no", contract.Correct)
		w.pass(t, day, mainPath()...)
		require.Equal(t, "mapped", w.run(t))
		require.Contains(t, w.asked, "admit/2")
	})
}

func TestATitleThatOnlyNeedsTimeIsMappedByItselfOnTheDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	until := w.env.Now().Add(3 * 365 * day)
	w.replies["title/1"] = contract.DecideTitleReply{Until: &until}
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "title/2")
	require.Equal(t, 3*365*day, w.lasted())
}

func TestATitleThatTimeWouldNotBringEndsTheCaseWithItsCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	w.replies["title/1"] = contract.DecideTitleReply{}
	require.Equal(t, "certified", w.run(t))
}

func TestATraineeMayWithdrawAtAnyStage(t *testing.T) {
	t.Parallel()
	for answered, outcome := range []string{
		"withdrawn", "withdrawn", "withdrawn", "withdrawn", "withdrawn",
	} {
		t.Run(mainPath()[answered], func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pass(t, day, mainPath()[:answered]...)
			w.withdraw(t, time.Duration(answered+1)*day)
			require.Equal(t, outcome, w.run(t))
			require.Equal(t, "close", w.asked[len(w.asked)-1])
		})
	}
	t.Run("but who holds the grade certificate keeps it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.pass(t, day, mainPath()...)
		until := w.env.Now().Add(365 * day)
		w.replies["title/1"] = contract.DecideTitleReply{Until: &until}
		w.withdraw(t, 30*day)
		require.Equal(t, "certified", w.run(t))
	})
	t.Run("and while it is stuck", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.replies["admit/1"] = stuckOn(contract.EligibilityNotMet, "no")
		w.withdraw(t, day)
		require.Equal(t, "withdrawn", w.run(t))
	})
}
