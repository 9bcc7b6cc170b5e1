package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// hold gives the case a certificate that is valid, and its stage is done.
func (b bundle) hold(t *testing.T, kind string) string {
	t.Helper()
	issuer, stage, id := trainer, progress.Exam, uuid.NewString()
	if kind == contract.GradeCertificate {
		issuer, stage = evaluator, progress.Certificate
	}
	holder := certificate.Holder{Name: "赵演示", IDType: store.IDTypeResident}
	today := calendar.Real().Today(time.Now())
	facts := certificate.Facts{Kind: kind, Number: id, IssuerID: issuer, IssuedOn: today}
	digest, err := certificate.Digest(facts, holder)
	require.NoError(t, err)
	plain, err := json.Marshal(holder)
	require.NoError(t, err)
	sealed, err := b.Keys.Seal(plain, store.HolderSeal(id))
	require.NoError(t, err)
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.InsertCertificate(store.Certificate{
			ID: id, CaseID: &b.caseID, Kind: kind, Issuer: issuer, Number: id, Origin: store.CertificateIssued,
			Status: store.CertificateValid, Facts: facts, HolderSealed: sealed, Digest: digest, VerifyToken: id,
			PolicyVersion: b.file(t).PolicyVersion, IssuedOn: today, RecordedAt: time.Now().UTC(),
		}, store.ActorSystem)
	}))
	b.exec(t, "UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = $2", b.caseID, stage)
	return id
}

// become makes a certificate what was approved, and has the case follow.
func (b bundle) become(t *testing.T, id, status, class string) contract.ReviewCertificatesReply {
	t.Helper()
	var told []store.InboxItem
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		c, err := tx.LockCertificate(id)
		require.NoError(t, err)
		told, err = remedy.Desk{Keys: b.Keys, Calendar: b.Calendar}.Change(tx, c, store.CertificateChange{
			Status: status, ReasonClass: class, Reason: "r", Actor: b.account, At: time.Now().UTC(),
		})
		return err
	}))
	require.Len(t, told, 1)
	return b.follow(t, told[0].ID, 1)
}

func (b bundle) follow(t *testing.T, change string, try int) contract.ReviewCertificatesReply {
	t.Helper()
	reply, err := b.ReviewCertificates(t.Context(), contract.ReviewCertificatesRequest{CaseID: b.caseID, Change: change, Try: try})
	require.NoError(t, err)
	return reply
}

// end closes the case.
func (b bundle) end(t *testing.T, outcome progress.Outcome, again string) {
	t.Helper()
	_, err := b.CloseCase(t.Context(), contract.CloseCaseRequest{CaseID: b.caseID, Outcome: string(outcome), Again: again})
	require.NoError(t, err)
}

// trained is a case with a training certificate, in its evaluation.
func trained(t *testing.T) (b bundle, certificateID string) {
	t.Helper()
	b = newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	certificateID = b.hold(t, contract.TrainingCertificate)
	b.issue(t, "evaluation", 1, 1, contract.TheoryTask, contract.PracticalTask)
	return b, certificateID
}

// mapped is a case that ended with a title.
func mapped(t *testing.T) (b bundle, training, grade string) {
	t.Helper()
	b, training = trained(t)
	b.exec(t, "UPDATE case_stages SET state = 'done', due_at = NULL, owes_kind = NULL, owes_id = NULL WHERE case_id = $1 AND stage = 'evaluation'", b.caseID)
	grade = b.hold(t, contract.GradeCertificate)
	reply, err := b.DecideTitle(t.Context(), contract.DecideTitleRequest{CaseID: b.caseID, Round: 1})
	require.NoError(t, err)
	require.True(t, reply.Mapped)
	b.end(t, progress.Mapped, "")
	return b, training, grade
}

func TestX24ARevokedTrainingCertificateHoldsTheEvaluation(t *testing.T) {
	t.Parallel()
	for class, ce := range map[string]map[int]string{"undeserved": {}, "issued_in_error": {2026: "80"}} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			b, training := trained(t)
			require.Equal(t, map[int]string{2026: "80"}, b.ce(t))
			reply := b.become(t, training, store.CertificateRevoked, class)
			require.Equal(t, contract.TrainingCertificateRevoked, reply.Incident.Cause)
			require.Equal(t, "untrained", reply.GivenUp)
			require.Equal(t, ce, b.ce(t), "only hours that were not earned are reversed")
			c := b.file(t)
			require.Equal(t, []any{progress.CaseStuck, progress.Exam}, []any{c.Status, c.Stage})
			incident, err := b.Store.Read(t.Context()).OpenIncidentOf(b.caseID)
			require.NoError(t, err)
			require.Equal(t, evaluator, *incident.InstitutionID, "the evaluation body is heard")

			b.settle(t, *reply.Incident, contract.Override, store.ResolutionParams{Evidence: "e"})
			require.Equal(t, contract.ReviewCertificatesReply{}, b.follow(t, "again", 2))
			require.Equal(t, progress.Done, b.states(t)[progress.Exam])
			require.Equal(t, contract.ReviewCertificatesReply{}, b.follow(t, "another", 1), "an override is not asked for twice")
			require.Equal(t, ce, b.ce(t))
		})
	}
}

