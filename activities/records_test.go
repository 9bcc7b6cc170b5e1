package activities_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

func TestAStepThatIsRunAgainAnswersTheSameAndDoesNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	before := b.file(t)
	first := b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	second := b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	require.Equal(t, first, second)
	after := b.file(t)
	require.Equal(t, before.LastEvent+1, after.LastEvent, "one line on the timeline, not two")
	open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
	require.NoError(t, err)
	require.Len(t, open, 1)
}

func TestAStepRunByManyAtOnceIsDoneOnce(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := b.IssueTasks(t.Context(), contract.IssueTasksRequest{
				CaseID: b.caseID, Stage: "training", Kinds: []string{contract.EnrolmentTask}, Attempt: 1, Issue: 1,
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
	require.NoError(t, err)
	require.Len(t, open, 1)
}

func TestATaskAndTheNewsOfItAreWrittenTogether(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	tasks := b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	require.NoError(t, b.Store.LineUp(t.Context(), trainer))
	due, err := b.Store.Read(t.Context()).DueEvents(store.DueQuery{InstitutionID: trainer, Now: time.Now().Add(time.Minute), Limit: 10})
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.Equal(t, tasks[0].ID, due[0].SubjectID)
	require.Equal(t, store.OutboxTaskIssued, due[0].Kind)
	c := b.file(t)
	require.Equal(t, progress.CaseWaiting, c.Status)
	require.Equal(t, &progress.Party{Kind: progress.ByInstitution, ID: trainer}, c.Owes())
	require.NotNil(t, c.DueAt)
}

func TestWhoIsNotEligibleIsStuckWithTheReasonKept(t *testing.T) {
	t.Parallel()
	student := policy.Applicant{Category: policy.FinalYearStudent} // of no school
	b := newBundle(t, student)
	reply, err := b.Admit(t.Context(), contract.AdmitRequest{CaseID: b.caseID, Try: 1})
	require.NoError(t, err)
	require.Equal(t, contract.EligibilityNotMet, reply.Incident.Cause)
	require.Equal(t, progress.CaseStuck, b.file(t).Status)
	decisions, err := b.Store.Read(t.Context()).Decisions(b.caseID)
	require.NoError(t, err)
	require.Len(t, decisions, 1)
	require.Equal(t, string(policy.NotMet), decisions[0].Outcome)

	overridden, err := b.Admit(t.Context(), contract.AdmitRequest{
		CaseID: b.caseID, Try: 2, Overrides: contract.Overrides{contract.EligibilityNotMet},
	})
	require.NoError(t, err)
	require.Nil(t, overridden.Incident)
}

func TestX04HoursThatDoNotSufficeAreKeptAndTheRestIsMadeUp(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	tasks := b.issue(t, "training", 1, 1, contract.TrainingTask)
	b.attend(t, calendar.NewDate(2026, time.March, 2), 4, modules(t)...)
	b.answer(t, tasks[0], store.AnswerResult, complete(modules(t)...))
	reply, err := b.RecordTraining(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	require.Equal(t, contract.HoursInsufficient, reply.Incident.Cause)
	b.settle(t, *reply.Incident, contract.Retry, store.ResolutionParams{})

	again := b.issue(t, "training", 1, 2, contract.TrainingTask)
	asked, err := b.Store.Read(t.Context()).Task(again[0].ID)
	require.NoError(t, err)
	require.Equal(t, []string{"80", "32"}, []string{asked.Details.RequiredHours.String(), asked.Details.RecordedHours.String()})
	require.Empty(t, asked.Details.MissingModules)
	b.attend(t, calendar.NewDate(2026, time.May, 4), 6, modules(t)...) // in another class
	b.answer(t, again[0], store.AnswerResult, complete())
	reply, err = b.RecordTraining(t.Context(), b.recordRequest(again, 1))
	require.NoError(t, err)
	require.Equal(t, contract.GoOn, reply.Next)
}

func TestX05WhoFailsOrMissesTheExamSitsAgain(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	low, high := 59.5, 60.0
	held := calendar.Real().Today(time.Now())
	for i, sitting := range []struct {
		result contract.MarkResult
		next   contract.Next
	}{
		{contract.MarkResult{Score: &low, HeldOn: held}, contract.Resit},
		{contract.MarkResult{Absent: true, HeldOn: held}, contract.Resit},
		{contract.MarkResult{Score: &high, HeldOn: held}, contract.GoOn},
	} {
		tasks := b.issue(t, "exam", i+1, 1, contract.ExamTask)
		b.answer(t, tasks[0], store.AnswerResult, sitting.result)
		reply, err := b.RecordExam(t.Context(), b.recordRequest(tasks, i+1))
		require.NoError(t, err)
		require.Equal(t, sitting.next, reply.Next)
	}
	marks, err := b.Store.Read(t.Context()).Assessments(b.caseID)
	require.NoError(t, err)
	require.Len(t, marks, 3, "each sitting is on record")
	require.Nil(t, marks[1].Score, "absent is not 0 marks")
}

func TestHoursAreCreditedToTheYearsTheyWereTakenIn(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2025, time.December, 28)) // ten sessions: four days of 2025, six of 2026
	entries, err := b.Store.Read(t.Context()).CEEntries(b.personID)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, []any{2025, "32", 2026, "48"},
		[]any{entries[0].Year, entries[0].Hours.String(), entries[1].Year, entries[1].Hours.String()})
}

func TestTheSameSessionReportedTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	tasks := b.issue(t, "training", 1, 1, contract.TrainingTask)
	for range 2 {
		b.attend(t, calendar.NewDate(2026, time.March, 2), 3, modules(t)...)
	}
	b.answer(t, tasks[0], store.AnswerResult, complete(modules(t)...))
	reply, err := b.RecordTraining(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	require.Equal(t, contract.HoursInsufficient, reply.Incident.Cause)
	incident, err := b.Store.Read(t.Context()).Incident(reply.Incident.ID)
	require.NoError(t, err)
	require.Equal(t, "24", incident.Params["have"])
}

func TestX03EnoughHoursWithoutAllTheContentDoNotCompleteATraining(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	tasks := b.issue(t, "training", 1, 1, contract.TrainingTask)
	b.attend(t, calendar.NewDate(2026, time.March, 2), 20, modules(t)[0])
	b.answer(t, tasks[0], store.AnswerResult, complete(modules(t)...)) // though only one was taught
	reply, err := b.RecordTraining(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	require.Equal(t, contract.HoursInsufficient, reply.Incident.Cause)
	require.Equal(t, contract.Reissue, reply.Next)
}

func TestAMarkBelowThePassMarkMeansAResitAndEveryThirdOneAnOperator(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	for attempt := 1; attempt <= 3; attempt++ {
		tasks := b.issue(t, "exam", attempt, 1, contract.ExamTask)
		b.mark(t, tasks[0], 59.5)
		reply, err := b.RecordExam(t.Context(), b.recordRequest(tasks, attempt))
		require.NoError(t, err)
		require.Equal(t, contract.Resit, reply.Next)
		require.Equal(t, attempt == 3, reply.Incident != nil)
	}
}

func TestACertificateIsIssuedOnceAndHeldToWhatItSaysToday(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	tasks := b.issue(t, "exam", 1, 1, contract.ExamTask)
	b.mark(t, tasks[0], 60)
	_, err := b.RecordExam(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{
				CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: 1,
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	certificates, err := b.Store.Read(t.Context()).Certificates(b.caseID)
	require.NoError(t, err)
	require.Len(t, certificates, 1)
	c := certificates[0]
	require.Equal(t, "国家开放大学", c.Facts.IssuerName)
	require.Equal(t, "大数据工程技术人员", c.Facts.Occupation, "the occupation's full name, never the field's")
	require.Equal(t, "—", c.Facts.Direction)
	require.Equal(t, "80", c.Facts.Hours)
	require.True(t, c.Facts.Demonstration, "it rests on demonstration data and says so")
}

func TestAnInstitutionsOwnCertificateNumberIsKeptAndNeverUsedTwice(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	b.passAs(t, "KFDX-2026-0001")
	reply, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{
		CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: 1,
	})
	require.NoError(t, err)
	require.Nil(t, reply.Incident)
	certificates, err := b.Store.Read(t.Context()).Certificates(b.caseID)
	require.NoError(t, err)
	require.Equal(t, "KFDX-2026-0001", certificates[0].Number)
	require.Equal(t, store.CertificateReported, certificates[0].Origin)
	taken, err := b.Store.Read(t.Context()).NumberTaken(trainer, "KFDX-2026-0001")
	require.NoError(t, err)
	require.True(t, taken)
}

// request stores an operator's resolution, as the API would.
func (b bundle) request(
	t *testing.T, incident contract.Incident, verb contract.Verb, params store.ResolutionParams,
) string {
	t.Helper()
	id := uuid.NewString()
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		locked, err := tx.LockIncident(incident.ID)
		require.NoError(t, err)
		r := store.Resolution{
			ID: id, IncidentID: incident.ID, Verb: verb, Params: params, Reason: "because", RequestedBy: b.account,
			RequestedAt: time.Now().UTC(),
		}
		if verb.NeedsApproval() {
			r.ApprovalID = storetest.Approved(t, tx, verb, b.account)
		}
		_, err = tx.InsertResolution(locked, r)
		return err
	}))
	return id
}

