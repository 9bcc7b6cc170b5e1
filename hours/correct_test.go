package hours_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// on is an instant so many days after registration, at noon.
func on(day int) hours.Instant {
	return hours.At(calendar.Real(), calendar.Real().Wall(registered().AddDays(day)).Add(12*time.Hour))
}

// list puts a case on a session's roster.
func (d *desk) list(s store.Session, cases ...store.Case) {
	d.t.Helper()
	for _, c := range cases {
		d.write(func(tx *store.Tx) error {
			return tx.InsertRoster([]store.RosterLine{{SessionID: s.ID, PersonID: c.PersonID, CaseID: &c.ID, ListedAt: time.Now().UTC()}})
		})
	}
}

// signIn is what an institution reports of a case at a session; without times, an absence.
func (d *desk) signIn(c store.Case, s store.Session, times ...ledger.Interval) hours.SignIn {
	in := hours.SignIn{
		InstitutionID: s.InstitutionID, Session: s.Ref, Attendee: c.ID, Reporter: "T01", By: d.accounts[s.InstitutionID],
	}
	if len(times) > 0 {
		in.Attended = times[0]
	}
	return in
}

func (d *desk) record(in hours.SignIn, now hours.Instant) (recorded hours.Recorded, err error) {
	d.t.Helper()
	d.ticks++
	now.Wall = now.Wall.Add(time.Duration(d.ticks) * time.Millisecond) // no two reports come in at once
	err = d.tx(func(tx *store.Tx) error {
		recorded, err = hours.Record(tx, in, now)
		return err
	})
	return recorded, err
}

func (d *desk) correct(in hours.SignIn, now hours.Instant) (corrected hours.Corrected, err error) {
	d.t.Helper()
	err = d.tx(func(tx *store.Tx) error {
		corrected, err = hours.Correct(tx, hours.Correction{SignIn: in, Reason: "misread the list"}, now)
		return err
	})
	return corrected, err
}

func (d *desk) decide(id string, approve bool, by string, now hours.Instant) (corrected hours.Corrected, err error) {
	d.t.Helper()
	err = d.tx(func(tx *store.Tx) error {
		corrected, err = hours.Decide(tx, hours.Decision{ID: id, Approve: approve, Reason: "the paper list says so", By: by}, now)
		return err
	})
	return corrected, err
}

func (d *desk) void(s store.Session, now hours.Instant) (voided hours.Voided, err error) {
	d.t.Helper()
	err = d.tx(func(tx *store.Tx) error {
		voided, err = hours.Void(tx, s.ID, d.operator, "there was no such lesson", now)
		return err
	})
	return voided, err
}

func (d *desk) lines(c store.Case) []store.HourEntry {
	d.t.Helper()
	lines, err := d.store.Read(d.t.Context()).HourLines(&c.ID, nil)
	require.NoError(d.t, err)
	return lines
}

func TestACorrectionInTimeReversesWhatStoodAndKeepsIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	s := d.session(here, "s1", span(9, 12))
	d.list(s, c)
	_, err := d.record(d.signIn(c, s, span(9, 12)), on(4))
	require.NoError(t, err)
	corrected, err := d.correct(d.signIn(c, s, span(9, 10)), on(10))
	require.NoError(t, err)
	require.Equal(t, store.AttendanceCounted, corrected.Report.State)
	require.Equal(t, []time.Duration{3 * time.Hour, time.Hour}, []time.Duration{corrected.Reversed, corrected.Credited})
	require.Equal(t, time.Hour, d.total(c))
	lines := d.lines(c)
	require.Len(t, lines, 3, "what was is still to be seen")
	require.Equal(t, []any{lines[0].ID, "misread the list", -3 * 3600}, []any{*lines[1].Reverses, lines[1].Reason, lines[1].Seconds})

	_, err = d.correct(d.signIn(c, s, span(9, 10)), on(10))
	refused(t, "nothing_changed", err)
	recorded, err := d.record(d.signIn(c, s, span(9, 12)), on(10))
	require.NoError(t, err, "the first report, sent again after the correction")
	require.False(t, recorded.Fresh)
	require.Equal(t, time.Hour, d.total(c))

	_, err = d.correct(d.signIn(c, s), on(10))
	require.NoError(t, err, "absent after all")
	require.Zero(t, d.total(c))
	_, err = d.correct(d.signIn(c, s, span(10, 12)), on(10))
	require.NoError(t, err, "or not")
	require.Equal(t, 2*time.Hour, d.total(c))
}

