package store_test

import (
	"context"
	"errors"
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
)

func TestACaseIsStuckForOneReasonAtATime(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	r.write(func(tx *store.Tx) error {
		f, err := tx.OpenCase(c.ID)
		if err != nil {
			return err
		}
		if _, err := f.OpenIncident(progress.Registration, contract.EligibilityNotMet, store.Incident{}); err != nil {
			return err
		}
		if _, err := f.OpenIncident(progress.Registration, contract.InstitutionNotListed, store.Incident{}); err != nil {
			return err
		}
		return f.Save()
	})
	open, err := r.store.Read(t.Context()).OpenIncidentOf(c.ID)
	require.NoError(t, err)
	require.Equal(t, contract.InstitutionNotListed, open.Cause)
	r.refused("incidents_one_open", `INSERT INTO incidents (id, case_id, stage, kind, cause, state)
		VALUES (gen_random_uuid(), $1, 'title', 'business', 'rule_missing', 'open')`, c.ID)
	r.write(func(tx *store.Tx) error {
		_, err := tx.InsertResolution(open, r.resolution(open.ID))
		return err
	})
	err = r.store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertResolution(open, r.resolution(open.ID))
		return err
	})
	require.Equal(t, "resolutions_one_pending", store.Constraint(err))
}

func (r *record) resolution(incident string) store.Resolution {
	return store.Resolution{
		ID: uuid.NewString(), IncidentID: incident, Verb: contract.Retry, Reason: "x", RequestedBy: r.account,
		RequestedAt: time.Now().UTC(),
	}
}

func TestATaskIsAnsweredOnceAndNamesOneOpenWork(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	task := r.task(c, contract.ExamTask)
	err := r.store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.InsertTask(store.Task{
			ID: uuid.NewString(), CaseID: c.ID, InstitutionID: "ouc", Kind: contract.ExamTask, Attempt: 2, Issue: 1,
			IssuedAt: time.Now().UTC(), DueAt: time.Now().UTC(),
		})
	})
	require.Equal(t, "tasks_one_open", store.Constraint(err))
	answer := store.TaskAnswer{
		TaskID: task.ID, Kind: store.AnswerResult, Body: []byte(`{}`), Digest: []byte{1}, ReceivedBy: r.account,
		ReceivedAt: time.Now().UTC(),
	}
	r.write(func(tx *store.Tx) error {
		_, err := tx.InsertAnswer(task, answer)
		return err
	})
	err = r.store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertAnswer(task, answer)
		return err
	})
	require.Equal(t, "task_answers_pkey", store.Constraint(err))
	score := 101.0
	for _, bad := range []store.Assessment{
		{Score: &score, PassMark: 60, Passed: true}, {Score: new(59.0), PassMark: 60, Passed: true}, {PassMark: 60, Passed: true},
	} {
		bad.TaskID, bad.CaseID, bad.Kind, bad.Attempt = task.ID, c.ID, contract.ExamTask, 1
		bad.AssessedOn, bad.RecordedAt = calendar.MustParseDate("2026-11-23"), time.Now().UTC()
		require.Error(t, r.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.InsertAssessment(bad) }))
	}
}

func TestACertificateNumberIsAnIssuersOnce(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	junior, senior := r.open("junior"), r.open("senior")
	insert := func(c store.Case, kind, issuer, number string) error {
		return r.store.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.InsertCertificate(store.Certificate{
				ID: uuid.NewString(), CaseID: &c.ID, Kind: kind, Issuer: issuer, Number: number, Origin: store.CertificateIssued,
				Status: store.CertificateValid, HolderSealed: []byte{1}, Digest: []byte{1}, VerifyToken: uuid.NewString(),
				PolicyVersion: "x", IssuedOn: calendar.MustParseDate("2026-11-23"), RecordedAt: time.Now().UTC(),
			}, store.ActorSystem)
		})
	}
	require.NoError(t, insert(junior, "training", "ouc", "1"))
	require.Equal(t, "certificates_issuer_number_key", store.Constraint(insert(senior, "training", "ouc", "1")))
	require.NoError(t, insert(senior, "training", "istic", "1"), "numbers are an issuer's own")
	require.Equal(t, "certificates_one_valid", store.Constraint(insert(junior, "training", "ouc", "2")))
	taken, err := r.store.Read(t.Context()).NumberTaken("ouc", "1")
	require.NoError(t, err)
	require.True(t, taken)
}

func TestNumbersThatAreAllocatedAtOnceAreAllDifferent(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	const n = 20
	numbers := make([]int, n)
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() {
			err := r.store.Tx(t.Context(), func(tx *store.Tx) (err error) {
				numbers[i], err = tx.AllocateNumber("ouc", "training", 2026)
				return err
			})
			if err != nil {
				numbers[i] = -1
			}
		})
	}
	done.Wait()
	want := make([]int, n)
	for i := range want {
		want[i] = i + 1
	}
	require.ElementsMatch(t, want, numbers)
}

