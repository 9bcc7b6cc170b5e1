package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

const enrolmentOverdue = "overdue/enrolment-1-1/1"

func TestADeadlineEscalatesAndNeverFailsAnybody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// Nothing for a year, then the answer, and all goes on as if it had come in time.
	w.answer(t, 365*day, taskID(contract.EnrolmentTask, 1, 1))
	w.pass(t, 366*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, enrolmentOverdue)
	require.NotContains(t, w.asked, "overdue/enrolment-1-1/2", "one incident is enough until somebody acts")
}

func TestAnOverdueTaskMayBeExtendedAgainAndAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.resolve(t, 11*day, enrolmentOverdue, contract.Extend)
	w.resolve(t, 22*day, "overdue/enrolment-1-1/2", contract.Retry)
	w.answer(t, 23*day, taskID(contract.EnrolmentTask, 1, 1))
	w.pass(t, 24*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
}

func TestAnOverdueTaskMayBeGivenToAnotherInstitution(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.resolve(t, 11*day, enrolmentOverdue, contract.Reassign)
	w.answer(t, 12*day, taskID(contract.EnrolmentTask, 1, 2))
	w.pass(t, 13*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "issue/enrolment/1/2")
}

func TestTheLateAnswerOfATaskThatWasGivenAwayChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.resolve(t, 11*day, enrolmentOverdue, contract.Reassign)
	w.answer(t, 11*day+time.Hour, taskID(contract.EnrolmentTask, 1, 1))
	w.answer(t, 15*day, taskID(contract.EnrolmentTask, 1, 2))
	w.pass(t, 16*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.NotContains(t, w.asked, "record/enrolment-1-1")
}

func TestAResolutionThatNoLongerHoldsLeavesTheIncidentOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["admit/1"] = stuckOn(contract.EligibilityNotMet, "no")
	w.verbs["refused"] = contract.ApplyResolutionReply{Verb: contract.Override}
	send(t, w, time.Hour, contract.Resolve, contract.IncidentResolution{ResolutionID: "refused", IncidentID: "no"})
	w.resolve(t, day, "no", contract.Cancel)
	require.Equal(t, "rejected", w.run(t))
}

func TestAResolutionOfAnotherIncidentDoesNotMoveTheCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies["admit/1"] = stuckOn(contract.EligibilityNotMet, "no")
	w.resolve(t, time.Hour, "some other incident", contract.Cancel)
	w.resolve(t, 2*day, "no", contract.Override)
	w.pass(t, 3*day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
}

func TestAStepThatFailsForGoodBecomesAnIncidentAndIsRunAgainWhenAnOperatorSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.broken["certificate/training/1"] = errDefect
	w.pass(t, day, mainPath()[:3]...)
	w.resolve(t, 4*day, "failed/certificate/training/1/1", contract.Retry)
	w.pass(t, 5*day, mainPath()[3:]...)
	require.Equal(t, "mapped", w.run(t))
}

func TestADatabaseThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.broken["issue/exam/1/1"] = errAway
	w.pass(t, day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
	require.NotContains(t, w.asked, "failed/issue/exam/1/1/1")
}

func TestAStrayCancellationDoesNotEndACase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Hour)
	w.pass(t, day, mainPath()...)
	require.Equal(t, "mapped", w.run(t))
}

func TestADeadlineThatTheRecordKnowsALaterOneForIsWaitedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replies[enrolmentOverdue] = contract.MarkOverdueReply{DueAt: w.env.Now().Add(40 * day)}
	w.answer(t, 30*day, taskID(contract.EnrolmentTask, 1, 1))
	w.pass(t, day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, enrolmentOverdue)
	require.NotContains(t, w.asked, "overdue/enrolment-1-1/2", "it was answered in time")
	require.Equal(t, 30*day, w.lasted(), "it was waited for")
}

func TestAnOverdueTaskThatIsGivenMoreTimeIsWaitedForAgainWithoutAnOperator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	later := w.env.Now().Add(40 * day)
	w.replies["overdue/enrolment-1-1/2"] = contract.MarkOverdueReply{DueAt: later}
	send(t, w, 15*day, contract.Prolonged, contract.MoreTime{IncidentID: enrolmentOverdue})
	send(t, w, 16*day, contract.Prolonged, contract.MoreTime{IncidentID: enrolmentOverdue}) // told twice
	w.env.RegisterDelayedCallback(func() {
		require.NotContains(t, w.asked, "overdue/enrolment-1-1/3")
	}, 39*day)
	w.answer(t, 41*day, taskID(contract.EnrolmentTask, 1, 1))
	w.pass(t, 42*day, mainPath()[1:]...)
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "overdue/enrolment-1-1/3", "the time that it was given holds, and no longer")
	require.NotContains(t, w.asked, "overdue/enrolment-1-1/4")
}
