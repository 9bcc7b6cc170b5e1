package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

func (b bundle) petitioning() petition.Desk {
	return petition.Desk{Keys: b.Keys, Calendar: b.Calendar, Remedies: remedy.Desk{Keys: b.Keys, Calendar: b.Calendar}}
}

// marker is somebody new of the evaluation body.
func (b bundle) marker(t *testing.T, tx *store.Tx) store.Account {
	t.Helper()
	body := evaluator
	return store.Account{ID: b.staff(t, tx), Role: store.RoleInstitution, InstitutionID: &body}
}

// asksReview asks for the review of a mark.
func (b bundle) asksReview(t *testing.T, part string, attempt int) (p store.Petition) {
	t.Helper()
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		p, err = b.petitioning().AskReview(tx, petition.Asking{
			CaseID: b.caseID, Part: part, Attempt: attempt, Text: "please count again", By: b.account, At: time.Now().UTC(),
		})
		return err
	}))
	return p
}

// corrects has two of the evaluation body's staff correct the mark that a review is of, and the case follow.
func (b bundle) corrects(t *testing.T, p store.Petition, score float64) (reply contract.ReviewCertificatesReply) {
	t.Helper()
	var told []store.InboxItem
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		one := b.marker(t, tx)
		_, err := b.petitioning().Answer(tx, one, petition.Answer{
			ID: p.ID, Outcome: "corrected", Score: &score, Text: "one page was not counted", By: one.ID, At: time.Now().UTC(),
		})
		return err
	}))
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		_, told, err = b.petitioning().Confirm(tx, b.marker(t, tx), p.ID, true, "counted too", time.Now().UTC())
		return err
	}))
	for _, item := range told {
		reply = b.follow(t, item.ID, 1)
	}
	return reply
}

// sat is a case whose attempt at the evaluation was answered with these marks and recorded.
func sat(t *testing.T, theory, practical float64) (bundle, contract.RecordReply) {
	t.Helper()
	b, tasks := evaluated(t)
	b.mark(t, tasks[0], theory)
	b.mark(t, tasks[1], practical)
	reply, err := b.RecordEvaluation(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	return b, reply
}

func TestX34AMarkThatIsCorrectedUpwardsTakesWhoFailedOnToTheCertificate(t *testing.T) {
	t.Parallel()
	b, recorded := sat(t, 59, 80)
	require.Equal(t, contract.Resit, recorded.Next)
	p := b.asksReview(t, contract.TheoryTask, 1)
	b.issue(t, "evaluation", 2, 1, contract.TheoryTask, contract.PracticalTask)
	reply := b.corrects(t, p, 61.5)
	require.Equal(t, "certificate", reply.Again.Stage)
	require.NotEmpty(t, reply.Again.Change, "what is asked from here on was not asked before")
	require.Equal(t, progress.Done, b.states(t)[progress.Evaluation])
	require.Empty(t, b.openTasks(t), "nobody has to sit again")
	marks, err := b.Store.Read(t.Context()).Assessments(b.caseID)
	require.NoError(t, err)
	require.InDelta(t, 61.5, *marks[1].Score, 0)
	require.Equal(t, 59, b.count(t, "assessments WHERE score = 59")*59, "what was reported is kept")
	require.Subset(t, b.events(t), []string{"score_review_asked", "score_review_corrected", "evaluation_passed"})
}

func TestX34WhoPassesAnEarlierAttemptByACorrectionHasPassedThoughALaterOneFailed(t *testing.T) {
	t.Parallel()
	b, _ := sat(t, 59, 80)
	p := b.asksReview(t, contract.TheoryTask, 1)
	again := b.issue(t, "evaluation", 2, 1, contract.TheoryTask, contract.PracticalTask)
	b.mark(t, again[0], 30)
	b.mark(t, again[1], 30)
	_, err := b.RecordEvaluation(t.Context(), b.recordRequest(again, 2))
	require.NoError(t, err)
	require.Equal(t, "certificate", b.corrects(t, p, 60).Again.Stage)
}

func TestX34AMarkThatIsCorrectedDownwardsHasWhoPassedSitAgainIfNoCertificateWasIssued(t *testing.T) {
	t.Parallel()
	b, recorded := sat(t, 61, 80)
	require.Equal(t, contract.GoOn, recorded.Next)
	b.pose(t)
	begun := b.begin(t, contract.GradeCertificate, 1)
	reply := b.corrects(t, b.asksReview(t, contract.TheoryTask, 1), 58)
	require.Equal(t, []any{"evaluation", 2}, []any{reply.Again.Stage, reply.Again.Attempt})
	require.Equal(t, store.CertificateCancelled, b.read(t, begun.CertificateID).Status, "the number stays used")
	require.Equal(t, progress.Active, b.states(t)[progress.Evaluation])
	require.Equal(t, progress.Pending, b.states(t)[progress.Certificate])
}

func TestX34NoCertificateIsPublishedOnAMarkThatWasCorrectedBelowThePassMark(t *testing.T) {
	t.Parallel()
	b, _ := sat(t, 61, 80)
	b.pose(t)
	begun := b.begin(t, contract.GradeCertificate, 1)
	b.printed(t, begun.CertificateID, 1)
	p := b.asksReview(t, contract.TheoryTask, 1)
	score := 58.0
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		one := b.marker(t, tx)
		_, err := b.petitioning().Answer(tx, one, petition.Answer{
			ID: p.ID, Outcome: "corrected", Score: &score, Text: "counted twice", By: one.ID, At: time.Now().UTC(),
		})
		require.NoError(t, err)
		_, _, err = b.petitioning().Confirm(tx, b.marker(t, tx), p.ID, true, "so it is", time.Now().UTC())
		return err
	}))
	require.True(t, b.published(t, begun.CertificateID).Suspected, "word of it is still on its way")
}

