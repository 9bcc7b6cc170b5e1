package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

func TestAPausedCaseKeepsWhatArrivesAndIsNeverOverdue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.act(t, 5*day, contract.ApplyActReply{Verb: contract.Hold})
	w.answer(t, 20*day, taskID(contract.EnrolmentTask, 1, 1))
	w.act(t, 40*day, contract.ApplyActReply{Verb: contract.Release, DueAt: w.env.Now().Add(45 * day)})
	w.pass(t, 41*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.NotContains(t, w.asked, enrolmentOverdue, "the ten days went by while it was paused")
	require.Less(t, slices.Index(w.asked, "act/resume@960h0m0s"), slices.Index(w.asked, "record/enrolment-1-1"), "the answer was kept")
}

func TestAPauseThatNamesADayEndsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	until := w.env.Now().Add(30 * day)
	id := w.act(t, 5*day, contract.ApplyActReply{Verb: contract.Hold, Until: &until})
	w.answer(t, 35*day, taskID(contract.EnrolmentTask, 1, 1))
	w.pass(t, 36*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "resume/"+id)
	require.NotContains(t, w.asked, enrolmentOverdue, "it has the time after the pause that it was to have before")
}

func TestAnotherActOnAPausedCaseLeavesItPaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.act(t, 2*day, contract.ApplyActReply{Verb: contract.Hold})
	w.acts["early"] = contract.ApplyActReply{Verb: contract.Extend} // refused by the record
	send(t, w, 3*day, contract.Act, contract.OperatorAct{ActID: "early"})
	w.answer(t, 4*day, taskID(contract.EnrolmentTask, 1, 1))
	w.act(t, 6*day, contract.ApplyActReply{Verb: contract.Release})
	w.pass(t, 7*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.Less(t, slices.Index(w.asked, "act/resume@144h0m0s"), slices.Index(w.asked, "record/enrolment-1-1"))
}

func TestAnExtensionMovesTheDeadlineOfTheWaitThatRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.act(t, 5*day, contract.ApplyActReply{Verb: contract.Extend, DueAt: w.env.Now().Add(30 * day)})
	w.answer(t, 25*day, taskID(contract.EnrolmentTask, 1, 1))
	w.pass(t, 26*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.NotContains(t, w.asked, enrolmentOverdue)
	require.True(t, w.positions[id].Asks)

	w = newWorld(t)
	w.act(t, 5*day, contract.ApplyActReply{Verb: contract.Extend, DueAt: w.env.Now().Add(20 * day)})
	w.answer(t, 25*day, taskID(contract.EnrolmentTask, 1, 1))
	w.pass(t, 26*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, enrolmentOverdue, "the new deadline holds")
}

func TestWorkThatIsWaitedForIsGivenToAnotherInstitution(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.act(t, 2*day, contract.ApplyActReply{Verb: contract.Reassign, Next: contract.Reissue})
	w.answer(t, 3*day, taskID(contract.EnrolmentTask, 1, 1)) // of the first, too late
	w.answer(t, 4*day, taskID(contract.EnrolmentTask, 1, 2))
	w.pass(t, 5*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.NotContains(t, w.asked, "record/enrolment-1-1")
	require.Contains(t, w.asked, "record/enrolment-1-2")
}

func TestAResultThatIsReplacedLetsTheCaseGoOnThoughItIsStuckOnIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask)
	w.replies["record/exam-1-1"] = contract.RecordReply{
		Next: contract.Resit, Incident: &contract.Incident{ID: "exhausted", Cause: contract.ExamAttemptsExhausted},
	}
	id := w.act(t, 5*day, contract.ApplyActReply{Verb: contract.Override, Next: contract.GoOn})
	w.pass(t, 6*day, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, "mapped", w.run(t))
	require.True(t, w.positions[id].Asks)
	require.NotContains(t, w.asked, "issue/exam/2/1", "there is no resit")
	require.Contains(t, w.asked, "certificate/training/1")
}

// returned is where a case takes up that was sent back, as the record says it.
func returned(act string, at contract.Resume) contract.ApplyActReply {
	at.Change = act
	at.Next = map[string]contract.Sitting{
		contract.EnrolmentTask: {Attempt: 1, Issue: 2}, contract.TrainingTask: {Attempt: 1, Issue: 2},
		contract.ExamTask: {Attempt: 2, Issue: 1}, contract.TheoryTask: {Attempt: 3, Issue: 1},
	}
	return contract.ApplyActReply{Verb: contract.GoBack, Back: &at}
}