// Exception X-02.
func TestX02ALateCorrectionNeedsASecondPersonAndShowsBeforeAndAfter(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	s := d.session(here, "s1", span(9, 12)) // on the third day; seven days to correct it
	d.list(s, c)
	_, err := d.record(d.signIn(c, s, span(9, 11)), on(4))
	require.NoError(t, err)
	late, err := d.correct(d.signIn(c, s, span(9, 12)), on(11))
	require.NoError(t, err)
	require.Equal(t, store.AttendancePending, late.Report.State)
	require.Equal(t, 2*time.Hour, d.total(c), "nothing holds before it is decided")
	_, err = d.correct(d.signIn(c, s), on(11))
	refused(t, "correction_pending", err)
	_, err = d.decide(late.Report.ID, true, d.accounts[here], on(12))
	refused(t, "same_person", err)
	_, err = d.sql.ExecContext(t.Context(), `UPDATE attendance SET state = 'counted', decided_by = received_by, decided_at = now(),
		decision_reason = 'x' WHERE id = $1`, late.Report.ID)
	require.Contains(t, store.Constraint(err), "attendance_check", "%v", err)

	decided, err := d.decide(late.Report.ID, true, d.operator, on(12))
	require.NoError(t, err)
	require.Equal(t, []any{2 * time.Hour, 3 * time.Hour}, []any{decided.Reversed, decided.Credited})
	require.Equal(t, 3*time.Hour, d.total(c))
	require.True(t, decided.Before.SignedOutAt.Equal(hour(11)))
	require.True(t, decided.Report.SignedOutAt.Equal(hour(12)))
	_, err = d.decide(late.Report.ID, false, d.operator, on(12))
	refused(t, "decided_before", err)

	late, err = d.correct(d.signIn(c, s), on(13))
	require.NoError(t, err)
	_, err = d.decide(late.Report.ID, false, d.operator, on(13))
	require.NoError(t, err)
	require.Equal(t, 3*time.Hour, d.total(c), "what is refused changes nothing")
	_, err = d.correct(d.signIn(c, s, span(10, 12)), on(13))
	require.NoError(t, err, "after a refusal another may be sent")
	chain, err := d.store.Read(t.Context()).AttendanceAt(s.ID, c.PersonID)
	require.NoError(t, err)
	require.Len(t, chain, 4)
}

func TestTheLastDayForACorrectionIsTheLastDay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	s := d.session(here, "s1", span(9, 12))
	d.list(s, c)
	_, err := d.record(d.signIn(c, s, span(9, 11)), on(4))
	require.NoError(t, err)
	for i, want := range []string{store.AttendanceCounted, store.AttendanceCounted, store.AttendancePending} {
		corrected, err := d.correct(d.signIn(c, s, span(9, 9.5+float64(i)*0.25)), on(9+i))
		require.NoError(t, err)
		require.Equal(t, want, corrected.Report.State, "day %d", 9+i-3)
	}
}

func TestACorrectionThatCannotBeCreditedLeavesEverythingAsItWas(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	morning, noon := d.session(here, "s1", span(9, 13)), d.session(here, "s2", span(12, 14))
	d.list(morning, c)
	d.list(noon, c)
	_, err := d.correct(d.signIn(c, morning, span(9, 10)), on(4))
	refused(t, "nothing_to_correct", err)
	for s, i := range map[*store.Session]ledger.Interval{&morning: span(9, 12), &noon: span(12, 14)} {
		_, err = d.record(d.signIn(c, *s, i), on(4))
		require.NoError(t, err)
	}
	before := d.lines(c)
	_, err = d.correct(d.signIn(c, morning, span(9, 13)), on(4))
	require.NotNil(t, refused(t, "time_taken", err).First)
	for code, in := range map[string]hours.SignIn{
		"outside_window": d.signIn(c, morning, span(9, 14)), "sign_out_first": d.signIn(c, morning, span(10, 9)),
		"reporter_unknown": {InstitutionID: here, Session: "s1", Attendee: c.ID, Reporter: "T09", By: d.accounts[here]},
	} {
		_, err = d.correct(in, on(4))
		refused(t, code, err)
	}
	require.Equal(t, before, d.lines(c))
}
