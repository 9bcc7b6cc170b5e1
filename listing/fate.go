package listing

import (
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
)

// Fate is what becomes of a running case whose institution may no longer act in its role. No case fails: each either never
// notices, or waits for an operator at the step that it may not take.
type Fate string

// The fates.
const (
	// Untouched: the institution's part in the case is over.
	Untouched Fate = ""
	// Stops: the next work is not asked of the institution; an operator gives it to another.
	Stops Fate = "stops"
	// Finishes: what was begun while it was listed is finished; the certificate waits for the city bureau.
	Finishes Fate = "finishes"
	// Held: all that is missing is the certificate, and it waits for the city bureau.
	Held Fate = "held"
)

// Position is how far a case has come.
type Position struct {
	States map[progress.Stage]progress.State
	// Began says that the training began while its body was listed.
	Began bool
}

// FateOf says what becomes of a case whose institution in a role is listed no longer, or is suspended.
func FateOf(role string, suspended bool, at Position) Fate {
	if role == policy.RoleEvaluation {
		return evaluated(at)
	}
	switch {
	case at.States[progress.Exam].Final():
		return Untouched
	case at.Began && !suspended:
		return Finishes
	}
	return Stops
}

func evaluated(at Position) Fate {
	switch {
	case at.States[progress.Certificate].Final():
		return Untouched
	case at.States[progress.Evaluation] == progress.Done:
		return Held
	case at.States[progress.Evaluation].Final():
		return Untouched
	case at.States[progress.Evaluation] == progress.Waiting:
		return Finishes
	}
	return Stops
}