// apply has a stored resolution carried out, and says why it was refused if it was.
func (b bundle) apply(t *testing.T, id string) (reply contract.ApplyResolutionReply, refusal string) {
	t.Helper()
	reply, err := b.ApplyResolution(t.Context(), contract.ApplyResolutionRequest{CaseID: b.caseID, ResolutionID: id})
	require.NoError(t, err)
	resolution, err := b.Store.Read(t.Context()).Resolution(id)
	require.NoError(t, err)
	return reply, resolution.Refusal
}

func (b bundle) resolve(
	t *testing.T, incident contract.Incident, verb contract.Verb, params store.ResolutionParams,
) (reply contract.ApplyResolutionReply, refusal string) {
	t.Helper()
	return b.apply(t, b.request(t, incident, verb, params))
}

// overdue issues the enrolment and lets its deadline pass.
func (b bundle) overdue(t *testing.T) contract.Incident {
	t.Helper()
	b.admit(t)
	tasks := b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	reply, err := b.MarkOverdue(t.Context(), contract.MarkOverdueRequest{
		CaseID: b.caseID, Stage: "training", TaskID: tasks[0].ID, Round: 1,
	})
	require.NoError(t, err)
	return *reply.Incident
}

func TestWorkCanBeGivenToAnotherListedBodyButNeverToTheOneThatEvaluates(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	incident := b.overdue(t)

	_, refusal := b.resolve(t, incident, contract.Reassign, store.ResolutionParams{Institution: evaluator})
	require.Equal(t, "same_body", refusal)
	_, refusal = b.resolve(t, incident, contract.Reassign, store.ResolutionParams{Institution: "cie"})
	require.Equal(t, "not_listed_for_role", refusal)
	require.Equal(t, progress.CaseStuck, b.file(t).Status, "a refused resolution changes nothing")

	reply, refusal := b.resolve(t, incident, contract.Reassign, store.ResolutionParams{Institution: spare})
	require.Empty(t, refusal)
	require.True(t, reply.Applied)
	require.Equal(t, spare, b.file(t).TrainingBody)
	open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
	require.NoError(t, err)
	require.Empty(t, open, "what the first institution owed is taken back")
}

// trainedElsewhere has an institution have trained the bundle's person for another level, as under an earlier list.
func (b bundle) trainedElsewhere(t *testing.T, institution string) {
	t.Helper()
	earlier := b
	earlier.caseID = uuid.NewString()
	of := b.file(t)
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertCase(store.Case{
			ID: earlier.caseID, PersonID: b.personID, Occupation: of.Occupation, Level: "intermediate", PolicyVersion: of.PolicyVersion,
			TrainingBody: institution, EvaluationBody: trainer, Applicant: of.Applicant, RegisteredBy: b.account,
			RegisteredAt: time.Now().UTC(), RegisteredOn: calendar.NewDate(2024, time.January, 1),
		}, store.ActorOperator)
		if err != nil {
			return err
		}
		task := store.Task{
			ID: uuid.NewString(), CaseID: earlier.caseID, InstitutionID: institution, Kind: contract.TrainingTask, Attempt: 1, Issue: 1,
			IssuedAt: time.Now().UTC(), DueAt: time.Now().UTC().Add(time.Hour),
		}
		if err := tx.InsertTask(task); err != nil {
			return err
		}
		return tx.CloseTask(task, store.TaskAnswered, "", time.Now().UTC())
	}))
}

