package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// overrides is what is overridden of a cause, if it is.
func overrides(overridden bool, cause contract.Cause) contract.Overrides {
	if overridden {
		return contract.Overrides{cause}
	}
	return nil
}

func TestTheOverrideOfAnotherConditionLetsNobodyIn(t *testing.T) {
	t.Parallel()
	b := newBundle(t, policy.Applicant{Category: policy.FinalYearStudent}) // of no school
	over := contract.Overrides{contract.TrainedByEvaluator, contract.IssuerNotListed}
	joining, err := b.Admit(t.Context(), contract.AdmitRequest{CaseID: b.caseID, Try: 1, Overrides: append(over, contract.EvaluationEntryNotMet)})
	require.NoError(t, err)
	require.Equal(t, contract.EligibilityNotMet, joining.Incident.Cause)
	sitting, err := b.EnterEvaluation(t.Context(),
		contract.EnterEvaluationRequest{CaseID: b.caseID, Try: 1, Overrides: append(over, contract.EligibilityNotMet)})
	require.NoError(t, err)
	require.Equal(t, contract.EvaluationEntryNotMet, sitting.Incident.Cause)
	sitting, err = b.EnterEvaluation(t.Context(),
		contract.EnterEvaluationRequest{CaseID: b.caseID, Try: 2, Overrides: append(over, contract.EvaluationEntryNotMet)})
	require.NoError(t, err)
	require.Nil(t, sitting.Incident)
}

func TestACertificateIsIssuedInSpiteOfWhatWasOverriddenAndOfNothingElse(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	b.passAs(t, "KFDX-2026-0001")
	try := 0
	issue := func(over ...contract.Cause) contract.IssueCertificateReply {
		try++
		reply, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{
			CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: try, Overrides: over,
		})
		require.NoError(t, err)
		return reply
	}
	require.Nil(t, issue().Incident)
	reported, err := b.Store.Read(t.Context()).Certificates(b.caseID)
	require.NoError(t, err)
	b.become(t, reported[0].ID, store.CertificateRevoked, "false_material") // its number stays taken
	b.exec(t, `UPDATE case_stages SET state = 'active', due_at = NULL, owes_kind = NULL, owes_id = NULL WHERE case_id = $1 AND stage = 'exam'`, b.caseID)
	b.publish(t, without(trainer))

	require.Equal(t, contract.IssuerNotListed, issue(contract.CertificateNumberTaken).Incident.Cause)
	require.Equal(t, contract.CertificateNumberTaken, issue(contract.IssuerNotListed).Incident.Cause)
	require.NotEmpty(t, issue(contract.IssuerNotListed, contract.CertificateNumberTaken).CertificateID)
}

func TestHoursAreCreditedAndLetStandOnlyByAnOverrideOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.exec(t, `INSERT INTO ce_years VALUES (2025, now(), $1)`, b.account)
	b.trainOnly(t, calendar.NewDate(2025, time.March, 3))
	credit, err := b.CreditHours(t.Context(), contract.CreditHoursRequest{
		CaseID: b.caseID, Overrides: contract.Overrides{contract.CertificateUndermined},
	})
	require.NoError(t, err)
	require.Equal(t, contract.CEYearClosed, credit.Incident.Cause)
	require.Empty(t, b.ce(t))

	b.certify(t)
	b.void(t, 2)
	review, err := b.ReviewHours(t.Context(), contract.ReviewHoursRequest{
		CaseID: b.caseID, Change: "v", Try: 1, Overrides: contract.Overrides{contract.CEYearClosed},
	})
	require.NoError(t, err)
	require.Equal(t, contract.CertificateUndermined, review.Incident.Cause)
}
