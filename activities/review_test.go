package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// exec writes to the database past the store.
func (b bundle) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), b.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	_, err = conn.Exec(t.Context(), statement, args...)
	require.NoError(t, err)
}

// void takes back what the case was credited for so many of its sessions, the earliest first.
func (b bundle) void(t *testing.T, sessions int) {
	t.Helper()
	b.exec(t, `INSERT INTO hour_entries (case_id, person_id, institution_id, task_id, session_id, session_ref, session_date,
			module, mode, seconds, during, reverses, reason)
		SELECT case_id, person_id, institution_id, task_id, session_id, session_ref, session_date, module, mode, -seconds,
			during, id, 'the sign-in sheet was forged'
		FROM hour_entries WHERE id IN (SELECT entry_id FROM hour_claims) AND case_id = $1 ORDER BY session_date LIMIT $2`,
		b.caseID, sessions)
}

func (b bundle) review(t *testing.T, try int, accepted bool) contract.ReviewHoursReply {
	t.Helper()
	reply, err := b.ReviewHours(t.Context(), contract.ReviewHoursRequest{
		CaseID: b.caseID, Change: "v", Try: try, Overrides: overrides(accepted, contract.CertificateUndermined),
	})
	require.NoError(t, err)
	return reply
}

// settle has an incident resolved, which must hold.
func (b bundle) settle(t *testing.T, incident contract.Incident, verb contract.Verb, params store.ResolutionParams) {
	t.Helper()
	reply, refusal := b.resolve(t, incident, verb, params)
	require.Empty(t, refusal)
	require.True(t, reply.Applied)
}

func (b bundle) states(t *testing.T) map[progress.Stage]progress.State {
	t.Helper()
	stages, err := b.Store.Read(t.Context()).Stages(b.caseID)
	require.NoError(t, err)
	states := map[progress.Stage]progress.State{}
	for _, s := range stages {
		states[s.Stage] = s.State
	}
	return states
}

// ce is what stands credited to the person, by year.
func (b bundle) ce(t *testing.T) map[int]string {
	t.Helper()
	standing, err := b.Store.Read(t.Context()).StandingCE(b.caseID)
	require.NoError(t, err)
	years := map[int]string{}
	for _, e := range standing {
		years[e.Year] = e.Hours.String()
	}
	return years
}

// certify takes a trained case through its exam to the training certificate.
func (b bundle) certify(t *testing.T) {
	t.Helper()
	tasks := b.issue(t, "exam", 1, 1, contract.ExamTask)
	b.mark(t, tasks[0], 90)
	_, err := b.RecordExam(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	b.certificate(t, contract.TrainingCertificate)
}

func TestVoidedHoursCloseTheGateThatStoodOnThem(t *testing.T) { // attack 9
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2025, time.December, 28)) // four sessions in one year, six in the next
	exam := b.issue(t, "exam", 1, 1, contract.ExamTask)
	b.void(t, 1)

	reply := b.review(t, 1, false)
	require.Equal(t, &contract.Back{
		Training: contract.Sitting{Attempt: 1, Issue: 2}, Exam: contract.Sitting{Attempt: 1, Issue: 2},
	}, reply.Back)
	states := b.states(t)
	require.Equal(t, []progress.State{progress.Active, progress.Pending}, []progress.State{states[progress.Training], states[progress.Exam]})
	require.Equal(t, map[int]string{2025: "24", 2026: "48"}, b.ce(t), "the year's CE hours are reversed at once")
	task, err := b.Store.Read(t.Context()).Task(exam[0].ID)
	require.NoError(t, err)
	require.Equal(t, store.TaskCancelled, task.State, "the training body no longer owes the exam")

	again := b.issue(t, "training", 1, 2, contract.TrainingTask)
	asked, err := b.Store.Read(t.Context()).Task(again[0].ID)
	require.NoError(t, err)
	require.Equal(t, "72", asked.Details.RecordedHours.String(), "only what is missing is asked for")
	b.attend(t, calendar.NewDate(2026, time.March, 2), 1, modules(t)[0])
	b.answer(t, again[0], store.AnswerResult, complete())
	recorded, err := b.RecordTraining(t.Context(), b.recordRequest(again, 1))
	require.NoError(t, err)
	require.Equal(t, contract.GoOn, recorded.Next)
	credited, err := b.CreditHours(t.Context(), contract.CreditHoursRequest{CaseID: b.caseID, Change: "v"})
	require.NoError(t, err)
	require.Nil(t, credited.Incident)
	require.Equal(t, map[int]string{2025: "24", 2026: "56"}, b.ce(t))
	b.issue(t, "exam", 1, 2, contract.ExamTask)
}