func TestX34ACertificateThatAMarkWouldNotHaveBroughtIsSuspendedAndItsRevocationAskedFor(t *testing.T) {
	t.Parallel()
	b, _ := sat(t, 61, 80)
	grade := b.hold(t, contract.GradeCertificate)
	decided, err := b.DecideTitle(t.Context(), contract.DecideTitleRequest{CaseID: b.caseID, Round: 1})
	require.NoError(t, err)
	require.True(t, decided.Mapped)
	b.end(t, progress.Mapped, "")
	reply := b.corrects(t, b.asksReview(t, contract.TheoryTask, 1), 58)
	require.Nil(t, reply.Again)
	require.Equal(t, contract.CertificateSuspended, reply.Incident.Cause)
	require.Equal(t, store.CertificateSuspended, b.read(t, grade).Status)
	require.Equal(t, 1, b.count(t, "certificate_requests WHERE kind = 'revocation' AND reason_class = 'mark_corrected' AND state = 'open'"),
		"another person decides on it")
}

func TestX36ACaseThatEndedWithoutItsCertificateIsOpenAgainWhenAReviewSucceeds(t *testing.T) {
	t.Parallel()
	b, _ := sat(t, 59, 80)
	b.end(t, progress.Trained, "")
	require.Equal(t, progress.Failed, b.states(t)[progress.Evaluation])
	reply := b.corrects(t, b.asksReview(t, contract.TheoryTask, 1), 60)
	require.Equal(t, "certificate", reply.Again.Stage)
	require.Nil(t, b.file(t).Outcome)
	require.Equal(t, []progress.State{progress.Done, progress.Pending, progress.Pending}, []progress.State{
		b.states(t)[progress.Evaluation], b.states(t)[progress.Certificate], b.states(t)[progress.Title],
	})
	b.pose(t)
	reissued, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{
		CaseID: b.caseID, Kind: contract.GradeCertificate, Try: 1, Change: reply.Again.Change,
	})
	require.NoError(t, err)
	require.NotEmpty(t, reissued.CertificateID, "a late certificate is issued like any other")
}

func TestX34ACorrectionThatChangesNothingOfTheOutcomeLeavesTheCaseWhereItIs(t *testing.T) {
	t.Parallel()
	b, _ := sat(t, 40, 80)
	p := b.asksReview(t, contract.TheoryTask, 1)
	b.issue(t, "evaluation", 2, 1, contract.TheoryTask, contract.PracticalTask)
	require.Equal(t, contract.ReviewCertificatesReply{}, b.corrects(t, p, 50))
	require.Len(t, b.openTasks(t), 2)
}

func TestADeadlineOfAPetitionIsToldBeforeAndAfterOnceEachAndDecidesNothing(t *testing.T) {
	t.Parallel()
	b, _ := sat(t, 59, 80)
	p := b.asksReview(t, contract.TheoryTask, 1)
	look := func() contract.Turn {
		reply, err := b.WatchPetition(t.Context(), contract.WatchPetitionRequest{PetitionID: p.ID})
		require.NoError(t, err)
		return reply
	}
	require.True(t, look().NextAt.Before(p.DueAt), "it reminds first")
	b.exec(t, "UPDATE petitions SET due_at = now() + interval '1 hour' WHERE id = $1", p.ID)
	for range 2 {
		require.NotNil(t, look().NextAt)
	}
	require.Equal(t, 1, b.count(t, "notices WHERE kind = 'petition_near_due' AND audience = 'institution'"))
	b.exec(t, "UPDATE petitions SET due_at = now() - interval '1 hour' WHERE id = $1", p.ID)
	for range 2 {
		require.Equal(t, contract.Turn{}, look())
	}
	require.Equal(t, 2, b.count(t, "notices WHERE kind = 'petition_overdue'"), "the body's staff and the operators, once each")
	read, err := b.Store.Read(t.Context()).Petition(p.ID)
	require.NoError(t, err)
	require.Equal(t, store.PetitionAsked, read.State)
	b.corrects(t, p, 60)
	require.True(t, look().Over)
}
