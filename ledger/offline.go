package ledger

import (
	"slices"
	"time"
)

// OfflineSession is a session in a room, as it was announced before it was held.
type OfflineSession struct {
	// Name tells the session from all others, those of other institutions among them.
	Name       string
	Place      string
	Instructor string
	Window     Interval
	// Roster names the persons who are to attend.
	Roster []string
	// Reporters names the persons of the training body who may take attendance.
	Reporters []string
}

// Signature is a sign-in or a sign-out.
type Signature struct {
	// Ref names the record.
	Ref string
	At  time.Time
	// Reporter is the person who took it.
	Reporter string
}

// Attendance is what was reported of one person at one session. A Signature without an instant is none.
type Attendance struct {
	Person  string
	SignIn  Signature
	SignOut Signature
}

// Credit is the time between sign-in and sign-out, for a person on the roster, when both lie inside the window and named
// reporters took them. Anything else credits nothing, and says why with a RefusalError: nothing is cut to fit.
func (s OfflineSession) Credit(a Attendance) (Credit, error) {
	if s.Name == "" || s.Place == "" || s.Instructor == "" || s.Window.Length() == 0 {
		return Credit{}, ErrSessionIncomplete
	}
	if a.Person == "" || !slices.Contains(s.Roster, a.Person) {
		return Credit{}, ErrNotOnRoster
	}
	for _, signature := range []struct {
		Signature

		missing RefusalError
	}{{a.SignIn, ErrSignInMissing}, {a.SignOut, ErrSignOutMissing}} {
		if signature.At.IsZero() || signature.Ref == "" {
			return Credit{}, signature.missing
		}
		if signature.Reporter == "" || !slices.Contains(s.Reporters, signature.Reporter) {
			return Credit{}, ErrReporterUnknown
		}
		if signature.Reporter == a.Person {
			return Credit{}, ErrReportedBySelf
		}
		if signature.At.Before(s.Window.From) || signature.At.After(s.Window.To) {
			return Credit{}, ErrOutsideWindow
		}
	}
	attended := Interval{From: a.SignIn.At, To: a.SignOut.At}
	if attended.Length() == 0 {
		return Credit{}, ErrSignOutFirst
	}
	reporter := a.SignIn.Reporter
	if other := a.SignOut.Reporter; other != reporter {
		reporter += ", " + other
	}
	evidence := Evidence{Interval: attended, First: a.SignIn.Ref, Last: a.SignOut.Ref, Reporter: reporter}
	return Credit{Interval: attended, Session: s.Name, Evidence: []Evidence{evidence}}, nil
}
