package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

// rescores says that a mark of the case was corrected.
func (w *world) rescores(t *testing.T, at time.Duration, change string) {
	t.Helper()
	send(t, w, at, contract.CertificateChanged, contract.CertificateChange{ChangeID: change, Mark: true})
}

func onward(stage string, attempt, issue int, change string) contract.ReviewCertificatesReply {
	return contract.ReviewCertificatesReply{Again: &contract.Resume{Stage: stage, Attempt: attempt, Issue: issue, Change: change}}
}

func TestX34ACaseThatIsStuckOverItsFailedAttemptsGoesOnWhenAMarkIsCorrected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	record := contract.RecordRequest{CaseID: caseID, Attempt: 1, TaskIDs: []string{
		taskID(contract.TheoryTask, 1, 1), taskID(contract.PracticalTask, 1, 1),
	}}
	w.replies[record.Key()] = contract.RecordReply{
		Next: contract.Resit, Incident: &contract.Incident{ID: "spent", Cause: contract.EvaluationAttemptsExhausted},
	}
	w.rescores(t, 20*day, "unchanged") // a correction that does not pass: the case is stuck as before
	w.replies["review-certificates/c/1"] = onward("certificate", 0, 0, "c")
	w.rescores(t, 25*day, "c")
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, 25*day, w.lasted(), "nobody had to resolve anything")
	require.Contains(t, w.asked, "review-certificates/unchanged/1")
	require.NotContains(t, w.asked, "issue/theory/2/1")
	require.Contains(t, w.asked, "certificate/grade/1/c", "the certificate is asked for under what brought it")
}

func TestX34OtherChangesWaitWhileACaseIsStuckAndAMarkIsTakenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()[:3]...)
	w.wait = 2 * day
	w.changes(t, 20*day, "other")
	w.rescores(t, 21*day, "m")
	w.answer(t, 30*day, taskID(contract.TheoryTask, 1, 1))
	w.answer(t, 30*day, taskID(contract.PracticalTask, 1, 1))
	require.Equal(t, "mapped", w.run(t))
	order := map[string]int{}
	for i, step := range w.asked {
		order[step] = i
	}
	require.Less(t, order["review-certificates/m/1"], order["review-certificates/other/1"])
}

func TestX36ACaseThatHadEndedGoesOnToItsCertificateAndClosesAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reply := onward("certificate", 0, 0, "c")
	reply.Outcome = "trained"
	w.replies["review-certificates/c/1"] = reply
	w.rescores(t, time.Minute, "c")
	require.Equal(t, "mapped", w.reopen(t))
	require.Equal(t, []string{"review-certificates/c/1", "certificate/grade/1/c"}, w.asked[:2])
	require.Contains(t, w.asked, "close/c", "it closes again, under what opened it")
}