func TestX12WhatHasBecomeSoSinceIsFoundByTheCaseItselfAndLetBeOnlyByAnOverrideOfJustThat(t *testing.T) {
	t.Parallel()
	b := newBundle(t, policy.Applicant{Category: policy.FinalYearStudent}) // of no school
	b.trainedElsewhere(t, evaluator)
	admit := func(try int, over ...contract.Cause) *contract.Incident {
		reply, err := b.Admit(t.Context(), contract.AdmitRequest{CaseID: b.caseID, Try: try, Overrides: over})
		require.NoError(t, err)
		return reply.Incident
	}
	unmet := admit(1)
	require.Equal(t, contract.EligibilityNotMet, unmet.Cause)
	b.resolve(t, *unmet, contract.Override, store.ResolutionParams{Evidence: "x"})
	found := admit(2, contract.EligibilityNotMet)
	require.NotNil(t, found, "what was overridden is another condition")
	require.Equal(t, contract.TrainedByEvaluator, found.Cause)
	kept, err := b.Store.Read(t.Context()).Incident(found.ID)
	require.NoError(t, err)
	require.Equal(t, evaluator, *kept.InstitutionID)
	require.Equal(t, policy.RoleEvaluation, kept.Role(), "it is given to another evaluation body, though the case is at its registration")

	reply, refusal := b.resolve(t, *found, contract.Override, store.ResolutionParams{Evidence: "x"})
	require.Empty(t, refusal)
	require.True(t, reply.Applied)
	require.Nil(t, admit(3, contract.EligibilityNotMet, contract.TrainedByEvaluator))
	entry, err := b.EnterEvaluation(t.Context(), contract.EnterEvaluationRequest{
		CaseID: b.caseID, Try: 1, Overrides: contract.Overrides{contract.EvaluationEntryNotMet},
	})
	require.NoError(t, err)
	require.Nil(t, entry.Incident, "it was let be of this body, for good")
}

func TestAnExtensionMovesTheDeadlineOfTheTaskToo(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	incident := b.overdue(t)
	reply, refusal := b.resolve(t, incident, contract.Extend, store.ResolutionParams{Days: 7})
	require.Empty(t, refusal)
	open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
	require.NoError(t, err)
	require.WithinDuration(t, reply.DueAt, open[0].DueAt, time.Second)
	require.Equal(t, progress.CaseWaiting, b.file(t).Status)
}

func TestAResolutionThatComesAfterTheAnswerIsRefused(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	incident := b.overdue(t)
	late := b.request(t, incident, contract.Extend, store.ResolutionParams{Days: 7})
	open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
	require.NoError(t, err)
	task := contract.IssuedTask{ID: open[0].ID, Kind: open[0].Kind}
	b.answer(t, task, store.AnswerResult, contract.EnrolmentResult{})
	_, err = b.RecordEnrolment(t.Context(), b.recordRequest([]contract.IssuedTask{task}, 1))
	require.NoError(t, err)
	closed, err := b.Store.Read(t.Context()).Incident(incident.ID)
	require.NoError(t, err)
	require.Equal(t, store.ClosedByArrival, closed.ClosedBy)
	reply, refusal := b.apply(t, late)
	require.False(t, reply.Applied)
	require.Equal(t, "incident_closed", refusal)
}

func TestAnEndedCaseOwesAndIsOwedNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.overdue(t)
	_, err := b.CloseCase(t.Context(), contract.CloseCaseRequest{CaseID: b.caseID, Outcome: "withdrawn"})
	require.NoError(t, err)
	c := b.file(t)
	require.Equal(t, progress.CaseWithdrawn, c.Status)
	require.Nil(t, c.Owes())
	tx := b.Store.Read(t.Context())
	open, err := tx.OpenTasks(b.caseID)
	require.NoError(t, err)
	require.Empty(t, open)
	_, err = tx.OpenIncidentOf(b.caseID)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, b.Store.LineUp(t.Context(), trainer))
	due, err := tx.DueEvents(store.DueQuery{InstitutionID: trainer, Now: time.Now().Add(time.Minute), Limit: 10})
	require.NoError(t, err)
	require.Len(t, due, 2, "the institution is told that the task is no longer owed")
	require.Equal(t, store.OutboxTaskCancelled, due[1].Kind)
}

// passAs has an exam passed, and its certificate reported under a number of the institution's own.
func (b bundle) passAs(t *testing.T, number string) {
	t.Helper()
	exam := b.issue(t, "exam", 1, 1, contract.ExamTask)
	score := 88.0
	b.answer(t, exam[0], store.AnswerResult, contract.MarkResult{
		Score: &score, HeldOn: calendar.Real().Today(time.Now()), CertificateNumber: number,
	})
	_, err := b.RecordExam(t.Context(), b.recordRequest(exam, 1))
	require.NoError(t, err)
}
