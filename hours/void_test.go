package hours_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/store"
)

func TestAVoidedSessionGivesBackWhatItCreditedToEverybody(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, second := d.admitted(d.person(), here, "junior"), d.admitted(d.person(), here, "junior")
	trained := d.admitted(d.person(), here, "junior")
	d.stage(trained.ID, "training", "done")
	s := d.session(here, "s1", span(9, 12))
	d.list(s, first, second, trained)
	for _, c := range []store.Case{first, trained} {
		_, err := d.record(d.signIn(c, s, span(9, 12)), on(4))
		require.NoError(t, err)
	}
	_, err := d.record(d.signIn(second, s), on(4))
	require.NoError(t, err)
	voided, err := d.void(s, on(5))
	require.NoError(t, err)
	require.Equal(t, []any{2, 6 * time.Hour}, []any{voided.Persons, voided.Total})
	require.Len(t, voided.Notify, 1, "only a case whose training stood on it")
	require.Equal(t, []string{trained.ID, store.InboxHours, s.ID},
		[]string{voided.Notify[0].CaseID, voided.Notify[0].Kind, voided.Notify[0].SubjectID})
	for _, c := range []store.Case{first, second, trained} {
		require.Zero(t, d.total(c))
	}
	_, err = d.void(s, on(5))
	refused(t, "session_voided", err)
	_, err = d.record(d.signIn(first, s, span(9, 12)), on(5))
	require.NoError(t, err, "a repeat of what was reported is one")
	_, err = d.correct(d.signIn(first, s, span(9, 11)), on(5))
	refused(t, "session_voided", err)
	require.Zero(t, d.total(first))
}

func TestWhatWasRefusedForAVoidedSessionMayBeReportedAnew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	person := d.person()
	a, b := d.admitted(person, here, "junior"), d.admitted(person, there, "intermediate")
	wrong, right := d.session(here, "s1", span(9, 12)), d.session(there, "s1", span(9, 12))
	d.list(wrong, a)
	d.list(right, b)
	_, err := d.record(d.signIn(a, wrong, span(9, 12)), on(4))
	require.NoError(t, err)
	_, err = d.record(d.signIn(b, right, span(9, 12)), on(4))
	refused(t, "time_taken", err)
	_, err = d.void(wrong, on(5))
	require.NoError(t, err)
	require.Zero(t, d.total(b), "voiding brings no other claim to life")
	recorded, err := d.record(d.signIn(b, right, span(9, 12)), on(5))
	require.NoError(t, err)
	require.True(t, recorded.Fresh)
	require.Equal(t, 3*time.Hour, d.total(b))
}

func TestADayThatWasFullTakesWhatItHadNoRoomFor(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	person := d.person()
	a, b := d.admitted(person, here, "junior"), d.admitted(person, there, "intermediate")
	d.stage(b.ID, "training", "done")
	first, second, third := d.session(here, "s1", span(6, 11)), d.session(there, "s2", span(11, 15)), d.session(here, "s3", span(15, 18))
	d.list(first, a)
	d.list(second, b)
	d.list(third, a)
	_, err := d.record(d.signIn(a, first, span(6, 11)), on(4))
	require.NoError(t, err)
	_, err = d.record(d.signIn(b, second, span(11, 15)), on(4))
	require.NoError(t, err)
	recorded, err := d.record(d.signIn(a, third, span(15, 18)), on(4))
	require.NoError(t, err)
	require.Zero(t, recorded.Credited)
	require.Equal(t, []time.Duration{5 * time.Hour, time.Hour}, []time.Duration{d.total(a), d.total(b)})

	corrected, err := d.correct(d.signIn(a, first, span(6, 9)), on(4))
	require.NoError(t, err)
	require.Equal(t, []time.Duration{3 * time.Hour, 3 * time.Hour}, []time.Duration{d.total(a), d.total(b)}, "what was received first is credited first")
	require.Equal(t, b.ID, corrected.Notify[0].CaseID)
	_, err = d.void(first, on(5))
	require.NoError(t, err)
	require.Equal(t, []time.Duration{2 * time.Hour, 4 * time.Hour}, []time.Duration{d.total(a), d.total(b)})
	_, err = d.void(second, on(5))
	require.NoError(t, err)
	require.Equal(t, []time.Duration{3 * time.Hour, 0}, []time.Duration{d.total(a), d.total(b)})
}

func TestAVoidingAndASignInThatMeetCreditNothing(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"the voiding", "the sign-in"} {
		t.Run(first, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			c := d.admitted(d.person(), here, "junior")
			s := d.session(here, "s1", span(9, 12))
			d.list(s, c)
			ended := make(chan error, 1)
			void := func(tx *store.Tx) error {
				_, err := hours.Void(tx, s.ID, d.operator, "there was no such lesson", on(4))
				return err
			}
			signIn := func(tx *store.Tx) error {
				_, err := hours.Record(tx, d.signIn(c, s, span(9, 12)), on(4))
				return err
			}
			one, other := void, signIn
			if first == "the sign-in" {
				one, other = signIn, void
			}
			require.NoError(t, d.tx(func(tx *store.Tx) error {
				err := one(tx)
				go func() { ended <- d.store.Tx(t.Context(), other) }()
				d.awaitBlocked(ended)
				return err
			}))
			if err := <-ended; first == "the voiding" {
				refused(t, "session_voided", err)
			} else {
				require.NoError(t, err)
			}
			require.Zero(t, d.total(c))
		})
	}
}

func TestWatchingOfADayThatHasRoomAgainIsSettledAnew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c, other := d.admitted(d.person(), here, "junior"), d.admitted(d.person(), here, "junior")
	full := d.session(here, "s1", span(8, 14))
	d.list(full, c)
	_, err := d.record(d.signIn(c, full, span(8, 14)), on(4))
	require.NoError(t, err)
	watched := map[string]store.Session{
		"the same day": d.session(here, "w1", span(19, 20)), "days later": d.session(here, "w2", span(80, 81)),
		"voided": d.session(here, "w3", span(20, 21)), "somebody else's": d.session(here, "w4", span(19, 20)),
	}
	for name, s := range watched {
		who := c
		if name == "somebody else's" {
			who = other
		}
		d.list(s, who)
		_, err := d.sql.ExecContext(t.Context(), `INSERT INTO watches (session_id, person_id, last_beat, unsettled, challenge_due)
			VALUES ($1, $2, now(), false, now())`, s.ID, who.PersonID)
		require.NoError(t, err)
	}
	_, err = d.void(watched["voided"], on(4))
	require.NoError(t, err)
	_, err = d.correct(d.signIn(c, full, span(8, 9)), on(4))
	require.NoError(t, err)
	var refs string
	require.NoError(t, d.sql.QueryRowContext(t.Context(), `SELECT string_agg(s.ref, ',') FROM watches w
		JOIN sessions s ON s.id = session_id WHERE unsettled`).Scan(&refs))
	require.Equal(t, "w1", refs)
}

// awaitBlocked returns once somebody waits for a lock in the test's database.
func (d *desk) awaitBlocked(ended <-chan error) {
	d.t.Helper()
	for {
		blocked, err := d.store.Read(d.t.Context()).Blocked()
		require.NoError(d.t, err)
		if blocked > 0 {
			return
		}
		select {
		case err := <-ended:
			require.NoError(d.t, errors.Join(err, errors.New("it did not wait")))
		case <-time.After(10 * time.Millisecond):
		}
	}
}
