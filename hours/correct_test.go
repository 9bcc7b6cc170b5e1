package hours_test

import (
	"errors"
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

func TestX01WhoWasAbsentMakesUpTheModuleAtAnotherSession(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	missed, madeUp := d.session(here, "class-1", span(9, 12)), d.session(here, "class-2", span(33, 36))
	d.list(missed, c)
	d.list(madeUp, c)
	recorded, err := d.record(d.signIn(c, missed), on(4))
	require.NoError(t, err)
	require.True(t, recorded.Fresh)
	require.Zero(t, d.total(c), "an absence is on record and credits nothing")
	_, err = d.record(d.signIn(c, madeUp, span(33, 36)), on(5))
	require.NoError(t, err)
	entries, err := d.store.Read(t.Context()).Hours(c.ID)
	require.NoError(t, err)
	require.Equal(t, []ledger.ModuleTime{{Module: "基础知识", Credited: 3 * time.Hour}}, ledger.ByModule(entries))
}

func TestX19SeveralCasesAtOnceMayNotOverlapInTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	person := d.person()
	first, second := d.admitted(person, here, "junior"), d.admitted(person, here, "intermediate")
	morning, same, after := d.session(here, "s1", span(9, 12)), d.session(here, "s2", span(9, 12)), d.session(here, "s3", span(12, 14))
	d.list(morning, first)
	d.list(same, second)
	d.list(after, second)
	_, err := d.record(d.signIn(first, morning, span(9, 12)), on(4))
	require.NoError(t, err)
	_, err = d.record(d.signIn(second, same, span(9, 12)), on(4))
	require.Equal(t, "s1", refused(t, "time_taken", err).First.SessionRef)
	_, err = d.record(d.signIn(second, after, span(12, 14)), on(4))
	require.NoError(t, err)
	require.Equal(t, []time.Duration{3 * time.Hour, 2 * time.Hour}, []time.Duration{d.total(first), d.total(second)})
}

func TestX21AClassOverNewYearIsCreditedToBothYears(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	eve := calendar.Real().Wall(calendar.NewDate(2026, time.December, 31))
	window := ledger.Interval{From: eve.Add(22*time.Hour + 30*time.Minute), To: eve.Add(27 * time.Hour)}
	s := d.session(here, "new-year", window)
	d.list(s, c)
	_, err := d.record(d.signIn(c, s, window), hours.At(calendar.Real(), eve.AddDate(0, 0, 2)))
	require.NoError(t, err)
	var changes []hours.Change
	d.write(func(tx *store.Tx) (err error) {
		changes, err = hours.SettleCE(tx, hours.EarnedInCase(c), d.rules, time.Now().UTC(), "")
		return err
	})
	require.Len(t, changes, 2)
	for i, want := range []struct {
		year  int
		hours string
	}{{2026, "2"}, {2027, "4"}} {
		require.Equal(t, []any{want.year, want.hours}, []any{changes[i].Year, changes[i].Hours.String()})
	}
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
