package hours_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

func TestAClaimIsBookedByDateWithWhatItRestsOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	s := d.session(here, "night", span(20, 26))
	booked, err := d.book(claim(c, s, span(22, 23), span(22.5, 25)))
	require.NoError(t, err)
	require.Equal(t, 3*time.Hour, booked.Credited)
	require.Equal(t, booked.Claimed, booked.Credited)
	lines, err := d.store.Read(t.Context()).HourLines(&c.ID, nil)
	require.NoError(t, err)
	require.Len(t, lines, 2, "a date each")
	for i, want := range []struct{ date, seconds int }{{3, 2 * 3600}, {4, 3600}} {
		line := lines[i]
		require.Equal(t, registered().AddDays(want.date), line.SessionDate)
		require.Equal(t, want.seconds, line.Seconds)
		require.Equal(t, []any{here, s.ID, "night", "基础知识", "offline", "T01"},
			[]any{line.InstitutionID, *line.SessionID, line.SessionRef, line.Module, line.Mode, line.Reporter})
		var evidence []ledger.Evidence
		require.NoError(t, json.Unmarshal(line.Evidence, &evidence))
		require.NotEmpty(t, evidence)
		require.NotNil(t, line.ReceivedAt)
	}
	again, err := d.store.Read(t.Context()).HoursDuring(c.PersonID, ledger.Union(span(24, 25)))
	require.NoError(t, err)
	require.Len(t, again, 1)
	none, err := d.store.Read(t.Context()).HoursDuring(c.PersonID, ledger.Union(span(25, 30)))
	require.NoError(t, err)
	require.Empty(t, none, "one after the other is no overlap")
}

// Attack 2: one person in two places at once, at one institution or at two.
func TestNobodyIsCreditedForTwoOverlappingSessionsAcrossInstitutions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	person := d.person()
	first, second := d.admitted(person, here, "junior"), d.admitted(person, there, "intermediate")
	morning := d.session(here, "s1", span(9, 12))
	booked, err := d.book(claim(first, morning, span(9, 12)))
	require.NoError(t, err)
	for name, s := range map[string]store.Session{
		"elsewhere": d.session(there, "s1", span(11, 13)), "here": d.session(here, "s2", span(8, 10)),
	} {
		c := first
		if s.InstitutionID == there {
			c = second
		}
		_, err = d.book(claim(c, s, ledger.Interval{From: s.OpensAt, To: s.ClosesAt}))
		require.Equal(t, booked.Entries[0].ID, refused(t, "time_taken", err).First.ID, name)
	}
	_, err = d.book(claim(first, morning, span(9, 10)))
	require.Equal(t, booked.Entries[0].ID, refused(t, "posted_before", err).First.ID)
	require.Equal(t, 3*time.Hour, d.total(first))
	require.Zero(t, d.total(second))

	afternoon := d.session(there, "s3", span(12, 14))
	_, err = d.book(claim(second, afternoon, span(12, 14)))
	require.NoError(t, err, "one after the other is no overlap")
	other := d.admitted(d.person(), there, "junior")
	_, err = d.book(claim(other, d.session(there, "s4", span(9, 12)), span(9, 12)))
	require.NoError(t, err, "somebody else may be elsewhere")
}

// Attack 2 again, past the code: two transactions that do not know of each other, as a program error would make them.
func TestTwoTransactionsAtOnceCannotCreditOneInstantTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	person := d.person()
	first, second := d.admitted(person, here, "junior"), d.admitted(person, there, "intermediate")
	sessions := []store.Session{d.session(here, "s1", span(9, 12)), d.session(there, "s1", span(11, 13))}
	errs := make([]error, 2)
	var wg sync.WaitGroup
	ready := make(chan struct{})
	for i, c := range []store.Case{first, second} {
		wg.Go(func() {
			errs[i] = d.tx(func(tx *store.Tx) error {
				<-ready
				s := sessions[i]
				now := time.Now().UTC()
				return tx.InsertHour(&store.HourEntry{
					CaseID: &c.ID, PersonID: person, InstitutionID: s.InstitutionID, SessionID: &s.ID, SessionRef: s.Ref,
					SessionDate: registered(), Module: s.Module, Mode: s.Mode, Seconds: 3600,
					During: store.During(ledger.Union(ledger.Interval{From: s.OpensAt, To: s.ClosesAt})), Evidence: json.RawMessage(`[{}]`),
					ReceivedAt: &now,
				})
			})
		})
	}
	close(ready)
	wg.Wait()
	if errs[0] == nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	require.NoError(t, errs[1])
	require.Equal(t, "hour_claims_no_overlap", store.Constraint(errs[0]), "%v", errs[0])
	require.Equal(t, time.Hour, d.total(first)+d.total(second))
}

// Attack 3: more hours than a day has room for, spread over institutions.
func TestTheDaysCapHoldsAcrossInstitutions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	person := d.person()
	first, second := d.admitted(person, here, "junior"), d.admitted(person, there, "intermediate")
	_, err := d.book(claim(first, d.session(here, "s1", span(8, 12)), span(8, 12)))
	require.NoError(t, err)
	booked, err := d.book(claim(second, d.session(there, "s2", span(12, 16)), span(12, 16)))
	require.NoError(t, err)
	require.Equal(t, []time.Duration{4 * time.Hour, 2 * time.Hour}, []time.Duration{booked.Claimed, booked.Credited})
	booked, err = d.book(claim(first, d.session(here, "s3", span(16, 18)), span(16, 18)))
	require.NoError(t, err)
	require.Zero(t, booked.Credited)
	require.Empty(t, booked.Entries)
	require.Equal(t, d.rules.Attendance().Credit.DailyCap, d.total(first)+d.total(second))

	booked, err = d.book(claim(first, d.session(here, "s4", span(22, 26)), span(22, 26)))
	require.NoError(t, err)
	require.Equal(t, 2*time.Hour, booked.Credited, "after midnight is another day")
	require.Equal(t, registered().AddDays(4), booked.Entries[0].SessionDate)
}

func TestManyClaimsOfOneDayAtOnceStayWithinItsCap(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	var wg sync.WaitGroup
	for i := range 8 {
		from := 8 + 1.5*float64(i)
		s := d.session(here, string(rune('a'+i)), span(from, from+1.5))
		wg.Go(func() {
			if _, err := d.book(claim(c, s, span(from, from+1.5))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Equal(t, d.rules.Attendance().Credit.DailyCap, d.total(c))
}

func TestAVoidedSessionIsCreditedNoMore(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.admitted(d.person(), here, "junior")
	s := d.session(here, "s1", span(9, 12))
	d.write(func(tx *store.Tx) error { return tx.VoidSession(s.ID, d.operator, "no such room", time.Now().UTC()) })
	_, err := d.book(claim(c, s, span(9, 12)))
	refused(t, "session_voided", err)
	require.Zero(t, d.total(c))
}
