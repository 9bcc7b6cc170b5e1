package activities_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/sitting"
	"github.com/dengpan/dengpan/store"
)

// sits has the trainee of a case book a sitting that has just begun.
func (b bundle) sits(t *testing.T) (of store.Sitting, booked store.SittingBooking) {
	t.Helper()
	c := b.file(t)
	desk, now := sitting.Desk{Calendar: b.Calendar}, time.Now().UTC()
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		by := b.staff(t, tx)
		moment := b.Calendar.Moment(now)
		of = store.Sitting{
			ID: uuid.NewString(), InstitutionID: evaluator, Ref: uuid.NewString(), Occupations: []string{c.Occupation}, Levels: []string{c.Level},
			StartsAt: moment.Add(time.Second), EndsAt: moment.Add(time.Hour), Venue: "v", Capacity: 1, BookUntil: moment.Add(time.Second),
			MadeBy: by, MadeAt: now,
		}
		if _, err = tx.InsertSitting(of); err == nil {
			booked, err = desk.Book(tx, c.ID, of.ID, sitting.Doer{Account: by, At: now})
		}
		return err
	}))
	return of, booked
}

// doubts has the trainee sit provisionally, and the case follow.
func (b bundle) doubts(t *testing.T) (string, contract.ReviewCertificatesReply) {
	t.Helper()
	id, told := b.provisional(t)
	return id, b.follow(t, told, 1)
}

// provisional has the trainee sit provisionally; told is what the case is told by.
func (b bundle) provisional(t *testing.T) (id, told string) {
	t.Helper()
	_, booked := b.sits(t)
	var check store.DoorCheck
	var items []store.InboxItem
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		check, items, err = sitting.Desk{Calendar: b.Calendar}.Record(tx, sitting.Check{
			BookingID: booked.ID, Outcome: store.Provisional, Ground: "photo_differs", Note: "n",
		}, sitting.Doer{Account: b.staff(t, tx), At: time.Now().UTC()})
		return err
	}))
	return check.ID, items[0].ID
}

// passes has the attempt's answers come, and be recorded.
func (b bundle) passes(t *testing.T, tasks []contract.IssuedTask) {
	t.Helper()
	b.mark(t, tasks[0], 80)
	b.mark(t, tasks[1], 80)
	_, err := b.RecordEvaluation(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	require.Equal(t, progress.Done, b.states(t)[progress.Evaluation])
}

// decides has somebody else decide whether it was the trainee, and the case follow.
func (b bundle) decides(t *testing.T, id string, accepted bool) contract.ReviewCertificatesReply {
	t.Helper()
	var told []store.InboxItem
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		_, told, err = sitting.Desk{Calendar: b.Calendar}.Decide(tx, id, accepted,
			sitting.Doer{Account: b.staff(t, tx), Reason: "r", At: time.Now().UTC()})
		return err
	}))
	return b.follow(t, told[0].ID, 1)
}

func TestX31WhatIsSatProvisionallyIsHeldAndCountsOnceItIsAccepted(t *testing.T) {
	t.Parallel()
	b, tasks := evaluated(t)
	id, reply := b.doubts(t)
	require.Equal(t, contract.IdentityPending, reply.Incident.Cause)
	require.Equal(t, []any{progress.CaseStuck, progress.Evaluation}, []any{b.file(t).Status, b.file(t).Stage})
	b.mark(t, tasks[0], 80)
	b.mark(t, tasks[1], 80)

	require.Equal(t, contract.ReviewCertificatesReply{}, b.decides(t, id, true))
	recorded, err := b.RecordEvaluation(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	require.Equal(t, contract.GoOn, recorded.Next)
}

func TestX31AnAttemptThatSomebodyElseSatIsVoidAndSatAgain(t *testing.T) {
	t.Parallel()
	for name, recorded := range map[string]bool{"its result is not recorded": false, "it was passed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, tasks := evaluated(t)
			id, told := b.provisional(t)
			if recorded { // its result came before the case was told
				b.passes(t, tasks)
			}
			require.Equal(t, contract.IdentityPending, b.follow(t, told, 1).Incident.Cause)
			again := b.decides(t, id, false)
			require.Equal(t, &contract.Resume{Stage: "evaluation", Attempt: 2, Issue: 1}, again.Again)
			require.Contains(t, b.events(t), "evaluation_voided")
			require.Contains(t, b.events(t), "identity_refused")
			open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
			require.NoError(t, err)
			require.Empty(t, open)
			require.Equal(t, 0, b.count(t, "sitting_bookings WHERE state <> 'ended'"))
		})
	}
}