func TestNoTrainingCertificateIsIssuedOnHoursThatWereVoided(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	tasks := b.issue(t, "exam", 1, 1, contract.ExamTask)
	b.mark(t, tasks[0], 90)
	_, err := b.RecordExam(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	b.void(t, 1)
	reply, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{
		CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: 1,
	})
	require.NoError(t, err)
	require.True(t, reply.Undermined)
	require.True(t, b.review(t, 1, false).Back.Exam.Passed, "who passed the exam has passed it")
}

func TestHoursVoidedUnderACertificateAreAnIncidentAndTheCaseGoesOnOnlyByDecision(t *testing.T) { // attack 9
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	b.certify(t)
	b.void(t, 2)

	reply := b.review(t, 1, false)
	require.Equal(t, contract.CertificateUndermined, reply.Incident.Cause)
	require.Equal(t, map[int]string{2026: "64"}, b.ce(t))
	c := b.file(t)
	require.Equal(t, []any{progress.CaseStuck, progress.Training}, []any{c.Status, c.Stage})

	b.settle(t, *reply.Incident, contract.Retry, store.ResolutionParams{})
	second := b.review(t, 2, false)
	require.Equal(t, contract.CertificateUndermined, second.Incident.Cause, "asking again does not mend it")
	b.settle(t, *second.Incident, contract.Override, store.ResolutionParams{Evidence: "e"})
	require.Nil(t, b.review(t, 3, true).Incident)
	require.Equal(t, progress.Done, b.states(t)[progress.Training])
}

func TestACaseThatEndedIsOpenAgainWhileItsCertificateIsInDoubt(t *testing.T) { // attack 9
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	b.certify(t)
	end := func(again string) {
		_, err := b.CloseCase(t.Context(), contract.CloseCaseRequest{
			CaseID: b.caseID, Outcome: string(progress.Trained), Again: again,
		})
		require.NoError(t, err)
	}
	end("")
	require.Equal(t, progress.CaseEnded, b.file(t).Status)
	b.void(t, 1)
	reply := b.review(t, 1, false)
	require.Equal(t, "trained", reply.Outcome)
	require.Equal(t, progress.CaseStuck, b.file(t).Status, "an operator finds it among the stuck cases")
	end("v")
	c := b.file(t)
	require.Equal(t, []any{progress.CaseEnded, progress.Trained}, []any{c.Status, *c.Outcome})
}

func TestHoursThatStillSufficeDisturbNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	require.Equal(t, contract.ReviewHoursReply{}, b.review(t, 1, false), "before the training there is nothing to review")
}

func TestWhoLeavesATrainingUnfinishedKeepsTheHoursOfTheModulesThatAreComplete(t *testing.T) { // E-06
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	tasks := b.issue(t, "training", 1, 1, contract.TrainingTask)
	b.attend(t, calendar.NewDate(2026, time.March, 2), 2, "基础知识")
	b.attend(t, calendar.NewDate(2026, time.March, 4), 1, "项目实践")
	b.answer(t, tasks[0], store.AnswerResult, complete("基础知识"))
	_, err := b.RecordTraining(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	_, err = b.CloseCase(t.Context(), contract.CloseCaseRequest{CaseID: b.caseID, Outcome: string(progress.Untrained)})
	require.NoError(t, err)
	require.Equal(t, map[int]string{2026: "16"}, b.ce(t), "two sessions of the module that is complete")
	b.void(t, 1)
	b.review(t, 1, false)
	require.Equal(t, map[int]string{2026: "8"}, b.ce(t), "what is voided is taken back, though the case has ended")
	require.Equal(t, progress.CaseEnded, b.file(t).Status)
}

func TestX22HoursThatArriveForAClosedYearNeverMoveSilently(t *testing.T) {
	t.Parallel()
	for name, reopen := range map[string]bool{"the year is reopened": true, "they go to the open year by decision": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t, graduate())
			b.admit(t)
			b.exec(t, `INSERT INTO ce_years VALUES (2025, now(), $1)`, b.account)
			b.trainOnly(t, calendar.NewDate(2025, time.March, 3))
			reply := b.credit(t, 1, false)
			require.Equal(t, contract.CEYearClosed, reply.Incident.Cause)
			require.Empty(t, b.ce(t))
			verb := contract.Override
			if reopen {
				verb = contract.Retry
				b.exec(t, `UPDATE ce_years SET closed_at = NULL, closed_by = NULL`)
			}
			b.settle(t, *reply.Incident, verb, store.ResolutionParams{Evidence: "e"})
			require.Nil(t, b.credit(t, 2, !reopen).Incident)
			want := map[int]string{2025: "80"}
			if !reopen {
				want = map[int]string{calendar.Real().Today(time.Now()).Year(): "80"}
			}
			require.Equal(t, want, b.ce(t))
		})
	}
}

