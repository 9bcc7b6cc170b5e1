package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/recheck"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// check has all certificates derived anew, as the worker does every night.
func (b bundle) check(t *testing.T) (reply contract.CheckCertificatesReply) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	checks := &activities.Checks{Store: b.Store, Keys: b.Keys}
	checks.Register(env)
	answer, err := env.ExecuteActivity(contract.CheckCertificates.Name, contract.CheckCertificatesRequest{})
	require.NoError(t, err)
	require.NoError(t, answer.Get(&reply))
	return reply
}

// differing is the open incidents of certificates that differ.
func (b bundle) differing(t *testing.T) []store.Incident {
	t.Helper()
	open, err := b.Store.Read(t.Context()).DifferingCertificates(store.BeforeAllCertificates, "ffffffff-ffff-ffff-ffff-ffffffffffff")
	require.NoError(t, err)
	return open
}

func TestTheNightlyCheckReportsACertificateWhoseHoursWereTakenBackUntilThatIsSettled(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	b.certify(t)
	require.Equal(t, contract.CheckCertificatesReply{Checked: 1}, b.check(t), "what was earned is in order")

	b.void(t, 2)
	require.Equal(t, contract.CheckCertificatesReply{Checked: 1, Differ: 1}, b.check(t))
	require.Equal(t, 1, b.check(t).Differ)
	require.Len(t, b.differing(t), 1, "found again, it is one incident")

	incident := b.review(t, 1, false).Incident
	b.settle(t, *incident, contract.Override, store.ResolutionParams{Evidence: "e"})
	require.Zero(t, b.check(t).Differ, "an operator let it pass")
	require.Empty(t, b.differing(t), "the incident closes by itself")
}

func TestADifferenceThatAnOperatorAcceptedIsNotReportedAgainButAnotherIs(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	b.certify(t)
	b.void(t, 2)
	b.check(t)
	incidents := b.differing(t)
	require.Len(t, incidents, 1)
	require.Contains(t, incidents[0].Params["differences"], string(recheck.Hours))
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.ResolveFinding(store.Resolution{
			ID: incidents[0].ID, IncidentID: incidents[0].ID, Verb: contract.Override, Reason: "x", RequestedBy: b.account, RequestedAt: time.Now().UTC(),
			ApprovalID: storetest.Approved(t, tx, contract.Override, b.account),
		})
	}))
	require.Equal(t, 1, b.check(t).Differ)
	require.Empty(t, b.differing(t))

	book := recheck.Book(t.Context(), b.Store, time.Now().UTC())
	require.NoError(t, book(store.BeforeAllCertificates, *incidents[0].CertificateID, []recheck.Finding{
		{CertificateID: *incidents[0].CertificateID, CaseID: b.caseID, InstitutionID: trainer, Differences: []recheck.Difference{recheck.Digest, recheck.Hours}},
	}))
	require.Len(t, b.differing(t), 1)
}
