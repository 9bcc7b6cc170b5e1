package contract

import "time"

// Act tells a case what an operator does to it. On a case that is stuck, a verb of incidents is the resolution of what it is
// stuck on and comes as such; anything else comes by this message.
var Act = Update[OperatorAct, Taken]{Name: "Act"}

// OperatorAct says that an operator's act on the case is stored.
type OperatorAct struct {
	Asked

	ActID string `json:"act_id"`
}

// What an operator may do to a case, beside the verbs of incidents.
const (
	GoBack  Verb = "return"   // go back to an earlier stage
	Hold    Verb = "pause"    // hold the case where it is
	Release Verb = "resume"   // let a paused case go on
	Waive   Verb = "waive"    // let one condition pass that is not met
	Leave   Verb = "withdraw" // end it, at the trainee's wish
)

// ActVerbs are the verbs on a case, in the order in which they are shown.
func ActVerbs() []Verb {
	return []Verb{Retry, Extend, Reassign, Correct, GoBack, Hold, Release, Waive, Override, Cancel, Leave}
}

// NeedsApproval reports whether a verb needs a second person, and the text that it rests on.
func (v Verb) NeedsApproval() bool { return v == Waive || v == Override || v == Cancel }

// Steps that carry acts out.
var (
	ApplyAct   = Step[ApplyActRequest, ApplyActReply]{Name: "ApplyAct"}
	ResumeCase = Step[ResumeCaseRequest, ApplyActReply]{Name: "ResumeCase"}
)

// Position is where a case stands when an act comes to it, as far as the record does not say. (Exported because it is
// embedded.)
type Position struct {
	// Asks says that the case waits for an institution's answers, or is stuck on what came of them.
	Asks bool `json:"asks,omitempty"`
	// Over says that it is closing, or was opened again after it had ended.
	Over bool `json:"over,omitempty"`
}

// ApplyActRequest carries out what an operator does to a case. Failed writes that it could not be carried out.
type ApplyActRequest struct {
	Position

	CaseID string `json:"case_id"`
	ActID  string `json:"act_id"`
	Failed bool   `json:"failed,omitempty"`
}

// Key identifies the step within its case.
func (r ApplyActRequest) Key() string {
	if r.Failed {
		return "act-failed/" + r.ActID
	}
	return "act/" + r.ActID
}

// ResumeCaseRequest lets a case go on whose pause is over; ActID is the act that paused it.
type ResumeCaseRequest struct {
	CaseID string `json:"case_id"`
	ActID  string `json:"act_id"`
}

// Key identifies the step within its case.
func (r ResumeCaseRequest) Key() string { return "resume/" + r.ActID }

// ApplyActReply says whether an act held, and how the case goes on. When it did not, all is as before.
type ApplyActReply struct {
	Applied bool `json:"applied"`
	Verb    Verb `json:"verb"`
	// DueAt is the new deadline of what institutions owe; zero where there is none, or it stays as it is.
	DueAt time.Time `json:"due_at,omitzero"`
	// Until is when a pause ends by itself; nil when somebody has to end it.
	Until *time.Time `json:"until,omitempty"`
	// Next is how the work goes on that the case waits for: it has what it needs, or is asked for again.
	Next Next `json:"next,omitempty"`
	// Back is where the case takes up that goes back.
	Back *Resume `json:"back,omitempty"`
	// Ends is how the case ends.
	Ends string `json:"ends,omitempty"`
}
