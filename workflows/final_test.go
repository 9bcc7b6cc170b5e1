package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

// reviewable has the grade certificate of a case, which is asked for on the sixth day, wait until some day.
func (w *world) reviewable(t *testing.T, until time.Duration) {
	t.Helper()
	w.pass(t, day, mainPath()...)
	when := w.env.Now().Add(until)
	w.replies["certificate/grade/1"] = contract.IssueCertificateReply{Reviewable: &contract.Reviewable{Until: &when}}
}

func TestE15AGradeCertificateIsIssuedByItselfOnTheDayOnWhichItsMarksAreFinal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reviewable(t, 36*day)
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, 36*day, w.lasted())
	require.Contains(t, w.asked, "certificate/grade/1/waited/1")
	require.Contains(t, w.asked, "publish/grade/1")
}

func TestE15AGradeCertificateThatWaitsIsAskedForAgainWhenAReviewIsAnsweredOrTheRulesChange(t *testing.T) {
	t.Parallel()
	for name, tell := range map[string]func(*world, *testing.T, time.Duration, string){
		"review-certificates/x/1": (*world).rescores, "facts/x": (*world).gives,
	} {
		w := newWorld(t)
		w.reviewable(t, 36*day)
		// What was asked for first is answered without a day.
		w.replies["certificate/grade/1/waited/1"] = contract.IssueCertificateReply{Reviewable: &contract.Reviewable{}}
		tell(w, t, 10*day, "x")
		w.rescores(t, 12*day, "y")
		require.Equal(t, "mapped", w.run(t), name)
		require.Equal(t, 12*day, w.lasted(), "the timer that ran is cancelled")
		require.Subset(t, w.asked, []string{name, "review-certificates/y/1", "certificate/grade/1/waited/2"})
	}
}

func TestE15AMarkThatIsCorrectedWhileACertificateWaitsTakesTheCaseElsewhereFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reviewable(t, 36*day)
	w.replies["review-certificates/c/1"] = onward("evaluation", 2, 1, "c")
	w.rescores(t, 10*day, "c")
	w.answer(t, 11*day, taskID(contract.TheoryTask, 2, 1))
	w.answer(t, 11*day, taskID(contract.PracticalTask, 2, 1))
	require.Equal(t, "mapped", w.run(t))
	require.NotContains(t, w.asked, "certificate/grade/1/waited/1")
	require.Contains(t, w.asked, "certificate/grade/1/c")
	require.Equal(t, 11*day, w.lasted())
}

func TestE15WhoWithdrawsWhileACertificateWaitsIsHeardAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reviewable(t, 36*day)
	w.withdraw(t, 10*day)
	require.Equal(t, "withdrawn", w.run(t))
	require.Equal(t, 10*day, w.lasted())
}