func TestX31MisconductAndAnIdentityInDoubtHoldTheEvaluationUntilBothAreDecided(t *testing.T) {
	t.Parallel()
	for name, recorded := range map[string]bool{"its result is not recorded": false, "it was passed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, tasks := evaluated(t)
			check, told := b.provisional(t)
			if recorded {
				b.passes(t, tasks)
			}
			b.follow(t, told, 1)
			accused, reply := b.accuse(t, tasks[0].ID, "cheating")
			require.Equal(t, contract.MisconductPending, reply.Incident.Cause)
			require.Equal(t, contract.MisconductPending, b.decides(t, check, true).Incident.Cause, "the other is still to be decided")
			require.Equal(t, contract.ReviewCertificatesReply{}, b.judge(t, accused, false))
			if recorded {
				require.Equal(t, progress.Done, b.states(t)[progress.Evaluation])
				return
			}
			c := b.file(t)
			require.Equal(t, []any{progress.CaseWaiting, progress.Evaluation, evaluator}, []any{c.Status, c.Stage, c.Owes().ID})
		})
	}
}

func TestADecisionAboutAProvisionalSittingThatIsOverdueIsToldToPeopleOnceAndDecidesNothing(t *testing.T) {
	t.Parallel()
	b, _ := evaluated(t)
	id, _ := b.doubts(t)
	look := func() contract.Turn {
		turn, err := b.WatchDoorCheck(t.Context(), contract.WatchDoorCheckRequest{CheckID: id})
		require.NoError(t, err)
		return turn
	}
	require.NotNil(t, look().NextAt)
	b.exec(t, "UPDATE door_checks SET due_at = now() - interval '1 hour' WHERE id = $1", id)
	for range 2 {
		require.Equal(t, contract.Turn{}, look())
	}
	require.Equal(t, 2, b.count(t, "notices WHERE kind = 'door_check_overdue'"), "the body's staff and the operators, once each")
	require.Equal(t, 1, b.count(t, "door_checks WHERE decided_at IS NULL AND escalated_at IS NOT NULL"))
	b.decides(t, id, true)
	require.Equal(t, contract.Turn{Over: true}, look())
}

func TestX30ADeadlineThatASittingMovedIsNotOverdueWhenTheOldOneComes(t *testing.T) {
	t.Parallel()
	b, tasks := evaluated(t)
	before, err := b.Store.Read(t.Context()).Task(tasks[0].ID)
	require.NoError(t, err)
	b.exec(t, "UPDATE tasks SET due_at = now() - interval '1 hour' WHERE id = $1 OR id = $2", tasks[0].ID, tasks[1].ID)
	b.sits(t)
	c := b.file(t)
	require.Equal(t, progress.CaseWaiting, c.Status)
	require.True(t, c.DueAt.After(time.Now()), "who looks at the case sees the time that there is")
	request := contract.MarkOverdueRequest{
		CaseID: b.caseID, Stage: "evaluation", TaskID: tasks[0].ID, Round: 1, DueAt: time.Now().Add(-time.Hour),
	}
	reply, err := b.MarkOverdue(t.Context(), request)
	require.NoError(t, err)
	require.Nil(t, reply.Incident)
	require.WithinDuration(t, *c.DueAt, reply.DueAt, time.Millisecond)
	request.Round, request.DueAt = 2, reply.DueAt
	reply, err = b.MarkOverdue(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, contract.TaskOverdue, reply.Incident.Cause, "that one is the last that the record knows")
	require.Equal(t, before.InstitutionID, c.Owes().ID)
}
