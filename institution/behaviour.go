package institution

import (
	"slices"
	"time"
)

// Behaviour is what an institution does with a task.
type Behaviour string

// The behaviours. All but Normal are misbehaviours, or results a trainee would rather not have.
const (
	Normal           Behaviour = "normal"            // answers sensibly
	Silent           Behaviour = "silent"            // never answers
	Away             Behaviour = "away"              // the whole institution: its system takes no callback and asks for nothing
	Slow             Behaviour = "slow"              // holds the callback open, and answers no sooner
	Error500         Behaviour = "error500"          // answers the callback with 500, and acts only once it has got through
	Busy             Behaviour = "busy"              // answers the callback with 429 and asks to be left alone for a while
	Redirect         Behaviour = "redirect"          // sends the callback elsewhere, where nobody must follow
	Torrent          Behaviour = "torrent"           // answers the callback with 500 and more words than anybody should read
	Gone             Behaviour = "gone"              // answers the callback with 410: it wants no more, until it is enabled again
	Duplicate        Behaviour = "duplicate"         // sends the same ten times at once
	OutOfOrder       Behaviour = "out_of_order"      // sends a later result first
	WrongScore       Behaviour = "wrong_score"       // sends an impossible result, then a right one
	WrongInstitution Behaviour = "wrong_institution" // reports with another institution's key, then with its own
	Late             Behaviour = "late"              // answers after the task is due
	Fail             Behaviour = "fail"              // reports a score below the pass mark
	Absent           Behaviour = "absent"            // reports that the trainee did not come
	SecondOpinion    Behaviour = "second_opinion"    // sends a right result, and then another that contradicts it
	UnknownTask      Behaviour = "unknown_task"      // answers a task that nobody issued, then its own
	Reject           Behaviour = "reject"            // sends the task back: the class is full
	RejectPerson     Behaviour = "reject_person"     // sends the task back: it is the wrong person
	RejectOccupation Behaviour = "reject_occupation" // sends the task back: it is not our occupation
	ShortHours       Behaviour = "short_hours"       // has the trainee leave early half-way, and stay away afterwards
	OutsideWindow    Behaviour = "outside_window"    // reports a sign-in before the lesson opened, then a right one
	ClaimsTwice      Behaviour = "claims_twice"      // reports the same hours once more, as another lesson
)

// Kinds of task.
const (
	enrolment = "enrolment"
	training  = "training"
	exam      = "exam"
	theory    = "theory"
	practical = "practical"
)

var (
	kinds  = []string{enrolment, training, exam, theory, practical}
	scored = []string{exam, theory, practical}
)

// Which kinds of task each behaviour makes sense for.
var behaviours = map[Behaviour][]string{
	Normal: kinds, Silent: kinds, Slow: kinds, Error500: kinds, Duplicate: kinds, WrongInstitution: kinds, Late: kinds,
	Busy: kinds, Redirect: kinds, Torrent: kinds, Gone: kinds, UnknownTask: kinds,
	Reject: kinds, RejectPerson: kinds, RejectOccupation: kinds, Fail: scored, Absent: scored, SecondOpinion: scored,
	WrongScore: {training, exam, theory, practical},
	OutOfOrder: {enrolment, training, theory, practical},
	ShortHours: {training}, OutsideWindow: {training}, ClaimsTwice: {training},
	Away: nil, // of no task: of an institution, until it behaves otherwise
}

// rejections are the reasons that tasks are sent back for.
var rejections = map[Behaviour]string{
	Reject: "class_full", RejectPerson: "wrong_person", RejectOccupation: "not_our_occupation",
}

// refuses reports whether a behaviour sends the task back.
func (b Behaviour) refuses() bool { return rejections[b] != "" }

// fails reports whether a behaviour keeps callbacks from getting through, and how many unless the script says.
func (b Behaviour) fails() (times int, fails bool) {
	switch b {
	case Error500:
		return error500Times, true
	case Busy, Redirect, Torrent, Gone:
		return 1, true
	default:
		return 0, false
	}
}

// possible reports whether a behaviour makes sense for a kind of task.
func (b Behaviour) possible(kind string) bool { return slices.Contains(behaviours[b], kind) }

// Defaults of a script that does not say.
const (
	slowFor         = 20 * time.Second // longer than any sender should wait for a callback
	slowTimes       = 1
	error500Times   = 3
	outOfOrderFor   = 10 * time.Second // how long a result waits for the one that is to overtake it
	lateBy          = 500 * time.Millisecond
	duplicateCopies = 10
	busyFor         = 2 * time.Second // what a busy institution asks for
)

// Script makes institutions behave in a way. What it leaves out matches anything.
type Script struct {
	CaseID        string    `json:"case_id,omitempty"`
	TaskKind      string    `json:"task_kind,omitempty"`
	Attempt       int       `json:"attempt,omitempty"`
	InstitutionID string    `json:"institution_id,omitempty"`
	Behaviour     Behaviour `json:"behaviour"`
	Delay         Duration  `json:"delay,omitempty"` // how long to be slow, to be late, or to wait to be overtaken
	Times         int       `json:"times,omitempty"` // how many callbacks go wrong

	// TaskID is the task that a script for one attempt of one case was played on. It is played once: the same attempt
	// asked for again, after a reassignment, is answered sensibly.
	TaskID string `json:"task_id,omitempty"`
	// Used counts the callbacks that went wrong.
	Used int `json:"used,omitempty"`
}

// target is what a script is about. A new script for the same target replaces the old one.
type target struct {
	caseID, kind string
	attempt      int
	institution  string
}

func (s *Script) target() target { return target{s.CaseID, s.TaskKind, s.Attempt, s.InstitutionID} }

// once reports whether a script is about one attempt of one case.
func (s *Script) once() bool { return s.CaseID != "" && s.TaskKind != "" && s.Attempt > 0 }

// weight says how much a script says about its target: the one that says most is played.
func (s *Script) weight() int {
	weight := 0
	for i, given := range []bool{s.TaskKind != "", s.InstitutionID != "", s.Attempt > 0, s.CaseID != ""} {
		if given {
			weight += 1 << i
		}
	}
	return weight
}

// matches reports whether a script is about a task.
func (s *Script) matches(institution string, t *task) bool {
	return (s.CaseID == "" || s.CaseID == t.CaseID) &&
		(s.TaskKind == "" || s.TaskKind == t.Kind) &&
		(s.Attempt == 0 || s.Attempt == t.Attempt) &&
		(s.InstitutionID == "" || s.InstitutionID == institution) &&
		(s.TaskID == "" || s.TaskID == t.ID) &&
		s.Behaviour.possible(t.Kind)
}

// delayOr is how long to hold back, unless the script says.
func (s *Script) delayOr(otherwise time.Duration) time.Duration {
	if s.Delay > 0 {
		return time.Duration(s.Delay)
	}
	return otherwise
}

// timesLeft is how many more callbacks are to go wrong.
func (s *Script) timesLeft() int {
	times := s.Times
	if times == 0 {
		if s.Behaviour == Slow {
			times = slowTimes
		} else {
			times, _ = s.Behaviour.fails()
		}
	}
	return max(times-s.Used, 0)
}
