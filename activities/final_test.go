package activities_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
)

// planned has a case decided by a plan of evaluation that is no demonstration's.
func (b bundle) planned(t *testing.T, exam string) {
	t.Helper()
	rules, err := policy.ReadFolder(fstest.MapFS{
		"policy.yaml": {Data: []byte("id: planned-2026\nover: beijing-2023\nname: {zh: 计划, en: a plan}\n" +
			"effective_from: 2026-01-01\ncitation: {document: d, clause: c, basis: design}\n")},
		"evaluation.yaml": {Data: []byte("exam: {" + exam + "}\n")},
	}, "planned-2026")
	require.NoError(t, err)
	b.Rules = func(string) (*policy.Policy, error) { return rules, nil }
}

// grade asks for the grade certificate, after so many waits.
func (b bundle) grade(t *testing.T, waits int) contract.IssueCertificateReply {
	t.Helper()
	reply, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{
		CaseID: b.caseID, Kind: contract.GradeCertificate, Try: 1, Waits: waits,
	})
	require.NoError(t, err)
	return reply
}

// goesOn reports whether a certificate waits for nothing: it comes as far as its issuer's seal, which only a demonstration does without.
func goesOn(reply contract.IssueCertificateReply) bool {
	return reply.Reviewable == nil && reply.Incident != nil && reply.Incident.Cause == contract.PrintingNotSetUp
}

func TestE15AGradeCertificateWaitsUntilItsMarksCanBeReviewedNoMoreAndNothingIsOverdueMeanwhile(t *testing.T) {
	t.Parallel()
	b, _ := sat(t, 61, 80)
	b.pose(t)
	b.planned(t, "keep_passed_part: false") // it says nothing of reviews
	from := calendar.Real().Today(time.Now()).AddDays(31)
	reply := b.grade(t, 0)
	require.Empty(t, reply.CertificateID, "no number is taken")
	require.WithinDuration(t, calendar.Real().Wall(from), *reply.Reviewable.Until, 0)
	c := b.file(t)
	require.Equal(t, []any{progress.CaseWaiting, progress.Certificate, progress.ByCalendar, queue.Calendar},
		[]any{c.Status, c.Stage, c.Owes().Kind, c.Queue})
	require.WithinDuration(t, calendar.Real().Wall(from), *c.DueAt, time.Second)
	require.Contains(t, b.events(t), "certificate_waiting")

	// On the last day on which a mark can be reviewed it waits, and on the day after it does not.
	b.exec(t, "ALTER TABLE assessments DISABLE TRIGGER append_only")
	b.exec(t, "UPDATE assessments SET recorded_at = now() - interval '30 days'")
	require.NotNil(t, b.grade(t, 1).Reviewable)
	b.exec(t, "UPDATE assessments SET recorded_at = now() - interval '31 days'")
	require.True(t, goesOn(b.grade(t, 2)))
	require.Equal(t, 1, b.count(t, "case_events WHERE kind = 'certificate_waiting'"), "it is told once")
}

func TestE15APlanSaysAfterHowManyDaysAGradeCertificateIsIssued(t *testing.T) {
	t.Parallel()
	for plan, days := range map[string]int{
		"review_days: 10": 11, "certificate_after_days: 5": 6, "review_days: 10, certificate_after_days: 20": 21, "certificate_after_days: 0": 0,
	} {
		b, _ := sat(t, 61, 80)
		b.pose(t)
		b.planned(t, plan)
		reply := b.grade(t, 0)
		if days == 0 {
			require.True(t, goesOn(reply), "at once, though its marks can still be reviewed")
			b.asksReview(t, contract.TheoryTask, 1)
			continue
		}
		require.WithinDuration(t, calendar.Real().Wall(calendar.Real().Today(time.Now()).AddDays(days)), *reply.Reviewable.Until, 0, plan)
	}
}

func TestE15AGradeCertificateWaitsForTheAnswerToAReviewAndTheCaseIsToldOfIt(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]func(*testing.T, bundle, *store.Tx, store.Petition) []store.InboxItem{
		"upheld": func(t *testing.T, b bundle, tx *store.Tx, p store.Petition) []store.InboxItem {
			t.Helper()
			one := b.marker(t, tx)
			_, err := b.petitioning().Answer(tx, one, petition.Answer{ID: p.ID, Outcome: "upheld", Text: "as it was", By: one.ID, At: time.Now().UTC()})
			require.NoError(t, err)
			_, told, err := b.petitioning().Confirm(tx, b.marker(t, tx), p.ID, true, "so it is", time.Now().UTC())
			require.NoError(t, err)
			return told
		},
		"taken back": func(t *testing.T, b bundle, tx *store.Tx, p store.Petition) []store.InboxItem {
			t.Helper()
			_, told, err := b.petitioning().Withdraw(tx, p.ID, time.Now().UTC())
			require.NoError(t, err)
			return told
		},
	} {
		b, _ := sat(t, 61, 80)
		b.pose(t)
		b.planned(t, "review_days: 10")
		p := b.asksReview(t, contract.TheoryTask, 1)
		require.Equal(t, contract.Reviewable{}, *b.grade(t, 0).Reviewable, "no day is known")
		c := b.file(t)
		require.Equal(t, []any{progress.ByInstitution, evaluator}, []any{c.Owes().Kind, c.Owes().ID})
		require.Nil(t, c.DueAt, "the review has a deadline of its own")
		var told []store.InboxItem
		require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
			told = answers(t, b, tx, p)
			return nil
		}))
		require.Len(t, told, 1, name)
		require.Equal(t, []string{b.caseID, store.InboxMark}, []string{told[0].CaseID, told[0].Kind})
		require.Equal(t, contract.ReviewCertificatesReply{}, b.follow(t, told[0].ID, 1), "it stands where it stood")
		require.NotNil(t, b.grade(t, 1).Reviewable.Until, "the other mark can still be reviewed")
	}
}

func TestE15AMarkThatWasReviewedIsFinalAndAnotherThatWasNotPassedIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	b, _ := sat(t, 59, 80)
	b.pose(t)
	reply := b.corrects(t, b.asksReview(t, contract.TheoryTask, 1), 61)
	require.Equal(t, "certificate", reply.Again.Stage)
	b.planned(t, "review_days: 10")
	b.exec(t, "ALTER TABLE assessments DISABLE TRIGGER append_only")
	b.exec(t, "UPDATE assessments SET recorded_at = now() - interval '11 days' WHERE kind = 'practical'")
	require.True(t, goesOn(b.grade(t, 0)))
}