func TestX24ARevokedTrainingCertificateUnderAGradeCertificateIsDecidedByAnOperator(t *testing.T) {
	t.Parallel()
	b, training, grade := mapped(t)
	reply := b.become(t, training, store.CertificateRevoked, "false_material")
	require.Equal(t, contract.TrainingCertificateRevoked, reply.Incident.Cause)
	require.Equal(t, []string{"mapped", ""}, []string{reply.Outcome, reply.GivenUp})
	require.Empty(t, b.ce(t))
	require.Equal(t, progress.CaseStuck, b.file(t).Status, "the case is open again")

	last := b.become(t, grade, store.CertificateRevoked, "undeserved")
	require.Equal(t, "untrained", last.Ends, "nothing is left")
	states := b.states(t)
	for _, stage := range []progress.Stage{progress.Exam, progress.Certificate, progress.Title} {
		require.Equal(t, progress.Failed, states[stage], stage)
	}
	b.end(t, progress.Untrained, "r")
	require.Equal(t, progress.Untrained, *b.file(t).Outcome)
}

func TestX46ARevokedGradeCertificateWithdrawsTheTitleAndTheOlderDecisionIsKept(t *testing.T) {
	t.Parallel()
	b, _, grade := mapped(t)
	reply := b.become(t, grade, store.CertificateRevoked, "exam_misconduct")
	require.Equal(t, contract.ReviewCertificatesReply{Outcome: "mapped", Ends: "trained"}, reply)
	b.end(t, progress.Trained, "r")
	c := b.file(t)
	require.Equal(t, []any{progress.CaseEnded, progress.Trained}, []any{c.Status, *c.Outcome})
	require.Equal(t, progress.Failed, b.states(t)[progress.Title])
	decisions, err := b.Store.Read(t.Context()).Decisions(b.caseID)
	require.NoError(t, err)
	last := decisions[len(decisions)-2:]
	require.Equal(t, []string{policy.DecisionTitle, string(policy.Met), policy.DecisionTitleWithdrawal, string(policy.Withdrawn)},
		[]string{last[0].Kind, last[0].Outcome, last[1].Kind, last[1].Outcome})
	require.Equal(t, map[int]string{2026: "80"}, b.ce(t), "the training was done all the same")
}

func TestASuspendedGradeCertificateHoldsTheTitleAndNothingIsTakenBack(t *testing.T) {
	t.Parallel()
	b, _, grade := mapped(t)
	reply := b.become(t, grade, store.CertificateSuspended, "under_investigation")
	require.Equal(t, contract.CertificateSuspended, reply.Incident.Cause)
	require.Equal(t, "mapped", reply.Outcome)
	require.Equal(t, progress.Stuck, b.states(t)[progress.Title])
	require.Equal(t, map[int]string{2026: "80"}, b.ce(t))

	require.Equal(t, contract.ReviewCertificatesReply{}, b.become(t, grade, store.CertificateValid, "cleared"))
	require.Equal(t, progress.Done, b.states(t)[progress.Title])
	b.end(t, progress.Mapped, "s")
	require.Equal(t, progress.Mapped, *b.file(t).Outcome)
	events, err := b.Store.Read(t.Context()).Events(b.caseID, 0, 1000)
	require.NoError(t, err)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	require.Subset(t, kinds, []string{"certificate_suspended", "certificate_reinstated"})
}

func TestATitleIsDecidedOnlyWhileTheGradeCertificateHolds(t *testing.T) {
	t.Parallel()
	b, _ := trained(t)
	grade := b.hold(t, contract.GradeCertificate)
	require.Nil(t, b.become(t, grade, store.CertificateSuspended, "result_disputed").Incident, "no title was begun")
	reply, err := b.DecideTitle(t.Context(), contract.DecideTitleRequest{CaseID: b.caseID, Round: 1})
	require.NoError(t, err)
	require.Equal(t, contract.DecideTitleReply{Undermined: true}, reply)
	require.Equal(t, contract.CertificateSuspended, b.follow(t, "title/1", 1).Incident.Cause)
	require.True(t, b.become(t, grade, store.CertificateValid, "settled").Retitle)
	reply, err = b.DecideTitle(t.Context(), contract.DecideTitleRequest{CaseID: b.caseID, Round: 2})
	require.NoError(t, err)
	require.True(t, reply.Mapped)
}

func TestWhoEndedWithATrainingCertificateThatIsRevokedWasNotTrained(t *testing.T) {
	t.Parallel()
	b, training := trained(t)
	b.end(t, progress.Trained, "")
	require.Equal(t, contract.ReviewCertificatesReply{Outcome: "trained", Ends: "untrained"},
		b.become(t, training, store.CertificateRevoked, "holder_request"))
	require.Equal(t, map[int]string{2026: "80"}, b.ce(t))
}
