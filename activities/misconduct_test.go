package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/misconduct"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// accuse has two of the evaluation body's staff record misconduct in a task, and the case follow.
func (b bundle) accuse(t *testing.T, task, act string) (string, contract.ReviewCertificatesReply) {
	t.Helper()
	desk := b.desk()
	var all []store.Misconduct
	var told []store.InboxItem
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		all, err = desk.Record(tx, evaluator, misconduct.Report{
			TaskIDs: []string{task}, Act: act, OccurredOn: b.Calendar.Today(time.Now()), Account: "seen", By: b.staff(t, tx), At: time.Now().UTC(),
		})
		return err
	}))
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		_, told, err = desk.Confirm(tx, true, b.step(t, tx, all[0].ID))
		return err
	}))
	require.Len(t, told, 1)
	return all[0].ID, b.follow(t, told[0].ID, 1)
}

func (b bundle) desk() misconduct.Desk {
	return misconduct.Desk{Keys: b.Keys, Calendar: b.Calendar, Remedies: remedy.Desk{Keys: b.Keys, Calendar: b.Calendar}}
}

// staff is somebody new of the evaluation body.
func (bundle) staff(t *testing.T, tx *store.Tx) string {
	t.Helper()
	body := evaluator
	account, err := tx.CreateAccount(store.Account{Role: store.RoleInstitution, InstitutionID: &body})
	require.NoError(t, err)
	return account.ID
}

// step is what somebody new of the evaluation body does.
func (b bundle) step(t *testing.T, tx *store.Tx, id string) misconduct.Step {
	t.Helper()
	return misconduct.Step{ID: id, Reason: "r", By: b.staff(t, tx), At: time.Now().UTC()}
}

// judge takes misconduct to its decision, and has the case follow.
func (b bundle) judge(t *testing.T, id string, founded bool) contract.ReviewCertificatesReply {
	t.Helper()
	var told []store.InboxItem
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		if _, err := b.desk().State(tx, store.ActorTrainee, "it was not so", b.step(t, tx, id)); err != nil {
			return err
		}
		_, err := b.desk().Review(tx, b.step(t, tx, id))
		return err
	}))
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		_, told, err = b.desk().Decide(tx, misconduct.ByEvaluationBody, founded, b.step(t, tx, id))
		return err
	}))
	require.Len(t, told, 1)
	return b.follow(t, told[0].ID, 1)
}

// evaluated is a case whose attempt at the evaluation is out; it may be answered.
func evaluated(t *testing.T) (bundle, []contract.IssuedTask) {
	t.Helper()
	b, _ := trained(t)
	theory, err := b.Store.Read(t.Context()).LastTask(b.caseID, contract.TheoryTask)
	require.NoError(t, err)
	practical, err := b.Store.Read(t.Context()).LastTask(b.caseID, contract.PracticalTask)
	require.NoError(t, err)
	return b, []contract.IssuedTask{{ID: theory.ID, Kind: theory.Kind}, {ID: practical.ID, Kind: practical.Kind}}
}

func TestX32MisconductHoldsTheResultUntilItIsDecided(t *testing.T) {
	t.Parallel()
	b, tasks := evaluated(t)
	id, reply := b.accuse(t, tasks[0].ID, "cheating")
	require.Equal(t, contract.MisconductPending, reply.Incident.Cause)
	require.Equal(t, []any{progress.CaseStuck, progress.Evaluation}, []any{b.file(t).Status, b.file(t).Stage})

	// What is not founded gives the evaluation back as it was: it still waits for what is owed.
	require.Equal(t, contract.ReviewCertificatesReply{}, b.judge(t, id, false))
	c := b.file(t)
	require.Equal(t, []any{progress.CaseWaiting, progress.Evaluation, evaluator}, []any{c.Status, c.Stage, c.Owes().ID})
	require.NotNil(t, c.DueAt)
	b.mark(t, tasks[0], 80)
	b.mark(t, tasks[1], 80)
	recorded, err := b.RecordEvaluation(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	require.Equal(t, contract.GoOn, recorded.Next)
}

func TestX32AnAttemptThatIsVoidedIsSatAgainWhenTheBarIsOver(t *testing.T) {
	t.Parallel()
	for name, recorded := range map[string]bool{"its result is not recorded": false, "it was passed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, tasks := evaluated(t)
			if recorded {
				b.mark(t, tasks[0], 80)
				b.mark(t, tasks[1], 80)
				_, err := b.RecordEvaluation(t.Context(), b.recordRequest(tasks, 1))
				require.NoError(t, err)
				require.Equal(t, progress.Done, b.states(t)[progress.Evaluation])
			}
			id, reply := b.accuse(t, tasks[0].ID, "cheating")
			require.Equal(t, contract.MisconductPending, reply.Incident.Cause)
			again := b.judge(t, id, true)
			require.Equal(t, &contract.Resume{Stage: "evaluation", Attempt: 2, Issue: 1}, again.Again)
			open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
			require.NoError(t, err)
			require.Empty(t, open)
			require.Contains(t, b.events(t), "evaluation_voided")

			// The decision bars the person for a time, and no deadline of anybody's runs meanwhile.
			request := contract.IssueTasksRequest{
				CaseID: b.caseID, Stage: "evaluation", Kinds: []string{contract.TheoryTask, contract.PracticalTask}, Attempt: 2, Issue: 1,
			}
			barred, err := b.IssueTasks(t.Context(), request)
			require.NoError(t, err)
			require.Equal(t, contract.EvaluationBarred, barred.Incident.Cause)
			b.settle(t, *barred.Incident, contract.Retry, store.ResolutionParams{})
			b.exec(t, "ALTER TABLE misconduct_cases DISABLE TRIGGER frozen")
			b.exec(t, "UPDATE misconduct_cases SET barred_until = current_date - 2 WHERE id = $1", id)
			request.Issue = 2
			issued, err := b.IssueTasks(t.Context(), request)
			require.NoError(t, err)
			require.Len(t, issued.Tasks, 2)
		})
	}
}

