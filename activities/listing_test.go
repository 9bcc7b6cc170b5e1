package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/directory"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// lastLesson is the last day whose lesson is over. It is today from the afternoon on.
func lastLesson() calendar.Date {
	return calendar.Real().Today(time.Now().Add(-lessonOver))
}

// publish applies an invented list that holds from the day of the last lesson, made of the one that the rules come with.
func (b bundle) publish(t *testing.T, change func(*listing.Snapshot), decisions ...listing.Decision) {
	t.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	list := listing.Of(rules.Lists())
	list.Document, list.ListYear, list.ValidFrom = "京人社专技字〔2027〕8号", 2027, lastLesson()
	change(&list)
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		desk := directory.Desk{Tx: tx, Actor: b.account, At: time.Now()}
		draft, _, err := desk.Import(list)
		require.NoError(t, err)
		if len(decisions) > 0 {
			draft, err = desk.Decide(draft.ID, decisions)
			require.NoError(t, err)
		}
		shown, err := directory.Look(tx, draft)
		require.NoError(t, err)
		_, err = desk.Apply(draft.ID, shown.Seen, "a new list")
		return err
	}))
}

// without is a list on which an institution trains nothing.
func without(institution string) func(*listing.Snapshot) {
	return func(list *listing.Snapshot) {
		kept := []listing.Body{}
		for _, row := range list.Bodies {
			if list.IDs[row.Name] != institution {
				kept = append(kept, row)
			}
		}
		list.Bodies = kept
	}
}

func (b bundle) suspend(t *testing.T, institution string) {
	t.Helper()
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := directory.Desk{Tx: tx, Actor: b.account, At: time.Now()}.Suspend(institution, directory.Terms{Reason: "an inspection", LegalBasis: "the notice"})
		return err
	}))
}

// Exception X-08: the body was listed when the class began.
func TestX08ATrainingThatBeganWhileItsBodyWasListedIsFinishedAndItsCertificateWaits(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	tasks := b.issue(t, "training", 1, 1, contract.TrainingTask)
	b.publish(t, without(trainer))
	b.attend(t, lastLesson().AddDays(-9), 10, modules(t)...) // the last of them on a day when it is listed no longer
	b.answer(t, tasks[0], store.AnswerResult, complete(modules(t)...))
	reply, err := b.RecordTraining(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	require.Equal(t, contract.GoOn, reply.Next)
	exam := b.issue(t, "exam", 1, 1, contract.ExamTask)
	b.mark(t, exam[0], 90)
	_, err = b.RecordExam(t.Context(), b.recordRequest(exam, 1))
	require.NoError(t, err)
	issued, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: 1})
	require.NoError(t, err)
	require.Equal(t, contract.IssuerNotListed, issued.Incident.Cause)
	b.settle(t, *issued.Incident, contract.Override, store.ResolutionParams{Evidence: "市局同意"})
	issued, err = b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{
		CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: 2,
		Overrides: contract.Overrides{contract.IssuerNotListed},
	})
	require.NoError(t, err)
	require.Nil(t, issued.Incident)
}

func TestX08WhoIsListedNoLongerBeginsNoTraining(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	b.publish(t, without(trainer))
	reply, err := b.IssueTasks(t.Context(), contract.IssueTasksRequest{
		CaseID: b.caseID, Stage: "training", Kinds: []string{contract.TrainingTask}, Attempt: 1, Issue: 1,
	})
	require.NoError(t, err)
	require.Equal(t, contract.InstitutionNotListed, reply.Incident.Cause)
}

func TestX07WhoIsSuspendedIsGivenNoMoreTasksOfAClassThatRuns(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.trainOnly(t, calendar.NewDate(2026, time.March, 2))
	b.suspend(t, trainer)
	reply, err := b.IssueTasks(t.Context(), contract.IssueTasksRequest{
		CaseID: b.caseID, Stage: "exam", Kinds: []string{contract.ExamTask}, Attempt: 1, Issue: 1,
	})
	require.NoError(t, err)
	require.Equal(t, contract.InstitutionNotListed, reply.Incident.Cause)
}

// Exception X-09: a certificate has its issuer's name on the day, and one that was issued keeps it.
func TestX09ACertificateHasTheNameThatItsIssuerHadOnTheDay(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	exam := b.issue(t, "exam", 1, 1, contract.ExamTask)
	b.mark(t, exam[0], 90)
	_, err := b.RecordExam(t.Context(), b.recordRequest(exam, 1))
	require.NoError(t, err)
	_, err = b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: 1})
	require.NoError(t, err)
	const was, is = "工业和信息化部教育与考试中心", "工业和信息化部教育与考试中心（新名）"
	b.publish(t, func(list *listing.Snapshot) {
		for i, row := range list.Bodies {
			switch row.Name {
			case was:
				list.Bodies[i].Name = is
			case "国家开放大学":
				list.Bodies[i].Name = "国家开放大学（新名）"
			}
		}
	}, listing.Decision{Name: is, As: listing.Renamed, InstitutionID: evaluator},
		listing.Decision{Name: "国家开放大学（新名）", As: listing.Renamed, InstitutionID: trainer})
	high := 90.0
	parts := b.issue(t, "evaluation", 1, 1, contract.TheoryTask, contract.PracticalTask)
	for _, part := range parts {
		b.mark(t, part, high)
	}
	_, err = b.RecordEvaluation(t.Context(), b.recordRequest(parts, 1))
	require.NoError(t, err)
	b.pose(t)
	b.certificate(t, contract.GradeCertificate)
	certificates, err := b.Store.Read(t.Context()).Certificates(b.caseID)
	require.NoError(t, err)
	names := map[string]string{}
	for _, c := range certificates {
		names[c.Kind] = c.Facts.IssuerName
	}
	require.Equal(t, map[string]string{contract.TrainingCertificate: "国家开放大学", contract.GradeCertificate: is}, names)
}