func TestX22WhatIsDecidedAboutOneClosedYearSaysNothingAboutAnother(t *testing.T) {
	t.Parallel()
	b := overTwoClosedYears(t)
	reply := b.credit(t, 1, false)
	require.Equal(t, contract.CEYearClosed, reply.Incident.Cause)
	b.settle(t, *reply.Incident, contract.Override, store.ResolutionParams{Evidence: "e"})
	reply = b.credit(t, 2, true)
	require.NotNil(t, reply.Incident, "the other year is closed, too")
	require.Empty(t, b.ce(t), "nothing is written by halves")
	b.exec(t, `UPDATE ce_years SET closed_at = NULL, closed_by = NULL WHERE year = 2025`)
	b.settle(t, *reply.Incident, contract.Retry, store.ResolutionParams{})
	require.Nil(t, b.credit(t, 3, true).Incident)
	require.Equal(t, map[int]string{calendar.Real().Today(time.Now()).Year(): "32", 2025: "48"}, b.ce(t))
}

func TestX22BothOfTwoClosedYearsGoToTheOpenOneWhenBothAreDecidedSo(t *testing.T) {
	t.Parallel()
	b := overTwoClosedYears(t)
	for try := 1; try <= 3; try++ {
		reply := b.credit(t, try, try > 1)
		require.Equal(t, try < 3, reply.Incident != nil, "try %d", try)
		if reply.Incident != nil {
			b.settle(t, *reply.Incident, contract.Override, store.ResolutionParams{Evidence: "e"})
		}
	}
	standing, err := b.Store.Read(t.Context()).StandingCE(b.caseID)
	require.NoError(t, err)
	sum := 0.0
	for _, e := range standing {
		require.Equal(t, calendar.Real().Today(time.Now()).Year(), e.Year)
		sum += e.Hours.Float()
	}
	require.InDelta(t, 80, sum, 0)
}

// overTwoClosedYears is a training of four days of one closed year and six of the next, which is closed, too.
func overTwoClosedYears(t *testing.T) bundle {
	t.Helper()
	b := newBundle(t, graduate())
	b.admit(t)
	b.exec(t, `UPDATE cases SET registered_on = '2024-01-01'`) // before both years were closed
	b.exec(t, `INSERT INTO ce_years VALUES (2024, now(), $1), (2025, now(), $1)`, b.account)
	b.trainOnly(t, calendar.NewDate(2024, time.December, 28))
	return b
}

// credit credits a training's hours, once more when it was tried before, and in spite of a closed year when that was decided.
func (b bundle) credit(t *testing.T, try int, instead bool) contract.StepReply {
	t.Helper()
	reply, err := b.CreditHours(t.Context(), contract.CreditHoursRequest{
		CaseID: b.caseID, Try: try, Overrides: overrides(instead, contract.CEYearClosed),
	})
	require.NoError(t, err)
	return reply
}

func TestX46NewFactsBringTheTitleThatACaseEndedWithout(t *testing.T) {
	t.Parallel()
	studying := graduate()
	studying.Education[0].GraduatedOn = nil
	b := newBundle(t, studying)
	b.admit(t)
	_, err := b.DecideTitle(t.Context(), contract.DecideTitleRequest{CaseID: b.caseID, Round: 1})
	require.NoError(t, err)
	_, err = b.CloseCase(t.Context(), contract.CloseCaseRequest{CaseID: b.caseID, Outcome: string(progress.Certified)})
	require.NoError(t, err)

	facts := store.CaseFacts{
		ID: uuid.NewString(), CaseID: b.caseID, Applicant: graduate(), Reason: "I graduated", GivenBy: b.account,
		GivenAt: time.Now().UTC(),
	}
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		item, err := tx.InsertCaseFacts(facts)
		require.Equal(t, store.InboxFacts, item.Kind)
		return err
	}))
	reply, err := b.TakeFacts(t.Context(), contract.TakeFactsRequest{CaseID: b.caseID, FactsID: facts.ID})
	require.NoError(t, err)
	require.Equal(t, contract.TakeFactsReply{Outcome: "certified", Round: 2}, reply)
	title, err := b.DecideTitle(t.Context(), contract.DecideTitleRequest{CaseID: b.caseID, Round: reply.Round})
	require.NoError(t, err)
	require.True(t, title.Mapped)
	decisions, err := b.Store.Read(t.Context()).Decisions(b.caseID)
	require.NoError(t, err)
	var outcomes []string
	for _, d := range decisions {
		if d.Kind == "title" {
			outcomes = append(outcomes, d.Outcome)
		}
	}
	require.Equal(t, []string{string(policy.NotMet), string(policy.Met)}, outcomes, "what was decided before is kept")
}
