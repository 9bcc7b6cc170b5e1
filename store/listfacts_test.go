package store_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// astray is how many incidents and tasks say of their case what it does not say.
const astray = `SELECT (SELECT count(*) FROM incidents i JOIN cases c ON c.id = i.case_id
	WHERE (i.occupation, i.level, i.district, i.training_body) IS DISTINCT FROM (c.occupation, c.level, c.district, c.training_body))
	+ (SELECT count(*) FROM tasks t JOIN cases c ON c.id = t.case_id WHERE (t.district, t.training_body) IS DISTINCT FROM (c.district, c.training_body))`

func (r *record) number(query string, args ...any) (n int) {
	r.t.Helper()
	require.NoError(r.t, r.sql.QueryRowContext(r.t.Context(), query, args...).Scan(&n))
	return n
}

// day is a date that the record has, or that it has none.
func (r *record) day(query string, args ...any) string {
	r.t.Helper()
	var at sql.NullTime
	require.NoError(r.t, r.sql.QueryRowContext(r.t.Context(), query, args...).Scan(&at))
	if !at.Valid {
		return ""
	}
	return at.Time.Format(time.DateOnly)
}

func TestAnIncidentAndATaskAreFoundByWhatTheirCaseSaysToday(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	theCase := r.open("junior")
	r.task(theCase, contract.TrainingTask)
	require.Equal(t, 1, r.number("SELECT count(*) FROM tasks WHERE training_body = 'ouc'"))
	r.write(func(tx *store.Tx) error {
		f, err := tx.OpenCase(theCase.ID)
		require.NoError(t, err)
		_, err = f.OpenIncident(progress.Training, contract.TaskOverdue, store.Incident{})
		require.NoError(t, err)
		return f.Save()
	})
	require.Equal(t, 1, r.number("SELECT count(*) FROM incidents WHERE occupation = 'big-data' AND level = 'junior' AND training_body = 'ouc'"))
	r.write(func(tx *store.Tx) error {
		f, err := tx.OpenCase(theCase.ID)
		require.NoError(t, err)
		f.TrainingBody = "cmes"
		return f.Save()
	})
	require.Equal(t, 1, r.number("SELECT count(*) FROM incidents WHERE training_body = 'cmes'"))
	_, err := r.sql.ExecContext(t.Context(), "UPDATE cases SET district = 'haidian' WHERE id = $1", theCase.ID)
	require.NoError(t, err)
	require.Equal(t, 1, r.number("SELECT count(*) FROM incidents WHERE district = 'haidian'"))
	require.Equal(t, 1, r.number("SELECT count(*) FROM tasks WHERE district = 'haidian' AND training_body = 'cmes'"))
	require.Zero(t, r.number(astray))
}

func TestAnIncidentThatOpensWhileItsCaseChangesSaysWhatTheCaseBecame(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	theCase := r.open("junior")
	change, err := r.sql.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = change.ExecContext(t.Context(), "UPDATE cases SET training_body = 'cmes' WHERE id = $1", theCase.ID)
	require.NoError(t, err)
	written := make(chan error, 1)
	go func() {
		_, err := r.sql.ExecContext(t.Context(), `INSERT INTO incidents (id, case_id, stage, kind, cause, state, holds, workflow_id)
			VALUES ($1, $2, 'training', 'program', 'program_failed', 'open', false, 'w')`, uuid.NewString(), theCase.ID)
		written <- err
	}()
	const waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
	require.Eventually(t, func() bool { return len(written) == 1 || r.number(waiting) == 1 }, time.Minute, 5*time.Millisecond)
	require.NoError(t, change.Commit())
	require.NoError(t, <-written)
	require.Equal(t, 1, r.number("SELECT count(*) FROM incidents"))
	require.Zero(t, r.number(astray))
}

func TestACaseSaysWhenTheCertificateThatStandsWasIssued(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	theCase := r.open("junior")
	trained := func() string { return r.day("SELECT trained_on FROM cases WHERE id = $1", theCase.ID) }
	first, err := r.prepare(theCase, "1", nil)
	require.NoError(t, err)
	require.Empty(t, trained(), "it is not issued yet")
	r.sign(first)
	require.NoError(t, r.become(&first, store.CertificateValid))
	require.Equal(t, "2026-11-23", trained())
	require.NoError(t, r.become(&first, store.CertificateSuspended))
	require.Equal(t, "2026-11-23", trained(), "it may stand again")
	require.NoError(t, r.become(&first, store.CertificateRevoked))
	require.Empty(t, trained())
	require.Empty(t, r.day("SELECT certified_on FROM cases WHERE id = $1", theCase.ID))

	reported := store.Certificate{
		ID: uuid.NewString(), CaseID: &theCase.ID, Kind: contract.GradeCertificate, Issuer: "cmes", Number: "2",
		Origin: store.CertificateReported, Status: store.CertificateValid, HolderSealed: []byte{1}, Digest: []byte{1},
		VerifyToken: uuid.NewString(), PolicyVersion: "x", IssuedOn: first.IssuedOn.AddDays(7), RecordedAt: time.Now().UTC(),
	}
	reported.IssuedAt = &reported.RecordedAt
	r.write(func(tx *store.Tx) error { return tx.InsertCertificate(reported, store.ActorSystem) })
	require.Equal(t, "2026-11-30", r.day("SELECT certified_on FROM cases WHERE id = $1", theCase.ID), "of one that was issued elsewhere, too")
	require.Empty(t, trained())
}

func TestACaseSaysWhichOfItsStagesAreDone(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	theCase := r.open("junior")
	done := func() int { return r.number("SELECT done FROM cases WHERE id = $1", theCase.ID) }
	write := func(fn func(f *store.CaseFile) error) {
		r.write(func(tx *store.Tx) error {
			f, err := tx.OpenCase(theCase.ID)
			require.NoError(t, err)
			require.NoError(t, fn(f))
			return f.Save()
		})
	}
	finish := func(stage progress.Stage) func(*store.CaseFile) error {
		return func(f *store.CaseFile) error {
			return errors.Join(f.Move(stage, progress.Active, nil, nil), f.Move(stage, progress.Done, nil, nil))
		}
	}
	require.Zero(t, done())
	write(finish(progress.Registration))
	write(finish(progress.Exam))
	require.Equal(t, 1+4, done())
	write(func(f *store.CaseFile) error { return f.Reopen(progress.Registration, progress.Active) })
	require.Equal(t, 4, done(), "it is gone back to")
}
