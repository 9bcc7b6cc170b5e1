package activities_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/issuing/issuingtest"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

func TestACertificateIsKnownToNobodyUntilItsSignedDocumentIsThere(t *testing.T) {
	t.Parallel()
	b := examined(t)
	begun := b.begin(t, contract.TrainingCertificate, 1)
	c := b.read(t, begun.CertificateID)
	require.Equal(t, store.CertificatePrepared, c.Status)
	require.Equal(t, "training/1", c.Facts.Template)
	require.Equal(t, "https://dengpan.example.gov.cn/verify/"+c.VerifyToken, c.Facts.VerifyURL)
	require.Equal(t, []string{"https://www.example.gov.cn"}, c.Facts.LookUp)
	unknown := func() {
		t.Helper()
		tx := b.Store.Read(t.Context())
		_, err := tx.CertificateByToken(c.VerifyToken)
		require.ErrorIs(t, err, store.ErrNotFound)
		found, err := tx.CertificatesByNumber(c.Number)
		require.NoError(t, err)
		require.Empty(t, found)
		require.Equal(t, progress.Active, b.states(t)[progress.Exam])
	}
	unknown()
	require.Nil(t, b.printed(t, c.ID, 1).Incident)
	unknown()
	_, err := b.PublishCertificate(t.Context(), contract.PublishCertificateRequest{CertificateStep: b.of(c.ID, 7)})
	require.Equal(t, "certificates_document", store.Constraint(err))
	unknown()
	issuingtest.Sign(t, b.Store, b.Keys, c.ID)
	unknown()
	for range 2 {
		require.Equal(t, contract.StepReply{}, b.published(t, c.ID))
	}
	_, err = b.Store.Read(t.Context()).CertificateByToken(c.VerifyToken)
	require.NoError(t, err)
	require.Equal(t, progress.Done, b.states(t)[progress.Exam])
	require.Equal(t, 1, b.count(t, "outbox WHERE kind = 'certificate.issued' AND institution_id = '"+trainer+"'"), "its issuer is told, once")
	require.Equal(t, 1, b.count(t, "case_events WHERE kind = 'certificate_issued'"))
}

func TestAGradeCertificateWaitsForItsPhotoAndFreezesIt(t *testing.T) {
	t.Parallel()
	b := examined(t)
	b.certificate(t, contract.TrainingCertificate)
	b.passEvaluation(t)
	reply := b.begin(t, contract.GradeCertificate, 1)
	require.Equal(t, contract.PhotoMissing, reply.Incident.Cause)
	require.Equal(t, 1, b.count(t, "certificates"), "no number is taken for it")
	require.Equal(t, progress.Stuck, b.states(t)[progress.Certificate])
	b.settle(t, *reply.Incident, contract.Retry, store.ResolutionParams{})
	b.pose(t)
	reply = b.begin(t, contract.GradeCertificate, 2)
	require.Nil(t, reply.Incident)
	c := b.read(t, reply.CertificateID)
	require.Len(t, c.Facts.PhotoDigest, 64)
	art, err := b.Store.Read(t.Context()).CertificateArt(c.ID)
	require.NoError(t, err)
	require.NotEmpty(t, art.PhotoSealed)
	require.NoError(t, b.Store.Read(t.Context()).RemovePhoto(b.personID))
	require.Nil(t, b.printed(t, c.ID, 1).Incident, "a photo that is removed is on the certificate that had it")
}

func TestNothingIsPrintedBeforeItIsSaidWhereCertificatesCanBeLookedUp(t *testing.T) {
	t.Parallel()
	b := examined(t)
	whole := b.Printing
	for try, missing := range []string{"public_url", "look_up"} {
		b.Printing = whole
		if missing == "public_url" {
			b.Printing.Origin = ""
		} else {
			b.Printing.LookUp = nil
		}
		reply := b.begin(t, contract.TrainingCertificate, try+1)
		require.Equal(t, contract.PrintingNotSetUp, reply.Incident.Cause)
		incident, err := b.Store.Read(t.Context()).Incident(reply.Incident.ID)
		require.NoError(t, err)
		require.Equal(t, missing, incident.Params["missing"])
		b.settle(t, *reply.Incident, contract.Retry, store.ResolutionParams{})
	}
	require.Zero(t, b.count(t, "certificates"))
	b.Printing = whole
	require.Nil(t, b.begin(t, contract.TrainingCertificate, 3).Incident)
}