// An answer refers to a case that a step holds locked. Were the lock one on the key, the two would wait for each other.
func TestAnAnswerIsWrittenWhileAStepHoldsTheCase(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	task := r.task(c, contract.ExamTask)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, r.store.Tx(ctx, func(step *store.Tx) error {
		if _, err := step.OpenCase(c.ID); err != nil {
			return err
		}
		err := r.store.Tx(ctx, func(tx *store.Tx) error {
			locked, err := tx.LockTask(task.ID)
			if err != nil {
				return err
			}
			_, err = tx.InsertAnswer(locked, store.TaskAnswer{
				TaskID: task.ID, Kind: store.AnswerResult, Body: []byte(`{}`), Digest: []byte{1}, ReceivedBy: r.account,
				ReceivedAt: time.Now().UTC(),
			})
			return err
		})
		if err != nil {
			return err
		}
		return step.CloseTask(task, store.TaskCancelled, "reassigned", time.Now().UTC())
	}))
	closed, err := r.store.Read(t.Context()).Task(task.ID)
	require.NoError(t, err)
	require.Equal(t, store.TaskAnswered, closed.State, "who came first stands")
}

func TestASnapshotSeesOneStateAndChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	require.NoError(t, r.store.Snapshot(t.Context(), func(tx *store.Tx) error {
		before, err := tx.Stages(c.ID)
		if err != nil {
			return err
		}
		r.write(func(tx *store.Tx) error {
			f, err := tx.OpenCase(c.ID)
			if err != nil {
				return err
			}
			return errors.Join(f.Move(progress.Registration, progress.Active, nil, nil), f.Save())
		})
		after, err := tx.Stages(c.ID)
		require.Equal(t, before, after)
		return err
	}))
	require.Error(t, r.store.Snapshot(t.Context(), func(tx *store.Tx) error {
		return tx.Audit(store.AuditEntry{Actor: "x", Action: "x", Subject: "x", Reason: "x"})
	}))
}

func TestAStepRunsOnce(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	runs := 0
	step := func() (int, error) {
		return store.Once(t.Context(), r.store, c.ID, "step", func(_ *store.Tx, f *store.CaseFile) (int, error) {
			runs++
			f.Note(progress.Registration, "eligibility_met", store.ActorSystem, nil)
			return 42, f.Move(progress.Registration, progress.Active, nil, nil)
		})
	}
	for range 3 {
		reply, err := step()
		require.NoError(t, err)
		require.Equal(t, 42, reply)
	}
	require.Equal(t, 1, runs)
	events, err := r.store.Read(t.Context()).Events(c.ID, 0, 10)
	require.NoError(t, err)
	require.Len(t, events, 2)
}

func TestLoadingTheListsTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	rules, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	require.NoError(t, r.store.LoadLists(t.Context(), rules.Lists()))
	var roles, bases int
	require.NoError(t, r.sql.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM institution_roles), (SELECT count(*) FROM ce_bases)").
		Scan(&roles, &bases))
	require.Equal(t, 19, roles)
	require.Equal(t, 21, bases)
}

func TestAnOutageIsToldFromADefect(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	require.True(t, store.Away(context.DeadlineExceeded))
	require.False(t, store.Away(errors.New("a bug")))
	require.False(t, store.Away(store.ErrNotFound))
	_, err := r.sql.ExecContext(t.Context(), "SELECT 1/0")
	require.False(t, store.Away(err))
	_, err = store.Open(t.Context(), "postgres://nobody:secret@127.0.0.1:1/none", nil)
	require.True(t, store.Away(err), "%v", err)
	require.NotContains(t, err.Error(), "secret")
	_, err = store.Open(t.Context(), "postgres://nobody:secret@[", nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret")
}

func TestWhatAnAttemptWroteIsUndoneWithItAndTheRestStands(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	failed := errors.New("refused")
	note := func(tx *store.Tx, action string) error {
		if _, err := tx.InsertInbox(c.ID, store.InboxAnswer, uuid.NewString()); err != nil {
			return err
		}
		return tx.Audit(store.AuditEntry{Actor: "x", Action: action, Subject: "case:" + c.ID, Reason: "x"})
	}
	count := func(query string) (n int) {
		require.NoError(t, r.sql.QueryRowContext(t.Context(), query).Scan(&n))
		return n
	}
	before := count("SELECT count(*) FROM inbox")
	r.write(func(tx *store.Tx) error {
		require.NoError(t, tx.Attempt(func(tx *store.Tx) error { return note(tx, "first") }))
		require.ErrorIs(t, tx.Attempt(func(tx *store.Tx) error { return errors.Join(note(tx, "second"), failed) }), failed)
		return note(tx, "third")
	})
	require.Equal(t, before+2, count("SELECT count(*) FROM inbox"))
	require.Equal(t, 2, count("SELECT count(*) FROM audit_entries WHERE action IN ('first', 'second', 'third')"))
}
