package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

// changes says that a certificate of the case was suspended, reinstated or revoked.
func (w *world) changes(t *testing.T, at time.Duration, change string) {
	t.Helper()
	send(t, w, at, contract.CertificateChanged, contract.CertificateChange{ChangeID: change})
}

// heldBy is the reply of a review that holds the case.
func heldBy(incident string, cause contract.Cause) contract.ReviewCertificatesReply {
	return contract.ReviewCertificatesReply{Incident: &contract.Incident{ID: incident, Cause: cause}}
}

func TestX24ACaseWhoseTrainingCertificateIsRevokedUnderItsEvaluationWaitsForAnOperator(t *testing.T) {
	t.Parallel()
	for verb, outcome := range map[contract.Verb]string{contract.Override: "mapped", contract.Cancel: "untrained"} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pass(t, day, mainPath()[:3]...)
			reply := heldBy("revoked", contract.TrainingCertificateRevoked)
			reply.GivenUp = "untrained"
			w.replies["review-certificates/r/1"] = reply
			w.changes(t, 4*day, "r")
			w.changes(t, 4*day+time.Minute, "r")                          // told twice
			w.pass(t, 5*day, contract.TheoryTask, contract.PracticalTask) // answered meanwhile, and not lost
			w.resolve(t, 9*day, "revoked", verb)
			require.Equal(t, outcome, w.run(t))
			require.Equal(t, 9*day, w.lasted(), "nothing went on meanwhile")
			require.Equal(t, verb == contract.Override, slices.Contains(w.asked, "review-certificates/r/2"))
		})
	}
}

func TestARevokedGradeCertificateEndsTheWaitForTheTitle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	until := w.env.Now().Add(3 * 365 * day)
	w.replies["title/1"] = contract.DecideTitleReply{Until: &until}
	w.replies["review-certificates/r/1"] = contract.ReviewCertificatesReply{Ends: "trained"}
	w.changes(t, 30*day, "r")
	require.Equal(t, "trained", w.run(t))
	require.Equal(t, 30*day, w.lasted())
}

func TestASuspendedCertificateHoldsTheTitleUntilItIsReinstatedAndNobodyHasToResolveAnything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	until := w.env.Now().Add(3 * 365 * day)
	w.replies["title/1"] = contract.DecideTitleReply{Until: &until}
	w.replies["review-certificates/s/1"] = heldBy("suspended", contract.CertificateSuspended)
	w.replies["review-certificates/b/1"] = contract.ReviewCertificatesReply{Retitle: true}
	w.changes(t, 30*day, "s")
	w.changes(t, 40*day, "b")
	require.Equal(t, "mapped", w.run(t))
	require.Equal(t, 40*day, w.lasted())
	require.Equal(t, []string{"title/1", "review-certificates/s/1", "review-certificates/b/1", "title/2", "close"}, w.asked[len(w.asked)-5:])
}

func TestATitleIsNotDecidedOnACertificateThatWasSuspendedAMomentAgo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(t, day, mainPath()...)
	w.replies["title/1"] = contract.DecideTitleReply{Undermined: true}
	w.replies["review-certificates/title/1/1"] = heldBy("suspended", contract.CertificateSuspended)
	w.changes(t, 40*day, "b") // word of the suspension itself came long ago, or comes never
	require.Equal(t, "mapped", w.run(t))
	require.Contains(t, w.asked, "title/2")
	require.Equal(t, 40*day, w.lasted())
}

func TestACaseThatHadEndedFollowsItsCertificatesAndClosesAsItStandsThen(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]struct {
		told    []string
		replies map[string]contract.ReviewCertificatesReply
		outcome string
		closed  bool
	}{
		"revoked": {[]string{"r"}, map[string]contract.ReviewCertificatesReply{
			"review-certificates/r/1": {Outcome: "mapped", Ends: "trained"},
		}, "trained", true},
		"suspended and reinstated": {[]string{"s", "b"}, map[string]contract.ReviewCertificatesReply{
			"review-certificates/s/1": {Outcome: "mapped", Incident: &contract.Incident{ID: "i", Cause: contract.CertificateSuspended}},
		}, "mapped", true},
		"suspended and revoked": {[]string{"s", "r"}, map[string]contract.ReviewCertificatesReply{
			"review-certificates/s/1": {Outcome: "mapped", Incident: &contract.Incident{ID: "i", Cause: contract.CertificateSuspended}},
			"review-certificates/r/1": {Ends: "untrained"},
		}, "untrained", true},
		"nothing stood on it": {[]string{"r"}, nil, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for key, reply := range story.replies {
				w.replies[key] = reply
			}
			for i, change := range story.told {
				w.changes(t, time.Duration(i)*day, change)
			}
			require.Equal(t, story.outcome, w.reopen(t))
			require.Equal(t, story.closed, slices.Contains(w.asked, "close/"+story.told[0]))
		})
	}
}