func TestACertificateWhoseIssuerHasNoSealIsNotPreparedUnlessItIsADemonstration(t *testing.T) {
	t.Parallel()
	b := examined(t)
	desk := issuing.Desk{Keys: b.Keys, Printing: b.Printing}
	tx := b.Store.Read(t.Context())
	require.NoError(t, desk.Ready(tx, trainer, "国家开放大学", contract.TrainingCertificate, true))
	var obstacle *issuing.ObstacleError
	require.ErrorAs(t, desk.Ready(tx, trainer, "国家开放大学", contract.TrainingCertificate, false), &obstacle)
	require.Equal(t, "seal", obstacle.Params["missing"])
}

func TestACertificateThatCannotBePrintedKeepsItsNumberUntilItCan(t *testing.T) {
	t.Parallel()
	b := examined(t)
	begun := b.begin(t, contract.TrainingCertificate, 1)
	b.Printer = &document.Printer{Fonts: &font.Fonts{Path: "none.ttf"}}
	reply := b.printed(t, begun.CertificateID, 1)
	require.Equal(t, contract.PrintingNotSetUp, reply.Incident.Cause)
	require.Equal(t, progress.Stuck, b.states(t)[progress.Exam])
	b.settle(t, *reply.Incident, contract.Retry, store.ResolutionParams{})
	b.Printer = issuingtest.Printer()
	require.Nil(t, b.printed(t, begun.CertificateID, 2).Incident)
	issuingtest.Sign(t, b.Store, b.Keys, begun.CertificateID)
	require.Equal(t, contract.StepReply{}, b.published(t, begun.CertificateID))
	require.Equal(t, 1, b.count(t, "certificates"))
}

func TestACaseThatEndsGivesUpTheCertificateThatWasBeingIssued(t *testing.T) {
	t.Parallel()
	b := examined(t)
	begun := b.begin(t, contract.TrainingCertificate, 1)
	_, err := b.CloseCase(t.Context(), contract.CloseCaseRequest{CaseID: b.caseID, Outcome: string(progress.Untrained)})
	require.NoError(t, err)
	c := b.read(t, begun.CertificateID)
	require.Equal(t, store.CertificateCancelled, c.Status)
	taken, err := b.Store.Read(t.Context()).NumberTaken(trainer, c.Number)
	require.NoError(t, err)
	require.True(t, taken, "its number is used for good")
}

func TestHoursThatAreVoidedUnderAPreparedCertificateCancelItAndAnotherHasAnotherNumber(t *testing.T) {
	t.Parallel()
	b := examined(t)
	begun := b.begin(t, contract.TrainingCertificate, 1)
	require.Nil(t, b.printed(t, begun.CertificateID, 1).Incident)
	issuingtest.Sign(t, b.Store, b.Keys, begun.CertificateID)
	b.void(t, 1)
	require.True(t, b.published(t, begun.CertificateID).Undermined, "the hours are looked at once more")
	require.NotNil(t, b.review(t, 1, false).Back)
	first := b.read(t, begun.CertificateID)
	require.Equal(t, store.CertificateCancelled, first.Status)
	again := b.issue(t, "training", 1, 2, contract.TrainingTask)
	b.attend(t, calendar.NewDate(2026, time.May, 4), 1, modules(t)[0])
	b.answer(t, again[0], store.AnswerResult, complete())
	_, err := b.RecordTraining(t.Context(), b.recordRequest(again, 1))
	require.NoError(t, err)
	reply, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{
		CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: 1, Change: "v",
	})
	require.NoError(t, err)
	second := b.read(t, reply.CertificateID)
	require.NotEqual(t, first.Number, second.Number)
}

