package hours_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// student is one person with a case at each of two institutions, and sessions to attend.
type student struct {
	*desk

	cases    []store.Case
	sessions []store.Session
	of       []store.Case // whose roster each session is
}

// windows are of two days and of two institutions; some overlap, and a day's are longer than its cap.
var windows = []struct {
	institution string
	from, to    float64
}{
	{here, 8, 12}, {there, 11, 14}, {there, 14, 18}, {here, 13, 16}, {here, 18, 23.5}, {there, 23, 26}, {here, 26, 30}, {there, 30, 36},
}

var students int

func (d *desk) student() student {
	students++
	person := d.person()
	s := student{desk: d, cases: []store.Case{d.admitted(person, here, "junior"), d.admitted(person, there, "intermediate")}}
	for i, w := range windows {
		session := d.session(w.institution, fmt.Sprintf("%d-%d", students, i), span(w.from, w.to))
		c := s.cases[0]
		if w.institution == there {
			c = s.cases[1]
		}
		d.list(session, c)
		s.sessions, s.of = append(s.sessions, session), append(s.of, c)
	}
	return s
}

// act is one thing that institutions and operators do.
type act struct {
	kind     string
	session  int
	from, to float64
}

func anyAct(t *rapid.T) act {
	a := act{
		kind:    rapid.SampledFrom([]string{"report", "report", "report", "correct", "absent", "void"}).Draw(t, "kind"),
		session: rapid.IntRange(0, len(windows)-1).Draw(t, "session"),
	}
	w := windows[a.session]
	a.from = w.from + float64(rapid.IntRange(0, 4).Draw(t, "late"))*0.25
	a.to = w.to - float64(rapid.IntRange(0, 4).Draw(t, "early"))*0.25
	return a
}

// do does one act. What is refused changes nothing; anything else that goes wrong is a fault.
func (s student) do(t require.TestingT, a act) (taken bool) {
	in := s.signIn(s.of[a.session], s.sessions[a.session], span(a.from, a.to))
	var err error
	switch a.kind {
	case "report":
		var recorded hours.Recorded
		recorded, err = s.record(in, on(5))
		taken = recorded.Fresh
	case "correct", "absent":
		if a.kind == "absent" {
			in.Attended = ledger.Interval{}
		}
		_, err = s.correct(in, on(5))
		taken = err == nil
	case "void":
		_, err = s.void(s.sessions[a.session], on(5))
		taken = err == nil
	}
	if refusal := (*hours.RefusedError)(nil); errors.As(err, &refusal) {
		return false
	}
	require.NoError(t, err)
	return taken
}

// ledger reads all that was ever written of the student.
func (s student) ledger() []store.HourEntry {
	var all []store.HourEntry
	for _, c := range s.cases {
		all = append(all, s.lines(c)...)
	}
	return all
}

// standing is what stands by day.
func (s student) standing() map[calendar.Date]time.Duration {
	sums := map[calendar.Date]time.Duration{}
	for _, e := range s.ledger() {
		sums[e.SessionDate] += time.Duration(e.Seconds) * time.Second
	}
	return sums
}

// check holds the record against what can be computed from it.
func (s student) check(t require.TestingT) {
	lines := s.ledger()
	var postings []ledger.Posting
	sums := map[string]int{}
	for _, e := range lines {
		if e.Reverses != nil {
			require.NotEmpty(t, e.Reason)
		}
		p := ledger.Posting{
			ID: strconv.FormatInt(e.ID, 10), Received: time.Unix(e.ID, 0), Institution: e.InstitutionID, Entry: e.Entry(), Reason: e.Reason,
		}
		if e.Reverses != nil {
			p.Reverses = strconv.FormatInt(*e.Reverses, 10)
		}
		postings = append(postings, p)
		sums[*e.CaseID] += e.Seconds
	}
	book := ledger.Post(postings)
	require.Empty(t, book.Refused, "the arithmetic would have refused what the record took")
	var total time.Duration
	for _, c := range s.cases {
		require.Equal(t, time.Duration(sums[c.ID])*time.Second, s.total(c), "what stands is what the lines sum to")
		total += s.total(c)
	}
	require.Equal(t, ledger.Total(book.Entries), total)
	for day, sum := range s.standing() {
		require.GreaterOrEqual(t, sum, time.Duration(0), day)
		require.LessOrEqual(t, sum, s.rules.Attendance().Credit.DailyCap, day)
	}
	s.recompute(t)
	require.Zero(t, s.unfounded(t))
}

// unfounded counts what stands without resting on a report that holds, of the same person and session, which covers it.
func (d *desk) unfounded(t require.TestingT) (n int) {
	require.NoError(t, d.sql.QueryRowContext(d.t.Context(), `SELECT count(*) FROM hour_entries e JOIN hour_claims c ON c.entry_id = e.id
		WHERE NOT EXISTS (SELECT 1 FROM attendance a, jsonb_array_elements(e.evidence) v
			WHERE v->>'first' = a.id::text AND v->>'last' = a.id::text AND v->>'reporter' = a.reporter AND e.reporter = a.reporter
			AND a.session_id = e.session_id AND a.person_id = e.person_id AND a.state = 'counted'
			AND NOT EXISTS (SELECT 1 FROM attendance b WHERE b.corrects = a.id AND b.state = 'counted')
			AND e.during <@ tstzmultirange(tstzrange(a.signed_in_at, a.signed_out_at)))`).Scan(&n))
	return n
}