func TestX33PapersFoundIdenticalAfterPublicationSuspendTheCertificateAndThenRevokeIt(t *testing.T) {
	t.Parallel()
	for name, founded := range map[string]bool{"founded": true, "not founded": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _, grade := mapped(t)
			task, err := b.Store.Read(t.Context()).LastTask(b.caseID, contract.TheoryTask)
			require.NoError(t, err)
			id, reply := b.accuse(t, task.ID, "identical_papers")
			require.Equal(t, contract.MisconductPending, reply.Incident.Cause)
			require.Equal(t, "mapped", reply.Outcome, "the case is open again")
			require.Equal(t, store.CertificateSuspended, b.read(t, grade).Status)

			reply = b.judge(t, id, founded)
			if !founded {
				require.Equal(t, contract.ReviewCertificatesReply{}, reply)
				require.Equal(t, store.CertificateValid, b.read(t, grade).Status)
				b.end(t, progress.Mapped, "r")
				require.Equal(t, progress.Done, b.states(t)[progress.Evaluation])
				return
			}
			require.Equal(t, store.CertificateRevoked, b.read(t, grade).Status)
			require.Equal(t, "trained", reply.Ends)
			b.end(t, progress.Trained, "r")
			require.Equal(t, progress.Failed, b.states(t)[progress.Evaluation])
		})
	}
}

func TestNoGradeCertificateIsIssuedWhileMisconductIsToBeDecided(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, b.Calendar.Today(time.Now()).AddDays(-60))
	b.hold(t, contract.TrainingCertificate)
	b.pose(t)
	b.passEvaluation(t)
	begun := b.begin(t, contract.GradeCertificate, 1)
	b.printed(t, begun.CertificateID, 1)
	task, err := b.Store.Read(t.Context()).LastTask(b.caseID, contract.TheoryTask)
	require.NoError(t, err)
	desk := b.desk()
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		all, err := desk.Record(tx, evaluator, misconduct.Report{
			TaskIDs: []string{task.ID}, Act: "cheating", OccurredOn: b.Calendar.Today(time.Now()), Account: "seen", By: b.staff(t, tx), At: time.Now().UTC(),
		})
		require.NoError(t, err)
		_, _, err = desk.Confirm(tx, true, b.step(t, tx, all[0].ID))
		return err
	}))
	require.True(t, b.published(t, begun.CertificateID).Suspected, "word of it is still on its way")
	require.Equal(t, store.CertificatePrepared, b.read(t, begun.CertificateID).Status)
}

func TestADeadlineOfMisconductThatPassesIsToldToPeopleOnceAndDecidesNothing(t *testing.T) {
	t.Parallel()
	b, tasks := evaluated(t)
	id, _ := b.accuse(t, tasks[0].ID, "rule_breach")
	look := func() contract.Turn {
		reply, err := b.WatchMisconduct(t.Context(), contract.WatchMisconductRequest{MisconductID: id})
		require.NoError(t, err)
		return reply
	}
	require.NotNil(t, look().NextAt)
	b.exec(t, "UPDATE misconduct_cases SET due_at = now() - interval '1 hour' WHERE id = $1", id)
	for range 2 {
		require.Equal(t, contract.Turn{}, look())
	}
	require.Equal(t, 2, b.count(t, "notices WHERE kind = 'misconduct_overdue'"), "the body's staff and the operators, once each")
	m, err := b.Store.Read(t.Context()).Misconduct(id)
	require.NoError(t, err)
	require.Equal(t, store.MisconductNoticed, m.State)
}