func TestACaseGoesBackToAnEarlierStageAndAllFromThereIsAskedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, contract.EnrolmentTask, contract.TrainingTask)
	const id = "return@96h0m0s"
	w.act(t, 4*day, returned(id, contract.Resume{Stage: "registration", Exam: &contract.Sitting{Attempt: 2, Issue: 1}}))
	w.answer(t, 5*day, taskID(contract.EnrolmentTask, 1, 2))
	w.answer(t, 6*day, taskID(contract.TrainingTask, 1, 2))
	w.answer(t, 7*day, taskID(contract.ExamTask, 2, 1))
	w.answer(t, 8*day, taskID(contract.TheoryTask, 3, 1))
	w.answer(t, 9*day, taskID(contract.PracticalTask, 3, 1))
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, []string{
		"act/" + id, "admit/1/" + id, "issue/enrolment/1/2", "record/enrolment-1-2", "issue/training/1/2", "record/training-1-2",
		"credit-hours/" + id, "issue/exam/2/1", "record/exam-2-1", "certificate/training/1/" + id,
	}, w.asked[slices.Index(w.asked, "act/"+id):][:10])
	require.Subset(t, w.asked, []string{"enter-evaluation/1/" + id, "issue/theory/3/1", "record/theory-3-1"})
}

func TestACaseThatGoesBackToItsEvaluationIsLetInAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	w.replies["certificate/grade/1"] = contract.IssueCertificateReply{StepReply: stuckOn(contract.IssuerNotListed, "unlisted")}
	const id = "return@240h0m0s"
	w.act(t, 10*day, returned(id, contract.Resume{Stage: "evaluation"}))
	w.answer(t, 11*day, taskID(contract.TheoryTask, 3, 1))
	w.answer(t, 12*day, taskID(contract.PracticalTask, 3, 1))
	require.Equal(t, "mapped", w.run(t))
	require.Subset(t, w.asked, []string{"enter-evaluation/1/" + id, "issue/theory/3/1", "certificate/grade/1/" + id})
}

func TestACaseThatIsStuckGoesBackAsWell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()[:3]...)
	w.replies["enter-evaluation/1"] = stuckOn(contract.EvaluationEntryNotMet, "no")
	const id = "return@120h0m0s"
	w.act(t, 5*day, returned(id, contract.Resume{Stage: "exam", Attempt: 2, Issue: 1}))
	w.resolve(t, 6*day, "no", contract.Override) // too late, and without effect
	w.answer(t, 7*day, taskID(contract.ExamTask, 2, 1))
	w.answer(t, 8*day, taskID(contract.TheoryTask, 3, 1))
	w.answer(t, 9*day, taskID(contract.PracticalTask, 3, 1))
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "enter-evaluation/1/"+id)
	require.NotContains(t, w.asked, "resolution/override@144h0m0s")
}

func TestAnActEndsACaseFromWhereverItStands(t *testing.T) {
	t.Parallel()
	for _, paused := range []bool{false, true} {
		w := newWorld(t)
		if paused {
			w.act(t, day, contract.ApplyActReply{Verb: contract.Hold})
		}
		w.act(t, 3*day, contract.ApplyActReply{Verb: contract.Cancel, Ends: "untrained"})
		require.Equal(t, "untrained", w.run(t))
		require.Equal(t, 3*day, w.lasted())
		require.Equal(t, "close", w.asked[len(w.asked)-1])
	}
}

func TestWhoWithdrawsFromAPausedCaseIsHeardAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.act(t, day, contract.ApplyActReply{Verb: contract.Hold})
	w.withdraw(t, 2*day)
	require.Equal(t, "withdrawn", w.run(t))
	require.Equal(t, 2*day, w.lasted())
}

func TestCorrectedFactsDecideTheTitleAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	until := w.env.Now().Add(365 * day)
	w.replies["title/1"] = contract.DecideTitleReply{Until: &until}
	w.act(t, 30*day, contract.ApplyActReply{Verb: contract.Correct})
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, 30*day, w.lasted())
}

func TestAnActThatFailsForGoodIsRefusedAndTheCaseGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.broken["act/bad"] = errDefect
	send(t, w, time.Hour, contract.Act, contract.OperatorAct{ActID: "bad"})
	w.pass(t, day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "act-failed/bad")
}

func TestAnActOnACaseThatWasOpenedAgainIsToldSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["review/v/1"] = contract.ReviewHoursReply{
		Incident: &contract.Incident{ID: "undermined", Cause: contract.CertificateUndermined}, Outcome: "mapped",
	}
	w.voids(t, 0, "v")
	w.acts["late"] = contract.ApplyActReply{Verb: contract.GoBack} // refused by the record
	send(t, w, time.Hour, contract.Act, contract.OperatorAct{ActID: "late"})
	w.resolve(t, day, "undermined", contract.Override)
	require.Equal(t, "mapped", w.reopen(t))
	require.True(t, w.positions["late"].Over)
}

func TestAnActThatIsSentTwiceIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.act(t, day, contract.ApplyActReply{Verb: contract.Retry})
	send(t, w, day+time.Hour, contract.Act, contract.OperatorAct{ActID: id})
	w.pass(t, 2*day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
	n := 0
	for _, asked := range w.asked {
		if asked == "act/"+id {
			n++
		}
	}
	require.Equal(t, 1, n)
}