func TestACertificateThatNoCaseWaitsForTakesThePlaceOfAnotherInOneMoment(t *testing.T) {
	t.Parallel()
	b := examined(t)
	old := b.certificate(t, contract.TrainingCertificate)
	var next store.Certificate
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		facts := old.Facts
		next, err = issuing.Desk{Keys: b.Keys, Printing: b.Printing}.Prepare(tx, issuing.Order{
			CaseID: &b.caseID, PersonID: b.personID, Facts: facts, PolicyVersion: old.PolicyVersion, Supersedes: &old.ID,
			Actor: b.account, Reason: "test", At: time.Now().UTC(),
		})
		if err != nil {
			return err
		}
		return tx.StartIssuance(next.ID)
	}))
	require.NotEqual(t, old.Number, next.Number)
	alone := contract.CertificateStep{CertificateID: next.ID, Try: 1}
	b.Printer = &document.Printer{Fonts: &font.Fonts{Path: "none.ttf"}}
	reply, err := b.PrintCertificate(t.Context(), contract.PrintCertificateRequest{CertificateStep: alone})
	require.NoError(t, err)
	require.Equal(t, contract.PrintingNotSetUp, reply.Incident.Cause)
	require.Equal(t, progress.Done, b.states(t)[progress.Exam], "it holds up no case")
	b.Printer = issuingtest.Printer()
	reply, err = b.PrintCertificate(t.Context(), contract.PrintCertificateRequest{CertificateStep: alone})
	require.NoError(t, err)
	require.Nil(t, reply.Incident)
	issuingtest.Sign(t, b.Store, b.Keys, next.ID)
	for range 2 {
		_, err = b.PublishCertificate(t.Context(), contract.PublishCertificateRequest{CertificateStep: alone})
		require.NoError(t, err)
	}
	require.Equal(t, store.CertificateSuperseded, b.read(t, old.ID).Status)
	require.Equal(t, store.CertificateValid, b.read(t, next.ID).Status)
	require.Equal(t, 2, b.count(t, "outbox WHERE kind = 'certificate.issued'"))
	require.Zero(t, b.count(t, "incidents WHERE state <> 'closed'"))
}

func TestWhatAnInstitutionIssuedItselfIsRecordedForItsDayWithItsFile(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	tasks := b.issue(t, "exam", 1, 1, contract.ExamTask)
	score, day := 88.0, calendar.Real().Today(time.Now()).AddDays(-1)
	file := uuid.NewString()
	_, err := b.raw(t).ExecContext(t.Context(), `INSERT INTO evidence (id, institution_id, subject_kind, subject_id, kind, name_sealed, media_type,
		size, sha256, state, place, object, key_sealed, asked_by, asked_at, expires_at, completed_at)
		VALUES ($1, $2, 'task', $3, 'other', 'x', 'application/pdf', 1, sha256('x'), 'complete', 's3', 'x', 'x', $4, now(), now() + interval '1 hour', now())`,
		file, trainer, tasks[0].ID, b.account)
	require.NoError(t, err)
	b.answer(t, tasks[0], store.AnswerResult, contract.MarkResult{
		Score: &score, HeldOn: day, CertificateNumber: "KFDX-2026-0001", CertificateIssuedOn: day, CertificateFile: file,
	})
	_, err = b.RecordExam(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	b.Printing = issuing.Printing{} // nothing of it is printed by us
	reply := b.begin(t, contract.TrainingCertificate, 1)
	require.Equal(t, contract.IssueCertificateReply{}, reply)
	certificates, err := b.Store.Read(t.Context()).Certificates(b.caseID)
	require.NoError(t, err)
	c := certificates[0]
	require.Equal(t, []any{store.CertificateReported, store.CertificateValid, day, day, &file},
		[]any{c.Origin, c.Status, c.IssuedOn, c.Facts.IssuedOn, c.EvidenceID})
	require.Empty(t, c.Facts.Template)
	require.Zero(t, b.count(t, "outbox WHERE kind = 'certificate.issued'"), "who issued it knows")
}

func TestX14ACertificateWaitsUntilPeopleHaveSeenWhoseDocumentItIs(t *testing.T) {
	t.Parallel()
	b := examined(t)
	found := func(outcome string) {
		require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.InsertIdentityCheck(store.IdentityCheck{PersonID: b.personID, Outcome: outcome, CheckedAt: time.Now().UTC().Add(time.Second)})
		}))
	}
	issue := func(try int) contract.IssueCertificateReply {
		reply, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: try})
		require.NoError(t, err)
		return reply
	}
	for try, outcome := range []string{store.IdentityUnknown, store.IdentityDiffers} {
		found(outcome)
		reply := issue(try + 1)
		require.NotNil(t, reply.Incident, outcome)
		require.Equal(t, contract.IdentityUnverified, reply.Incident.Cause)
		require.Equal(t, 1, b.count(t, "cases WHERE owes_kind = 'trainee'"), "they are to show their document")
		require.Zero(t, b.count(t, "certificates"))
		b.settle(t, *reply.Incident, contract.Retry, store.ResolutionParams{})
	}
	found(store.IdentityMatches)
	require.Nil(t, issue(3).Incident)
	require.Equal(t, 1, b.count(t, "certificates"))
}
