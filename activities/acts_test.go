package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
)

// operators is where the operators of a bundle act.
func (b bundle) operators() acting.Desk { return acting.Desk{Calendar: b.Calendar} }

// ask asks for an act on the case as it stands, with its second person where it needs one.
func (b bundle) ask(t *testing.T, verb contract.Verb, params store.ActParams) acting.Asked {
	t.Helper()
	asking := acting.Asking{
		CaseID: b.caseID, Verb: verb, Params: params, Reason: "because", LegalBasis: "a text", Seen: b.file(t).LastEvent, By: b.account,
		At: time.Now().UTC(),
	}
	var asked acting.Asked
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		asked, err = b.operators().Ask(tx, asking)
		return err
	}))
	if asked.Approval == nil {
		return asked
	}
	require.Equal(t, queue.Approval, b.file(t).Queue)
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		second, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "second")
		require.NoError(t, err)
		_, err = b.operators().Decide(tx, acting.Decision{
			ID: asked.Approval.ID, Approve: true, Reason: "so be it", Seen: asking.Seen, By: second.ID, At: time.Now().UTC(),
		})
		return err
	}))
	require.NotEqual(t, queue.Approval, b.file(t).Queue)
	return asked
}

// act has an act asked for and carried out, and says why it was refused if it was.
func (b bundle) act(t *testing.T, verb contract.Verb, params store.ActParams) (contract.ApplyActReply, string) {
	t.Helper()
	asked := b.ask(t, verb, params)
	require.NotNil(t, asked.Act, "it is no resolution of what the case is stuck on")
	return b.applyAct(t, asked.Act.ID, contract.Position{Asks: true})
}

func (b bundle) applyAct(t *testing.T, id string, at contract.Position) (contract.ApplyActReply, string) {
	t.Helper()
	reply, err := b.ApplyAct(t.Context(), contract.ApplyActRequest{CaseID: b.caseID, ActID: id, Position: at})
	require.NoError(t, err)
	again, err := b.ApplyAct(t.Context(), contract.ApplyActRequest{CaseID: b.caseID, ActID: id, Position: at})
	require.NoError(t, err)
	require.Equal(t, reply, again, "a step that is run again answers the same")
	act, err := b.Store.Read(t.Context()).Act(id)
	require.NoError(t, err)
	require.Equal(t, reply.Applied, act.State == store.ActApplied)
	return reply, act.Refusal
}

// openTasks are the tasks that the case's institutions owe.
func (b bundle) openTasks(t *testing.T) []store.Task {
	t.Helper()
	open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
	require.NoError(t, err)
	return open
}

func TestX48APausedCaseStandsAmongThePausedAndItsInstitutionHasAsMuchTimeAfterwards(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	before := b.openTasks(t)[0].DueAt
	day := calendar.Real().Today(time.Now()).AddDays(30)
	reply, _ := b.act(t, contract.Hold, store.ActParams{Until: &day})
	require.True(t, reply.Applied)
	require.Equal(t, calendar.Real().Wall(day).UTC(), *reply.Until)
	c := b.file(t)
	require.Equal(t, queue.Paused, c.Queue)
	require.Equal(t, day, *c.PausedUntil)

	b.exec(t, "UPDATE cases SET paused_at = paused_at - interval '20 days'")
	reply, _ = b.act(t, contract.Release, store.ActParams{})
	require.WithinDuration(t, before.Add(20*24*time.Hour), reply.DueAt, time.Minute)
	require.WithinDuration(t, reply.DueAt, b.openTasks(t)[0].DueAt, time.Second)
	c = b.file(t)
	require.Equal(t, queue.Institution, c.Queue)
	require.Nil(t, c.PausedAt)
}

func TestAPauseThatIsOverEndsOnce(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	asked := b.ask(t, contract.Hold, store.ActParams{})
	b.applyAct(t, asked.Act.ID, contract.Position{})
	for range 2 {
		reply, err := b.ResumeCase(t.Context(), contract.ResumeCaseRequest{CaseID: b.caseID, ActID: asked.Act.ID})
		require.NoError(t, err)
		require.True(t, reply.Applied)
	}
	require.Equal(t, queue.Institution, b.file(t).Queue)
}

