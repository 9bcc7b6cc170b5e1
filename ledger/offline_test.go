package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/ledger"
)

func lesson() ledger.OfflineSession {
	return ledger.OfflineSession{
		Name: "a/1", Place: "301", Instructor: "teacher", Window: span(0, 7200),
		Roster: []string{"p1", "p2", "clerk"}, Reporters: []string{"clerk", "clerk 2"},
	}
}

func sign(ref string, at int) ledger.Signature {
	return ledger.Signature{Ref: ref, At: after(at), Reporter: "clerk"}
}

func TestOfflineAttendanceIsTheTimeBetweenSignInAndSignOut(t *testing.T) {
	t.Parallel()
	credit, err := lesson().Credit(ledger.Attendance{Person: "p1", SignIn: sign("i1", 60), SignOut: sign("o1", 5460)})
	require.NoError(t, err)
	require.Equal(t, ledger.Credit{
		Interval: span(60, 5460), Session: "a/1",
		Evidence: []ledger.Evidence{{Interval: span(60, 5460), First: "i1", Last: "o1", Reporter: "clerk"}},
	}, credit)
	require.Equal(t, ledger.Whole(2), rule.BySession(rule.Settle([]ledger.Credit{credit}))[0].Hours)

	out := sign("o1", 7200)
	out.Reporter = "clerk 2"
	credit, err = lesson().Credit(ledger.Attendance{Person: "p1", SignIn: sign("i1", 0), SignOut: out})
	require.NoError(t, err, "the window's ends are inside it")
	require.Equal(t, "clerk, clerk 2", credit.Evidence[0].Reporter)
}

func TestOfflineCreditNeedsRosterWindowAndANamedReporter(t *testing.T) {
	t.Parallel()
	for name, given := range map[string]struct {
		change func(*ledger.OfflineSession, *ledger.Attendance)
		want   ledger.RefusalError
	}{
		"not on the roster": {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.Person = "p3" }, ledger.ErrNotOnRoster},
		"no roster":         {func(s *ledger.OfflineSession, _ *ledger.Attendance) { s.Roster = nil }, ledger.ErrNotOnRoster},
		"nobody": {func(s *ledger.OfflineSession, a *ledger.Attendance) {
			a.Person, s.Roster = "", []string{""}
		}, ledger.ErrNotOnRoster},
		"in before the window": {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.SignIn.At = after(-1) }, ledger.ErrOutsideWindow},
		"out after the window": {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.SignOut.At = after(7201) }, ledger.ErrOutsideWindow},
		"another day": {func(_ *ledger.OfflineSession, a *ledger.Attendance) {
			a.SignIn.At, a.SignOut.At = after(86_400), after(90_000)
		}, ledger.ErrOutsideWindow},
		"a reporter nobody named": {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.SignOut.Reporter = "friend" }, ledger.ErrReporterUnknown},
		"no reporter": {func(s *ledger.OfflineSession, a *ledger.Attendance) {
			a.SignIn.Reporter, s.Reporters = "", []string{"", "clerk"}
		}, ledger.ErrReporterUnknown},
		"oneself":                  {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.Person = "clerk" }, ledger.ErrReportedBySelf},
		"absent (X-01)":            {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.SignIn = ledger.Signature{} }, ledger.ErrSignInMissing},
		"left without signing out": {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.SignOut = ledger.Signature{} }, ledger.ErrSignOutMissing},
		"a sign-out of no record":  {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.SignOut.Ref = "" }, ledger.ErrSignOutMissing},
		"out before in":            {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.SignOut.At = after(30) }, ledger.ErrSignOutFirst},
		"out at once":              {func(_ *ledger.OfflineSession, a *ledger.Attendance) { a.SignOut.At = a.SignIn.At }, ledger.ErrSignOutFirst},
		"no name":                  {func(s *ledger.OfflineSession, _ *ledger.Attendance) { s.Name = "" }, ledger.ErrSessionIncomplete},
		"no place":                 {func(s *ledger.OfflineSession, _ *ledger.Attendance) { s.Place = "" }, ledger.ErrSessionIncomplete},
		"no instructor":            {func(s *ledger.OfflineSession, _ *ledger.Attendance) { s.Instructor = "" }, ledger.ErrSessionIncomplete},
		"no window":                {func(s *ledger.OfflineSession, _ *ledger.Attendance) { s.Window.To = s.Window.From }, ledger.ErrSessionIncomplete},
	} {
		session, attendance := lesson(), ledger.Attendance{Person: "p1", SignIn: sign("i1", 60), SignOut: sign("o1", 5460)}
		given.change(&session, &attendance)
		credit, err := session.Credit(attendance)
		require.ErrorIs(t, err, given.want, name)
		require.NotEqual(t, string(given.want), err.Error(), "a refusal is said in words")
		require.Zero(t, credit, name)
	}
}

func TestAPersonInARoomIsNotAtTheScreen(t *testing.T) {
	t.Parallel()
	credit, err := lesson().Credit(ledger.Attendance{Person: "p1", SignIn: sign("i1", 0), SignOut: sign("o1", 2700)})
	require.NoError(t, err)
	settled := rule.Settle(append(rule.Watch("b/1", watching(60), nil), credit))
	require.Equal(t, ledger.Times{span(0, 3600)}, ledger.Union(settledTimes(settled)...))
	require.Equal(t, span(0, 3600).Length(), total(settled))
}