// Attack 8, over a whole record.
func TestWhateverIsCreditedRestsOnReportsThatHold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.student()
	for _, a := range []act{
		{"report", 0, 8, 12},
		{"report", 2, 14, 17},
		{"report", 4, 18, 23.5},
		{"report", 5, 23.5, 26},
		{"report", 7, 30, 36},
		{"correct", 2, 14.5, 18},
		{"correct", 2, 15, 18},
		{"void", 0, 0, 0},
		{"correct", 5, 24, 26},
		{"absent", 7, 0, 0},
	} {
		s.do(t, a)
		require.Zero(t, d.unfounded(t), "%+v", a)
	}
	require.NotZero(t, s.total(s.cases[0])+s.total(s.cases[1]))
	_, err := d.sql.ExecContext(t.Context(), `UPDATE attendance SET signed_out_at = signed_in_at + interval '1 minute' WHERE signed_in_at IS NOT NULL`)
	require.NoError(t, err)
	require.NotZero(t, d.unfounded(t), "the question finds what it asks for")
}

// recompute holds what is credited against the reports that hold: no two credited ones overlap, and a day has all that
// was attended in them, or what its cap allows.
func (s student) recompute(t require.TestingT) {
	read := s.store.Read(s.t.Context())
	standing := s.standing()
	for day := range standing {
		window := ledger.Interval{From: calendar.Real().Wall(day), To: calendar.Real().Wall(day.AddDays(1))}
		reports, err := read.AttendedBetween(s.cases[0].PersonID, window)
		require.NoError(t, err)
		var sum time.Duration
		var all []ledger.Interval
		for _, r := range reports {
			i := ledger.Interval{From: *r.SignedInAt, To: *r.SignedOutAt}.Intersect(window)
			entries, err := read.HoursOfSession(r.SessionID, r.PersonID)
			require.NoError(t, err)
			credited := time.Duration(0)
			for _, e := range entries {
				if e.SessionDate == day {
					credited += time.Duration(e.Seconds) * time.Second
				}
			}
			require.LessOrEqual(t, credited, i.Length(), "nobody is credited more than they attended")
			if credited > 0 {
				sum, all = sum+i.Length(), append(all, i)
			}
		}
		require.Equal(t, sum, ledger.Union(all...).Length(), "no instant counts twice")
		require.Equal(t, min(sum, s.rules.Attendance().Credit.DailyCap), standing[day])
	}
}

func TestNoInterleavingOfReportsCorrectionsVoidingsAndRetriesMakesABalanceNegativeOrDoubled(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	rapid.Check(t, func(t *rapid.T) {
		s := d.student()
		var done []act
		for range rapid.IntRange(1, 10).Draw(t, "acts") {
			a := anyAct(t)
			if len(done) > 0 && rapid.IntRange(0, 3).Draw(t, "retry") == 0 {
				a = rapid.SampledFrom(done).Draw(t, "again")
				if a.kind == "report" {
					before := s.ledger()
					taken := s.do(t, a)
					require.False(t, taken)
					require.Equal(t, before, s.ledger(), "a retry changes nothing")
					continue
				}
			}
			if s.do(t, a) {
				done = append(done, a)
			}
			s.check(t)
		}
	})
}

func TestABalanceDoesNotDependOnTheOrderInWhichReportsComeIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	apart := []int{0, 2, 4, 6, 7} // no two overlap
	rapid.Check(t, func(t *rapid.T) {
		var acts []act
		for _, i := range apart {
			if rapid.Bool().Draw(t, "attended") {
				a := anyAct(t)
				a.kind, a.session = "report", i
				a.from, a.to = windows[i].from, windows[i].to-float64(rapid.IntRange(0, 3).Draw(t, "short"))
				acts = append(acts, a)
			}
		}
		voided := rapid.SampledFrom(apart).Draw(t, "voided")
		sums := make([]map[calendar.Date]time.Duration, 2)
		for i, order := range [][]act{acts, rapid.Permutation(acts).Draw(t, "order")} {
			s := d.student()
			when := rapid.IntRange(0, len(order)).Draw(t, "when")
			for n, a := range order {
				if n == when {
					s.do(t, act{kind: "void", session: voided})
				}
				s.do(t, a)
			}
			if when == len(order) {
				s.do(t, act{kind: "void", session: voided})
			}
			sums[i] = s.standing()
			for day, sum := range sums[i] {
				if sum == 0 {
					delete(sums[i], day) // it was credited and taken back
				}
			}
		}
		require.Equal(t, sums[0], sums[1])
	})
}