func TestMoreTimeIsCountedFromTheDeadlineThatIsStillToCome(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	before := b.openTasks(t)[0].DueAt
	reply, _ := b.act(t, contract.Extend, store.ActParams{Days: 7})
	require.Equal(t, calendar.Real().After(before, 7).UTC(), reply.DueAt.UTC())
	require.WithinDuration(t, reply.DueAt, *b.file(t).DueAt, time.Second)
}

func TestWorkIsGivenToAnotherInstitutionBeforeItIsOverdue(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	reply, _ := b.act(t, contract.Reassign, store.ActParams{Institution: spare})
	require.Equal(t, contract.Reissue, reply.Next)
	require.Empty(t, b.openTasks(t))
	require.Equal(t, spare, b.file(t).TrainingBody)
	require.Equal(t, queue.Running, b.file(t).Queue)
}

func TestACaseGoesBackAndWhatWasRecordedStays(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	tasks := b.issue(t, "exam", 1, 1, contract.ExamTask)
	b.mark(t, tasks[0], 59)
	_, err := b.RecordExam(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	b.issue(t, "exam", 2, 1, contract.ExamTask)

	reply, _ := b.act(t, contract.GoBack, store.ActParams{Stage: progress.Training})
	require.Equal(t, "training", reply.Back.Stage)
	require.Equal(t, contract.Sitting{Attempt: 2, Issue: 2}, *reply.Back.Exam, "the sitting that was broken off is asked for again")
	require.Equal(t, 2, reply.Back.Issue)
	require.Empty(t, b.openTasks(t))
	states := b.states(t)
	require.Equal(t, []progress.State{progress.Done, progress.Active, progress.Pending, progress.Done},
		[]progress.State{states[progress.Registration], states[progress.Training], states[progress.Exam], states[progress.CEHours]})
	marks, err := b.Store.Read(t.Context()).Assessments(b.caseID)
	require.NoError(t, err)
	require.Len(t, marks, 1)
	_, err = b.IssueTasks(t.Context(), contract.IssueTasksRequest{
		CaseID: b.caseID, Stage: "training", Kinds: []string{contract.TrainingTask}, Attempt: reply.Back.Attempt, Issue: reply.Back.Issue,
	})
	require.NoError(t, err)
	require.Len(t, b.openTasks(t), 1)
}

func TestACaseDoesNotGoBackBehindACertificateInForce(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	b.certify(t)
	preview, err := b.operators().Preview(t.Context(), b.Store, acting.Asking{
		CaseID: b.caseID, Verb: contract.GoBack, Params: store.ActParams{Stage: progress.Exam}, Seen: b.file(t).LastEvent, By: b.account,
		Reason: "because", At: time.Now().UTC(),
	})
	require.NoError(t, err)
	require.Equal(t, acting.InForce, preview.Why)
	require.Len(t, preview.InTheWay, 1, "it says which")
}

func TestAResultIsReplacedOnEvidenceByTwoAndTheOneReportedStays(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	tasks := b.issue(t, "exam", 1, 1, contract.ExamTask)
	b.mark(t, tasks[0], 59)
	_, err := b.RecordExam(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	b.issue(t, "exam", 2, 1, contract.ExamTask)

	still, _ := b.act(t, contract.Override, store.ActParams{Marks: []store.NewMark{{Part: "exam", Score: 59.5}}, Evidence: "e"})
	require.True(t, still.Applied)
	require.Empty(t, still.Next, "it is still not passed")
	require.Len(t, b.openTasks(t), 1)

	reply, _ := b.act(t, contract.Override, store.ActParams{Marks: []store.NewMark{{Part: "exam", Score: 61}}, Evidence: "e"})
	require.Equal(t, contract.GoOn, reply.Next)
	require.Empty(t, b.openTasks(t), "nobody sits again")
	marks, err := b.Store.Read(t.Context()).Assessments(b.caseID)
	require.NoError(t, err)
	require.Len(t, marks, 1)
	require.True(t, marks[0].Passed)
	require.InDelta(t, 61, *marks[0].Score, 0)
	require.Equal(t, 1, b.count(t, "assessments WHERE score = 59"))

	b.certificate(t, contract.TrainingCertificate)
	require.Zero(t, b.check(t).Differ, "the certificate rests on what two approved")
}

func TestAnActThatNoLongerHoldsIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	tasks := b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	asked := b.ask(t, contract.Reassign, store.ActParams{Institution: spare})
	_, err := b.MarkOverdue(t.Context(), contract.MarkOverdueRequest{CaseID: b.caseID, Stage: "training", TaskID: tasks[0].ID, Round: 1})
	require.NoError(t, err)
	reply, refusal := b.applyAct(t, asked.Act.ID, contract.Position{Asks: true})
	require.False(t, reply.Applied)
	require.Equal(t, acting.NotForCause, refusal, "it is stuck now, and that is to be resolved")
	require.Equal(t, trainer, b.file(t).TrainingBody)

	b = newBundle(t, graduate())
	b.admit(t)
	b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	asked = b.ask(t, contract.Hold, store.ActParams{})
	_, err = b.CloseCase(t.Context(), contract.CloseCaseRequest{CaseID: b.caseID, Outcome: "withdrawn"})
	require.NoError(t, err)
	_, refusal = b.applyAct(t, asked.Act.ID, contract.Position{Over: true})
	require.Equal(t, acting.CaseEnded, refusal)
}

func TestAnActOnACaseThatIsStuckIsTheResolutionOfWhatItIsStuckOn(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.overdue(t)
	asked := b.ask(t, contract.Extend, store.ActParams{Days: 5})
	require.Nil(t, asked.Act)
	require.Equal(t, contract.Extend, asked.Resolution.Verb)
	reply, refusal := b.apply(t, asked.Resolution.ID)
	require.Empty(t, refusal)
	require.True(t, reply.Applied)
	require.Equal(t, queue.Institution, b.file(t).Queue)
}

func TestAPreviewTellsWhatWouldBeAndKeepsNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	b.issue(t, "exam", 1, 1, contract.ExamTask)
	before := b.file(t)
	for verb, effects := range map[contract.Verb][]string{
		contract.Cancel:   {"case_ends", "task_cancelled", "hours_kept", "ce_hours_kept"},
		contract.Hold:     {"case_paused"},
		contract.Extend:   {"deadline_moved"},
		contract.Retry:    {"told_again"},
		contract.GoBack:   {"stage_reopened", "task_cancelled", "asked_next", "hours_kept", "ce_hours_kept"},
		contract.Reassign: {"task_cancelled", "asked_next", "hours_kept", "ce_hours_kept"},
		contract.Leave:    {"case_ends", "task_cancelled", "hours_kept", "ce_hours_kept"},
		contract.Correct:  {"decided_anew"},
	} {
		applicant := graduate()
		preview, err := b.operators().Preview(t.Context(), b.Store, acting.Asking{
			CaseID: b.caseID, Verb: verb, Reason: "because", LegalBasis: "a text", Seen: before.LastEvent, By: b.account, At: time.Now().UTC(),
			Params: store.ActParams{Days: 3, Stage: progress.Training, Institution: spare, Applicant: &applicant},
		})
		require.NoError(t, err)
		require.Empty(t, preview.Why, verb)
		var codes []string
		for _, e := range preview.Effects {
			codes = append(codes, e.Code)
		}
		require.Equal(t, effects, codes, verb)
	}
	require.Equal(t, before, b.file(t))
	acts, err := b.Store.Read(t.Context()).ActsOf(b.caseID)
	require.NoError(t, err)
	require.Empty(t, acts)
}
